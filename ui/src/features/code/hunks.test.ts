import { describe, expect, it } from 'vitest';
import type { TextPart } from '../../ipc/generated/types';
import { countOf, hunksOf } from './hunks';

const lines = (count: number, word: string) => Array.from({ length: count }, (_, at) => `${word} ${at}\n`).join('');
const same = (count: number): TextPart => ({ change: 'same', text: lines(count, 'line') });

describe('a comparison', () => {
  it('folds what is the same, but for the lines around what differs', () => {
    const parts: TextPart[] = [same(40), { change: 'removed', text: 'old\n' }, { change: 'added', text: 'new\nand more' }, same(30), { change: 'added', text: 'end\n' }];
    const hunks = hunksOf(parts);
    expect(hunks.map((hunk) => [hunk.change, hunk.lines])).toEqual([
      ['same', 37],
      ['same', 0],
      ['removed', 0],
      ['added', 0],
      ['same', 0],
      ['same', 24],
      ['same', 0],
      ['added', 0],
    ]);
    expect(hunks[1]?.text).toBe('line 37\nline 38\nline 39\n');
    expect(hunks.map((hunk) => hunk.text).join(''), 'no line is lost').toBe(parts.map((part) => part.text).join(''));
    expect(countOf(parts)).toEqual({ added: 3, removed: 1 });
  });

  it('folds nothing that is as short as the button', () => {
    const parts: TextPart[] = [same(5), { change: 'added', text: 'new\n' }];
    expect(hunksOf(parts).every((hunk) => hunk.lines === 0)).toBe(true);
  });
});
