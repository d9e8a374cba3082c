import type { Client } from '../ipc/generated/client';
import type { ApiError, SearchHit } from '../ipc/generated/types';
import { asApiError } from './errors';

const DEBOUNCE_MS = 40;
const PAGE = 50;

export interface HitGroup {
  conversationId: string;
  title: string;
  hits: SearchHit[];
}

/** Hits by conversation, each group where its newest hit is. */
export function groupHits(hits: readonly SearchHit[]): HitGroup[] {
  const groups = new Map<string, HitGroup>();
  for (const hit of hits) {
    const group = groups.get(hit.conversation_id);
    if (group) group.hits.push(hit);
    else {
      groups.set(hit.conversation_id, {
        conversationId: hit.conversation_id,
        title: hit.title,
        hits: [hit],
      });
    }
  }
  return [...groups.values()];
}

/** Names a hit among those shown. */
export function hitKey(hit: SearchHit): string {
  return `${hit.conversation_id}/${hit.message_id ?? 'title'}`;
}

/** Search while typing. Only the answer to the newest words is shown. */
export class Search {
  query = $state('');
  hits = $state.raw<SearchHit[]>([]);
  /** What narrows the search, as it was typed. */
  filters = $state.raw<string[]>([]);
  /** The words `hits` belong to. */
  shownFor = $state('');
  status = $state<'idle' | 'searching' | 'ready' | 'failed'>('idle');
  problem = $state.raw<ApiError | null>(null);
  recent = $state.raw<string[]>([]);
  selected = $state(0);
  private next = $state<string | null>(null);
  private asked = 0;
  private loadingMore = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly groups = $derived(groupHits(this.hits));
  /** In the order of the screen, which is what the arrow keys follow. */
  readonly ordered = $derived(this.groups.flatMap((group) => group.hits));

  constructor(
    private readonly client: Client,
    private readonly limit = PAGE,
  ) {}

  get hasMore(): boolean {
    return this.next !== null;
  }

  get current(): SearchHit | undefined {
    return this.ordered[this.selected];
  }

  type(query: string): void {
    this.query = query;
    clearTimeout(this.timer);
    this.asked += 1;
    if (query.trim() === '') {
      this.hits = [];
      this.filters = [];
      this.shownFor = '';
      this.next = null;
      this.status = 'idle';
      return;
    }
    this.status = 'searching';
    this.timer = setTimeout(() => void this.ask(), DEBOUNCE_MS);
  }

  /** Takes one of `filters` out of the words. */
  widen(filter: string): void {
    const at = this.query.indexOf(filter);
    if (at < 0) return;
    const rest = `${this.query.slice(0, at).trimEnd()} ${this.query.slice(at + filter.length).trimStart()}`;
    this.type(rest.trim());
  }

  async ask(): Promise<void> {
    clearTimeout(this.timer);
    const query = this.query.trim();
    if (query === '') return;
    const asked = ++this.asked;
    try {
      let page = await this.client.searchQuery({ query, limit: this.limit });
      // What a filter leaves out can fill whole pages.
      while (page.hits.length === 0 && page.next !== null && asked === this.asked) {
        page = await this.client.searchQuery({ query, cursor: page.next, limit: this.limit });
      }
      if (asked !== this.asked) return;
      this.hits = page.hits;
      this.filters = page.filters;
      this.next = page.next;
      this.shownFor = query;
      this.selected = 0;
      this.problem = null;
      this.status = 'ready';
    } catch (reason) {
      if (asked !== this.asked) return;
      this.problem = asApiError(reason);
      this.status = 'failed';
    }
  }

  /** The hit that is selected once the words in the field have their answer. */
  async chosen(): Promise<SearchHit | undefined> {
    if (this.status === 'searching') await this.ask();
    return this.status === 'ready' ? this.current : undefined;
  }

  /** A conversation is gone, and with it what was found in it. */
  removed(conversationId: string): void {
    const current = this.current;
    this.hits = this.hits.filter((hit) => hit.conversation_id !== conversationId);
    this.selected = current ? Math.max(0, this.ordered.indexOf(current)) : 0;
  }

  async more(): Promise<void> {
    if (this.next === null || this.loadingMore || this.status !== 'ready') return;
    const asked = this.asked;
    this.loadingMore = true;
    try {
      const page = await this.client.searchQuery({
        query: this.shownFor,
        cursor: this.next,
        limit: this.limit,
      });
      if (asked !== this.asked) return;
      const current = this.current;
      this.hits = [...this.hits, ...page.hits];
      this.next = page.next;
      // A new hit can join an earlier group; the selection stays on its hit.
      if (current) this.selected = Math.max(0, this.ordered.indexOf(current));
    } catch (reason) {
      if (asked === this.asked) this.problem = asApiError(reason);
    } finally {
      this.loadingMore = false;
    }
  }

  move(step: number): void {
    const last = this.ordered.length - 1;
    this.selected = Math.min(Math.max(0, this.selected + step), Math.max(0, last));
    if (this.selected >= last - 5) void this.more();
  }

  async loadRecent(): Promise<void> {
    try {
      this.recent = (await this.client.searchRecent()).queries;
    } catch {
      this.recent = [];
    }
  }

  async remember(): Promise<void> {
    const query = this.shownFor;
    if (query === '') return;
    try {
      await this.client.searchRemember({ query });
    } catch {
      // Opening the hit matters; that it is not remembered does not.
    }
  }

  async forgetRecent(): Promise<void> {
    try {
      await this.client.searchForget();
      this.recent = [];
    } catch (reason) {
      this.problem = asApiError(reason);
    }
  }
}
