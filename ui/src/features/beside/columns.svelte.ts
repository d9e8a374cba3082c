import type { ApiError, WindowEvent } from '../../ipc/generated/types';
import type { AppState } from '../../state/app.svelte';
import { Arrivals } from '../../state/arrivals';
import { asApiError } from '../../state/errors';
import { nextFrame, type Schedule } from '../../state/frames';
import { shownOf, type ShownMessage, type StreamItem } from '../../state/message.svelte';

/** The answers to one question, read together, and what arrives in them. */
export class Answers {
  rows = $state.raw<ShownMessage[]>([]);
  status = $state<'loading' | 'ready' | 'failed'>('loading');
  problem = $state.raw<ApiError | null>(null);
  private readonly arrivals: Arrivals;
  private reading = false;
  private again = false;

  constructor(
    private readonly app: AppState,
    private readonly answerId: () => string,
    schedule: Schedule = nextFrame,
  ) {
    const show = (id: string, items: readonly StreamItem[]) => this.find(id)?.apply(items) ?? true;
    this.arrivals = new Arrivals(show, () => void this.read(), schedule);
  }

  /** Reads them, once at a time however often they change. */
  async read(): Promise<void> {
    if (this.reading) {
      this.again = true;
      return;
    }
    this.reading = true;
    try {
      do {
        this.again = false;
        const { rows } = await this.app.client.messagesBeside({ message_id: this.answerId() });
        this.rows = shownOf(rows, this.rows);
        this.status = 'ready';
        this.problem = null;
      } while (this.again);
    } catch (reason) {
      this.problem = asApiError(reason);
      if (this.rows.length === 0) this.status = 'failed';
    } finally {
      this.reading = false;
    }
  }

  handle = (event: WindowEvent): void => {
    if (event.type === 'messages_changed') {
      if (event.conversation_id === this.app.thread.conversationId) void this.read();
    } else if (event.type === 'stream') {
      // What is not known yet is read, and a piece that was missed has all read again.
      if (this.find(event.message_id)) this.arrivals.push(event.message_id, [event]);
    } else if (event.type === 'stream_ended') {
      const { id } = event.message;
      this.arrivals.showNow(id);
      const whole = this.find(id)?.finish(event) ?? true;
      // What is on its way may be older.
      if (this.reading) this.again = true;
      else if (!whole) void this.read();
    }
  };

  private find(id: string): ShownMessage | undefined {
    return this.rows.find((row) => row.id === id);
  }
}
