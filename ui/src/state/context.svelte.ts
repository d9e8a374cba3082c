import type { Client } from '../ipc/generated/client';
import type { ContextEstimate, ContextRule, EstimateReq } from '../ipc/generated/types';
import type { Attachments } from './attachments.svelte';
import type { Chat } from './chat.svelte';
import { type Talk, NO_INSTRUCTIONS } from './talk.svelte';
import type { Thread } from './thread.svelte';

/** How long somebody types on before it is looked again. */
const PAUSE_MS = 250;

interface Parts {
  client: Client;
  thread: Thread;
  talk: Talk;
  chat: Chat;
  attachments: Attachments;
}

/** What the next question of the open conversation would take along. */
export class Context {
  estimate = $state.raw<ContextEstimate | null>(null);
  /** Messages of the open conversation that are always sent. */
  pins = $state.raw<ReadonlySet<string>>(new Set());
  private of: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private round = 0;

  constructor(private readonly parts: Parts) {}

  /** Looks soon; at once where another conversation was opened. */
  look(text: string): void {
    clearTimeout(this.timer);
    const id = this.parts.thread.conversationId;
    if (id !== this.of) {
      this.of = id;
      this.estimate = null;
      this.pins = new Set();
      if (id !== null) void this.loadPins(id);
      void this.read(text);
      return;
    }
    this.timer = setTimeout(() => void this.read(text), PAUSE_MS);
  }

  /** Says which messages go along from the next question on. */
  async setRule(rule: ContextRule): Promise<boolean> {
    const { client, thread, talk, chat } = this.parts;
    const id = thread.conversationId;
    const now = id === null ? (talk.fresh ?? NO_INSTRUCTIONS) : await client.instructionsGet({ id });
    const parameters = { ...now.parameters };
    delete parameters.context;
    if (rule.rule !== 'all') parameters.context = rule;
    return chat.instruct({ ...now, parameters });
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
    const { client, thread, talk, chat, attachments } = this.parts;
    const round = ++this.round;
    const id = thread.conversationId;
    const choice = chat.choice;
    const request: EstimateReq = { text };
    if (attachments.ids.length > 0) request.attachments = attachments.ids;
    if (id !== null) request.conversation_id = id;
    else if (talk.fresh) request.instructions = talk.fresh;
    if (choice) request.source_id = choice.sourceId;
    if (choice?.model) request.model = choice.model;
    const found = await client.contextEstimate(request).catch(() => null);
    if (round === this.round) this.estimate = found;
  }
}
