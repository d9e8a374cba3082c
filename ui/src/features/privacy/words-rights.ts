// Words for requests to services.
import type { PrivacyRequest } from '../../ipc/generated/types';
import { tMaybe } from '../../i18n/index.svelte';

/** A reason as a sentence; codes that are new here are shown as they came. */
export const reasonText = (reason: string): string => tMaybe(`reason.${reason}`) ?? reason;

export const isDone = (request: PrivacyRequest): boolean =>
  request.state === 'fulfilled' || request.state === 'partially_fulfilled';
