import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Drafts } from './drafts';
import { deferred, testClient } from './test-client';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const saved = (asked: { name: string; req: unknown }[]) =>
  asked.filter((one) => one.name === 'draft_set').map((one) => one.req);

describe('Drafts', () => {
  it('saves when typing rests, the last words only', async () => {
    const { client, asked } = testClient({ draft_set: () => ({}) });
    const drafts = new Drafts(client);
    drafts.set('c1', 'a');
    await vi.advanceTimersByTimeAsync(200);
    drafts.set('c1', 'ab');
    await vi.advanceTimersByTimeAsync(299);
    expect(saved(asked)).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(saved(asked)).toEqual([{ conversation_id: 'c1', text: 'ab' }]);
  });

  it('saves at once when asked to, each conversation by itself', async () => {
    const { client, asked } = testClient({ draft_set: () => ({}) });
    const drafts = new Drafts(client);
    drafts.set('c1', 'one');
    drafts.set(null, 'new');
    await drafts.flush();
    expect(saved(asked)).toEqual([
      { conversation_id: 'c1', text: 'one' },
      { conversation_id: undefined, text: 'new' },
    ]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(saved(asked)).toHaveLength(2);
  });

  it('asks nobody for the draft of a conversation that was begun here', async () => {
    const { client, asked } = testClient({ draft_get: () => ({ text: 'old' }) });
    const drafts = new Drafts(client);
    await drafts.sent(null, 'question', 'c1');
    expect(await drafts.get('c1')).toBe('');
    expect(asked).toEqual([]);
    drafts.set('c2', 'typed meanwhile');
    await drafts.sent(null, 'question', 'c2');
    expect(drafts.peek('c2')).toBe('typed meanwhile');
  });

  it('goes on with what was typed while the core took the question', async () => {
    const { client, asked } = testClient({ draft_set: () => ({}) });
    const drafts = new Drafts(client);
    drafts.set(null, 'question and the next');
    await drafts.sent(null, 'question', 'c1');
    expect([drafts.peek(null), drafts.peek('c1')]).toEqual(['', ' and the next']);
    drafts.set('c1', 'changed, not sent');
    await drafts.sent('c1', ' and the next', 'c1');
    expect(drafts.peek('c1')).toBe('changed, not sent');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(saved(asked)).toEqual([{ conversation_id: 'c1', text: 'changed, not sent' }]);
  });

  it('lets typing win over a late answer of the archive', async () => {
    const late = deferred<{ text: string }>();
    const { client } = testClient({ draft_get: () => late.promise, draft_set: () => ({}) });
    const drafts = new Drafts(client);
    const asked = drafts.get('c1');
    drafts.set('c1', 'typed');
    late.resolve({ text: 'stored' });
    expect(await asked).toBe('typed');
  });

  it('asks the archive once', async () => {
    const { client, asked } = testClient({ draft_get: () => ({ text: 'kept' }) });
    const drafts = new Drafts(client);
    expect(await drafts.get('c1')).toBe('kept');
    expect(await drafts.get('c1')).toBe('kept');
    expect(asked).toHaveLength(1);
  });

  it('removes a draft that was sent and saves nothing of it later', async () => {
    const { client, asked } = testClient({ draft_set: () => ({}) });
    const drafts = new Drafts(client);
    drafts.set('c1', 'sent');
    await drafts.sent('c1', 'sent', 'c1');
    await vi.advanceTimersByTimeAsync(1_000);
    // The sending removes what was saved of it.
    expect(saved(asked)).toEqual([]);
  });

  it('removes what was still on its way when it was sent', async () => {
    const late = deferred<object>();
    const { client, asked } = testClient({ draft_set: ({ text }) => (text === '' ? {} : late.promise) });
    const drafts = new Drafts(client);
    drafts.set('c1', 'sent');
    await vi.advanceTimersByTimeAsync(300);
    await drafts.sent('c1', 'sent', 'c1');
    expect(saved(asked).at(-1)).toEqual({ conversation_id: 'c1', text: '' });
    late.resolve({});
  });

  it('keeps what was typed since when something was still on its way', async () => {
    const late = deferred<object>();
    const { client, asked } = testClient({ draft_set: () => late.promise });
    const drafts = new Drafts(client);
    drafts.set('c1', 'sent');
    await vi.advanceTimersByTimeAsync(300);
    drafts.set('c1', 'sent, and more');
    void drafts.sent('c1', 'sent', 'c1');
    expect(saved(asked).at(-1)).toEqual({ conversation_id: 'c1', text: ', and more' });
    late.resolve({});
  });

  it('leaves nothing where it came from, when it goes on elsewhere', async () => {
    const late = deferred<object>();
    const { client, asked } = testClient({ draft_set: () => late.promise });
    const drafts = new Drafts(client);
    drafts.set(null, 'sent');
    await vi.advanceTimersByTimeAsync(300);
    drafts.set(null, 'sent, and more');
    void drafts.sent(null, 'sent', 'c1');
    expect(saved(asked).at(-1)).toEqual({ conversation_id: undefined, text: '' });
    late.resolve({});
  });
});
