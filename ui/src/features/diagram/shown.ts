import type Picture from './Picture.svelte';
import type { Block, DiagramDrawn, DiagramRefusal, DiagramTheme, Scene } from '../../ipc/generated/types';

export type CodeBlock = Extract<Block, { type: 'code_block' }>;

/** What stands in the place of the lines of a diagram. */
export interface ShownDiagram {
  picture?: { scene: Scene; kind: string; label: string; source: string; Picture: typeof Picture } | undefined;
  /** Why there is no picture. */
  why?: string | undefined;
}

/** What was drawn of a block, and how it was shown last. */
export interface Kept {
  theme: DiagramTheme;
  drawn: DiagramDrawn;
  shown?: ShownDiagram;
}

/**
 * What was drawn, as long as the block is there: one that comes into view again is at once as high as
 * it was. It goes with the text it belongs to, so nothing of it outlives a lock or a deletion.
 */
export const kept = new WeakMap<Block, Kept>();

/** Whether it says nothing of the diagram: the next time, it may be drawn. */
export const passes = (refusal: DiagramRefusal | null | undefined): boolean => refusal === 'stopped' || refusal === 'no_reader';

/** Whether a block is a diagram, all of which is there. */
export function isDiagram({ language, closed }: CodeBlock, arrives: boolean): boolean {
  return (language === 'mermaid' || language === 'mmd') && (closed || !arrives);
}
