import type { Block } from '../../ipc/generated/types';

/** The last block of code in a text, wherever it stands in it. */
export function lastCode(blocks: readonly Block[]): string | null {
  for (const block of blocks.toReversed()) {
    const found =
      block.type === 'code_block'
        ? block.lines.map((line) => line.map((span) => span.text).join('')).join('\n')
        : block.type === 'list'
          ? lastCode(block.items.flatMap((item) => item.blocks))
          : block.type === 'quote' || block.type === 'footnote_definition'
            ? lastCode(block.blocks)
            : null;
    if (found !== null) return found;
  }
  return null;
}
