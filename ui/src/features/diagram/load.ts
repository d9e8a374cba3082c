import type DiagramView from './DiagramView.svelte';
import type { Block } from '../../ipc/generated/types';

type CodeBlock = Extract<Block, { type: 'code_block' }>;

let view: typeof DiagramView | undefined;

/** What draws diagrams, once it was fetched. */
export const diagramView = (): typeof DiagramView | undefined => view;

/** Fetches it: most conversations have none. */
export async function loadDiagramView(): Promise<typeof DiagramView> {
  view = (await import('./DiagramView.svelte')).default;
  return view;
}

/** Whether a block is a diagram, all of which is there. */
export function isDiagram({ language, closed }: CodeBlock, arrives: boolean): boolean {
  return (language === 'mermaid' || language === 'mmd') && (closed || !arrives);
}
