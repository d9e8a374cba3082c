import type { Client } from '../ipc/generated/client';
import type { ContextEstimate, ContextRule, EstimateReq } from '../ipc/generated/types';
import type { Chat, Choice } from './chat.svelte';
import { type Talk, NO_INSTRUCTIONS } from './talk.svelte';
import type { Thread } from './thread.svelte';

/** How long somebody types on before it is looked again. */
const PAUSE_MS = 250;

interface Parts {
  client: Client;
  thread: Thread;
  talk: Talk;
  chat: Chat;
}

/** What one of several would be asked. */
export interface AskedEstimate {
  choice: Choice;
  estimate: ContextEstimate;
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

  /** Looks soon; at once where another conversation was opened. */
  look(text: string): void {
    clearTimeout(this.timer);
    const id = this.parts.thread.conversationId;
    if (id !== this.of) {
      this.of = id;
      this.estimate = null;
      this.each = [];
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
    const { client, thread, talk, chat } = this.parts;
    const round = ++this.round;
    const id = thread.conversationId;
    const choice = chat.choice;
    const request: EstimateReq = { text };
    if (id !== null) request.conversation_id = id;
    else if (talk.fresh) request.instructions = talk.fresh;
    const ask = async (choice: Choice | null) => {
      const of = { ...(choice ? { source_id: choice.sourceId } : {}), ...(choice?.model ? { model: choice.model } : {}) };
      return client.contextEstimate({ ...request, ...of }).catch(() => null);
    };
    const several = chat.beside.length > 1 ? chat.beside : [];
    const found = await Promise.all((several.length > 0 ? several : [choice]).map(ask));
    if (round !== this.round) return;
    const whole = found.filter((one) => one !== null);
    this.each = several.flatMap((choice, at) => (found[at] ? [{ choice, estimate: found[at] }] : []));
    this.estimate = whole.length === found.length ? together(whole) : null;
  }
}

/** What several would be asked together: what each reads, and the first reason not to send. */
export function together(all: readonly ContextEstimate[]): ContextEstimate | null {
  const [first, ...others] = all;
  if (!first || others.length === 0) return first ?? null;
  const sum = (of: (one: ContextEstimate) => number | null) => {
    const known = all.map(of).filter((amount) => amount !== null);
    return known.length === 0 ? null : known.reduce((one, other) => one + other, 0);
  };
  return {
    ...first,
    tokens: sum((one) => one.tokens) ?? 0,
    // How much one of them reads says nothing of the sum.
    context: null,
    reserved: 0,
    left_out: Math.max(...all.map((one) => one.left_out)),
    nanos: sum((one) => one.nanos),
    nanos_most: sum((one) => one.nanos_most),
    warning: all.find((one) => one.warning)?.warning ?? null,
    stop: all.find((one) => one.stop)?.stop ?? null,
  };
}
