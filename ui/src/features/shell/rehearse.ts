import { flushSync, mount, unmount } from 'svelte';
import { createClient } from '../../ipc/generated/client';
import type { Block, Inline, MessageRow } from '../../ipc/generated/types';
import { messageOf } from '../../ipc/rows';
import { AppState, contextOf } from '../../state/app.svelte';
import MessageList from '../chat/MessageList.svelte';

const CONVERSATION = 'rehearsed';
/** A letter: what has none needs no font. */
const WORDS: Inline[] = [{ type: 'text', text: 'a' }];
const PARAGRAPH: Block = {
  type: 'paragraph',
  inlines: [
    ...WORDS,
    { type: 'strong', inlines: WORDS },
    { type: 'emphasis', inlines: WORDS },
    { type: 'code', text: 'a' },
    { type: 'link', id: 0, host: 'a.example', display: 'https://a.example/', kind: 'https', inlines: WORDS },
  ],
};

/** What answers are made of. */
const BLOCKS: Block[] = [
  { type: 'heading', level: 2, inlines: WORDS },
  { type: 'heading', level: 3, inlines: WORDS },
  PARAGRAPH,
  { type: 'list', ordered_start: null, tight: true, items: [{ task: null, blocks: [PARAGRAPH] }] },
  { type: 'code_block', language: 'rust', lines: [[{ class: 'keyword', text: 'a' }, { class: 'comment', text: 'a' }]], closed: true },
  { type: 'table', alignments: ['none'], header: [WORDS], rows: [[WORDS]] },
];

const row = (change: Pick<MessageRow, 'id'> & Partial<MessageRow>): MessageRow =>
  messageOf({
    conversation_id: CONVERSATION,
    role: 'user',
    created_at: 0,
    text: 'a',
    blocks: [PARAGRAPH],
    ...change,
  });

/** As wide and as high as a conversation may be, and never painted. */
function hiddenBox(): HTMLElement {
  const box = document.createElement('div');
  box.inert = true;
  Object.assign(box.style, { position: 'fixed', inset: '0', width: '40rem', visibility: 'hidden' });
  return box;
}

/**
 * Draws a conversation with a question and an answer, once, and throws it away: the browser reads
 * code when it runs for the first time and looks up a font when it first needs it, which otherwise
 * is right after *Send*. It is gone before anything is painted, and the core is asked nothing.
 */
export function rehearse(): void {
  const app = new AppState(createClient(() => new Promise<never>(() => undefined)));
  const question = row({ id: 'rehearsed-question' });
  const answer = row({ id: 'rehearsed-answer', role: 'assistant', status: 'streaming', text: '', blocks: [] });
  const page = { rows: [question, answer], has_before: false, has_after: false, arriving: answer.id };
  void app.thread.openSent(CONVERSATION, page);
  const target = hiddenBox();
  document.body.append(target);
  const list = mount(MessageList, {
    target,
    context: contextOf(app),
    props: { onpickmodel: () => undefined },
  });
  try {
    flushSync();
    const shown = app.thread.messages.at(-1);
    const ops = BLOCKS.map((block) => ({ type: 'push_block' as const, path: [], block }));
    shown?.apply([{ seq: 1, ops, reasoning_ops: [], text: 'a', citations: [] }]);
    flushSync();
    shown?.accept({ ...answer, status: 'complete', text: 'a', blocks: BLOCKS, stream_seq: 1 });
    flushSync();
    // Asking for a size is what makes the browser lay out, and look up fonts.
    target.getBoundingClientRect();
  } finally {
    void unmount(list);
    target.remove();
  }
}
