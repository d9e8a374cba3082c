import type { RecipientRow } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import type { FakeWorld } from './world';

type Names = 'ledger_state' | 'ledger_recipients' | 'ledger_keep' | 'ledger_clear';

export function ledgerCommands(world: FakeWorld): Handlers<Names> {
  const state = () => ({ rows: world.ledger.length, keep_months: world.keepMonths, cleared: world.cleared });
  const recipients = (): RecipientRow[] => {
    const found = new Map<string, RecipientRow>();
    for (const row of world.ledger) {
      const source = world.sources.find((it) => (it.host ?? 'in-process') === row.host);
      const recipient = found.get(row.host) ?? {
        host: row.host,
        in_process: row.host === 'in-process',
        sources: source ? [source.name] : [],
        purposes: [],
        requests: 0,
        blocked: 0,
        bytes_out: 0,
        bytes_in: 0,
        first_at: null,
        last_at: null,
        practices: source?.practices ?? { training: null, retention: null, region: null },
        practices_from: source?.practices_from ?? null,
        stated: source?.stated ?? null,
        opt_outs: source?.opt_outs ?? [],
      };
      found.set(row.host, recipient);
      if (row.outcome === 'blocked') {
        recipient.blocked += 1;
        continue;
      }
      recipient.requests += 1;
      recipient.bytes_out += row.bytes_out;
      recipient.bytes_in += row.bytes_in;
      recipient.first_at = Math.min(recipient.first_at ?? row.at, row.at);
      recipient.last_at = Math.max(recipient.last_at ?? row.at, row.at);
      let purpose = recipient.purposes.find((it) => it.purpose === row.purpose);
      if (!purpose) {
        purpose = { purpose: row.purpose, basis: row.basis, categories: row.categories, requests: 0, bytes_out: 0 };
        recipient.purposes.push(purpose);
      }
      purpose.requests += 1;
      purpose.bytes_out += row.bytes_out;
    }
    return [...found.values()].sort((a, b) => Number(a.in_process) - Number(b.in_process) || b.bytes_out - a.bytes_out);
  };
  return {
    ledger_state: state,
    ledger_recipients: () => ({ rows: recipients() }),
    ledger_keep: ({ months }) => {
      world.keepMonths = months ?? null;
      return state();
    },
    ledger_clear: ({ until }) => {
      const gone = world.ledger.filter((row) => until === undefined || row.at < until);
      const [newest, oldest] = [gone.at(0), gone.at(-1)];
      if (newest && oldest) {
        world.ledger = world.ledger.filter((row) => !gone.includes(row));
        world.cleared = [
          {
            seq: newest.seq + world.ledger.length + 1,
            at: Date.now(),
            requests: gone.length,
            bytes_out: gone.reduce((sum, row) => sum + row.bytes_out, 0),
            first_at: oldest.at,
            last_at: newest.at,
            hash: '5eed'.repeat(16),
          },
        ];
        world.emit({ type: 'ledger_changed' });
      }
      return state();
    },
  };
}
