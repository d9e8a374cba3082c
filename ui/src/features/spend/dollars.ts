export { formatNanos } from '../../i18n/amounts';

/** Dollars as typed, in billionths; `undefined` for what is no amount. */
export function nanosOf(text: string): number | undefined {
  const words = text.trim().replace('$', '').trim().replace(',', '.');
  const found = /^(\d{1,7})(?:\.(\d{1,9}))?$/.exec(words);
  if (!found) return undefined;
  return Number(found[1]) * 1e9 + Number((found[2] ?? '').padEnd(9, '0'));
}

/** The moment a day begins, by its number since 1970. */
export const dayStart = (day: number): number => day * 86_400_000;
