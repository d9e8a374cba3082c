import type { ApiError, VisibleError } from '../ipc/generated/types';
import { tMaybe } from '../i18n/index.svelte';

/** The three sentences of a failure. */
export interface ErrorWords {
  message: string;
  kept: string;
  next: string;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** How long a source asks to wait, by the rule of the core (`error/wait.rs`). */
function waits(seconds: number): string | undefined {
  const units = [
    ['seconds', 1, 2 * minute],
    ['minutes', minute, 2 * hour],
    ['hours', hour, 2 * day],
    ['days', day, Infinity],
  ] as const;
  const [unit, length] = units.find(([, , below]) => seconds < below) ?? units[3];
  return tMaybe(`error.wait.${unit}`, { count: Math.ceil(seconds / length) });
}

/** The words for a failure: ours where the catalogue knows its code, else those it came with. */
export function errorWords(error: ApiError | VisibleError): ErrorWords {
  const { host, budget, wait, places, field } = error.named ?? {};
  const params = { host, places, field, ...budget };
  const own = (part: string) => tMaybe(`error.${error.code}.${part}`, params);
  const known = own('message') !== undefined;
  const named = host == null ? (budget && own('amounts')) ?? (places && own('message.places')) ?? (field && own('message.field')) : own('message.host');
  // What a server said stays in its own words.
  const quoted = known && error.named?.detail ? tMaybe('error.detail', { detail: error.named.detail.replace(/\.+$/, '') }) : undefined;
  const ours = named ?? own('message');
  return {
    message: (ours && quoted ? `${ours} ${quoted}` : ours) ?? (error.message || (tMaybe('error.internal.message') ?? error.code)),
    // What was kept depends on when it failed, not on the code alone: the sentence itself is translated.
    kept: own('kept') ?? tMaybe(`kept:${error.kept}`) ?? error.kept,
    next: (wait ? waits(wait) : undefined) ?? own('next') ?? (known ? '' : error.next),
  };
}
