import type { Block, Flow, StoredTotal } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { heading, list, paragraph } from './blocks';
import { apiError, type FakeWorld } from './world';

type Names =
  | 'egress_status'
  | 'egress_set_offline'
  | 'privacy_overview'
  | 'privacy_stored'
  | 'ledger_page'
  | 'ledger_export'
  | 'consent_list'
  | 'consent_set'
  | 'policy_get'
  | 'receipt_list'
  | 'privacy_verify';

const WEEK = 7 * 86_400_000;
const SUMMARY = [
  'Nothing is sent until you ask for it. Who receives a message is written next to the send button.',
  'We ask providers not to train on your words, and nothing allows it unless you say so, per conversation.',
  'Deleting means deleting: on this computer you get proof, from services what they confirm.',
];
const POLICY: Block[] = [
  heading(2, 'What is kept, and where'),
  paragraph('Your conversations, drafts and files are in one encrypted archive on this computer. Its key is in the keychain of your system.'),
  heading(2, 'What leaves, and why'),
  list(['Your message, when you send it to a source that is not on this computer.', 'A list of models, when you open the choice of models.', 'Nothing else without your consent.']),
  heading(2, 'Your rights'),
  paragraph('Access, correction, deletion, restriction, objection and a copy to take along: each has its place in Privacy.'),
];

export function privacyCommands(world: FakeWorld): Handlers<Names> {
  const status = () => ({ offline: world.offline, active: [], blocked: null });
  const weekly = () =>
    world.ledger.filter((row) => row.at > Date.now() - WEEK && row.host !== 'in-process' && row.bytes_out > 0);
  const flows = (): Flow[] => {
    const sums = new Map<string, Flow>();
    for (const row of weekly()) {
      const key = `${row.purpose} ${row.host}`;
      const flow = sums.get(key) ?? { purpose: row.purpose, host: row.host, requests: 0, bytes_out: 0 };
      flow.requests += 1;
      flow.bytes_out += row.bytes_out;
      sums.set(key, flow);
    }
    return [...sums.values()].sort((a, b) => b.bytes_out - a.bytes_out);
  };
  const messages = () => world.conversations.length * 12;
  const kinds = (): StoredTotal[] => [
    { kind: 'conversations', count: world.conversations.length, bytes: world.conversations.length * 310 },
    { kind: 'messages', count: messages(), bytes: messages() * 2_100 },
    { kind: 'drafts', count: world.drafts.size, bytes: world.drafts.size * 120 },
    { kind: 'assets', count: 0, bytes: 0 },
    { kind: 'search_index', count: messages(), bytes: messages() * 900 },
    { kind: 'ledger', count: world.ledger.length, bytes: world.ledger.length * 420 },
    { kind: 'records', count: world.receipts.length + 5, bytes: 9_800 },
    { kind: 'settings', count: 8, bytes: 2_048 },
    { kind: 'sandbox', count: 14, bytes: 36_000 },
    { kind: 'overhead', count: 0, bytes: 81_920 },
    { kind: 'reserve', count: 0, bytes: 8_388_608 },
  ];
  const total = () => kinds().reduce((sum, kind) => sum + kind.bytes, 0);

  return {
    egress_status: status,
    egress_set_offline: ({ offline }) => {
      world.offline = offline;
      world.emit({ type: 'egress', status: status() });
      return status();
    },
    privacy_overview: () => ({
      kept_bytes: total(),
      conversations: world.conversations.length,
      messages: messages(),
      left_bytes: weekly().reduce((sum, row) => sum + row.bytes_out, 0),
      left_requests: weekly().length,
      flows: flows(),
      kinds: kinds(),
      ages: (['this_month', 'three_months', 'year', 'older'] as const).map((age, index) => ({
        age,
        messages: Math.round((messages() * ([4, 3, 2][index] ?? 0)) / 9),
        files: 0,
        bytes: Math.round((messages() * 2_100 * ([4, 3, 2][index] ?? 0)) / 9),
      })),
      consents_on: world.consents.filter((row) => row.optional && row.given).length,
      consents_total: world.consents.filter((row) => row.optional).length,
      waiting: world.requests.filter((request) => request.state !== 'fulfilled').length + world.erasing.size,
    }),
    privacy_stored: () => ({ kinds: kinds(), total_bytes: total(), storage: world.storage }),
    ledger_page: ({ purpose, basis, host, outcome, conversation_id: conversation, from, until, before_seq: before, limit }) => {
      const fitting = world.ledger.filter(
        (row) =>
          (purpose === undefined || row.purpose === purpose) &&
          (basis === undefined || row.basis === basis) &&
          (host === undefined || row.host === host) &&
          (from === undefined || row.at >= from) &&
          (until === undefined || row.at < until) &&
          (conversation === undefined || row.conversation_id === conversation) &&
          (outcome === undefined || row.outcome === outcome) &&
          (before === undefined || row.seq < before),
      );
      const rows = fitting.slice(0, limit);
      return { rows, next: fitting.length > limit ? (rows.at(-1)?.seq ?? null) : null };
    },
    ledger_export: () => ({ saved: true, rows: world.ledger.length }),
    consent_list: () => ({ rows: world.consents }),
    consent_set: ({ purpose, given }) => {
      const row = world.consents.find((entry) => entry.purpose === purpose);
      if (row?.locked) throw apiError('controls_restricted', 'A guardian keeps this off.', 'Nothing left this computer.');
      world.consents = world.consents.map((entry) =>
        entry.purpose === purpose ? { ...entry, given, at: Date.now(), policy_version: '2026-11-01' } : entry,
      );
      world.emit({ type: 'consents_changed' });
      return { rows: world.consents };
    },
    policy_get: ({ version, language }) => ({
      version: version ?? '2026-11-01',
      language: language.startsWith('de') ? 'de' : 'en',
      sha256: 'c0ffee'.repeat(11).slice(0, 64),
      summary: SUMMARY,
      blocks: POLICY,
      accepted_at: world.policyPending && version === undefined ? null : world.acceptedAt,
    }),
    receipt_list: () => ({ receipts: world.receipts, requests: world.requests, pending: world.erasing.size }),
    privacy_verify: () => ({
      ledger: { rows: world.ledger.length, broken_at: null },
      consents: { rows: 5, broken_at: null },
      receipts: { rows: world.receipts.length, broken_at: null },
      objections: { rows: 0, broken_at: null },
    }),
  };
}
