import { describe, expect, it, vi } from 'vitest';
import { fitToContent } from './autosize';

const LINE_PX = 20;

/** A field of the page that is as high as one line at least, and counts what is written to it. */
function field() {
  const element = document.createElement('textarea');
  let text = '';
  const needed = () => text.split('\n').length * LINE_PX;
  vi.spyOn(element, 'scrollHeight', 'get').mockImplementation(needed);
  vi.spyOn(element, 'clientHeight', 'get').mockImplementation(() => parseInt(element.style.blockSize) || LINE_PX);
  const fit = fitToContent(() => text);
  const styles = new MutationObserver(() => undefined);
  styles.observe(element, { attributes: true });
  return (words: string) => {
    text = words;
    fit(element);
    return [element.style.blockSize, styles.takeRecords().length];
  };
}

describe('a field that is as high as its text', () => {
  it('writes its height only where it becomes another', () => {
    const type = field();
    expect(type('one')).toEqual(['', 0]);
    expect(type('one line')).toEqual(['', 0]);
    expect(type('one line\ntwo')).toEqual(['40px', 1]);
    expect(type('one line\ntwo lines')).toEqual(['40px', 0]);
  });

  it('becomes lower again', () => {
    const type = field();
    type('one\ntwo\nthree');
    expect(type('one\ntwo')[0]).toBe('40px');
    expect(type('one')[0]).toBe('');
    type('one\ntwo');
    expect(type('')[0]).toBe('');
  });
});
