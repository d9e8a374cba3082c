import type {
  GuardianInfo,
  PolicyDiff,
  PolicyStatus,
  PurposeRow,
  Recipient,
  KeptFor,
  LegalBasis,
  DataCategory,
} from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { apiError, type FakeWorld } from './world';

type Names =
  | 'purpose_list'
  | 'training_echo_get'
  | 'policy_status'
  | 'policy_diff'
  | 'policy_accept'
  | 'policy_schedule'
  | 'policy_check'
  | 'guardian_get'
  | 'guardian_unlock'
  | 'guardian_lock'
  | 'guardian_begin'
  | 'guardian_end'
  | 'consent_export';

const PASSPHRASE = 'four plum trees';

function purposes(world: FakeWorld): PurposeRow[] {
  const more: [string, LegalBasis, DataCategory[]][] = [
    ['svc.image', 'eu-gdpr:A6-1-b', ['content', 'parameters', 'credential']],
    ['pay.checkout', 'eu-gdpr:A6-1-b', ['identity', 'payment', 'credential']],
  ];
  const known = world.consents.map((row): [string, LegalBasis, DataCategory[], boolean] => [
    row.purpose,
    row.basis,
    row.categories,
    row.optional,
  ]);
  return [...known, ...more.map((row): [string, LegalBasis, DataCategory[], boolean] => [...row, false])].map(
    ([purpose, basis, categories, optional]): PurposeRow => {
      const source = purpose.startsWith('svc.');
      const recipients: Recipient[] = source ? ['chosen_source'] : ['service'];
      const kept: KeptFor = optional ? 'until_withdrawn' : source ? 'as_declared' : 'account_life';
      return {
        purpose,
        terms: ['dpv:RequestedServiceProvision'],
        basis,
        default: optional ? 'off' : 'on_use',
        categories,
        recipients,
        kept_for: kept,
        text_key: `purpose.${purpose}.text`,
        in_use: ['svc.chat', 'svc.models', 'policy.check', 'consent.sync', 'rights.request', 'ai.training'].includes(purpose),
        off_for_children: optional || purpose.startsWith('pay.'),
      };
    },
  );
}

const part = (change: PolicyDiff['rows'][number]['change'], text: string) => ({ change, text });

function difference(from: string, to: string): PolicyDiff {
  return {
    from,
    to,
    language: 'en',
    changed: ['improve.product', 'ai.training'],
    rows: [
      { kind: 'heading', change: 'same', parts: [part('same', 'What is optional')] },
      {
        kind: 'paragraph',
        change: 'changed',
        parts: [
          part('removed', 'Four'),
          part('added', 'Five'),
          part('same', ' purposes rest on your consent and are off: crash reports, usage statistics, '),
          part('added', 'product improvement, '),
          part('same', 'training of AI models, and news by e-mail.'),
        ],
      },
      { kind: 'paragraph', change: 'same', parts: [part('same', 'Consents are recorded and chained by hashes.')] },
      { kind: 'heading', change: 'same', parts: [part('same', 'Your rights')] },
      { kind: 'item', change: 'added', parts: [part('added', 'For data with any other provider, turn to that provider.')] },
      { kind: 'row', change: 'removed', parts: [part('removed', 'Telephone number · to call you back · one year')] },
    ],
  };
}

export function consentCommands(world: FakeWorld): Handlers<Names> {
  let tries = 0;
  const status = (): PolicyStatus => ({
    in_force: '2026-11-01',
    accepted_at: world.policyPending ? null : world.acceptedAt,
    accepted: world.policyPending ? '2026-10-01' : '2026-11-01',
    upcoming: null,
    upcoming_accepted_at: null,
    versions: ['2026-11-01', '2026-10-01'],
    scheduled: world.policyScheduled,
    checked_at: null,
  });
  const info = (): GuardianInfo => ({
    supervised: world.supervised,
    unlocked_until: world.unlockedUntil,
    once: world.unlockedOnce,
    wait_ms: tries > 3 ? 30_000 : 0,
  });
  const check = (passphrase: string): void => {
    tries += 1;
    if (passphrase !== PASSPHRASE) {
      throw apiError('guardian_passphrase_wrong', 'That is not the guardian’s passphrase.', 'Everything stays locked.', 'Try again.');
    }
    tries = 0;
  };
  const changed = (): void => {
    world.emit({ type: 'session_changed' });
    world.emit({ type: 'consents_changed' });
  };
  return {
    purpose_list: () => ({ rows: purposes(world) }),
    training_echo_get: () =>
      world.conversations.length === 0
        ? { confirmed: 0, missing: 0, different: 0, last_doubt_at: null }
        : { confirmed: 41, missing: 1, different: 0, last_doubt_at: world.started - 86_400_000 },
    policy_status: status,
    policy_diff: ({ from, to }) => difference(from, to ?? '2026-11-01'),
    policy_accept: () => {
      world.policyPending = false;
      world.acceptedAt = Date.now();
      world.emit({ type: 'consents_changed' });
      return status();
    },
    policy_schedule: ({ on }) => {
      world.policyScheduled = on;
      return status();
    },
    policy_check: () => ({ ...status(), checked_at: Date.now() }),
    guardian_get: info,
    guardian_unlock: ({ passphrase, once }) => {
      check(passphrase);
      world.unlockedUntil = Date.now() + 600_000;
      world.unlockedOnce = once;
      world.consents = world.consents.map((row) => ({ ...row, locked: false }));
      changed();
      return info();
    },
    guardian_lock: () => {
      world.unlockedUntil = null;
      world.consents = world.consents.map((row) => ({ ...row, locked: row.optional }));
      changed();
      return info();
    },
    guardian_begin: () => {
      world.supervised = true;
      world.unlockedUntil = null;
      world.consents = world.consents.map((row) => ({ ...row, locked: row.optional, given: row.given && !row.optional }));
      changed();
      return info();
    },
    guardian_end: ({ passphrase }) => {
      check(passphrase);
      world.supervised = false;
      world.unlockedUntil = null;
      world.consents = world.consents.map((row) => ({ ...row, locked: false }));
      changed();
      return info();
    },
    consent_export: ({ format }) => ({ saved: true, rows: format === 'kantara' ? 5 : 7 }),
  };
}
