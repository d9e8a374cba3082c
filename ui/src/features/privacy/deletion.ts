// What the pages about deletion share: words for scopes, and days as the person's clock has them.
import type { DeletionScope, MediaKind } from '../../ipc/generated/types';
import { tMaybe } from '../../i18n/index.svelte';

/** What can be chosen here; one message or conversation is deleted where it is shown. */
export type ScopeKind = Exclude<DeletionScope['kind'], 'message' | 'conversation'>;
export const MEDIA: readonly MediaKind[] = ['image', 'audio', 'video', 'document', 'other'];

/** A scope in a few words; one that is new here is shown as it came. */
export const scopeName = (scope: string): string => tMaybe(`erase.scope.${scope}`) ?? scope;

const pad = (part: number): string => String(part).padStart(2, '0');

/** The day of a moment, as a date field has it. */
export function dayOf(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

function midnight(day: string, later: number): number | undefined {
  const parts = /^(\d{4,})-(\d{2})-(\d{2})$/.exec(day);
  if (!parts) return undefined;
  const at = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + later).getTime();
  return Number.isNaN(at) ? undefined : at;
}

/** When a day begins. */
export const startOfDay = (day: string): number | undefined => midnight(day, 0);
/** When the day after it begins. */
export const dayAfter = (day: string): number | undefined => midnight(day, 1);
