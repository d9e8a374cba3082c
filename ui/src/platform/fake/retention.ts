import type { Restriction, Retention, RetentionItem, RetentionRuleReq, RetentionRuleRow } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { makeReceipt } from './seed';
import { apiError, type FakeWorld } from './world';

type Names =
  | 'retention_get'
  | 'retention_set'
  | 'retention_remove'
  | 'retention_preview'
  | 'retention_confirm_clock'
  | 'restriction_get'
  | 'restriction_set_everything';

const DAY = 86_400_000;
const OLD_FILES = [
  { name: 'Tax return 2024.pdf', bytes: 2_411_724, days: 410 },
  { name: 'Kitchen.jpg', bytes: 3_902_006, days: 120 },
  { name: 'Interview with the builder.ogg', bytes: 18_220_441, days: 45 },
];

export function retentionCommands(world: FakeWorld): Handlers<Names> {
  const fresh = world.conversations.length === 0;
  let everything = false;
  let rules: RetentionRuleRow[] = fresh
    ? []
    : [
        { id: world.id(), target: { level: 'kind', kind: 'searches' }, name: null, idle_days: 30, archived_days: null, created_at: world.started },
        { id: world.id(), target: { level: 'kind', kind: 'conversations' }, name: null, idle_days: 365, archived_days: 30, created_at: world.started },
      ];
  const receipt = makeReceipt('retention', world.started - DAY, 12, 1, 1);
  const state = (): Retention => ({
    rules,
    paused: everything ? { why: 'frozen' } : null,
    runs: fresh ? [] : [{ seq: 1, at: world.started - DAY, conversations: 1, drafts: 0, searches: 0, media: 0, receipts: [receipt] }],
  });
  const restriction = (): Restriction => ({
    everything,
    conversations: world.conversations.filter((row) => row.restricted).map(({ id, title }) => ({ id, title, why: null })),
  });
  const same = (a: RetentionRuleReq['target'], b: RetentionRuleReq['target']) => JSON.stringify(a) === JSON.stringify(b);

  return {
    retention_get: state,
    retention_set: ({ target, idle_days: idle, archived_days: archived }) => {
      if (idle === 0) throw apiError('invalid_retention', 'A rule deletes after 1 to 36500 days; only conversations are archived.');
      const row = world.conversations.find(({ id }) => target.level === 'conversation' && id === target.id);
      rules = [
        ...rules.filter((rule) => !same(rule.target, target)),
        {
          id: world.id(),
          target,
          name: target.level === 'kind' ? null : (row?.title ?? target.id),
          idle_days: idle ?? null,
          archived_days: archived ?? null,
          created_at: Date.now(),
        },
      ];
      return state();
    },
    retention_remove: ({ id }) => {
      rules = rules.filter((rule) => rule.id !== id);
      return state();
    },
    retention_preview: ({ target, idle_days: idle }) => {
      const media = target.level === 'kind' && target.kind === 'media';
      const files = media && idle !== undefined ? OLD_FILES.filter((file) => file.days >= idle) : [];
      const of = target.level === 'kind' && target.kind !== 'conversations' ? [] : world.conversations;
      const old = of.filter((row) => idle !== undefined && row.updated_at <= Date.now() - idle * DAY);
      const item = (why: RetentionItem['why']) => (row: { id: string; title: string }) => ({ id: row.id, title: row.title, why });
      const pinned = old.filter((row) => row.pinned);
      const keeping = media && files.length > 0 ? world.conversations.filter((row) => row.pinned) : pinned;
      const going = old.filter((row) => !row.pinned);
      return {
        conversations: going.length,
        messages: going.length * 12,
        bytes: media ? files.reduce((sum, file) => sum + file.bytes, 0) : going.length * 40_960,
        at_least: false,
        drafts: target.level === 'kind' && target.kind === 'drafts' ? world.drafts.size : 0,
        searches: target.level === 'kind' && target.kind === 'searches' ? world.recent.length : 0,
        files: files.length,
        first_files: files.map(({ name, bytes, days }) => ({ id: name, name, bytes, since: Date.now() - days * DAY })),
        first: going.slice(0, 50).map(item(null)),
        exempt: keeping.slice(0, 50).map(item('pinned')),
        exempt_total: keeping.length,
        frozen: everything,
      };
    },
    retention_confirm_clock: state,
    restriction_get: restriction,
    restriction_set_everything: ({ on }) => {
      everything = on;
      world.emit({ type: 'restriction_changed' });
      return restriction();
    },
  };
}
