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
const fixtures = join(import.meta.dirname, '../../../tests/fixtures');
const table = JSON.parse(readFileSync(join(fixtures, 'failures.json'), 'utf8')) as Row[];

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

  it('is a file to be read by people, as the English is', async () => {
    // The services' own words are in the English sentences, as the core made them safe.
    const english = readFileSync(join(fixtures, 'failures.en.txt'), 'utf8').trim().split('\n\n');
    expect(english).toHaveLength(table.length);
    const told = table.map(({ of, what, code }, at) => {
      const detail = /It says: “(.*)”$/.exec(english[at] ?? '')?.[1] ?? null;
      const { message, next } = errorWords({ code, message: '', kept: '', next: '', named: { host: null, detail } });
      return `${of}: ${what}\n${message}\n${next}\n`;
    });
    await expect(told.join('\n')).toMatchFileSnapshot(join(fixtures, 'failures.de.txt'));
  });

  it('says how long the service asks to wait', () => {
    const failure = { code: 'remote_rate_limited', message: 'English words', kept: '', next: 'Try again in 2 hours.' };
    const next = (wait?: number) => errorWords({ ...failure, named: { host: null, detail: null, ...(wait === undefined ? {} : { wait }) } }).next;
    expect(next(1)).toBe('In einer Sekunde noch einmal versuchen.');
    expect(next(119)).toBe('In 119 Sekunden noch einmal versuchen.');
    expect(next(121)).toBe('In 3 Minuten noch einmal versuchen.');
    expect(next(7_200)).toBe('In 2 Stunden noch einmal versuchen.');
    expect(next(200_000)).toBe('In 3 Tagen noch einmal versuchen.');
    expect(next()).toBe('Bitte gleich noch einmal versuchen.');
  });

  it('leaves English to the core, which says it as well', async () => {
    await setLanguage('en');
    const failure = { code: 'remote_rate_limited', message: 'The source wants fewer requests.', kept: '', next: 'Try again in 2 hours.' };
    expect(errorWords({ ...failure, named: { host: null, detail: null, wait: 7_200 } }).next).toBe('Try again in 2 hours.');
  });

  it('names the places where a program was looked for, and does without them', () => {
    const failure = { code: 'program_missing', message: 'English words', kept: '', next: '' };
    const words = (places?: string) => errorWords({ ...failure, named: { host: null, detail: null, ...(places ? { places } : {}) } }).message;
    expect(words('/usr/bin, /bin')).toMatch(/Gesucht wurde in: \/usr\/bin, \/bin\.$/);
    expect(words()).not.toMatch(/Gesucht|English/);
    expect(errorWords({ ...failure, code: 'program_not_executable', named: { host: null, detail: null, places: '/a/b' } }).message).toMatch(/^\/a\/b ist da/);
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
