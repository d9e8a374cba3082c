import { flushSync, mount, unmount } from 'svelte';
import { createClient } from '../../ipc/generated/client';
import type { Block, Inline, MessageRow } from '../../ipc/generated/types';
import { messageOf } from '../../ipc/rows';
import { AppState, contextOf } from '../../state/app.svelte';
import { ShownMessage } from '../../state/message.svelte';
import MessageItem from '../chat/MessageItem.svelte';

const WORDS: Inline[] = [{ type: 'text', text: '' }];

/** What answers are made of. */
const BLOCKS: Block[] = [
  { type: 'heading', level: 2, inlines: WORDS },
  { type: 'paragraph', inlines: WORDS },
  { type: 'list', ordered_start: null, tight: true, items: [{ task: null, blocks: [{ type: 'paragraph', inlines: WORDS }] }] },
  { type: 'code_block', language: null, lines: [[]], closed: true },
];

const row = (change: Partial<MessageRow>): MessageRow =>
  messageOf({
    id: 'rehearsed',
    conversation_id: 'rehearsed',
    role: 'user',
    created_at: 0,
    text: '',
    blocks: [{ type: 'paragraph', inlines: WORDS }],
    ...change,
  });

/**
 * Draws a question and an answer beside the page, once, and throws them away: the browser reads
 * code when it runs for the first time, which otherwise is right after *Send*. Nothing of it is
 * ever in the document, and the core is asked nothing.
 */
export function rehearse(): void {
  const app = new AppState(createClient(() => new Promise<never>(() => undefined)));
  const context = contextOf(app);
  const target = document.createElement('div');
  const question = new ShownMessage(row({}));
  const answer = new ShownMessage(row({ role: 'assistant', status: 'streaming', blocks: [] }));
  const nothing = () => undefined;
  const items = [question, answer].map((message) =>
    mount(MessageItem, {
      target,
      context,
      props: { message, onlink: nothing, onhelp: nothing, onpickmodel: nothing },
    }),
  );
  flushSync();
  const ops = BLOCKS.map((block) => ({ type: 'push_block' as const, path: [], block }));
  answer.apply([{ seq: 1, ops, reasoning_ops: [], citations: [] }]);
  flushSync();
  answer.accept(row({ role: 'assistant', blocks: BLOCKS, stream_seq: 1 }));
  flushSync();
  for (const item of items) void unmount(item);
}
