import { describe, expect, it } from 'vitest';
import { calendarDays, formatBytes, formatWhen } from './format';
import { setLanguage, t } from './index.svelte';

const at = (text: string) => new Date(text).getTime();

describe('times', () => {
  const now = at('2026-11-23T15:00:00');
  it.each([
    ['2026-11-23T14:59:40', 'now'],
    ['2026-11-23T14:12:00', '48 minutes ago'],
    ['2026-11-22T09:14:00', 'yesterday 9:14 AM'],
    ['2026-11-19T09:14:00', '4 days ago'],
    ['2026-11-16T09:14:00', 'Nov 16'],
    ['2025-11-16T09:14:00', 'Nov 16, 2025'],
  ])('%s is “%s”', (time, words) => {
    expect(formatWhen(at(time), now).replaceAll('\u202f', ' ')).toBe(words);
  });

  it('counts days by the calendar, not by 24 hours', () => {
    expect(calendarDays(at('2026-11-22T23:59:00'), at('2026-11-23T00:01:00'))).toBe(1);
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1_000, '1 kB'],
    [2_149_000, '2.1 MB'],
    [999_960, '1 MB'],
    [1_400_000_000, '1.4 GB'],
  ])('%d bytes are “%s”', (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });

  it('follow the language', async () => {
    await setLanguage('de');
    expect(formatBytes(2_149_000)).toBe('2,1 MB');
  });
});

describe('sentences', () => {
  it('know one from many in both languages', async () => {
    expect(t('privacy.messageCount', { count: 1 })).toBe('1 message');
    expect(t('privacy.messageCount', { count: 1204 })).toBe('1,204 messages');
    await setLanguage('de-AT');
    expect(t('privacy.messageCount', { count: 1 })).toBe('1 Nachricht');
    expect(t('privacy.messageCount', { count: 1204 })).toBe('1.204 Nachrichten');
  });

  it('fail in tests when a key is unknown', () => {
    expect(() => t('no.such.key' as never)).toThrow(/no words/);
  });
});
