import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { setLanguage } from '../i18n/index.svelte';
import { errorWords } from './error';

interface Row {
  of: string;
  what: string;
  code: string;
  body: unknown;
}
const table = JSON.parse(readFileSync(join(import.meta.dirname, '../../../tests/fixtures/failures.json'), 'utf8')) as Row[];

beforeEach(() => setLanguage('de'));

describe('what services say when they fail', () => {
  it.each(table)('$of: $what reads like a sentence in German', ({ code }) => {
    const failure = { code, message: 'English words', kept: 'Your question was kept.', next: 'English words' };
    const words = errorWords({ ...failure, named: { host: null, detail: 'Overloaded' } });
    expect(words.message).toMatch(/^\p{Lu}.*\. .*Overloaded.*$/u);
    expect(words.kept).toBe('Ihre Frage wurde behalten.');
    expect(words.next).toMatch(/^\p{Lu}.*\.$/u);
    expect(words.message + words.next).not.toMatch(/English|[{}]/);
  });

  it('says how long to wait where a source does', () => {
    const failure = { code: 'remote_rate_limited', message: 'English', kept: '', next: 'English' };
    const next = (wait_ms: number) => errorWords({ ...failure, named: { host: null, detail: null, wait_ms } }).next;
    expect(next(26_100)).toBe('27 Sekunden warten, dann noch einmal versuchen.');
    expect(next(1)).toBe('Eine Sekunde warten, dann noch einmal versuchen.');
    expect(next(600_000)).toBe('10 Minuten warten, dann noch einmal versuchen.');
  });

  it('names the amounts of a budget as the language writes them', () => {
    const stop = { period: 'month' as const, limit: 5_000_000_000, spent: 4_990_000_000, more: 20_000_000 };
    const failure = { code: 'budget_reached', message: 'The budget', kept: '', next: '' };
    const words = (more: number) => errorWords({ ...failure, named: { host: null, detail: null, budget: { ...stop, more } } }).message;
    expect(words(20_000_000).replaceAll('\u00a0', ' ')).toBe(
      'Das Budget für diesen Monat beträgt 5,00 $, davon sind 4,99 $ ausgegeben, und diese Frage kann weitere 0,02 $ kosten.',
    );
    expect(words(0)).not.toContain('kosten');
  });
});
