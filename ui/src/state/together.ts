/** What the next question would take along, of one or of several that answer beside each other. */
import type { Client } from '../ipc/generated/client';
import type { ContextEstimate, ContextRule, EstimateReq } from '../ipc/generated/types';
import type { Choice } from './chat.svelte';
import type { Parts } from './context.svelte';
import { NO_INSTRUCTIONS } from './instructions';

/** What one of several would be asked. */
export interface AskedEstimate {
  choice: Choice;
  estimate: ContextEstimate;
}

/** What is asked now, together and of each where there are several. */
export async function read(parts: Parts, text: string): Promise<{ estimate: ContextEstimate | null; each: AskedEstimate[] }> {
  const { client, thread, talk, chat, attachments } = parts;
  const id = thread.conversationId;
  const request: EstimateReq = { text };
  if (attachments.ids.length > 0) request.attachments = attachments.ids;
  if (id !== null) request.conversation_id = id;
  else if (talk.fresh) request.instructions = talk.fresh;
  if (chat.beside.length > 1) {
    const each = await estimates(client, request, chat.beside);
    const all = each.map((one) => one.estimate);
    return { estimate: all.length < chat.beside.length ? null : together(all), each };
  }
  const choice = chat.choice;
  if (choice) request.source_id = choice.sourceId;
  if (choice?.model) request.model = choice.model;
  return { estimate: await client.contextEstimate(request).catch(() => null), each: [] };
}

/** Says which messages go along from the next question on. */
export async function setRule({ client, thread, talk, chat }: Parts, rule: ContextRule): Promise<boolean> {
  const id = thread.conversationId;
  const now = id === null ? (talk.fresh ?? NO_INSTRUCTIONS) : await client.instructionsGet({ id });
  const parameters = { ...now.parameters };
  delete parameters.context;
  if (rule.rule !== 'all') parameters.context = rule;
  return chat.instruct({ ...now, parameters });
}

/** What each would be asked; who cannot be is left out. */
async function estimates(client: Client, request: EstimateReq, choices: readonly Choice[]): Promise<AskedEstimate[]> {
  const found = await Promise.all(
    choices.map(async (choice) => {
      const of = { source_id: choice.sourceId, ...(choice.model === null ? {} : { model: choice.model }) };
      const estimate = await client.contextEstimate({ ...request, ...of }).catch(() => null);
      return estimate ? [{ choice, estimate }] : [];
    }),
  );
  return found.flat();
}

/** What several would be asked together: what each reads, and the first reason not to send. */
export function together(all: readonly ContextEstimate[]): ContextEstimate | null {
  const [first, ...others] = all;
  if (!first || others.length === 0) return first ?? null;
  const sum = (of: (one: ContextEstimate) => number | null) => {
    const known = all.map(of).filter((amount) => amount !== null);
    return known.length === 0 ? null : known.reduce((one, other) => one + other, 0);
  };
  // What one of them pays by a published price is in the sum.
  const day = all.find((one) => one.price_day !== undefined)?.price_day;
  return {
    ...first,
    ...(day === undefined ? {} : { price_day: day }),
    tokens: sum((one) => one.tokens) ?? 0,
    // How much one of them reads says nothing of the sum.
    context: null,
    reserved: 0,
    left_out: Math.max(...all.map((one) => one.left_out)),
    nanos: sum((one) => one.nanos),
    nanos_most: sum((one) => one.nanos_most),
    // Each has its own.
    longest: null,
    warning: all.find((one) => one.warning)?.warning ?? null,
    stop: all.find((one) => one.stop)?.stop ?? null,
  };
}
