/** The history list: which heading a conversation stands under. */
import type { ConversationRow } from '../ipc/generated/types';

export type GroupLabel =
  | { kind: 'open' | 'pinned' | 'today' | 'yesterday' | 'week' | 'month' }
  | { kind: 'calendar'; year: number; month: number };

export type ListItem =
  | { type: 'heading'; key: string; label: GroupLabel }
  | { type: 'row'; key: string; row: ConversationRow };

function startOfDay(time: number): Date {
  const date = new Date(time);
  date.setHours(0, 0, 0, 0);
  return date;
}

function daysBefore(day: Date, days: number): number {
  const date = new Date(day);
  // By calendar, not by 24 hours: a day can have 23 or 25.
  date.setDate(date.getDate() - days);
  return date.getTime();
}

/** The heading for a time, in the person's own calendar. */
export function labelFor(time: number, now: number): GroupLabel {
  const today = startOfDay(now);
  if (time >= today.getTime()) return { kind: 'today' };
  if (time >= daysBefore(today, 1)) return { kind: 'yesterday' };
  if (time >= daysBefore(today, 7)) return { kind: 'week' };
  if (time >= daysBefore(today, 30)) return { kind: 'month' };
  const date = new Date(time);
  return { kind: 'calendar', year: date.getFullYear(), month: date.getMonth() };
}

function labelKey(label: GroupLabel): string {
  return label.kind === 'calendar' ? `${label.year}-${label.month}` : label.kind;
}

/** A list with a row above it that does not belong into it. */
export function withGuest(items: readonly ListItem[], guest: ConversationRow | null): readonly ListItem[] {
  if (!guest || items.some((item) => item.key === guest.id)) return items;
  return [{ type: 'heading', key: 'open', label: { kind: 'open' } }, { type: 'row', key: guest.id, row: guest }, ...items];
}

/** Rows with headings between them. `rows` are newest first. */
export function groupRows(
  pinned: readonly ConversationRow[],
  rows: readonly ConversationRow[],
  now: number,
): ListItem[] {
  const items: ListItem[] = [];
  const heading = (label: GroupLabel) =>
    items.push({ type: 'heading', key: `heading:${labelKey(label)}`, label });
  const push = (row: ConversationRow) => items.push({ type: 'row', key: row.id, row });

  if (pinned.length > 0) heading({ kind: 'pinned' });
  pinned.forEach(push);
  let last = '';
  for (const row of rows) {
    const label = labelFor(row.updated_at, now);
    const key = labelKey(label);
    if (key !== last) heading(label);
    last = key;
    push(row);
  }
  return items;
}

/** When the headings change by themselves: the next midnight. */
export function nextMidnight(now: number): number {
  return daysBefore(startOfDay(now), -1);
}
