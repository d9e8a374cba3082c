import { currentLanguage } from './index.svelte';

const cache = new Map<string, unknown>();

/** The language in use, in the region of the system where that speaks the same language: 24 hours in en-GB, 12 in en-US. */
function locale(): string {
  const language = currentLanguage();
  return navigator.languages.find((wish) => wish.toLowerCase().split('-')[0] === language) ?? language;
}

function cached<T>(key: string, make: (language: string) => T): T {
  const language = locale();
  const full = `${language} ${key}`;
  const known = cache.get(full) as T | undefined;
  if (known !== undefined) return known;
  const made = make(language);
  cache.set(full, made);
  return made;
}

const numbers = (key: string, options: Intl.NumberFormatOptions) =>
  cached(`number ${key}`, (language) => new Intl.NumberFormat(language, options));
const dates = (key: string, options: Intl.DateTimeFormatOptions) =>
  cached(`date ${key}`, (language) => new Intl.DateTimeFormat(language, options));

/** A count, grouped as the language does it. */
export function formatNumber(value: number): string {
  return numbers('plain', {}).format(value);
}

/** The same where there is little room: thousands and millions by their sign, where the language has one. */
export function formatShort(value: number): string {
  return value < 10_000 ? formatNumber(value) : numbers('short', { notation: 'compact', maximumFractionDigits: value < 100_000 ? 1 : 0 }).format(value);
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** A size in decimal units with at most one digit after the point. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const name = UNITS[unit] ?? 'byte';
  return numbers(name, {
    style: 'unit',
    unit: name,
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: unit === 0 || value >= 100 ? 0 : 1,
  }).format(value);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Whole calendar days from `at` to `now`, by the clock of this computer. */
export function calendarDays(at: number, now: number): number {
  const start = (time: number) => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((start(now) - start(at)) / DAY);
}

/** The exact time, for titles and details. */
export function formatExact(at: number): string {
  return dates('exact', { dateStyle: 'full', timeStyle: 'medium' }).format(at);
}

/** Day and minute, for tables. */
export function formatDateTime(at: number): string {
  return dates('datetime', { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

/** The day alone; the year only where it is another one. */
export function formatDay(at: number, now: number): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return sameYear
    ? dates('day', { day: 'numeric', month: 'short' }).format(at)
    : dates('day-year', { day: 'numeric', month: 'short', year: 'numeric' }).format(at);
}

/** A day that was told as one, such as `2026-11-20`, wherever somebody is. */
export function formatDate(day: string): string {
  return dates('date', { dateStyle: 'long', timeZone: 'UTC' }).format(Date.parse(day));
}

/** A month and its year. */
export function formatMonthYear(at: Date): string {
  return dates('month', { month: 'long', year: 'numeric' }).format(at);
}

/** The minute alone. */
export function formatTime(at: number): string {
  return dates('time', { timeStyle: 'short' }).format(at);
}

/** Relative up to a week, then absolute. Times of the future are absolute beyond an hour. */
export function formatWhen(at: number, now: number): string {
  const relative = cached('relative', (language) => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));
  const past = now - at;
  if (Math.abs(past) < MINUTE) return relative.format(0, 'second');
  if (Math.abs(past) < HOUR) return relative.format(-Math.round(past / MINUTE), 'minute');
  const days = calendarDays(at, now);
  if (days === 0) return formatTime(at);
  if (days === 1) return `${relative.format(-1, 'day')} ${formatTime(at)}`;
  if (days > 1 && days < 7) return relative.format(-days, 'day');
  return formatDay(at, now);
}

/** Parts of a sentence, joined as the language does it. */
export function formatList(parts: readonly string[]): string {
  return cached('list', (language) => new Intl.ListFormat(language, { type: 'conjunction' })).format(parts);
}

/** A share, given in hundredths. */
export function formatPercent(hundredths: number): string {
  return numbers('percent', { style: 'percent' }).format(hundredths / 100);
}
