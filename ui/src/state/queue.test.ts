import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppState } from './app.svelte';
import { conversationRow, deferred, messageRow, settled, testClient, type Handlers } from './test-client';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const row = (status: 'streaming' | 'complete' | 'failed' | 'interrupted') => messageRow('a', { status, branch_ids: ['a'] });

/** A conversation in which an answer arrives, and words that wait for it. */
async function waiting(handlers: Handlers = {}, temporary = false) {
  let shown = row('streaming');
  const page = () => ({ rows: [messageRow('q', { role: 'user' }), shown], has_before: false, has_after: false, arriving: shown.status === 'streaming' ? 'a' : null });
  const { client, asked } = testClient({
    conversation_list: () => ({ pinned: [], rows: ['c1', 'c2'].map((id) => conversationRow(id, 10)), next: null }),
    temporary_list: () => ({ rows: temporary ? [conversationRow('c1', 10, { temporary })] : [] }),
    conversation_get: ({ id }) => conversationRow(id, 20, { temporary: temporary && id === 'c1' }),
    message_page: ({ conversation_id }) => (conversation_id === 'c1' ? page() : { rows: [messageRow('x')], has_before: false, has_after: false, arriving: null }),
    message_send: () => ({ conversation_id: 'c1', question_id: 'q2', answer_id: 'a2', conversation: null, page: null }),
    draft_get: () => ({ text: '' }),
    draft_set: () => ({}),
    temporary_end: () => ({}),
    ...handlers,
  });
  const app = new AppState(client);
  await app.start();
  await app.chat.open('c1');
  expect(app.queue.add('and then?')).toBe(true);
  const of = (name: string) => asked.filter((one) => one.name === name).map((one) => one.req);
  const end = async (status: 'complete' | 'failed' | 'interrupted') => {
    shown = row(status);
    app.dispatch({ type: 'stream_ended', message: shown, last_seq: null });
    await settled();
    await vi.runOnlyPendingTimersAsync();
  };
  return { app, of, end, text: () => app.drafts.waiting.get('c1')?.text };
}

describe('words that wait for an answer', () => {
  it('are sent once when it is done', async () => {
    const { app, of, end, text } = await waiting();
    expect(of('message_send')).toEqual([]);
    await end('complete');
    expect(of('message_send')).toMatchObject([{ conversation_id: 'c1', text: 'and then?' }]);
    expect([text(), app.drafts.peek('c1')]).toEqual([undefined, '']);
    await end('complete');
    expect(of('message_send')).toHaveLength(1);
  });

  it.each(['failed', 'interrupted'] as const)('go back to the field when it is %s', async (status) => {
    const { app, of, end, text } = await waiting();
    app.drafts.set('c1', 'typed since');
    await end(status);
    expect(of('message_send')).toEqual([]);
    expect([text(), app.drafts.peek('c1'), app.queue.returned]).toEqual([undefined, 'and then?\n\ntyped since', 1]);
  });

  it('go back to the field when they cannot be sent', async () => {
    const { app, end, text } = await waiting({ message_send: () => Promise.reject({ code: 'offline', message: 'No.', kept: '', next: '' }) });
    await end('complete');
    expect([text(), app.drafts.peek('c1'), app.chat.problem?.code]).toEqual([undefined, 'and then?', 'offline']);
  });

  it('are kept as what is typed, before it, until the core has them', async () => {
    const { app, of, end } = await waiting();
    app.drafts.set('c1', 'typed since');
    await app.drafts.flush();
    expect(of('draft_set')).toEqual([{ conversation_id: 'c1', text: 'and then?\n\ntyped since' }]);
    await end('complete');
    await app.drafts.flush();
    // The core removed its copy with the sending.
    expect(of('draft_set').at(-1)).toEqual({ conversation_id: 'c1', text: 'typed since' });
    expect(app.drafts.peek('c1')).toBe('typed since');
  });

  it('are sent where they belong while another conversation is open', async () => {
    const { app, of, end, text } = await waiting();
    await app.chat.open('c2');
    expect(app.queue.add('nothing arrives here')).toBe(false);
    app.drafts.set('c2', 'something else');
    await end('complete');
    expect(of('message_send')).toEqual([{ conversation_id: 'c1', text: 'and then?' }]);
    expect([text(), app.drafts.peek('c1'), app.drafts.peek('c2')]).toEqual([undefined, '', 'something else']);
    expect(app.thread.conversationId).toBe('c2');
  });

  it('are in the field of their conversation when they cannot be sent from elsewhere', async () => {
    const { app, end } = await waiting({ message_send: () => Promise.reject({ code: 'offline', message: 'No.', kept: '', next: '' }) });
    await app.chat.open('c2');
    await end('complete');
    expect([app.drafts.peek('c1'), app.drafts.peek('c2') ?? '']).toEqual(['and then?', '']);
    expect(app.chat.problem, 'it is not about what is open').toBeNull();
  });

  it('are one message, however often something is added', async () => {
    const { app, of, end, text } = await waiting();
    expect(app.queue.add('  ')).toBe(false);
    app.queue.add('and how?');
    expect(text()).toBe('and then?\n\nand how?');
    await end('complete');
    expect(of('message_send')).toMatchObject([{ text: 'and then?\n\nand how?' }]);
  });

  it('are changed, or not sent at all', async () => {
    const { app, of, end, text } = await waiting();
    app.queue.edit('c1');
    expect([text(), app.drafts.peek('c1')]).toEqual([undefined, 'and then?']);
    app.drafts.set('c1', '');
    app.queue.add('something');
    app.queue.remove('c1');
    await end('complete');
    expect([of('message_send'), app.drafts.peek('c1')]).toEqual([[], '']);
    expect(of('draft_set').at(-1)).toEqual({ conversation_id: 'c1', text: '' });
  });

  it('end with a temporary conversation', async () => {
    const { app, of, end, text } = await waiting({}, true);
    expect(app.chat.temporary).toBe(true);
    await app.chat.endTemporary('c1');
    expect([text(), app.drafts.peek('c1')]).toEqual([undefined, undefined]);
    await end('interrupted');
    await end('complete');
    expect(of('message_send')).toEqual([]);
    expect(of('draft_set')).toEqual([]);
  });

  it('go to who answers the conversation, whoever else was chosen since', async () => {
    const { app, of, end } = await waiting();
    app.chat.beside = ['s1', 's2'].map((sourceId) => ({ sourceId, model: null }));
    await end('complete');
    expect([of('message_send').length, of('message_send_beside').length]).toEqual([1, 0]);
  });

  it('go back to the field where another branch is shown meanwhile', async () => {
    const { app, of, end, text } = await waiting({
      message_page: ({ limit }) => ({ rows: [messageRow(limit === 1 ? 'old' : 'a', limit === 1 ? {} : { status: 'streaming', branch_ids: ['a'] })], has_before: false, has_after: false, arriving: limit === 1 ? null : 'a' }),
    });
    await end('complete');
    expect([of('message_send'), text(), app.drafts.peek('c1')]).toEqual([[], undefined, 'and then?']);
  });

  it('are kept although something else was sent there', async () => {
    const { app, of } = await waiting();
    await app.drafts.flush();
    await app.drafts.sent('c1', 'hello', 'c1');
    await app.drafts.flush();
    // The core removed the first copy.
    expect(of('draft_set')).toEqual(Array.from({ length: 2 }, () => ({ conversation_id: 'c1', text: 'and then?' })));
  });

  it('wait for nothing that is over, and take no more on their way', async () => {
    let core: (() => void) | undefined;
    const { app, of, end } = await waiting({
      message_send: () => new Promise((resolve) => {
        core = () => resolve({ conversation_id: 'c1', question_id: 'q2', answer_id: 'a2', conversation: null, page: null });
      }),
    });
    const ended = end('complete');
    await settled();
    expect(app.queue.sending).toBe(true);
    expect(app.queue.add('more')).toBe(false);
    core?.();
    await ended;
    expect([app.queue.sending, of('message_send').length]).toEqual([false, 1]);
    expect(app.queue.add('more')).toBe(false);
  });

  it('are sent although the window missed a piece of the answer', async () => {
    const { app, of, text } = await waiting();
    app.dispatch({ type: 'stream_ended', message: row('complete'), last_seq: 9 });
    expect(app.thread.arriving, 'it is read again first').toBe('a');
    await settled();
    await vi.runOnlyPendingTimersAsync();
    expect([of('message_send').length, text(), app.drafts.peek('c1')]).toEqual([1, undefined, '']);
  });

  it('do not wait for an answer that ended, while it is read again', async () => {
    const { app, text } = await waiting();
    app.queue.remove('c1');
    app.dispatch({ type: 'stream_ended', message: row('complete'), last_seq: 9 });
    expect(app.thread.arriving).toBe('a');
    expect([app.queue.add('too late'), text()]).toEqual([false, undefined]);
  });

  it('are not joined by others on their way, whatever arrives by then', async () => {
    const taken = deferred<unknown>();
    let next = false;
    const { app, of, end } = await waiting({
      message_page: () => ({ rows: [next ? messageRow('a2', { status: 'streaming' }) : row('streaming')], has_before: false, has_after: false, arriving: next ? 'a2' : 'a' }),
      message_send: () => taken.promise,
    });
    const ended = end('complete');
    await settled();
    next = true;
    app.dispatch({ type: 'messages_changed', conversation_id: 'c1' });
    await settled();
    expect([app.thread.arriving, app.queue.sending]).toEqual(['a2', true]);
    expect(app.queue.add('more')).toBe(false);
    taken.resolve({ conversation_id: 'c1', question_id: 'q2', answer_id: 'a2', conversation: null, page: null });
    await ended;
    expect([of('message_send'), app.queue.sending]).toEqual([[{ conversation_id: 'c1', text: 'and then?' }], false]);
    expect(app.queue.add('more'), 'and wait for the next answer').toBe(true);
  });

  it('leave a reader where they are', async () => {
    const { app, of, end } = await waiting();
    const { intent } = app.thread;
    app.thread.visibleId = 'q';
    await end('complete');
    expect(of('message_send')).toHaveLength(1);
    expect([app.thread.visibleId, app.thread.intent === intent]).toEqual(['q', true]);
  });

  it('are no files, and nothing for several models', async () => {
    const { app } = await waiting();
    app.chat.beside = ['s1', 's2'].map((sourceId) => ({ sourceId, model: null }));
    expect(app.queue.add('x')).toBe(false);
    app.chat.beside = [];
    app.attachments.chips = [{ key: 'f', name: 'f', bytes: 1, plan: null, problem: null }];
    expect(app.queue.add('x')).toBe(false);
  });
});
