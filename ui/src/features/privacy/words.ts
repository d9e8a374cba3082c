// Words for what the core names by ids. An id that is new here is shown as it came.
import type {
  ChainReport,
  DataCategory,
  LegalBasis,
  KeptFor,
  LedgerRow,
  Receipt,
  Recipient,
  StorageMode,
  StoredKind,
} from '../../ipc/generated/types';
import { formatList } from '../../i18n/format';
import { t, tMaybe } from '../../i18n/index.svelte';
import { scopeName } from './deletion';

/** The host the ledger writes for what was answered inside the app. */
export const IN_PROCESS = 'in-process';

/** Every purpose that has words, in the order of the list to filter by. */
export const PURPOSES = [
  'svc.chat',
  'svc.models',
  'svc.title',
  'svc.remote_media',
  'rights.request',
  'consent.sync',
  'policy.check',
  'app.update_check',
  'diag.crash',
  'analytics.usage',
  'improve.product',
  'ai.training',
  'marketing.direct',
] as const;

/** A purpose in a few words. */
export const purposeName = (purpose: string): string => tMaybe(`purpose.${purpose}.name`) ?? purpose;
/** What a purpose does, one sentence. */
export const purposeText = (purpose: string): string => tMaybe(`purpose.${purpose}.text`) ?? '';
/** An optional purpose as it is asked for. */
export const purposeAsk = (purpose: string): string => tMaybe(`purpose.${purpose}.ask`) ?? purposeName(purpose);

const BASES = {
  'eu-gdpr:A6-1-a': 'basis.consent',
  'eu-gdpr:A6-1-b': 'basis.contract',
  'eu-gdpr:A6-1-c': 'basis.law',
  'eu-gdpr:A6-1-f': 'basis.interest',
} as const satisfies Record<LegalBasis, string>;
export const basisName = (basis: LegalBasis): string => t(BASES[basis]);

export const categoryNames = (categories: readonly DataCategory[]): string => {
  const named = categories.filter((category) => category !== 'none');
  return named.length === 0 ? t('category.none') : formatList(named.map((category) => t(`category.${category}`)));
};

export const recipientNames = (recipients: readonly Recipient[]): string =>
  formatList(recipients.map((recipient) => t(`recipient.${recipient}`)));
export const keptForName = (kept: KeptFor): string => t(`kept.${kept}`);

export const hostName = (host: string): string => (host === IN_PROCESS ? t('privacy.inProcess') : host);
export const outcomeName = (outcome: LedgerRow['outcome']): string => t(`outcome.${outcome}`);
export const storageName = (storage: StorageMode): string => t(`storage.${storage}`);
export const kindName = (kind: StoredKind): string => t(`stored.${kind}`);

/** Whether a receipt proves what it says: nothing left in the log, and the search index found nothing. */
export const isProof = (receipt: Receipt): boolean =>
  receipt.wal_bytes === 0 && receipt.secure_delete && receipt.fts_secure_delete && receipt.search_verified;

/** What a receipt is about, from the rows it counted. Receipts carry no content. */
export function receiptSubject(receipt: Receipt): string {
  const messages = receipt.rows_by_table['message'] ?? 0;
  const conversations = receipt.rows_by_table['conversation'] ?? 0;
  if (receipt.scope === 'everything') return t('receipt.everything', { conversations, messages });
  if (receipt.scope === 'conversation') return t('receipt.conversation', { messages });
  if (receipt.scope === 'message') return t('receipt.message', { messages });
  if (receipt.scope === 'retention') {
    const drafts = receipt.rows_by_table['draft'] ?? 0;
    const searches = receipt.rows_by_table['recent_search'] ?? 0;
    const files = receipt.rows_by_table['asset'] ?? 0;
    // The searches that every deletion forgets are not what this one was about.
    return t('receipt.retention', { conversations, files, drafts, searches: drafts + conversations > 0 ? 0 : searches });
  }
  if (['searches', 'drafts', 'key'].includes(receipt.scope)) return scopeName(receipt.scope);
  return t('erase.receipt', { what: scopeName(receipt.scope), conversations, messages, files: receipt.files });
}

export function chainVerdict(name: string, chain: ChainReport): string {
  return chain.broken_at === null
    ? t('chain.whole', { name, rows: chain.rows })
    : t('chain.broken', { name, at: chain.broken_at });
}
