import type { Client } from '../../ipc/generated/client';
import type { ApiError } from '../../ipc/generated/types';
import { asApiError } from '../../state/errors';

/** More are not counted: nobody steps through them. */
const MOST = 1_000;

/** What is found in one conversation, newest first, stretch by stretch while it is looked at. */
export class Find {
  ids = $state.raw<string[]>([]);
  /** The one that is shown. */
  at = $state(0);
  done = $state(true);
  problem = $state.raw<ApiError | null>(null);
  private round = 0;

  constructor(
    private readonly client: Client,
    private readonly conversationId: string,
    private readonly show: (messageId: string) => void,
  ) {}

  get full(): boolean {
    return this.ids.length >= MOST;
  }

  /** Looks for something else; the newest hit is shown as soon as it is there. */
  async look(text: string): Promise<void> {
    const round = ++this.round;
    this.problem = null;
    this.at = 0;
    if (text.trim() === '') {
      this.ids = [];
      this.done = true;
      return;
    }
    this.done = false;
    let ids: string[] = [];
    let cursor: string | undefined;
    try {
      do {
        const page = await this.client.conversationFind({ conversation_id: this.conversationId, text, cursor });
        if (round !== this.round) return;
        const first = ids.length === 0 && page.message_ids[0];
        ids = [...ids, ...page.message_ids].slice(0, MOST);
        this.ids = ids;
        if (first) this.show(first);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined && ids.length < MOST);
      this.done = true;
    } catch (reason) {
      if (round !== this.round) return;
      this.problem = asApiError(reason);
      this.done = true;
    }
  }

  /** Goes on: 1 is older, -1 newer. */
  step(by: 1 | -1): void {
    const count = this.ids.length;
    if (count === 0) return;
    this.at = (this.at + by + count) % count;
    const id = this.ids[this.at];
    if (id) this.show(id);
  }

  stop(): void {
    this.round += 1;
  }
}
