import type { TextPart } from '../../ipc/generated/types';

/** A stretch of a comparison: lines to be read, or lines that are the same and can be folded away. */
export interface Hunk {
  change: TextPart['change'];
  text: string;
  /** How many lines are folded; 0 where all are shown. */
  lines: number;
}

/** So many lines that are the same stand around what differs. */
const AROUND = 3;

/** Splits what is the same, so that what differs is found without reading all of it. */
export function hunksOf(parts: readonly TextPart[]): Hunk[] {
  return parts.flatMap((part, at) => {
    if (part.change !== 'same') return [{ change: part.change, text: part.text, lines: 0 }];
    const lines = part.text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    const before = at === 0 ? 0 : AROUND;
    const after = at === parts.length - 1 ? 0 : AROUND;
    // One or two lines are not worth a button.
    if (lines.length <= before + after + 2) return [{ change: part.change, text: part.text, lines: 0 }];
    const of = (from: number, to: number, folded: boolean): Hunk => ({
      change: 'same',
      text: lines.slice(from, to).join(''),
      lines: folded ? to - from : 0,
    });
    const end = lines.length - after;
    return [of(0, before, false), of(before, end, true), of(end, lines.length, false)].filter((hunk) => hunk.text !== '');
  });
}

/** How many lines came, and how many went. */
export function countOf(parts: readonly TextPart[]): { added: number; removed: number } {
  const lines = (change: TextPart['change']) =>
    parts.filter((part) => part.change === change).reduce((sum, part) => sum + (part.text.match(/[^\n]*\n|[^\n]+$/g)?.length ?? 0), 0);
  return { added: lines('added'), removed: lines('removed') };
}
