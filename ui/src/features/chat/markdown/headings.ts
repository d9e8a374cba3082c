import type { Block } from '../../../ipc/generated/types';

/** The level above the first heading of a text: whose words they are. */
const OUTER_LEVEL = 2;

/**
 * The levels for the headings of a text, by the place of their block. They begin below the
 * page's own and skip none, whatever levels the author began with.
 */
export function headingLevels(blocks: readonly Block[]): Map<number, number> {
  const used = new Set<number>();
  for (const block of blocks) if (block.type === 'heading') used.add(block.level);
  const ranks = [...used].sort((a, b) => a - b);
  const levels = new Map<number, number>();
  let before = OUTER_LEVEL;
  blocks.forEach((block, at) => {
    if (block.type !== 'heading') return;
    const wanted = OUTER_LEVEL + 1 + ranks.indexOf(block.level);
    before = Math.min(wanted, before + 1, 6);
    levels.set(at, before);
  });
  return levels;
}
