import { formatNumber } from '../../i18n/format';
import { t } from '../../i18n/index.svelte';

/** How long something took: `1.2 s`, `3 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds >= 90) return t('chat.minutes', { count: formatNumber(Math.round(seconds / 60)) });
  const rounded = seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds);
  return t('chat.seconds', { count: formatNumber(rounded) });
}
