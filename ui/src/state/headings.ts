import type { Block } from '../ipc/generated/types';

/** The level above the first heading of a text: whose words they are. */
export const OUTER_LEVEL = 2;

/** The levels an author used in some blocks, one bit each. */
export function usedLevels(blocks: readonly Block[]): number {
  let used = 0;
  for (const block of blocks) if (block.type === 'heading') used |= 1 << block.level;
  return used;
}

export interface Levels {
  /** By the place of the block; nothing where it is no heading. */
  levels: readonly (number | undefined)[];
  /** Of the last heading, for what follows. */
  last: number;
}

/**
 * The levels for the headings of a part of a text. They begin below the page's own and skip
 * none, whatever levels the author began with.
 * `used` are those of the whole text, `before` is that of the heading before this part.
 */
export function headingLevels(blocks: readonly Block[], used: number, before: number): Levels {
  let last = before;
  const levels = blocks.map((block) => {
    if (block.type !== 'heading') return undefined;
    let rank = 0;
    for (let level = 0; level < block.level; level += 1) rank += (used >> level) & 1;
    last = Math.min(OUTER_LEVEL + 1 + rank, last + 1, 6);
    return last;
  });
  return { levels, last };
}
