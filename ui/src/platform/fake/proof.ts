import type { Check, Law, ProofReport } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import type { FakeWorld } from './world';

const CHECKS: [Law, string, string, number | null][] = [
  ['one_door', 'door.row_for_each_request', 'The planted question made one request.', 1],
  ['one_door', 'door.no_consent', 'A purpose that nobody agreed to is refused.', null],
  ['one_door', 'window.closed', 'The page may reach the core and nothing else.', null],
  ['one_vault', 'vault.unreadable', 'No file of the profile shows any of it.', 0],
  ['delete_means_gone', 'delete.seen_before', 'Before it is deleted, it is found.', 30],
  ['delete_means_gone', 'delete.nothing_left', 'After it is deleted, none of it is left.', 0],
  ['delete_means_gone', 'delete.control', 'Control: without the protection remnants are found.', 33],
  ['nothing_is_lost', 'kept.whole', 'Every page of the archive authenticates.', null],
  ['core_decides', 'core.no_markup', 'Hostile answers stay text.', null],
  ['cost_follows_screen', 'cost.plans', 'No question reads a whole table.', 12],
];

export function proofCommands(world: FakeWorld): Handlers<'privacy_prove' | 'proof_save'> {
  const check = ([law, id, says, figure]: (typeof CHECKS)[number]): Check => ({ law, id, says, figure, verdict: 'holds' });
  return {
    privacy_prove: (): ProofReport => {
      const checks = CHECKS.map(check);
      for (const it of checks) world.emit({ type: 'proof_check', check: it });
      return {
        at: Date.now(),
        app_version: '0.1.0',
        took_ms: 1_240,
        holds: true,
        checks,
        limits: [['one_door', 'This looks at Fluxchat from inside.']],
      };
    },
    proof_save: () => ({ saved: true }),
  };
}
