import { Loaded } from '../../ipc/loaded.svelte';
import type { AppState } from '../../state/app.svelte';

/** The pages of this part, in the order of the list. */
export const GROUPS = [
  { name: 'facts', pages: ['overview', 'kept', 'left', 'recipients'] },
  { name: 'choices', pages: ['consents', 'retention', 'frozen', 'lock', 'diagnostics'] },
  { name: 'rights', pages: ['deletion', 'export', 'rights'] },
  { name: 'proof', pages: ['prove', 'policy'] },
] as const;
export type Page = (typeof GROUPS)[number]['pages'][number];
export const PAGES: readonly Page[] = GROUPS.flatMap((group): readonly Page[] => group.pages);

export function pageOf(section: string | null): Page {
  return PAGES.find((page) => page === section) ?? 'overview';
}

/** What the list and several pages show, read once for all of them. */
export class PrivacyData {
  readonly overview;
  readonly receipts;
  readonly recipients;
  readonly ledger;
  readonly verification;
  /** When the chains were last checked in this window. */
  verifiedAt = $state<number>();

  constructor(app: AppState) {
    this.overview = new Loaded(() => app.client.privacyOverview());
    this.recipients = new Loaded(() => app.client.ledgerRecipients());
    this.ledger = new Loaded(() => app.client.ledgerState());
    this.receipts = new Loaded(() => app.client.receiptList());
    this.verification = new Loaded(async () => {
      const report = await app.client.privacyVerify();
      this.verifiedAt = Date.now();
      return report;
    });
  }
}

const known = new WeakMap<AppState, PrivacyData>();

export function privacyData(app: AppState): PrivacyData {
  let data = known.get(app);
  if (!data) known.set(app, (data = new PrivacyData(app)));
  return data;
}
