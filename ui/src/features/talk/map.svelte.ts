import type { Client } from '../../ipc/generated/client';
import type { ApiError, MapRow } from '../../ipc/generated/types';
import { asApiError } from '../../state/errors';

/** Lines that are opened along the way to what is shown, before anybody asks for more. */
const OPENED_AT_FIRST = 24;

/** A line of the map. */
export class MapNode {
  children = $state.raw<MapNode[] | null>(null);
  open = $state(false);
  hasMore = $state(false);
  loading = $state(false);

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

  constructor(
    private readonly client: Client,
    readonly conversationId: string,
  ) {}

  load = async (): Promise<void> => {
    this.problem = null;
    this.roots = null;
    try {
      const page = await this.client.messageMap({ conversation_id: this.conversationId, skip: 0 });
      this.roots = page.rows.map((row) => new MapNode(row, null, row.chosen, 1));
      this.hasMore = page.has_more;
      let next = this.roots.find((node) => node.shown);
      for (let opened = 0; next?.expands && opened < OPENED_AT_FIRST; opened += 1) {
        await this.expand(next);
        next = next.children?.find((node) => node.shown);
      }
    } catch (reason) {
      this.problem = asApiError(reason);
    }
  };

  async expand(node: MapNode): Promise<void> {
    node.open = true;
    if (node.children === null) await this.more(node);
  }

  /** More of what stands below a line, or of what the conversation begins with. */
  async more(node: MapNode | null): Promise<void> {
    const known = (node === null ? this.roots : node.children) ?? [];
    if (node) node.loading = true;
    try {
      const page = await this.client.messageMap({
        conversation_id: this.conversationId,
        below: node?.row.last_id,
        skip: known.length,
      });
      // A run that only goes on is no branch of its own: it stands no deeper.
      const level = node === null ? 1 : node.row.more ? node.level : node.level + 1;
      const all = [...known, ...page.rows.map((row) => new MapNode(row, node, (node?.shown ?? true) && row.chosen, level))];
      if (node === null) {
        this.roots = all;
        this.hasMore = page.has_more;
      } else {
        node.children = all;
        node.hasMore = page.has_more;
      }
    } catch (reason) {
      this.problem = asApiError(reason);
    } finally {
      if (node) node.loading = false;
    }
  }

  private flatten(): MapLine[] {
    const lines: MapLine[] = [];
    const add = (nodes: readonly MapNode[], hasMore: boolean, parent: MapNode | null): void => {
      nodes.forEach((node, at) => {
        lines.push({ key: node.key, kind: 'run', node, at, of: hasMore ? -1 : nodes.length });
        if (node.open && node.children) add(node.children, node.hasMore, node);
      });
      if (hasMore) lines.push({ key: `more:${parent?.key ?? ''}`, kind: 'more', node: parent, level: (parent?.level ?? 0) + 1 });
    };
    if (this.roots) add(this.roots, this.hasMore, null);
    return lines;
  }
}
