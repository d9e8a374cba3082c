import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SearchHit } from '../ipc/generated/types';
import { groupHits, Search } from './search.svelte';
import { deferred, testClient } from './test-client';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const hit = (conversation_id: string, message_id: string | null = 'm'): SearchHit => ({
  conversation_id,
  message_id,
  title: `Title ${conversation_id}`,
  role: 'user',
  snippet: [{ text: 'word', marked: true }],
  at: 1,
});

describe('Search', () => {
  it('asks once when typing rests', async () => {
    const { client, asked } = testClient({ search_query: () => ({ hits: [hit('a')], next: null }) });
    const search = new Search(client);
    search.type('w');
    search.type('wo');
    search.type('wor');
    expect(search.status).toBe('searching');
    await vi.advanceTimersByTimeAsync(60);
    expect(asked.map((one) => one.req)).toEqual([{ query: 'wor', limit: 50 }]);
    expect(search.status).toBe('ready');
    expect(search.hits).toHaveLength(1);
  });

  it('drops the answer to words that are not the newest', async () => {
    const slow = deferred<unknown>();
    const { client } = testClient({
      search_query: ({ query }) => (query === 'old' ? slow.promise : { hits: [hit('new')], next: null }),
    });
    const search = new Search(client);
    search.type('old');
    await vi.advanceTimersByTimeAsync(60);
    search.type('new');
    await vi.advanceTimersByTimeAsync(60);
    slow.resolve({ hits: [hit('old')], next: null });
    await vi.advanceTimersByTimeAsync(0);
    expect(search.hits.map((one) => one.conversation_id)).toEqual(['new']);
    expect(search.shownFor).toBe('new');
  });

  it('drops an answer that arrives after the field was emptied', async () => {
    const slow = deferred<unknown>();
    const { client } = testClient({ search_query: () => slow.promise });
    const search = new Search(client);
    search.type('word');
    await vi.advanceTimersByTimeAsync(60);
    search.type('');
    slow.resolve({ hits: [hit('a')], next: null });
    await vi.advanceTimersByTimeAsync(0);
    expect(search.hits).toEqual([]);
    expect(search.status).toBe('idle');
  });

  it('shows the failure of the newest question only', async () => {
    const slow = deferred<unknown>();
    const { client } = testClient({
      search_query: ({ query }) => (query === 'a' ? slow.promise : { hits: [], next: null }),
    });
    const search = new Search(client);
    search.type('a');
    await vi.advanceTimersByTimeAsync(60);
    search.type('ab');
    slow.reject({ code: 'busy' });
    await vi.advanceTimersByTimeAsync(60);
    expect(search.status).toBe('ready');
    expect(search.problem).toBeNull();
  });

  it('waits for the newest words before it opens what they lead to', async () => {
    const { client } = testClient({
      search_query: ({ query }) => ({ hits: [hit(`of ${query}`)], next: null }),
    });
    const search = new Search(client);
    search.type('old');
    await vi.advanceTimersByTimeAsync(60);
    search.type('new');
    expect((await search.chosen())?.conversation_id).toBe('of new');
  });

  it('chooses nothing while somebody types on', async () => {
    const slow = deferred<unknown>();
    const { client } = testClient({ search_query: () => slow.promise });
    const search = new Search(client);
    search.type('a');
    const chosen = search.chosen();
    search.type('ab');
    slow.resolve({ hits: [hit('a')], next: null });
    expect(await chosen).toBeUndefined();
  });

  it('forgets what it found in a conversation that is gone', async () => {
    const { client } = testClient({
      search_query: () => ({ hits: [hit('a', '1'), hit('b', '2'), hit('b', '3')], next: null }),
    });
    const search = new Search(client);
    search.type('word');
    await vi.advanceTimersByTimeAsync(60);
    search.move(2);
    search.removed('a');
    expect(search.hits.map((one) => one.message_id)).toEqual(['2', '3']);
    expect(search.current?.message_id).toBe('3');
  });

  it('follows the order of the screen with the arrows, and stays inside', async () => {
    const { client } = testClient({
      search_query: () => ({ hits: [hit('a', '1'), hit('b', '2'), hit('a', '3')], next: null }),
    });
    const search = new Search(client);
    search.type('w');
    await vi.advanceTimersByTimeAsync(60);
    expect(search.ordered.map((one) => one.message_id)).toEqual(['1', '3', '2']);
    search.move(1);
    expect(search.current?.message_id).toBe('3');
    search.move(9);
    expect(search.current?.message_id).toBe('2');
    search.move(-9);
    expect(search.current?.message_id).toBe('1');
  });

  it('adds the next page and keeps the selection on its hit', async () => {
    const { client } = testClient({
      search_query: ({ cursor }) =>
        cursor === undefined
          ? { hits: [hit('a', '1'), hit('b', '2')], next: 'n' }
          : { hits: [hit('a', '3')], next: null },
    });
    const search = new Search(client);
    search.type('w');
    await vi.advanceTimersByTimeAsync(60);
    search.selected = 1;
    await search.more();
    expect(search.ordered.map((one) => one.message_id)).toEqual(['1', '3', '2']);
    expect(search.current?.message_id).toBe('2');
    expect(search.hasMore).toBe(false);
  });
});

it('groups hits where the first of a conversation stands', () => {
  const groups = groupHits([hit('a', '1'), hit('b', '2'), hit('a', null)]);
  expect(groups.map((group) => [group.conversationId, group.hits.length])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
});
