import type { ContextEstimate } from '../../ipc/generated/types';
import { formatDate, formatNumber } from '../../i18n/format';
import { t } from '../../i18n/index.svelte';
import { formatNanos } from './dollars';

/** What a question takes along, line by line. */
export function contextFacts(estimate: ContextEstimate): { name: string; value: string }[] {
  const rows = [{ name: t('context.messages'), value: formatNumber(estimate.messages) }];
  if (estimate.left_out > 0) rows.push({ name: t('context.leftOut'), value: formatNumber(estimate.left_out) });
  rows.push(
    { name: t('context.tokens'), value: t('context.about', { count: formatNumber(estimate.tokens) }) },
    { name: t('context.size'), value: estimate.context === null ? t('context.unknown') : formatNumber(estimate.context) },
  );
  if (estimate.reserved > 0) rows.push({ name: t('context.reserved'), value: formatNumber(estimate.reserved) });
  return [...rows, ...costFacts(estimate)];
}

/** What several read and cost together. */
export function sumFacts(estimate: ContextEstimate): { name: string; value: string }[] {
  return [{ name: t('context.tokens'), value: t('context.about', { count: formatNumber(estimate.tokens) }) }, ...costFacts(estimate)];
}

function costFacts(estimate: ContextEstimate): { name: string; value: string }[] {
  const rows = [
    {
      name: t('context.cost'),
      value: estimate.nanos === null ? t('context.noPrice') : t('context.price', { amount: formatNanos(estimate.nanos) }),
    },
  ];
  if (estimate.price_day !== undefined) rows.push({ name: t('context.priceFrom'), value: t('context.published', { day: formatDate(estimate.price_day) }) });
  if (estimate.nanos !== null && estimate.nanos_most !== null && estimate.nanos_most > estimate.nanos)
    rows.push({ name: t('context.costMost'), value: formatNanos(estimate.nanos_most) });
  if (estimate.longest !== null)
    rows.push({ name: t('context.longest'), value: t('context.longestTokens', { count: formatNumber(estimate.longest) }) });
  return rows;
}
