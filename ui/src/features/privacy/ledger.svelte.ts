import type { Client } from '../../ipc/generated/client';
import type { ApiError, LedgerReq, LedgerRow } from '../../ipc/generated/types';
import { asApiError } from '../../state/errors';

export type LedgerFilter = Pick<LedgerReq, 'purpose' | 'basis' | 'host' | 'outcome' | 'from' | 'conversation_id'>;

/** The ledger as it is scrolled through: newest first, page by page. */
export class LedgerPages {
  rows = $state.raw<LedgerRow[]>([]);
  problem = $state.raw<ApiError>();
  busy = $state(false);
  /** False until the first page arrived. */
  loaded = $state(false);
  /** Counts how often it began anew: what is drawn begins at the top again. */
  begun = $state(0);
  #next = $state<number | null>(null);
  #filter: LedgerFilter = {};
  #round = 0;

  constructor(
    private readonly client: Client,
    private readonly pageSize: number,
  ) {}

  get more(): boolean {
    return this.#next !== null;
  }

  /** Begins anew at the newest row. What is shown stays until the answer is there. */
  async start(filter: LedgerFilter): Promise<void> {
    this.#filter = filter;
    await this.#read(undefined);
  }

  /** New rows and new outcomes at the top; the pages that were read below stay as they are. */
  async refresh(): Promise<void> {
    const filter = this.#filter;
    const round = this.#round;
    try {
      const page = await this.client.ledgerPage({ ...filter, limit: this.pageSize });
      // Another filter, or another page, was asked for meanwhile: its answer is newer.
      if (round !== this.#round) return;
      const last = page.rows.at(-1)?.seq;
      const below = last === undefined ? [] : this.rows.filter((row) => row.seq < last);
      const known = this.rows.some((row) => row.seq === last);
      // More came than a page holds: what lies between was never read.
      this.rows = known ? [...page.rows, ...below] : page.rows;
      if (!known || below.length === 0) this.#next = page.next;
      this.problem = undefined;
    } catch (thrown) {
      if (round === this.#round) this.problem = asApiError(thrown);
    }
  }

  /** Reads the next page, if there is one and none is on its way. */
  async loadMore(): Promise<void> {
    if (this.#next === null || this.busy) return;
    await this.#read(this.#next);
  }

  async #read(before: number | undefined): Promise<void> {
    const round = ++this.#round;
    this.busy = true;
    try {
      const page = await this.client.ledgerPage({
        ...this.#filter,
        ...(before === undefined ? {} : { before_seq: before }),
        limit: this.pageSize,
      });
      if (round !== this.#round) return;
      this.rows = before === undefined ? page.rows : [...this.rows, ...page.rows];
      if (before === undefined) this.begun += 1;
      this.#next = page.next;
      this.problem = undefined;
      this.loaded = true;
    } catch (thrown) {
      if (round === this.#round) this.problem = asApiError(thrown);
    } finally {
      if (round === this.#round) this.busy = false;
    }
  }
}
