import { t } from '../../i18n/index.svelte';
import type { CitationRow } from '../../ipc/generated/types';
import type { LinkInline, OnLink } from './markdown/types';

/** Where what an answer rests on can lead. */
export interface CitationWays {
  onhelp: (target: string) => void;
  onlink: OnLink;
  onpage: (assetId: string, page: number) => void;
}

/** What is pressed, if it leads anywhere, and the words about that. `at` is its place, from 0. */
export function wayOf(citation: CitationRow, at: number, ways: CitationWays): { run: () => void; title: string } | null {
  const { help, file, address } = citation;
  if (help !== null) return { run: () => ways.onhelp(help), title: t('chat.citation.help') };
  if (file) return { run: () => ways.onpage(file.asset_id, file.page), title: t('attach.cited') };
  if (address === null) return null;
  const node: LinkInline = { type: 'link', kind: 'https', id: at, host: citation.host, display: address, inlines: [] };
  return { run: () => ways.onlink(at, node), title: address };
}

/** The host it is shown with, where that says more than its title. */
export function hostOf(citation: CitationRow): string {
  if (citation.help !== null || citation.file || citation.title === citation.host) return '';
  return citation.host;
}

/** Its mark in the words: what it is called, and what pressing it does. */
export function markOf(citation: CitationRow, at: number, ways: CitationWays): { name: string; label: string; run: (() => void) | undefined } {
  const host = hostOf(citation);
  const parts = [citation.title || citation.host, citation.title && host].filter(Boolean);
  return {
    name: parts.join(' · '),
    label: t('chat.citation.mark', { number: at + 1, source: parts.join(', ') }),
    run: wayOf(citation, at, ways)?.run,
  };
}
