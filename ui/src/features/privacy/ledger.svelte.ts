import type { Client } from '../../ipc/generated/client';
import type { ApiError, LedgerReq, LedgerRow } from '../../ipc/generated/types';
import { asApiError } from '../../state/errors';

export type LedgerFilter = Pick<LedgerReq, 'purpose' | 'host' | 'outcome'>;

/** The ledger as it is scrolled through: newest first, page by page. */
export class LedgerPages {
  rows = $state.raw<LedgerRow[]>([]);
  problem = $state.raw<ApiError>();
  busy = $state(false);
  /** False until the first page arrived. */
  loaded = $state(false);
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
