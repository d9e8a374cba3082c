// For tests only: a client whose commands are functions of the test.
import { createClient, type Client, type Commands } from '../ipc/generated/client';
import { conversationOf, messageOf } from '../ipc/rows';
import type { ConversationRow, MessageRow } from '../ipc/generated/types';

export type Handlers = { [K in keyof Commands]?: (req: Commands[K][0]) => unknown };

export interface Asked {
  name: keyof Commands;
  req: unknown;
}

/** A client, and every question it was asked. A command without a handler is rejected. */
export function testClient(handlers: Handlers): { client: Client; asked: Asked[] } {
  const asked: Asked[] = [];
  const client = createClient(async (name, req) => {
    asked.push({ name, req });
    const handler = handlers[name] as ((req: unknown) => unknown) | undefined;
    if (!handler) throw { code: 'no_handler', message: name };
    return (await handler(req)) as never;
  });
  return { client, asked };
}

export function messageRow(id: string, change: Partial<MessageRow> = {}): MessageRow {
  return messageOf({
    id,
    conversation_id: 'c1',
    role: 'assistant',
    model: 'guide',
    source_name: 'sandbox',
    created_at: 1_000,
    finished_at: 2_200,
    text: id,
    blocks: [{ type: 'paragraph', inlines: [{ type: 'text', text: id }] }],
    ...change,
  });
}

export function conversationRow(
  id: string,
  updated_at: number,
  change: Partial<ConversationRow> = {},
): ConversationRow {
  return conversationOf({
    id,
    title: `Title ${id}`,
    source_id: 's1',
    model: 'guide',
    created_at: updated_at,
    ...change,
  });
}

/** A promise that is settled by hand. */
export function deferred<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: unknown) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Lets everything that is already settled run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 16; turn += 1) await Promise.resolve();
}
