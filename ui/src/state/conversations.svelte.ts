import type { Client } from '../ipc/generated/client';
import type { ApiError, ConversationPage, ConversationRow, ConversationUpdateReq } from '../ipc/generated/types';
import { asApiError } from './errors';
import type { Filing } from './filing.svelte';
import { groupRows, nextMidnight } from './groups';
import { Temporaries } from './temporaries.svelte';

/** So many rows are read at once. */
export const PAGE = 60;

export interface Clock {
  now(): number;
}

/** One history list: the usual one, or the archived one. Newest first, in keyset pages. */
export class Conversations {
  pinned = $state.raw<ConversationRow[]>([]);
  rows = $state.raw<ConversationRow[]>([]);
  status = $state<'idle' | 'loading' | 'ready' | 'failed'>('idle');
  problem = $state.raw<ApiError | null>(null);
  private next = $state<string | null>(null);
  private loadingMore = false;
  private generation = 0;
  private today = $state(0);
  private midnight: ReturnType<typeof setTimeout> | undefined;

  readonly items = $derived(groupRows(this.pinned, this.rows, this.today));

  constructor(
    private readonly client: Client,
    private readonly archived: boolean,
    private readonly clock: Clock = { now: Date.now },
  ) {
    this.today = clock.now();
  }

  get hasMore(): boolean {
    return this.next !== null;
  }

  get empty(): boolean {
    return this.status === 'ready' && this.pinned.length === 0 && this.rows.length === 0;
  }

  find(id: string | null): ConversationRow | undefined {
    if (id === null) return undefined;
    return this.pinned.find((row) => row.id === id) ?? this.rows.find((row) => row.id === id);
  }

  /** Reads the first page. What is shown stays until it is here. */
  async load(): Promise<void> {
    const generation = ++this.generation;
    if (this.status !== 'ready') this.status = 'loading';
    try {
      const page = await this.client.conversationList({ limit: PAGE, archived: this.archived });
      if (generation === this.generation) this.accept(page);
    } catch (reason) {
      if (generation !== this.generation) return;
      this.problem = asApiError(reason);
      this.status = 'failed';
    }
  }

  /** The first page, as it was read. */
  accept(page: ConversationPage): void {
    this.pinned = page.pinned;
    this.rows = page.rows;
    this.next = page.next;
    this.status = 'ready';
    this.problem = null;
    this.watchMidnight();
  }

  async loadMore(): Promise<void> {
    if (this.next === null || this.loadingMore) return;
    const generation = this.generation;
    this.loadingMore = true;
    try {
      const page = await this.client.conversationList({
        cursor: this.next,
        limit: PAGE,
        archived: this.archived,
      });
      if (generation !== this.generation) return;
      const known = new Set([...this.pinned, ...this.rows].map((row) => row.id));
      this.rows = [...this.rows, ...page.rows.filter((row) => !known.has(row.id))];
      this.next = page.next;
    } catch (reason) {
      if (generation === this.generation) this.problem = asApiError(reason);
    } finally {
      this.loadingMore = false;
    }
  }

  /** Puts a row where it belongs now, or takes it out if it belongs to the other list. */
  place(row: ConversationRow): void {
    if (this.status !== 'ready') return;
    const current = this.find(row.id);
    if (row.archived !== this.archived) {
      if (current) this.remove(row.id);
      return;
    }
    const pinned = this.pinned.filter((other) => other.id !== row.id);
    const rows = this.rows.filter((other) => other.id !== row.id);
    if (row.pinned && !this.archived) {
      this.pinned = insertNewestFirst(pinned, row);
      this.rows = rows;
      return;
    }
    this.pinned = pinned;
    const oldest = rows.at(-1);
    const beyond = this.next !== null && oldest !== undefined && before(oldest, row);
    // Behind the loaded pages: it comes with the page it belongs to.
    this.rows = beyond ? rows : insertNewestFirst(rows, row);
  }

  remove(id: string): void {
    this.pinned = this.pinned.filter((row) => row.id !== id);
    this.rows = this.rows.filter((row) => row.id !== id);
  }

  /** Regroups at midnight; also called when the window comes back from sleep. */
  tick(): void {
    this.today = this.clock.now();
    this.watchMidnight();
  }

  private watchMidnight(): void {
    clearTimeout(this.midnight);
    const now = this.clock.now();
    this.midnight = setTimeout(() => this.tick(), nextMidnight(now) - now + 1_000);
  }

  dispose(): void {
    clearTimeout(this.midnight);
  }
}

/** True if `a` stands before `b` in the list. */
function before(a: ConversationRow, b: ConversationRow): boolean {
  return a.updated_at > b.updated_at || (a.updated_at === b.updated_at && a.id > b.id);
}

function insertNewestFirst(
  rows: readonly ConversationRow[],
  row: ConversationRow,
): ConversationRow[] {
  const at = rows.findIndex((other) => before(row, other));
  return at < 0 ? [...rows, row] : [...rows.slice(0, at), row, ...rows.slice(at)];
}

/** Both lists, kept true by events, and what can be done to a conversation. */
export class History {
  readonly active: Conversations;
  readonly archive: Conversations;
  readonly temporary: Temporaries;
  problem = $state.raw<ApiError | null>(null);
  /** The open conversation where no list has it: it lies beyond what is loaded, or is archived. */
  guest = $state.raw<ConversationRow | null>(null);
  private openId: string | null = null;
  private readonly reading = new Set<string>();
  private readonly again = new Set<string>();

  constructor(
    private readonly client: Client,
    private readonly filing?: Filing,
    clock?: Clock,
  ) {
    this.active = new Conversations(client, false, clock);
    this.archive = new Conversations(client, true, clock);
    this.temporary = new Temporaries(client);
  }

  find(id: string | null): ConversationRow | undefined {
    return this.listed(id) ?? (this.guest?.id === id ? this.guest : undefined);
  }

  private listed(id: string | null): ConversationRow | undefined {
    return (
      this.temporary.find(id) ??
      this.active.find(id) ??
      this.archive.find(id) ??
      this.filing?.list?.find(id)
    );
  }

  /** A conversation was opened, by whatever led to it; or none is. */
  opened(id: string | null): void {
    this.openId = id;
    if (this.guest?.id !== id) this.guest = null;
    // The row carries title and source; a search hit can lie outside the loaded list.
    if (id !== null && !this.find(id)) void this.changed(id);
  }

  /** A conversation changed: reads it again, once at a time however often it changes. */
  async changed(id: string): Promise<void> {
    if (this.reading.has(id)) {
      this.again.add(id);
      return;
    }
    this.reading.add(id);
    try {
      this.accept(await this.client.conversationGet({ id }));
    } catch {
      this.removed(id);
    } finally {
      this.reading.delete(id);
      if (this.again.delete(id)) void this.changed(id);
    }
  }

  accept(row: ConversationRow): void {
    if (this.temporary.place(row)) return;
    this.active.place(row);
    this.archive.place(row);
    this.filing?.list?.place(row);
    if (row.id === this.openId) this.guest = this.listed(row.id) ? null : row;
  }

  removed(id: string): void {
    this.temporary.remove(id);
    this.active.remove(id);
    this.archive.remove(id);
    this.filing?.list?.remove(id);
    if (this.guest?.id === id) this.guest = null;
  }

  async update(change: ConversationUpdateReq): Promise<boolean> {
    try {
      this.accept(await this.client.conversationUpdate(change));
      this.problem = null;
      return true;
    } catch (reason) {
      this.problem = asApiError(reason);
      return false;
    }
  }
}
