import type { Client } from '../ipc/generated/client';
import type { ContextEstimate, ContextRule } from '../ipc/generated/types';
import type { Attachments } from './attachments.svelte';
import type { Chat } from './chat.svelte';
import type { Talk } from './talk.svelte';
import type { Thread } from './thread.svelte';
import type { AskedEstimate } from './together';

/** How long somebody types on before it is looked again. */
const PAUSE_MS = 250;

export interface Parts {
  client: Client;
  thread: Thread;
  talk: Talk;
  chat: Chat;
  attachments: Attachments;
}

/** What the next question of the open conversation would take along. */
export class Context {
  estimate = $state.raw<ContextEstimate | null>(null);
  /** The same for each of several that would be asked; empty for one. */
  each = $state.raw<readonly AskedEstimate[]>([]);
  /** Messages of the open conversation that are always sent. */
  pins = $state.raw<ReadonlySet<string>>(new Set());
  private of: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private round = 0;

  constructor(private readonly parts: Parts) {}

  /** There is something to say before anybody asks: what is left out, what would stop it. */
  get notable(): boolean {
    const found = this.estimate;
    return found !== null && (found.stop !== null || found.warning !== null || found.left_out > 0);
  }

  /** Looks soon; at once where another conversation was opened. */
  look(text: string): void {
    clearTimeout(this.timer);
    const id = this.parts.thread.conversationId;
    // Nothing was said yet and nothing would be sent.
    if (id === null && text.trim() === '' && this.parts.attachments.ids.length === 0) {
      this.of = null;
      this.round += 1;
      this.estimate = null;
      this.each = [];
      this.pins = new Set();
      return;
    }
    const another = id !== this.of;
    if (another) {
      this.of = id;
      this.estimate = null;
      this.each = [];
      this.pins = new Set();
      if (id !== null && !this.parts.thread.begun) void this.loadPins(id);
    }
    // Nothing can be asked now, and what is arriving will go along as well.
    if (this.parts.thread.arriving !== null) return;
    if (another) {
      void this.read(text);
      return;
    }
    this.timer = setTimeout(() => void this.read(text), PAUSE_MS);
  }

  /** Says which messages go along from the next question on. */
  async setRule(rule: ContextRule): Promise<boolean> {
    return (await import('./together')).setRule(this.parts, rule);
  }

  /** Has a message always sent, or no longer. */
  async pin(messageId: string, on: boolean): Promise<void> {
    const { ids } = await this.parts.client.messagePin({ message_id: messageId, on });
    this.pins = new Set(ids);
  }

  private async loadPins(id: string): Promise<void> {
    const found = await this.parts.client.messagePins({ id }).catch(() => null);
    if (found && this.of === id) this.pins = new Set(found.ids);
  }

  private async read(text: string): Promise<void> {
    const round = ++this.round;
    const { read } = await import('./together');
    const found = await read(this.parts, text);
    if (round !== this.round) return;
    this.estimate = found.estimate;
    this.each = found.each;
  }
}
