import { describe, expect, it } from 'vitest';
import { matching, slashQuery, slashRows } from '../chat/slash.svelte';
import { matchesIn, wordsOf } from './highlight';
import { changedCount, moreCount, numberOf, parametersOf, typed, withoutMore } from './parameters';
import { perSecond } from './speed';

const none = { temperature: null, top_p: null, max_tokens: null, stop: [], seed: null, reasoning_effort: null, tools: [] };

describe('settings for answers', () => {
  it('are read back as they were typed', () => {
    const some = { ...none, temperature: 0.7, stop: ['END', 'STOP'], reasoning_effort: 'low' };
    expect(parametersOf(typed(some))).toEqual(some);
    expect(changedCount(some)).toBe(3);
    expect(parametersOf(typed({ ...some, web_search: true }))).toEqual({ ...some, web_search: true });
    expect(changedCount({ ...some, web_search: true }), 'a tool is counted among the tools').toBe(3);
    expect(typed({ ...none, temperature: 0.20000000298023224 }).temperature).toBe('0.2');
  });

  it('that few set are there only if they are something', () => {
    const more = {
      ...none,
      top_k: 40,
      min_p: 0.05,
      frequency_penalty: -0.5,
      presence_penalty: 0.5,
      repeat_penalty: 1.1,
      response_format: 'json_object' as const,
      extra: '{"top_a": 0.2}',
    };
    expect(parametersOf(typed(more))).toEqual(more);
    expect(parametersOf(typed(none))).toEqual(none);
    expect([changedCount(more), changedCount(none)]).toEqual([7, 0]);
    expect([moreCount(typed(more)), moreCount(typed({ ...none, temperature: 1 }))]).toEqual([7, 0]);
    const kept = typed({ ...more, temperature: 1, seed: 3, web_search: true });
    expect(parametersOf(withoutMore(kept))).toEqual({ ...none, temperature: 1, seed: 3, web_search: true });
    expect(typed({ ...none, repeat_penalty: 1.100000023841858 }).repeat_penalty).toBe('1.1');
  });

  it.each([
    ['temperature', '0,7', 0.7],
    ['temperature', '2.1', undefined],
    ['top_p', '', null],
    ['max_tokens', '0', undefined],
    ['max_tokens', '1.5', undefined],
    ['seed', '-3', -3],
    ['seed', 'x', undefined],
    ['top_k', '0', undefined],
    ['top_k', '40', 40],
    ['top_k', '40.5', undefined],
    ['min_p', '0,05', 0.05],
    ['frequency_penalty', '-2', -2],
    ['presence_penalty', '-2.1', undefined],
    ['repeat_penalty', '0', undefined],
  ] as const)('%s %o', (name, text, value) => {
    expect(numberOf(name, text)).toBe(value);
  });
});

describe('marks', () => {
  it('stand where words begin, whatever their accents', () => {
    expect(matchesIn('Café, cafés and decaf', wordsOf('cafe'))).toEqual([
      [0, 4],
      [6, 10],
    ]);
    expect(matchesIn('東京の朝', wordsOf('京'))).toEqual([[1, 2]]);
    expect(matchesIn('İstanbul', wordsOf('ista'))).toEqual([[0, 4]]);
    expect(matchesIn('anything', [])).toEqual([]);
  });
});

describe('what is typed after /', () => {
  it.each([
    ['/', { from: 0, words: '' }],
    ['/Tr', { from: 0, words: 'tr' }],
    ['/a b', null],
    ['/a/b', null],
    ['a/b', null],
    ['x /a', { from: 2, words: 'a' }],
    ['x\n/a', { from: 2, words: 'a' }],
    [`${'x'.repeat(500)} /a`, { from: 501, words: 'a' }],
    [`x/${'a'.repeat(100)}`, null],
    [`x/${'a'.repeat(101)}`, null],
  ])('%o', (before, query) => {
    expect(slashQuery(before)).toEqual(query);
  });

  it('finds names that begin with it first', () => {
    const row = (name: string) => ({ id: name, name, text: '', fields: [], created_at: 0 });
    expect(matching(slashRows([row('retell'), row('tell')], []), 'tell').map((found) => found.row.name)).toEqual(['tell', 'retell']);
  });
});

it('speed is told where it says something', () => {
  expect([perSecond(100, 1_000), perSecond(5, 2_000), perSecond(0, 5), perSecond(5, null)]).toEqual([100, 2.5, null, null]);
});
