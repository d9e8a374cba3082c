import { describe, expect, it } from 'vitest';
import type { BlockOp, MessagePage, MessageRow, WindowEvent } from '../ipc/generated/types';
import { Thread } from './thread.svelte';
import { deferred, messageRow, settled, testClient, type Handlers } from './test-client';

const page = (rows: MessageRow[], change: Partial<MessagePage> = {}): MessagePage => ({
  rows,
  has_before: false,
  has_after: false,
  arriving: null,
  ...change,
});
const stream = (message_id: string, seq: number, text: string): WindowEvent => ({
  type: 'stream',
  message_id,
  seq,
  ops: [{ type: 'append_text', path: [0, 0], text } satisfies BlockOp],
  reasoning_ops: [],
  text,
  citations: [],
});
const streaming = (id: string, text: string, seq: number) =>
  messageRow(id, {
    status: 'streaming',
    stream_seq: seq,
    finished_at: null,
    text,
    blocks: [{ type: 'paragraph', inlines: [{ type: 'text', text }] }],
  });
/** As it ends for whoever followed it up to an item. */
const ended = (id: string, last_seq: number): WindowEvent => ({
  type: 'stream_ended',
  message: messageRow(id, { blocks: [], text: '' }),
  last_seq,
});

function setup(handlers: Handlers) {
  const frames: (() => void)[] = [];
  const { client, asked } = testClient(handlers);
  const thread = new Thread(client, (task) => frames.push(task));
  const frame = () => frames.splice(0).forEach((task) => task());
  const words = (id: string) => {
    const block = thread.messages.find((message) => message.id === id)?.text.blocks[0];
    return block?.type === 'paragraph' && block.inlines[0]?.type === 'text'
      ? block.inlines[0].text
      : null;
  };
  return { thread, frame, frames, words, asked };
}

const ids = (thread: Thread) => thread.messages.map((message) => message.id);

describe('Thread', () => {
  it('opens at the end and says so', async () => {
    const { thread, asked } = setup({ message_page: () => page([messageRow('a'), messageRow('b')]) });
    await thread.open('c1');
    expect(ids(thread)).toEqual(['a', 'b']);
    expect(thread.status).toBe('ready');
    expect(thread.intent).toEqual({ kind: 'switched', at: 'bottom' });
    expect(asked[0]?.req).toMatchObject({ conversation_id: 'c1', anchor: { at: 'tail' } });
  });

  it('opens around a hit and points it out', async () => {
    const { thread, asked } = setup({ message_page: () => page([messageRow('a')]) });
    await thread.open('c1', 'a');
    expect(asked[0]?.req).toMatchObject({ anchor: { at: 'around', message_id: 'a' } });
    expect(thread.intent).toEqual({ kind: 'switched', at: { messageId: 'a' } });
    expect(thread.flash).toBe('a');
  });

  it('drops the page of a conversation that was left meanwhile', async () => {
    const slow = deferred<MessagePage>();
    const { thread } = setup({
      message_page: (req) => (req.conversation_id === 'c1' ? slow.promise : page([messageRow('x')])),
    });
    const first = thread.open('c1');
    await thread.open('c2');
    slow.resolve(page([messageRow('a')]));
    await first;
    expect(ids(thread)).toEqual(['x']);
  });

  it('loads pages before and after without doubles', async () => {
    const { thread } = setup({
      message_page: ({ anchor }) => {
        if (anchor.at === 'before') return page([messageRow('a')], { has_after: true });
        if (anchor.at === 'after') return page([messageRow('d')], { has_before: true });
        return page([messageRow('b'), messageRow('c')], { has_before: true, has_after: true });
      },
    });
    await thread.open('c1', 'b');
    await Promise.all([thread.loadBefore(), thread.loadBefore(), thread.loadAfter()]);
    expect(ids(thread)).toEqual(['a', 'b', 'c', 'd']);
    expect(thread.hasBefore).toBe(false);
    expect(thread.hasAfter).toBe(false);
  });

  it('asks for the page above what was read anew while another was on its way', async () => {
    const late = deferred<MessagePage>();
    const above: string[] = [];
    const { thread } = setup({
      message_page: ({ anchor }) => {
        if (anchor.at !== 'before') return page([messageRow(above.length === 0 ? 'd' : 'c')], { has_before: true });
        above.push(anchor.message_id);
        return above.length === 1 ? late.promise : page([messageRow('b')]);
      },
    });
    await thread.open('c1');
    const first = thread.loadBefore();
    await thread.refresh();
    expect(ids(thread)).toEqual(['c']);
    // The reader reached the start of what was read anew; nothing moves from here on.
    const second = thread.loadBefore();
    late.resolve(page([messageRow('far away')]));
    await Promise.all([first, second]);
    expect(above).toEqual(['d', 'c']);
    expect(ids(thread)).toEqual(['b', 'c']);
  });

  it('keeps a bounded number of rows, near the reader', async () => {
    let next = 0;
    const { thread } = setup({
      message_page: ({ anchor, limit }) => {
        const rows = Array.from({ length: limit }, () => messageRow(`m${(next += 1)}`));
        return page(anchor.at === 'before' ? rows : rows, { has_before: true });
      },
    });
    await thread.open('c1');
    const newest = ids(thread).at(-1);
    for (let turn = 0; turn < 8; turn += 1) await thread.loadBefore();
    expect(thread.messages.length).toBe(300);
    expect(ids(thread)).not.toContain(newest);
    expect(thread.hasAfter, 'the newest can be loaded again').toBe(true);
  });

  it('knows what arrives where the reader is not, and when that is over', async () => {
    const { thread } = setup({ message_page: () => page([messageRow('a')], { has_after: true, arriving: 'z' }) });
    await thread.open('c1', 'a');
    expect(thread.streaming).toBeNull();
    expect(thread.arriving).toBe('z');
    thread.handle({ type: 'stream_ended', message: messageRow('z'), last_seq: null });
    expect(thread.arriving).toBeNull();
    expect(thread.announcement).toEqual({ what: 'finished' });
  });

  it('knows that an answer ended while a page was on its way that calls it arriving', async () => {
    const late = deferred<MessagePage>();
    const { thread } = setup({ message_page: () => late.promise });
    const opened = thread.open('c1', 'a');
    thread.handle({ type: 'stream_ended', message: messageRow('z'), last_seq: null });
    late.resolve(page([messageRow('a')], { has_after: true, arriving: 'z' }));
    await opened;
    expect(thread.arriving).toBeNull();
  });

  it('says so when the end of what was just begun cannot be read', async () => {
    const problem = { code: 'disk', message: 'No.' };
    const { thread } = setup({ message_page: () => Promise.reject(problem) });
    await thread.openSent('c1', null);
    expect(thread.status).toBe('failed');
    expect(thread.problem).toMatchObject(problem);
  });

  it('applies pieces once per frame and in order', async () => {
    const { thread, frame, frames, words } = setup({ message_page: () => page([streaming('a', '', 0)]) });
    await thread.open('c1');
    thread.handle(stream('a', 1, 'one '));
    thread.handle(stream('a', 2, 'two'));
    expect(frames).toHaveLength(1);
    expect(words('a')).toBe('');
    frame();
    expect(words('a')).toBe('one two');
    expect(thread.announcement).toEqual({ what: 'started' });
  });

  it('ignores pieces the page already has', async () => {
    const { thread, frame, words } = setup({ message_page: () => page([streaming('a', 'one two', 2)]) });
    await thread.open('c1');
    thread.handle(stream('a', 2, 'two'));
    thread.handle(stream('a', 3, ' three'));
    frame();
    expect(words('a')).toBe('one two three');
  });

  it('uses pieces that came before their page', async () => {
    const slow = deferred<MessagePage>();
    const { thread, frame, words } = setup({ message_page: () => slow.promise });
    const opened = thread.open('c1');
    thread.handle(stream('a', 2, 'two'));
    thread.handle(stream('a', 3, ' three'));
    slow.resolve(page([streaming('a', 'one ', 1)]));
    await opened;
    frame();
    expect(words('a')).toBe('one two three');
  });

  it('reads the page again when a piece is missing', async () => {
    let reads = 0;
    const { thread, frame, words } = setup({
      message_page: () => {
        reads += 1;
        return page([streaming('a', reads === 1 ? '' : 'one two three', reads === 1 ? 0 : 3)]);
      },
    });
    await thread.open('c1');
    thread.handle(stream('a', 1, 'one'));
    thread.handle(stream('a', 3, ' three'));
    frame();
    await settled();
    expect(reads).toBe(2);
    expect(words('a')).toBe('one two three');
  });

  it('reads the page again when a piece does not fit', async () => {
    let reads = 0;
    const { thread, frame } = setup({
      message_page: () => {
        reads += 1;
        return page([streaming('a', 'x', reads)]);
      },
    });
    await thread.open('c1');
    thread.handle({
      type: 'stream',
      message_id: 'a',
      seq: 2,
      ops: [{ type: 'append_text', path: [7], text: '!' }],
      reasoning_ops: [],
      text: '!',
      citations: [],
    });
    frame();
    await settled();
    expect(reads).toBe(2);
  });

  it('does not go back when an older page arrives during the stream', async () => {
    const slow = deferred<MessagePage>();
    let reads = 0;
    const { thread, frame, words } = setup({
      message_page: () => {
        reads += 1;
        return reads === 1 ? page([streaming('a', '', 0)]) : slow.promise;
      },
    });
    await thread.open('c1');
    const again = thread.refresh();
    thread.handle(stream('a', 1, 'new'));
    frame();
    slow.resolve(page([streaming('a', '', 0)]));
    await again;
    expect(words('a')).toBe('new');
  });

  it('takes the kept message at the end and forgets pieces that wait', async () => {
    const { thread, frame, words } = setup({ message_page: () => page([streaming('a', '', 0)]) });
    await thread.open('c1');
    expect(thread.streaming?.id).toBe('a');
    thread.handle(stream('a', 1, 'half'));
    thread.handle({ type: 'stream_ended', message: messageRow('a'), last_seq: null });
    frame();
    expect(words('a')).toBe('a');
    expect(thread.streaming).toBeNull();
    expect(thread.announcement).toEqual({ what: 'finished' });
  });

  it('believes an end that came while the page was on its way', async () => {
    const slow = deferred<MessagePage>();
    const { thread, words } = setup({ message_page: () => slow.promise });
    const opened = thread.openSent('c1', null);
    thread.handle({ type: 'stream_ended', message: messageRow('a'), last_seq: null });
    slow.resolve(page([streaming('a', '', 0)]));
    await opened;
    expect(words('a')).toBe('a');
    expect(thread.streaming).toBeNull();
  });

  it('has the words of an answer that was followed to its end', async () => {
    const { thread, words, asked } = setup({ message_page: () => page([streaming('a', '', 0)]) });
    await thread.open('c1');
    thread.handle(stream('a', 1, 'one '));
    thread.handle(stream('a', 2, 'two'));
    thread.handle(ended('a', 2));
    expect(words('a'), 'what waits for the next frame is shown with the end').toBe('one two');
    expect(thread.messages[0]?.row.text).toBe('one two');
    expect(thread.streaming).toBeNull();
    expect(thread.announcement).toEqual({ what: 'finished' });
    expect(asked).toHaveLength(1);
  });

  it('reads the page again when it did not follow an answer to its end', async () => {
    let over = false;
    const { thread, words } = setup({
      message_page: () => page([over ? messageRow('a') : streaming('a', '', 0)]),
    });
    await thread.open('c1');
    thread.handle(stream('a', 1, 'one '));
    over = true;
    thread.handle(ended('a', 3));
    await settled();
    expect(words('a')).toBe('a');
    expect(thread.streaming).toBeNull();
  });

  it('joins a page that was on its way with the pieces and the end that came meanwhile', async () => {
    const slow = deferred<MessagePage>();
    const { thread, words, asked } = setup({ message_page: () => slow.promise });
    const opened = thread.openSent('c1', null);
    thread.handle(stream('a', 1, 'one '));
    thread.handle(stream('a', 2, 'two'));
    thread.handle(ended('a', 2));
    slow.resolve(page([streaming('a', 'one ', 1)]));
    await opened;
    expect(words('a')).toBe('one two');
    expect(thread.streaming).toBeNull();
    expect(asked).toHaveLength(1);
  });

  it('keeps the identity of messages when the page is read again', async () => {
    const { thread } = setup({ message_page: () => page([messageRow('a'), messageRow('b')]) });
    await thread.open('c1');
    const before = thread.messages[0];
    await thread.refresh();
    expect(thread.messages[0]).toBe(before);
  });

  it('reads around the place of a branch that is about to be shown', async () => {
    const { thread, asked } = setup({ message_page: () => page([messageRow('a')]) });
    await thread.open('c1');
    thread.expectBranch('b2');
    thread.handle({ type: 'messages_changed', conversation_id: 'c1' });
    await settled();
    expect(asked.at(-1)?.req).toMatchObject({ anchor: { at: 'around', message_id: 'b2' } });
  });

  it('does not take the place away from somebody who reads far above', async () => {
    const { thread, asked } = setup({
      message_page: ({ anchor }) =>
        anchor.at === 'tail'
          ? page([messageRow('y'), messageRow('z')], { has_before: true })
          : page([messageRow('a'), messageRow('b')], { has_after: true }),
    });
    await thread.open('c1', 'a');
    thread.visibleId = 'a';
    await thread.refresh();
    expect(ids(thread)).toEqual(['a', 'b']);
    expect(asked.at(-1)?.req).toMatchObject({ anchor: { at: 'around', message_id: 'a' } });
  });

  it('joins many changes into one more reading', async () => {
    const first = deferred<MessagePage>();
    let reads = 0;
    const { thread } = setup({
      message_page: () => {
        reads += 1;
        return reads === 2 ? first.promise : page([messageRow('a')]);
      },
    });
    await thread.open('c1');
    for (let turn = 0; turn < 5; turn += 1) thread.handle({ type: 'messages_changed', conversation_id: 'c1' });
    first.resolve(page([messageRow('a')]));
    await settled();
    await settled();
    expect(reads).toBe(3);
  });

  it('shows why it could not be opened, and opens on a second try', async () => {
    let fail = true;
    const { thread } = setup({
      message_page: () => {
        if (fail) throw { code: 'locked', message: 'locked' };
        return page([messageRow('a')]);
      },
    });
    await thread.open('c1');
    expect(thread.status).toBe('failed');
    expect(thread.problem?.code).toBe('locked');
    fail = false;
    await thread.retry();
    expect(thread.status).toBe('ready');
  });

  it('leaves a conversation that was removed', async () => {
    const { thread } = setup({ message_page: () => page([messageRow('a')]) });
    await thread.open('c1');
    thread.handle({ type: 'conversation_removed', id: 'c1' });
    expect(thread.conversationId).toBeNull();
    expect(thread.messages).toEqual([]);
  });
});
