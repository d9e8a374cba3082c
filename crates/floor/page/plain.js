// The least a page can do with words that arrive: one text node, one addition per frame.
const { Channel, invoke } = window.__TAURI__.core;
const button = document.querySelector('button');
const text = document.createTextNode('');
document.querySelector('pre').append(text);
let waiting = '';

function draw() {
  text.appendData(waiting);
  waiting = '';
  document.documentElement.scrollTop = document.documentElement.scrollHeight;
}

function show(words) {
  if (waiting === '') requestAnimationFrame(draw);
  waiting += words;
}

function complete() {
  requestAnimationFrame(() => (document.body.dataset.status = 'complete'));
}

/** The words come as such. */
function listen(channel) {
  channel.onmessage = (words) => (words === '' ? complete() : show(words));
  void invoke('stream', { channel });
}

/** The body of an answer comes, and its events are read here, as a page without a core does. */
function read(channel) {
  const decoder = new TextDecoder();
  let rest = '';
  channel.onmessage = (bytes) => {
    if (bytes.byteLength === 0) return complete();
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith('data: {')) continue;
      const words = JSON.parse(line.slice(6)).choices[0]?.delta.content;
      if (words) show(words);
    }
  };
  void invoke('read', { channel });
}

button.addEventListener('click', () => (location.search === '?read' ? read : listen)(new Channel()));
