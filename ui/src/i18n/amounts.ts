/** What is seldom written; apart from what every page needs. */
import { currentLanguage } from './index.svelte';

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

/** A month such as `2026-11`. */
export function formatMonth(month: string): string {
  const date = Date.parse(`${month}-01`);
  return new Intl.DateTimeFormat(currentLanguage(), { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(date);
}
