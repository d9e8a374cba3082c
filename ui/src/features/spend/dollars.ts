import { currentLanguage } from '../../i18n/index.svelte';

/** Billionths of a US dollar as people read them: cents, and more places below one. */
export function formatNanos(nanos: number): string {
  const value = nanos / 1e9;
  const digits = value === 0 || value >= 0.01 ? 2 : value >= 0.0001 ? 4 : 6;
  return new Intl.NumberFormat(currentLanguage(), {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  }).format(value);
}

/** Dollars as typed, in billionths; `undefined` for what is no amount. */
export function nanosOf(text: string): number | undefined {
  const words = text.trim().replace('$', '').trim().replace(',', '.');
  const found = /^(\d{1,7})(?:\.(\d{1,9}))?$/.exec(words);
  if (!found) return undefined;
  return Number(found[1]) * 1e9 + Number((found[2] ?? '').padEnd(9, '0'));
}

/** The moment a day begins, by its number since 1970. */
export const dayStart = (day: number): number => day * 86_400_000;
