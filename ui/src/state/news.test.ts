import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WindowEvent } from '../ipc/generated/types';
import { News } from './news';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function heard() {
  const told: WindowEvent[] = [];
  return { told, news: new News((event) => told.push(event)) };
}

const changed = (id: string): WindowEvent => ({ type: 'conversation_changed', id });

test('what may wait is told once for a while', () => {
  const { told, news } = heard();
  for (let at = 0; at < 5; at += 1) {
    news.take(changed('c1'));
    news.take({ type: 'ledger_changed' });
  }
  news.take(changed('c2'));
  expect(told).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(told).toEqual([changed('c1'), { type: 'ledger_changed' }, changed('c2')]);
});

test('however long it goes on, nothing waits longer than that', () => {
  const { told, news } = heard();
  for (let at = 0; at < 10; at += 1) {
    news.take(changed('c1'));
    vi.advanceTimersByTime(60);
  }
  expect(told.length).toBe(5);
});

test('everything else is told at once', () => {
  const { told, news } = heard();
  news.take(changed('c1'));
  news.take({ type: 'messages_changed', conversation_id: 'c1' });
  expect(told).toEqual([{ type: 'messages_changed', conversation_id: 'c1' }]);
});

test('a conversation that is gone is not asked for', () => {
  const { told, news } = heard();
  news.take(changed('c1'));
  news.take({ type: 'conversation_removed', id: 'c1' });
  vi.advanceTimersByTime(100);
  expect(told).toEqual([{ type: 'conversation_removed', id: 'c1' }]);
});

test('a session that ends hears what waited before it', () => {
  const { told, news } = heard();
  news.take(changed('c1'));
  news.take({ type: 'session_changed' });
  expect(told).toEqual([changed('c1'), { type: 'session_changed' }]);
  vi.advanceTimersByTime(100);
  expect(told.length).toBe(2);
});
