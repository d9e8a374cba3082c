import type { Block, DiagramDrawn, DiagramTheme } from '../../ipc/generated/types';

export interface Kept {
  theme: DiagramTheme;
  drawn: DiagramDrawn;
}

/**
 * What was drawn of a block, as long as the block is there: one that comes into view again is as high
 * as it was. It goes with the text it belongs to, so nothing of it outlives a lock or a deletion.
 */
export const kept = new WeakMap<Block, Kept>();
