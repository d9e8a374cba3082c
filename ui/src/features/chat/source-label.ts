import { t } from '../../i18n/index.svelte';
import type { SourceRow } from '../../ipc/generated/types';

/** What people call a source. The embedded one has no name they chose. */
export function sourceLabel(source: Pick<SourceRow, 'name' | 'in_process'>): string {
  return source.in_process ? t('chat.source.sandbox') : source.name;
}
