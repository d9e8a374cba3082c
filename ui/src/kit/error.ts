import type { ApiError, VisibleError } from '../ipc/generated/types';
import { tMaybe } from '../i18n/index.svelte';

/** The three sentences of a failure. */
export interface ErrorWords {
  message: string;
  kept: string;
  next: string;
}

/** How long a source asks to wait, where the catalogue has words for it. */
function wait(ms: number | undefined): string | undefined {
  if (ms === undefined) return undefined;
  const seconds = Math.ceil(ms / 1_000);
  return seconds <= 90 ? tMaybe('error.wait.seconds', { count: seconds }) : tMaybe('error.wait.minutes', { count: Math.ceil(seconds / 60) });
}

/** The words for a failure: ours where the catalogue knows its code, else those it came with. */
export function errorWords(error: ApiError | VisibleError): ErrorWords {
  const { host, budget } = error.named ?? {};
  const params = { host, ...budget };
  const own = (part: string) => tMaybe(`error.${error.code}.${part}`, params);
  const known = own('message') !== undefined;
  const named = host == null ? budget && own('amounts') : own('message.host');
  // What a server said stays in its own words.
  const quoted = known && error.named?.detail ? tMaybe('error.detail', { detail: error.named.detail }) : undefined;
  const ours = named ?? own('message');
  return {
    message: (ours && quoted ? `${ours} ${quoted}` : ours) ?? (error.message || (tMaybe('error.internal.message') ?? error.code)),
    // What was kept depends on when it failed, not on the code alone: the sentence itself is translated.
    kept: own('kept') ?? tMaybe(`kept:${error.kept}`) ?? error.kept,
    next: wait(error.named?.wait_ms) ?? own('next') ?? (known ? '' : error.next),
  };
}
