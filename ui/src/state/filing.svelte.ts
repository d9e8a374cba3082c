import type { Client } from '../ipc/generated/client';
import type { ApiError, ConversationRow, Filing as FilingRows } from '../ipc/generated/types';
import { asApiError } from './errors';
import { groupRows } from './groups';

const PAGE = 60;

/** What the list is narrowed to. */
export type Filter = { kind: 'folder' | 'tag'; id: string };

/** What is asked about filing, in a dialog. */
export type FilingQuestion = { kind: 'folder' | 'tags'; row: ConversationRow } | { kind: 'manage' };

/** What lies in one folder or under one tag, archived or not. */
export class FiledList {
  rows = $state.raw<ConversationRow[]>([]);
  status = $state<'idle' | 'loading' | 'ready' | 'failed'>('idle');
  problem = $state.raw<ApiError | null>(null);
  private next = $state<string | null>(null);
  private loadingMore = false;
  private generation = 0;

  readonly items = $derived(groupRows([], this.rows, Date.now()));

  constructor(
    private readonly client: Client,
    readonly filter: Filter,
  ) {}

  get hasMore(): boolean {
    return this.next !== null;
  }

  get empty(): boolean {
    return this.status === 'ready' && this.rows.length === 0;
  }

  find(id: string | null): ConversationRow | undefined {
    return this.rows.find((row) => row.id === id);
  }

  /** Reads the first page. What is shown stays until it is here. */
  async load(): Promise<void> {
    const generation = ++this.generation;
    if (this.status !== 'ready') this.status = 'loading';
    try {
      const page = await this.read();
      if (generation !== this.generation) return;
      this.rows = page.rows;
      this.next = page.next;
      this.status = 'ready';
      this.problem = null;
    } catch (reason) {
      if (generation !== this.generation) return;
      this.problem = asApiError(reason);
      this.status = 'failed';
    }
  }

  async loadMore(): Promise<void> {
    if (this.next === null || this.loadingMore) return;
    const generation = this.generation;
    this.loadingMore = true;
    try {
      const page = await this.read(this.next);
      if (generation !== this.generation) return;
      const known = new Set(this.rows.map((row) => row.id));
      this.rows = [...this.rows, ...page.rows.filter((row) => !known.has(row.id))];
      this.next = page.next;
    } catch (reason) {
      if (generation === this.generation) this.problem = asApiError(reason);
    } finally {
      this.loadingMore = false;
    }
  }

  /** A row changed; what it was filed under is told by another event. */
  place(row: ConversationRow): void {
    if (!this.find(row.id)) return;
    this.rows = this.rows.map((other) => (other.id === row.id ? row : other));
  }

  remove(id: string): void {
    this.rows = this.rows.filter((row) => row.id !== id);
  }

  private read(cursor?: string) {
    const { kind, id } = this.filter;
    return this.client.conversationFiled({ limit: PAGE, cursor, [`${kind}_id`]: id });
  }
}

/** Folders and tags, and the one the list is narrowed to. */
export class Filing {
  rows = $state.raw<FilingRows>({ folders: [], tags: [] });
  status = $state<'idle' | 'ready' | 'failed'>('idle');
  problem = $state.raw<ApiError | null>(null);
  list = $state.raw<FiledList | null>(null);
  question = $state.raw<FilingQuestion | null>(null);

  constructor(private readonly client: Client) {}

  get any(): boolean {
    return this.rows.folders.length + this.rows.tags.length > 0;
  }

  /** The name of what the list is narrowed to. */
  get filterName(): string | null {
    const filter = this.list?.filter;
    if (!filter) return null;
    const rows = filter.kind === 'folder' ? this.rows.folders : this.rows.tags;
    return rows.find((row) => row.id === filter.id)?.name ?? null;
  }

  load = async (): Promise<void> => {
    try {
      this.accept(await this.client.filingGet());
      // What the list was narrowed to may be gone.
      if (this.list && this.filterName === null) this.list = null;
      else if (this.list) void this.list.load();
    } catch (reason) {
      this.problem = asApiError(reason);
      this.status = 'failed';
    }
  };

  accept(rows: FilingRows): void {
    this.rows = rows;
    this.status = 'ready';
    this.problem = null;
  }

  narrow(filter: Filter | null): void {
    this.list = filter && new FiledList(this.client, filter);
  }
}
