import { t } from '../../i18n/index.svelte';
import type { RetentionRuleRow, RetentionRunRow } from '../../ipc/generated/types';

/** What a rule is about, in words. */
export function ruleTarget({ target, name }: RetentionRuleRow): string {
  if (target.level === 'kind') return t(`retention.kind.${target.kind}`);
  return t(`retention.level.${target.level}`, { name: name || t('shell.untitled') });
}

/** What it does, in words. */
export function ruleAction(rule: Pick<RetentionRuleRow, 'target' | 'idle_days' | 'archived_days'>): string {
  const since = rule.target.level === 'kind' && rule.target.kind === 'media' ? 'retention.came' : 'retention.idle';
  const parts = [
    rule.idle_days === null ? null : t(since, { days: rule.idle_days }),
    rule.archived_days === null ? null : t('retention.archived', { days: rule.archived_days }),
  ].filter((part) => part !== null);
  return parts.length === 0 ? t('retention.keep') : parts.join(' · ');
}

export function runSummary(run: RetentionRunRow): string {
  return t('retention.run', { conversations: run.conversations, media: run.media, drafts: run.drafts, searches: run.searches });
}
