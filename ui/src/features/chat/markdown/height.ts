import type { Block, Inline } from '../../../ipc/generated/types';

const LINE_PX = 24;
const CODE_LINE_PX = 20;
const ROW_PX = 37;
const GAP_PX = 12;
const LETTERS_PER_LINE = 88;

function letters(inlines: readonly Inline[]): number {
  let count = 0;
  for (const inline of inlines) {
    if ('inlines' in inline) count += letters(inline.inlines);
    else if ('text' in inline) count += inline.text.length;
    else count += 1;
  }
  return count;
}

function one(block: Block): number {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return LINE_PX * Math.ceil(letters(block.inlines) / LETTERS_PER_LINE);
    case 'code_block':
      return 54 + CODE_LINE_PX * block.lines.length;
    case 'list':
      return block.items.reduce((sum, item) => sum + guessHeight(item.blocks), 0);
    case 'quote':
    case 'footnote_definition':
      return guessHeight(block.blocks);
    case 'table':
      return ROW_PX * (block.rows.length + 1);
    default:
      return LINE_PX;
  }
}

/** About how high blocks are that were not drawn yet. */
export function guessHeight(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + one(block), GAP_PX * Math.max(0, blocks.length - 1));
}
