import FileAudio from '@lucide/svelte/icons/file-audio';
import FileSpreadsheet from '@lucide/svelte/icons/file-spreadsheet';
import FileText from '@lucide/svelte/icons/file-text';
import type { AttachmentPlan, AttachmentWay } from '../../ipc/generated/types';
import { t } from '../../i18n/index.svelte';

export const isPicture = (mediaType: string): boolean => mediaType.startsWith('image/');

/** The picture beside the name of a file. */
export function iconOf(mediaType: string): typeof FileText {
  if (mediaType.startsWith('audio/')) return FileAudio;
  if (/sheet|excel|csv/.test(mediaType)) return FileSpreadsheet;
  return FileText;
}

/** Pages as people write them: 3, 5–7. */
export function pageList(pages: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const page of pages) {
    const last = runs.at(-1);
    if (last && page === last[1] + 1) last[1] = page;
    else runs.push([page, page]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

/** How much of a file a source is given. */
export function wayOf(way: AttachmentWay | null, pages: readonly number[], pageCount: number): string {
  if (way === null) return t('attach.way.none');
  if (way === 'pages' && pages.length > 0) {
    return t('attach.way.these', { pages: pageList(pages), count: pageCount });
  }
  return t(`attach.way.${way}`);
}

/** What is to be known about a file before it is sent. */
export function notesOf(plan: AttachmentPlan): string[] {
  const { file } = plan;
  const notes = [];
  if (plan.no_room) notes.push(t('attach.note.noRoom'));
  else if (plan.way === null) notes.push(t('attach.note.refused'));
  else if (plan.way === 'text' && file.kind === 'pdf') notes.push(t('attach.note.text'));
  if (plan.way === 'pages') notes.push(t('attach.note.pages'));
  if (file.is_partial) notes.push(t('attach.note.partial'));
  if (file.had_details) notes.push(t('attach.note.details'));
  if (file.was_scaled) notes.push(t('attach.note.scaled', { width: file.width, height: file.height }));
  if (plan.unredacted) notes.push(t('attach.note.unredacted'));
  return notes;
}
