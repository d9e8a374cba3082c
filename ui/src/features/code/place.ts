import type { Block } from '../../ipc/generated/types';
import type { ShownMessage } from '../../state/message.svelte';

/** A text that belongs to a message, and where in it a block of code stands. */
export interface CodeText {
  message: ShownMessage;
  /** What was thought on the way, not the words. */
  inReasoning: boolean;
  /** All blocks of the text. */
  blocks: () => readonly Block[];
}

/** The how many-th block of code this is in reading order; -1 if it is none of them. */
export function codeIndex(blocks: readonly Block[], wanted: Block): number {
  let count = -1;
  const look = (all: readonly Block[]): boolean =>
    all.some((block) => {
      if (block.type === 'code_block') {
        count += 1;
        return block === wanted;
      }
      if (block.type === 'list') return block.items.some((item) => look(item.blocks));
      return (block.type === 'quote' || block.type === 'footnote_definition') && look(block.blocks);
    });
  return look(blocks) ? count : -1;
}
