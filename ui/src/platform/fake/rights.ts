import type { FlagRow, ObjectionRow, RightsKey, RightsRow } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import type { FakeWorld } from './world';

type Names =
  | 'rights_list'
  | 'rights_request'
  | 'rights_cancel'
  | 'rights_check'
  | 'rights_result'
  | 'rights_subject'
  | 'rights_key'
  | 'rights_key_trust'
  | 'objection_set'
  | 'flag_set'
  | 'flag_list';

const OFFERED = 'bmV3IGtleSBvZiB0aGUgc2VydmljZSBpbiB0aGUgZmFrZSEhIQ==';
const DAY = 86_400_000;

export function rightsCommands(world: FakeWorld): Handlers<Names> {
  let objections: ObjectionRow[] = ['sec.abuse', 'app.update_check'].map((purpose) => ({ purpose, objected: false, at: null }));
  let flags: FlagRow[] = [];
  const row = (request: RightsRow['request']): RightsRow => {
    const open = ['queued_offline', 'submitted', 'acknowledged', 'needs_action', 'overdue'].includes(request.state);
    return {
      request,
      submitted_at: request.created_at,
      checked_at: open ? request.created_at + DAY : null,
      extended: false,
      has_result: request.state === 'fulfilled' && ['access', 'portability'].includes(request.kind),
      can_cancel: open,
      may_complain: ['overdue', 'denied', 'partially_fulfilled'].includes(request.state),
      receipt: request.attestation === 'checked' ? '{"status":"fulfilled","processor_signature":"…"}' : null,
      steps: [
        { at: request.created_at, step: 'made', reason: null, expected_by: null },
        { at: request.created_at + 900, step: 'sent', reason: null, expected_by: null },
        { at: request.created_at + 1_200, step: 'acknowledged', reason: null, expected_by: request.created_at + 30 * DAY },
      ],
    };
  };
  let known = 'Zmlyc3Qga2V5IG9mIHRoZSBzZXJ2aWNlIGluIHRoZSBmYWtlIQ==';
  const key = (): RightsKey => ({ known, since: world.started - 9 * DAY, offered: OFFERED, changed: known !== OFFERED });
  return {
    rights_key: key,
    rights_key_trust: (req) => {
      known = req.key;
      return key();
    },
    rights_list: () => ({
      requests: world.requests.map(row),
      next: null,
      objections,
      sources: world.sources.map((source) => source.name),
    }),
    rights_request: ({ kind, source }) => {
      world.requests = [
        {
          ...{ id: `request-${world.requests.length}`, kind, erasure_id: null, source_name: source, created_at: Date.now() },
          ...{ state: 'acknowledged' as const, expected_by: Date.now() + 30 * DAY, reason: null, attestation: 'checked' as const },
        },
        ...world.requests,
      ];
      return {};
    },
    rights_cancel: ({ id }) => {
      world.requests = world.requests.map((request) => (request.id === id ? { ...request, state: 'cancelled' } : request));
      return {};
    },
    rights_check: () => ({}),
    rights_result: () => ({ text: '{\n  "records": {}\n}' }),
    rights_subject: () => ({ display_name: 'Ada', email: null, restricted: false }),
    objection_set: ({ purpose, objected }) => {
      objections = objections.map((it) => (it.purpose === purpose ? { purpose, objected, at: Date.now() } : it));
      return {};
    },
    flag_set: ({ message_id, note }) => {
      flags = flags.filter((it) => it.message_id !== message_id);
      if (note.trim() !== '') flags = [...flags, { message_id, conversation_id: 'c', at: Date.now(), note: note.trim() }];
      return {};
    },
    flag_list: () => ({ rows: flags, next: null }),
  };
}
