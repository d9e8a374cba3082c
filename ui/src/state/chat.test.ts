import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppState } from './app.svelte';
import { NO_INSTRUCTIONS } from './instructions';
import { ShownMessage } from './message.svelte';
import { conversationRow, deferred, messageRow, testClient, type Handlers } from './test-client';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const page = (...ids: string[]) => ({
  rows: ids.map((id) => messageRow(id)),
  has_before: false,
  has_after: false,
  arriving: null,
});
const source = (id: string, change = {}) => ({
  id,
  name: id,
  dialect: 'openai' as const,
  host: `${id}.example`,
  address: null,
  in_process: false,
  on_this_computer: false,
  plain_http: false,
  has_credential: false,
  default_model: 'm1',
  practices: { training: null, retention: null, region: null },
  practices_from: null,
  stated: null,
  opt_outs: [],
  redact: false,
  ...change,
});

async function setup(handlers: Handlers = {}) {
  const { client, asked } = testClient({
    conversation_list: () => ({ pinned: [], rows: [conversationRow('c1', 10)], next: null }),
    conversation_get: ({ id }) => conversationRow(id, 20),
    source_list: () => ({ rows: [source('s1'), source('s2')], default_source_id: 's1' }),
    egress_status: () => ({ offline: false, active: [], blocked: null }),
    message_page: () => page('q', 'a'),
    message_send: ({ conversation_id }) => ({
      conversation_id: conversation_id ?? 'new',
      question_id: 'q',
      answer_id: 'a',
      conversation: conversationRow(conversation_id ?? 'new', 30),
      page: page('q', 'a'),
    }),
    draft_set: () => ({}),
    draft_get: () => ({ text: '' }),
    ...handlers,
  });
  const app = new AppState(client);
  await app.start();
  const of = (name: string) => asked.filter((one) => one.name === name).map((one) => one.req);
  return { app, of };
}

describe('Chat', () => {
  describe('with answers that arrive beside the shown one', () => {
    const shown = (status: 'streaming' | 'complete') => messageRow('a', { role: 'assistant', status, branch_ids: ['a'] });
    const sent = { conversation_id: 'c1', question_id: 'q', answer_id: 'a', conversation: conversationRow('c1', 30, { streaming: true }), page: { ...page('q'), rows: [messageRow('q'), shown('streaming')], arriving: 'a' } };

    async function asked() {
      let streaming = true;
      const it = await setup({
        conversation_get: ({ id }) => conversationRow(id, 20, { streaming }),
        message_send_beside: () => ({ sent, beside: ['b', 'c'] }),
        message_stop: () => ({}),
      });
      await it.app.chat.open('c1');
      it.app.chat.beside = ['s1', 's2'].map((sourceId) => ({ sourceId, model: null }));
      expect(await it.app.chat.send('hi')).toBe(true);
      it.app.chat.columns = null;
      const end = async (id: string, others: boolean) => {
        streaming = others;
        it.app.dispatch({ type: 'stream_ended', message: { ...shown('complete'), id }, last_seq: null });
        const between = it.app.chat.underway;
        it.app.dispatch({ type: 'conversation_changed', id: 'c1' });
        await vi.runOnlyPendingTimersAsync();
        return between;
      };
      return { ...it, end };
    }

    it('can stop them when the shown one is done, and not longer than they arrive', async () => {
      const { app, of, end } = await asked();
      expect(app.chat.underway).toBe(true);
      await end('a', true);
      expect([app.thread.arriving, app.chat.underway]).toEqual([null, true]);
      await app.chat.stop();
      expect(of('message_stop')).toEqual([{ message_id: 'b' }, { message_id: 'c' }]);
      await end('b', true);
      expect(app.chat.underway).toBe(true);
      await end('c', false);
      expect(app.chat.underway).toBe(false);
      await app.chat.stop();
      expect(of('message_stop')).toHaveLength(2);
    });

    it('stops none of another conversation', async () => {
      const { app, of, end } = await asked();
      await end('a', true);
      await app.chat.open('c2');
      expect(app.chat.underway, 'nothing is known to arrive there').toBe(false);
      await app.chat.stop();
      expect(of('message_stop')).toEqual([]);
      await app.chat.open('c1');
      expect(app.chat.underway).toBe(true);
    });

    it('asks about the newest answers alone, however often those above were given again', async () => {
      const { app, of, end } = await asked();
      await end('a', true);
      const answer = (at: number) => new ShownMessage(messageRow(`m${at}`, { role: 'assistant', status: 'complete', branch_ids: [`m${at}`, `o${at}`] }));
      app.thread.messages = Array.from({ length: 40 }, (_, at) => answer(at));
      await app.chat.stop();
      const stopped = of('message_stop').map((one) => (one as { message_id: string }).message_id);
      expect(stopped).toHaveLength(2 * 8 + 2);
      expect(stopped).toEqual(expect.arrayContaining(['b', 'c', 'o39', 'o32']));
    });

    it('says nothing of others between the end of an answer and what is read after it', async () => {
      const { app, end } = await asked();
      await end('a', true);
      app.thread.messages = [new ShownMessage(messageRow('a', { role: 'assistant', status: 'complete', branch_ids: ['a', 'older'] }))];
      await end('b', true);
      expect(await end('c', false)).toBe(false);
      expect(app.chat.underway).toBe(false);
    });
  });

  it('stops an answer that arrives where the reader is not, and asks nothing meanwhile', async () => {
    const { app, of } = await setup({
      message_page: () => ({ ...page('q', 'a'), has_after: true, arriving: 'z' }),
      message_stop: () => ({}),
      messages_beside: () => ({ rows: [messageRow('y'), messageRow('z')] }),
    });
    await app.chat.open('c1', 'q');
    expect(await app.chat.send('and then?')).toBe(false);
    await app.chat.stop();
    expect(of('message_stop'), 'with what arrives beside it').toEqual([{ message_id: 'y' }, { message_id: 'z' }]);
    expect(of('message_send')).toEqual([]);
  });

  it('begins a conversation with the chosen model and goes there', async () => {
    const { app, of } = await setup();
    await app.chat.choose({ sourceId: 's2', model: 'm9' });
    app.drafts.set(null, 'hello');
    expect(await app.chat.send('hello')).toBe(true);
    expect(of('message_send')).toEqual([
      { conversation_id: undefined, text: 'hello', source_id: 's2', model: 'm9' },
    ]);
    expect(app.thread.conversationId).toBe('new');
    expect(app.thread.intent).toEqual({ kind: 'sent' });
    expect(app.drafts.peek(null)).toBe('');
  });

  it('goes on with the source of the conversation', async () => {
    const { app, of } = await setup();
    await app.chat.open('c1');
    await app.chat.send('more');
    expect(of('message_send')).toEqual([
      { conversation_id: 'c1', text: 'more', source_id: undefined, model: undefined },
    ]);
  });

  it('keeps the words when sending fails', async () => {
    const { app } = await setup({ message_send: () => Promise.reject({ code: 'offline', message: 'no' }) });
    app.drafts.set(null, 'hello');
    expect(await app.chat.send('hello')).toBe(false);
    expect(app.chat.problem?.code).toBe('offline');
    expect(app.drafts.peek(null)).toBe('hello');
    expect(app.chat.sending).toBe(false);
  });

  it('does not pull somebody back who opened another conversation meanwhile', async () => {
    const slow = deferred<unknown>();
    const { app } = await setup({ message_send: () => slow.promise });
    const sent = app.chat.send('hello');
    await app.chat.open('c1');
    slow.resolve({ conversation_id: 'new', question_id: 'q', answer_id: 'a', conversation: null, page: null });
    await sent;
    expect(app.thread.conversationId).toBe('c1');
  });

  it('sends nothing empty, and nothing twice', async () => {
    const slow = deferred<unknown>();
    const { app, of } = await setup({ message_send: () => slow.promise });
    expect(await app.chat.send('  \n')).toBe(false);
    void app.chat.send('one');
    expect(await app.chat.send('two')).toBe(false);
    expect(of('message_send')).toHaveLength(1);
  });

  it('deletes at once, offers to take it back, and opens again what was open', async () => {
    const { app, of } = await setup({
      conversation_delete: () => ({
        erasure_id: 'e1',
        undo_until: Date.now() + 10_000,
        purge_after: Date.now() + 30_000,
      }),
      erasure_undo: () => ({}),
    });
    await app.chat.open('c1');
    await app.chat.deleteConversation('c1');
    expect(app.history.find('c1')).toBeUndefined();
    expect(app.thread.conversationId).toBeNull();
    expect(app.undo.offers.map((offer) => offer.title)).toEqual(['Title c1']);
    await app.chat.undoDelete('e1');
    expect(of('erasure_undo')).toEqual([{ erasure_id: 'e1' }]);
    expect(app.history.find('c1')).toBeDefined();
    expect(app.thread.conversationId).toBe('c1');
    expect(app.undo.offers).toEqual([]);
  });

  it('stops offering when the time is over, and says so when undoing came too late', async () => {
    const { app } = await setup({
      message_delete: () => ({
        erasure_id: 'e1',
        undo_until: Date.now() + 10_000,
        purge_after: Date.now() + 30_000,
      }),
      erasure_undo: () => Promise.reject({ code: 'erasure_done', message: 'too late' }),
    });
    await app.chat.open('c1');
    const message = app.thread.messages[0];
    if (!message) throw new Error('a message is open');
    await app.chat.deleteMessage(message);
    await app.chat.undoDelete('e1');
    expect(app.undo.offers[0]?.problem?.code).toBe('erasure_done');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(app.undo.offers).toEqual([]);
  });

  it('asks around the branch it goes to, before the core says that it changed', async () => {
    const { app, of } = await setup({ message_select_branch: () => ({}) });
    await app.chat.open('c1');
    await app.chat.selectBranch('b2');
    expect(of('message_page').at(-1)).toMatchObject({ anchor: { at: 'around', message_id: 'b2' } });
  });
});

describe('AppState', () => {
  it('counts what screens have to read again', async () => {
    const { app } = await setup();
    app.dispatch({ type: 'ledger_changed' });
    app.dispatch({ type: 'consents_changed' });
    app.dispatch({ type: 'receipts_changed' });
    expect([app.revisions.ledger, app.revisions.consents, app.revisions.receipts]).toEqual([1, 1, 1]);
  });

  it('keeps to the conversation that is open when another was begun meanwhile', async () => {
    const slow = deferred<never>();
    const { app } = await setup({
      message_send: () => slow.promise,
      attachment_list: () => ({ files: [] }),
      instructions_get: () => ({ ...NO_INSTRUCTIONS, system: 'Of the open one.' }),
    });
    app.talk.fresh = { ...NO_INSTRUCTIONS, system: 'Of the new one.' };
    const sending = app.chat.send('hello');
    await app.chat.open('c1');
    await app.talk.readKept('c1');
    slow.resolve({ conversation_id: 'new', question_id: 'q', answer_id: 'a', conversation: null, page: null } as never);
    expect(await sending).toBe(true);
    expect(app.thread.conversationId).toBe('c1');
    expect(app.talk.kept?.system).toBe('Of the open one.');
    expect(app.talk.fresh).toBeNull();
  });
});
