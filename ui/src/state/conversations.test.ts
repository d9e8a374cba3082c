import { describe, expect, it } from 'vitest';
import { Conversations, History } from './conversations.svelte';
import { withGuest } from './groups';
import { conversationRow, deferred, settled, testClient } from './test-client';

const clock = { now: () => new Date('2026-11-23T15:00:00').getTime() };
const ids = (list: Conversations) => list.rows.map((row) => row.id);

describe('Conversations', () => {
  it('reads pages by cursor, without doubles, until the end', async () => {
    const { client, asked } = testClient({
      conversation_list: (req) =>
        req.cursor === undefined
          ? { pinned: [], rows: [conversationRow('a', 30), conversationRow('b', 20)], next: 'n1' }
          : { pinned: [], rows: [conversationRow('b', 20), conversationRow('c', 10)], next: null },
    });
    const list = new Conversations(client, false, clock);
    await list.load();
    expect(list.hasMore).toBe(true);
    await Promise.all([list.loadMore(), list.loadMore()]);
    expect(ids(list)).toEqual(['a', 'b', 'c']);
    expect(list.hasMore).toBe(false);
    await list.loadMore();
    expect(asked).toHaveLength(2);
    list.dispose();
  });

  it('drops a page that belongs to an earlier reading', async () => {
    const slow = deferred<unknown>();
    let calls = 0;
    const { client } = testClient({
      conversation_list: (req) => {
        if (req.cursor !== undefined) return slow.promise;
        calls += 1;
        return { pinned: [], rows: [conversationRow(`r${calls}`, 30)], next: 'n' };
      },
    });
    const list = new Conversations(client, false, clock);
    await list.load();
    const more = list.loadMore();
    await list.load();
    slow.resolve({ pinned: [], rows: [conversationRow('old', 1)], next: null });
    await more;
    expect(ids(list)).toEqual(['r2']);
    list.dispose();
  });

  it('keeps what is shown when reading again fails', async () => {
    let fail = false;
    const { client } = testClient({
      conversation_list: () => {
        if (fail) throw { code: 'store_busy' };
        return { pinned: [], rows: [conversationRow('a', 1)], next: null };
      },
    });
    const list = new Conversations(client, false, clock);
    await list.load();
    fail = true;
    await list.load();
    expect(list.problem?.code).toBe('store_busy');
    expect(ids(list)).toEqual(['a']);
    list.dispose();
  });

  it('places a changed row where it belongs', async () => {
    const { client } = testClient({
      conversation_list: () => ({
        pinned: [],
        rows: [conversationRow('a', 30), conversationRow('b', 20)],
        next: 'more',
      }),
    });
    const list = new Conversations(client, false, clock);
    await list.load();
    list.place(conversationRow('b', 40));
    expect(ids(list)).toEqual(['b', 'a']);
    list.place(conversationRow('z', 5));
    expect(ids(list), 'behind the loaded pages').toEqual(['b', 'a']);
    list.place(conversationRow('a', 30, { pinned: true }));
    expect(list.pinned.map((row) => row.id)).toEqual(['a']);
    expect(ids(list)).toEqual(['b']);
    list.place(conversationRow('a', 30, { archived: true }));
    expect(list.pinned).toEqual([]);
    list.dispose();
  });
});

describe('History', () => {
  it('reads a changing conversation once at a time and once more at the end', async () => {
    const answers = [deferred<unknown>(), deferred<unknown>()];
    let calls = 0;
    const { client } = testClient({
      conversation_list: () => ({ pinned: [], rows: [], next: null }),
      conversation_get: () => answers[calls++]?.promise,
    });
    const history = new History(client, undefined, clock);
    await history.active.load();
    const first = history.changed('a');
    void history.changed('a');
    void history.changed('a');
    expect(calls).toBe(1);
    answers[0]?.resolve(conversationRow('a', 1, { title: 'old' }));
    await first;
    expect(calls).toBe(2);
    answers[1]?.resolve(conversationRow('a', 2, { title: 'new' }));
    await settled();
    expect(history.find('a')?.title).toBe('new');
    history.active.dispose();
  });

  it('takes out what is gone', async () => {
    const { client } = testClient({
      conversation_list: () => ({ pinned: [], rows: [conversationRow('a', 1)], next: null }),
      conversation_get: () => Promise.reject({ code: 'not_found' }),
    });
    const history = new History(client, undefined, clock);
    await history.active.load();
    await history.changed('a');
    expect(history.find('a')).toBeUndefined();
    history.active.dispose();
  });

  it('has a row for what is open, wherever it lies, until a list has it', async () => {
    let old = conversationRow('old', 1);
    const { client } = testClient({
      conversation_list: (req) =>
        req.cursor === undefined
          ? { pinned: [], rows: [conversationRow('a', 30), conversationRow('b', 20)], next: 'n' }
          : { pinned: [], rows: [conversationRow('c', 10), old], next: null },
      conversation_get: ({ id }) => (id === 'old' ? old : conversationRow('other', 2)),
    });
    const history = new History(client, undefined, clock);
    await history.active.load();
    const shown = () => withGuest(history.active.items, history.guest).flatMap((item) => (item.type === 'row' ? [item.key] : []));
    history.opened('a');
    expect(history.guest, 'it has its row').toBeNull();
    history.opened('old');
    await settled();
    expect(history.find('old')).toEqual(old);
    expect(shown()).toEqual(['old', 'a', 'b']);
    expect(withGuest(history.active.items, history.guest)[0]?.key).toBe('open');
    // What changes is shown there too.
    old = conversationRow('old', 1, { title: 'new name' });
    await history.changed('old');
    expect(history.guest?.title).toBe('new name');
    await history.active.loadMore();
    expect(shown(), 'once, in its place').toEqual(['a', 'b', 'c', 'old']);
    // Archived, while nobody looked at that list yet.
    old = conversationRow('old', 1, { archived: true });
    await history.changed('old');
    expect(shown()).toEqual(['old', 'a', 'b', 'c']);
    history.opened('other');
    await settled();
    expect(shown(), 'all is read, so it has its place').toEqual(['a', 'b', 'c', 'other']);
    expect(history.guest).toBeNull();
    history.opened(null);
    expect(shown()).toEqual(['a', 'b', 'c', 'other']);
    history.opened('old');
    await settled();
    history.removed('old');
    expect(history.find('old')).toBeUndefined();
    history.active.dispose();
  });
});
