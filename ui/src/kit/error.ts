import type { ApiError, VisibleError } from '../ipc/generated/types';
import { tMaybe } from '../i18n/index.svelte';

/** The three sentences of a failure. */
export interface ErrorWords {
  message: string;
  kept: string;
  next: string;
}

/** The words for a failure: ours where the catalogue knows its code, else those it came with. */
export function errorWords(error: ApiError | VisibleError): ErrorWords {
  const own = (part: keyof ErrorWords) => tMaybe(`error.${error.code}.${part}`);
  const known = own('message') !== undefined;
  return {
    message: own('message') ?? (error.message || (tMaybe('error.internal.message') ?? error.code)),
    // What was kept depends on when it failed, not on the code alone: the sentence itself is translated.
    kept: own('kept') ?? tMaybe(`kept:${error.kept}`) ?? error.kept,
    next: own('next') ?? (known ? '' : error.next),
  };
}
