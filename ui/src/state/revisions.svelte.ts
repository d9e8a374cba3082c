/**
 * Counts up when something changed that only some screens show. A screen reads the number
 * in the effect that loads its data and so loads again.
 */
export class Revisions {
  ledger = $state(0);
  consents = $state(0);
  receipts = $state(0);
  sources = $state(0);
  deletions = $state(0);
  key = $state(0);
  diagnostics = $state(0);
  /** A budget changed, or what was spent was forgotten. */
  spending = $state(0);
  /** A conversation changed, and with it what of it would be sent. */
  context = $state(0);
}
