import type { ApiError, BudgetStop, VisibleError } from '../ipc/generated/types';
import { formatNanos } from '../i18n/format';
import { tMaybe } from '../i18n/index.svelte';

/** The three sentences of a failure. */
export interface ErrorWords {
  message: string;
  kept: string;
  next: string;
}

/** What a budget has left, in the amounts of the person's language. */
function amounts(stop: BudgetStop | null | undefined): string | undefined {
  if (!stop) return undefined;
  const key = `error.budget_reached.message.${stop.period}${stop.more > 0 ? '.more' : ''}`;
  return tMaybe(key, { limit: formatNanos(stop.limit), spent: formatNanos(stop.spent), more: formatNanos(stop.more) });
}

/** The words for a failure: ours where the catalogue knows its code, else those it came with. */
export function errorWords(error: ApiError | VisibleError): ErrorWords {
  const own = (part: string) => tMaybe(`error.${error.code}.${part}`, { host: error.named?.host });
  const known = own('message') !== undefined;
  const named = error.named?.host == null ? amounts(error.named?.budget) : own('message.host');
  // What a server said stays in its own words.
  const quoted = known && error.named?.detail ? tMaybe('error.detail', { detail: error.named.detail }) : undefined;
  const ours = named ?? own('message');
  return {
    message: (ours && quoted ? `${ours} ${quoted}` : ours) ?? (error.message || (tMaybe('error.internal.message') ?? error.code)),
    // What was kept depends on when it failed, not on the code alone: the sentence itself is translated.
    kept: own('kept') ?? tMaybe(`kept:${error.kept}`) ?? error.kept,
    next: own('next') ?? (known ? '' : error.next),
  };
}
