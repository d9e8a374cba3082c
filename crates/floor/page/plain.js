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

button.addEventListener('click', () => {
  const channel = new Channel();
  channel.onmessage = (words) => {
    if (words === '') {
      requestAnimationFrame(() => (document.body.dataset.status = 'complete'));
      return;
    }
    if (waiting === '') requestAnimationFrame(draw);
    waiting += words;
  };
  void invoke('stream', { channel });
});
