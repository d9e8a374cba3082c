import { describe, expect, it } from 'vitest';
import { groupRows, labelFor, nextMidnight } from './groups';
import { conversationRow } from './test-client';

const at = (text: string) => new Date(text).getTime();
const NOW = at('2026-11-23T15:00:00');

describe('labelFor', () => {
  it.each([
    ['2026-11-23T00:00:00', 'today'],
    ['2026-11-24T09:00:00', 'today'],
    ['2026-11-22T23:59:59', 'yesterday'],
    ['2026-11-21T12:00:00', 'week'],
    ['2026-11-16T00:00:00', 'week'],
    ['2026-11-15T23:59:00', 'month'],
    ['2026-10-24T00:00:00', 'month'],
    ['2026-10-23T23:00:00', 'calendar'],
  ])('%s is %s', (time, kind) => {
    expect(labelFor(at(time), NOW).kind).toBe(kind);
  });

  it('names month and year beyond 30 days', () => {
    expect(labelFor(at('2025-03-02T10:00:00'), NOW)).toEqual({ kind: 'calendar', year: 2025, month: 2 });
  });
});

describe('groupRows', () => {
  it('puts a heading before each group and keys everything once', () => {
    const items = groupRows(
      [conversationRow('p', at('2026-01-01T10:00:00'), { pinned: true })],
      [
        conversationRow('a', at('2026-11-23T10:00:00')),
        conversationRow('b', at('2026-11-23T09:00:00')),
        conversationRow('c', at('2026-10-01T09:00:00')),
        conversationRow('d', at('2026-09-01T09:00:00')),
      ],
      NOW,
    );
    expect(items.map((item) => item.key)).toEqual([
      'heading:pinned',
      'p',
      'heading:today',
      'a',
      'b',
      'heading:2026-9',
      'c',
      'heading:2026-8',
      'd',
    ]);
  });

  it('is empty without rows', () => {
    expect(groupRows([], [], NOW)).toEqual([]);
  });
});

it('finds the next midnight', () => {
  expect(nextMidnight(NOW)).toBe(at('2026-11-24T00:00:00'));
});
