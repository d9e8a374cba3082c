import { conversationOf } from '../../ipc/rows';
import type {
  ConsentRow,
  ConversationRow,
  DataCategory,
  LedgerRow,
  LegalBasis,
  Outcome,
  PrivacyRequest,
  Receipt,
  SourceRow,
} from '../../ipc/generated/types';
import type { FakeWorld } from './world';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ZEROS = '0'.repeat(64);

const TITLES = [
  'Three days in Lisbon',
  'Invoice wording, polite',
  'SQL: running totals',
  'Letter to the landlord',
  'Names for a bakery',
  'Explain Fourier to my son',
  'Rust lifetimes, again',
  'Meal plan, no nuts',
  'Translate the manual',
  'Poem for Anna',
];

export function sourceSeed(sandboxOnly: boolean): SourceRow[] {
  const none = { training: null, retention: null, region: null };
  const sandbox: SourceRow = {
    id: 'source-sandbox',
    name: 'sandbox',
    dialect: 'fluxchat',
    host: null,
    address: null,
    in_process: true,
    on_this_computer: true,
    plain_http: false,
    has_credential: false,
    default_model: 'guide',
    practices: { training: 'never', retention: 'in your archive only', region: 'this computer' },
    practices_from: null,
    stated: null,
    opt_outs: [{ field: 'training_allowed', value: 'false' }],
    redact: false,
  };
  if (sandboxOnly) return [sandbox];
  return [
    sandbox,
    {
      id: 'source-mistral',
      name: 'Mistral',
      dialect: 'openai',
      host: 'api.mistral.ai',
      address: 'https://api.mistral.ai/v1',
      in_process: false,
      on_this_computer: false,
      plain_http: false,
      has_credential: true,
      default_model: 'mistral-small',
      practices: { training: 'not with a paid key', retention: '30 days', region: 'EU' },
      practices_from: 'its terms, November 2026',
      stated: { training: 'trains_on_free_plan', retention: 'keeps30_days', region: 'in_europe', from: 'from_reports_on_terms', read: '2026-11' },
      opt_outs: [],
      redact: true,
    },
    {
      id: 'source-ollama',
      name: 'Ollama',
      dialect: 'openai',
      host: '127.0.0.1:11434',
      address: 'http://127.0.0.1:11434/v1',
      in_process: false,
      on_this_computer: true,
      plain_http: true,
      has_credential: false,
      default_model: null,
      practices: none,
      practices_from: null,
      stated: null,
      opt_outs: [],
      redact: false,
    },
  ];
}

export function conversationSeed(world: FakeWorld, count: number): ConversationRow[] {
  return Array.from({ length: count }, (_, index) => {
    const at = world.started - (index < 3 ? index * HOUR : (index - 2) * 0.6 * DAY);
    const round = Math.floor(index / TITLES.length);
    return conversationOf({
      id: world.id(),
      title: `${TITLES[index % TITLES.length] ?? ''}${round > 0 ? ` ${round + 1}` : ''}`,
      pinned: index === 4 || index === 7,
      source_id: index % 3 === 0 ? 'source-sandbox' : 'source-mistral',
      model: index % 3 === 0 ? 'guide' : 'mistral-small',
      created_at: at - HOUR,
      updated_at: at,
    });
  });
}

export function ledgerSeed(now: number, conversations: readonly ConversationRow[], count: number): LedgerRow[] {
  const outcomes: Outcome[] = ['sent', 'sent', 'sent', 'sent', 'failed', 'sent', 'blocked', 'sent', 'cancelled'];
  const kinds: [string, string, string, LegalBasis, DataCategory[]][] = [
    ['svc.chat', 'api.mistral.ai', 'chat.completions', 'eu-gdpr:A6-1-b', ['content', 'parameters', 'credential']],
    ['svc.chat', 'in-process', 'chat.completions', 'eu-gdpr:A6-1-b', ['content', 'parameters']],
    ['svc.models', 'api.mistral.ai', 'models', 'eu-gdpr:A6-1-b', ['credential']],
    ['app.update_check', 'releases.fluxchat.org', 'updates', 'eu-gdpr:A6-1-f', ['none']],
  ];
  return Array.from({ length: count }, (_, index): LedgerRow => {
    const kind = kinds[index % 7 === 6 ? 3 : index % 3];
    const [purpose, host, endpoint, basis, categories] = kind ?? ['svc.chat', 'in-process', '', 'eu-gdpr:A6-1-b', []];
    const outcome = outcomes[index % outcomes.length] ?? 'sent';
    return {
      seq: count - index,
      at: now - index * 1.7 * HOUR,
      purpose,
      basis,
      host,
      endpoint,
      method: purpose === 'svc.chat' ? 'POST' : 'GET',
      categories,
      bytes_out: outcome === 'blocked' ? 0 : 400 + ((index * 7919) % 9000),
      bytes_in: outcome === 'sent' ? 1_000 + ((index * 104_729) % 40_000) : 0,
      outcome,
      status: outcome === 'sent' ? 200 : outcome === 'failed' ? 503 : null,
      initiator: purpose === 'app.update_check' ? 'startup' : 'user',
      request_id: `019ab0c0-1111-7000-8000-${index.toString(16).padStart(12, '0')}`,
      conversation_id: purpose === 'svc.chat' ? (conversations[(index * 7) % conversations.length]?.id ?? null) : null,
    };
  });
}

export function makeReceipt(scope: string, at: number, messages: number, conversations: number, number: number): Receipt {
  return {
    erasure_id: `019ab0c0-2222-7000-8000-${number.toString(16).padStart(12, '0')}`,
    scope,
    rows_by_table: { message: messages, conversation: conversations, draft: 1 },
    files: scope === 'message' ? 0 : 2,
    wal_bytes: 0,
    checkpoint: [0, 0, 0],
    secure_delete: true,
    fts_secure_delete: true,
    search_verified: true,
    key_epoch: 1,
    app_version: '0.1.0',
    requested_at: at - 30_000,
    at,
    prev_hash: number === 1 ? ZEROS : `${number - 1}`.repeat(64).slice(0, 64),
    hash: `${number}`.repeat(64).slice(0, 64),
  };
}

export function receiptSeed(now: number): Receipt[] {
  return [
    makeReceipt('conversation', now - 2 * HOUR, 41, 1, 3),
    makeReceipt('message', now - 26 * HOUR, 1, 0, 2),
    makeReceipt('everything', now - 12 * DAY, 1_204, 96, 1),
  ];
}

export function requestSeed(now: number): PrivacyRequest[] {
  const base = { kind: 'erasure', source_name: 'sandbox', reason: null, attestation: 'checked' } as const;
  const of = (number: number) => `019ab0c0-2222-7000-8000-${number.toString(16).padStart(12, '0')}`;
  return [
    {
      ...base,
      id: 'request-2',
      erasure_id: of(3),
      state: 'acknowledged',
      created_at: now - 2 * HOUR,
      expected_by: now + 28 * DAY,
    },
    { ...base, id: 'request-1', erasure_id: of(1), state: 'fulfilled', created_at: now - 12 * DAY, expected_by: null },
  ];
}

export function consentsSeed(acceptedAt: number | null): ConsentRow[] {
  const row = (purpose: string, optional: boolean, basis: LegalBasis, categories: DataCategory[]): ConsentRow => ({
    purpose,
    given: false,
    at: optional ? acceptedAt : null,
    policy_version: optional && acceptedAt !== null ? '2026-11-01' : null,
    optional,
    locked: false,
    basis,
    categories,
  });
  const consent: LegalBasis = 'eu-gdpr:A6-1-a';
  const contract: LegalBasis = 'eu-gdpr:A6-1-b';
  const law: LegalBasis = 'eu-gdpr:A6-1-c';
  return [
    row('diag.crash', true, consent, ['diagnostics']),
    row('analytics.usage', true, consent, ['diagnostics']),
    row('improve.product', true, consent, ['diagnostics']),
    row('ai.training', true, consent, ['content']),
    row('marketing.direct', true, consent, ['none']),
    row('svc.chat', false, contract, ['content', 'parameters', 'credential']),
    row('svc.models', false, contract, ['credential']),
    row('svc.title', false, contract, ['content', 'parameters', 'credential']),
    row('svc.remote_media', false, consent, ['none']),
    row('policy.check', false, law, ['none']),
    row('consent.sync', false, law, ['consent']),
    row('rights.request', false, law, ['rights_request']),
    row('app.update_check', false, 'eu-gdpr:A6-1-f', ['none']),
  ];
}
