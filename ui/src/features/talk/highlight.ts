/** Where words are on the screen. What is found is the core's to say; this only marks it. */

const MARKS = /\p{M}/gu;
const WORD = /[\p{L}\p{N}]+/gu;
const LETTER = /[\p{L}\p{N}]/u;

/** A letter without its accents and in lower case. */
const plain = (text: string) =>
  text <= '\u007f' && text.length === 1 ? text.toLowerCase() : text.normalize('NFD').replace(MARKS, '').toLowerCase();

export function wordsOf(query: string): string[] {
  return [...new Set(query.match(WORD)?.map(plain) ?? [])].filter((word) => word !== '');
}

/** The beginnings and ends of what begins with one of the words. */
export function matchesIn(text: string, words: readonly string[]): [number, number][] {
  if (words.length === 0) return [];
  // Folded letter by letter, so that places in one are places in the other.
  let folded = '';
  const at: number[] = [];
  for (let index = 0; index < text.length; ) {
    const letter = String.fromCodePoint(text.codePointAt(index) ?? 0);
    for (const unit of plain(letter)) {
      folded += unit;
      for (let unitAt = 0; unitAt < unit.length; unitAt += 1) at.push(index);
    }
    index += letter.length;
  }
  at.push(text.length);
  const found: [number, number][] = [];
  for (const word of words) {
    for (let from = folded.indexOf(word); from >= 0; from = folded.indexOf(word, from + word.length)) {
      const before = folded[from - 1];
      // Scripts without spaces have no beginnings of words to wait for.
      const begins = before === undefined || !LETTER.test(before) || !/^[a-z0-9]/.test(word);
      if (begins) found.push([at[from] ?? 0, at[from + word.length] ?? text.length]);
    }
  }
  return found.sort((a, b) => a[0] - b[0]);
}

const NAME = 'fc-find';
const marks = () => typeof CSS !== 'undefined' && 'highlights' in CSS;

/** Marks the words in what is drawn of the messages. Marks belong to no element, so nothing is drawn again. */
export function mark(root: ParentNode, words: readonly string[]): void {
  if (!marks()) return;
  const ranges: Range[] = [];
  for (const element of root.querySelectorAll('[data-testid="message-text"]')) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (const [from, to] of matchesIn(node.nodeValue ?? '', words)) {
        const range = document.createRange();
        range.setStart(node, from);
        range.setEnd(node, to);
        ranges.push(range);
      }
    }
  }
  if (ranges.length === 0) unmark();
  else CSS.highlights.set(NAME, new Highlight(...ranges));
}

export function unmark(): void {
  if (marks()) CSS.highlights.delete(NAME);
}
