import type { AnswerNotice, ToolCallRow, ToolRow } from '../../../ipc/generated/types';
import { formatNumber } from '../../../i18n/format';
import { t } from '../../../i18n/index.svelte';

/** Tools in the app have names for people; those of servers are shown as they are called. */
export function toolName(tool: string, server: string | null): string {
  if (server === null) {
    if (tool === 'archive_search') return t('tools.archiveSearch');
    if (tool === 'read_attachment') return t('tools.readAttachment');
    if (tool === 'current_time') return t('tools.currentTime');
    if (tool === 'calculator') return t('tools.calculator');
  }
  return tool;
}

export function toolText(tool: ToolRow): string {
  if (tool.key === 'app/archive_search') return t('tools.archiveSearch.text');
  if (tool.key === 'app/read_attachment') return t('tools.readAttachment.text');
  if (tool.key === 'app/current_time') return t('tools.currentTime.text');
  if (tool.key === 'app/calculator') return t('tools.calculator.text');
  return tool.description;
}

export function stateWord(call: ToolCallRow): string {
  switch (call.state) {
    case 'waiting':
      return t('tools.state.waiting');
    case 'allowed':
      return t('tools.state.allowed');
    case 'refused':
      return t('tools.state.refused');
    case 'running':
      return t('tools.state.running');
    case 'done':
      return t('tools.state.done');
    case 'failed':
      return t('tools.state.failed');
    case 'timed_out':
      return t('tools.state.timedOut');
    case 'interrupted':
      return t('tools.state.interrupted');
  }
}

export function noticeWords(notice: AnswerNotice): string {
  switch (notice.kind) {
    case 'parameter_dropped':
      return notice.name === 'web_search' ? t('tools.notice.noSearch') : t('tools.notice.parameter', { name: notice.name });
    case 'part_left_out':
      return t('tools.notice.part', { name: notice.name });
    case 'file_left_out':
      return t('tools.notice.file', { name: notice.name });
    case 'frames_skipped':
      return t('tools.notice.frames', { count: notice.count });
    case 'tools_missing':
      return t('tools.notice.missing', { name: notice.name });
    case 'tools_offline':
      return t('tools.notice.offline', { name: notice.name });
    case 'tools_elsewhere':
      return t('tools.notice.elsewhere', { name: notice.name });
    case 'tools_key':
      return t('tools.notice.key', { name: notice.name });
    case 'tools_sign_in':
      return t('tools.notice.signIn', { name: notice.name });
    case 'tools_more':
      return notice.scopes.length === 0
        ? t('tools.notice.moreUnsaid', { name: notice.name })
        : t('tools.notice.more', { name: notice.name, scopes: notice.scopes.join(', ') });
    case 'rounds_spent':
      return t('tools.notice.rounds', { count: formatNumber(notice.count) });
    case 'rewritten':
      return t('chat.rewritten');
  }
}
