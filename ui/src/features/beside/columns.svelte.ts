import type { ApiError, WindowEvent } from '../../ipc/generated/types';
import type { AppState } from '../../state/app.svelte';
import { asApiError } from '../../state/errors';
import { nextFrame, type Schedule } from '../../state/frames';
import { ShownMessage, type StreamItem } from '../../state/message.svelte';

/** The answers to one question, read together, and what arrives in them. */
export class Answers {
  rows = $state.raw<ShownMessage[]>([]);
  status = $state<'loading' | 'ready' | 'failed'>('loading');
  problem = $state.raw<ApiError | null>(null);
  private readonly queue = new Map<string, StreamItem[]>();
  private flushing = false;
  private reading = false;
  private again = false;

  constructor(
    private readonly app: AppState,
    private readonly answerId: () => string,
    private readonly schedule: Schedule = nextFrame,
  ) {}

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
        const known = new Map(this.rows.map((row) => [row.id, row]));
        this.rows = rows.map((row) => {
          const shown = known.get(row.id) ?? new ShownMessage(row);
          if (shown.row !== row) shown.accept(row);
          return shown;
        });
        this.status = 'ready';
        this.problem = null;
      } while (this.again);
      this.flush();
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
      const waiting = this.queue.get(event.message_id);
      if (waiting) waiting.push(event);
      else if (this.reading || this.rows.some((row) => row.id === event.message_id)) {
        this.queue.set(event.message_id, [event]);
      } else return;
      if (this.flushing) return;
      this.flushing = true;
      this.schedule(() => this.flush());
    } else if (event.type === 'stream_ended') {
      this.queue.delete(event.message.id);
      this.rows.find((row) => row.id === event.message.id)?.accept(event.message);
      if (this.reading) this.again = true;
    }
  };

  private flush(): void {
    this.flushing = false;
    if (this.reading) return;
    let gap = false;
    for (const [id, items] of this.queue) {
      const shown = this.rows.find((row) => row.id === id);
      if (shown && !shown.apply(items)) gap = true;
    }
    this.queue.clear();
    if (gap) void this.read();
  }
}
