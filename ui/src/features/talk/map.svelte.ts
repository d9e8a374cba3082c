import type { Client } from '../../ipc/generated/client';
import type { ApiError, MapBelow, MapRow } from '../../ipc/generated/types';
import { asApiError } from '../../state/errors';

/** A line of the map. */
export class MapNode {
  children = $state.raw<MapNode[] | null>(null);
  open = $state(false);
  hasMore = $state(false);

  constructor(
    readonly row: MapRow,
    readonly parent: MapNode | null,
    /** It is on the way to what is shown. */
    readonly shown: boolean,
    readonly level: number,
  ) {}

  get key(): string {
    return this.row.first_id;
  }

  get expands(): boolean {
    return this.row.branches > 0 || this.row.more;
  }
}

/** A line as it stands in the list: a run, or what brings more of those beside it. */
export type MapLine =
  | { key: string; kind: 'run'; node: MapNode; at: number; of: number }
  | { key: string; kind: 'more'; node: MapNode | null; level: number };

/** The map of one conversation; only what is opened is read. */
export class TreeMap {
  roots = $state.raw<MapNode[] | null>(null);
  hasMore = $state(false);
  problem = $state.raw<ApiError | null>(null);

  readonly lines = $derived(this.flatten());
  private readonly reading = new Set<MapNode | null>();

  constructor(
    private readonly client: Client,
    readonly conversationId: string,
  ) {}

  /** Reads all that stands beside what is shown, down to its end. */
  load = async (): Promise<void> => {
    this.problem = null;
    this.roots = null;
    try {
      const page = await this.client.messageMap({ conversation_id: this.conversationId });
      const roots = this.nodes(null, page.rows);
      let above = roots.find((node) => node.shown);
      for (const below of page.shown) {
        if (!above) break;
        above.open = true;
        above = this.add(above, below).find((node) => node.shown);
      }
      this.hasMore = page.has_more;
      this.roots = roots;
    } catch (reason) {
      this.problem = asApiError(reason);
    }
  };

  /** Where the reader is. */
  get shown(): MapLine | undefined {
    return this.lines.findLast((line) => line.kind === 'run' && line.node.shown);
  }

  async expand(node: MapNode): Promise<void> {
    node.open = true;
    if (node.children === null) await this.more(node);
  }

  /** More of what stands below a line, or of what the conversation begins with. */
  async more(node: MapNode | null): Promise<void> {
    if (this.reading.has(node)) return;
    this.reading.add(node);
    const known = (node === null ? this.roots : node.children) ?? [];
    try {
      const page = await this.client.messageMap({
        conversation_id: this.conversationId,
        below: node?.row.last_id,
        after: known.at(-1)?.row.first_id,
      });
      if (node === null) {
        this.roots = [...known, ...this.nodes(null, page.rows)];
        this.hasMore = page.has_more;
      } else this.add(node, page);
      this.problem = null;
    } catch (reason) {
      this.problem = asApiError(reason);
    } finally {
      this.reading.delete(node);
    }
  }

  private add(node: MapNode, page: MapBelow): MapNode[] {
    const fresh = this.nodes(node, page.rows);
    node.children = [...(node.children ?? []), ...fresh];
    node.hasMore = page.has_more;
    return fresh;
  }

  private nodes(above: MapNode | null, rows: readonly MapRow[]): MapNode[] {
    // A run that only goes on is no branch of its own: it stands no deeper.
    const level = above === null ? 1 : above.row.more ? above.level : above.level + 1;
    return rows.map((row) => new MapNode(row, above, (above?.shown ?? true) && row.chosen, level));
  }

  /** Without calling itself: a tree can be as deep as a conversation is long. */
  private flatten(): MapLine[] {
    const lines: MapLine[] = [];
    if (!this.roots) return lines;
    const open: { nodes: readonly MapNode[]; hasMore: boolean; parent: MapNode | null; at: number }[] = [
      { nodes: this.roots, hasMore: this.hasMore, parent: null, at: 0 },
    ];
    for (let here = open.at(-1); here; here = open.at(-1)) {
      const { nodes, hasMore, parent, at } = here;
      const node = nodes[at];
      if (!node) {
        const level = nodes[0]?.level ?? 1;
        if (hasMore) lines.push({ key: `more:${parent?.key ?? ''}`, kind: 'more', node: parent, level });
        open.pop();
        continue;
      }
      here.at += 1;
      lines.push({ key: node.key, kind: 'run', node, at, of: hasMore ? -1 : nodes.length });
      if (node.open && node.children) {
        open.push({ nodes: node.children, hasMore: node.hasMore, parent: node, at: 0 });
      }
    }
    return lines;
  }
}
