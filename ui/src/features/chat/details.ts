import { formatNanos } from '../../i18n/amounts';
import { formatNumber, formatTime } from '../../i18n/format';
import { t } from '../../i18n/index.svelte';
import type { MessageRow } from '../../ipc/generated/types';
import { formatDuration } from './duration';

/** When a message was written, and what an answer took. */
export function detailsOf(row: MessageRow): string {
  const mine = row.role === 'user';
  const parts: string[] = [];
  if (!mine && row.source_name && row.model) parts.push(row.source_name);
  parts.push(formatTime(row.created_at));
  if (!mine && row.finished_at !== null) parts.push(formatDuration(row.finished_at - row.created_at));
  if (row.usage) parts.push(t('chat.tokens', { count: formatNumber(row.usage.output_tokens) }));
  if (row.usage?.spent) parts.push(formatNanos(row.usage.spent.nanos));
  return parts.join(' · ');
}
