import type { AppState } from '../../state/app.svelte';
import type { SourceRow } from '../../ipc/generated/types';

/** Who receives what is sent. */
export type Receiver =
  | { kind: 'nobody' }
  /** Never leaves this process. */
  | { kind: 'in_process' }
  /** Leaves this app, but not this computer. */
  | { kind: 'computer'; host: string }
  | { kind: 'host'; host: string };

export function receiverOf(source: SourceRow | undefined): Receiver {
  if (!source) return { kind: 'nobody' };
  if (source.in_process || source.host === null) return { kind: 'in_process' };
  return source.on_this_computer
    ? { kind: 'computer', host: source.host }
    : { kind: 'host', host: source.host };
}

/** Who receives the next question: one, or several that answer beside each other. */
export function receiversOf(app: AppState): Receiver {
  const { beside, choice } = app.chat;
  const chosen = beside.length > 0 ? beside : [choice];
  const all = chosen.map((one) => receiverOf(app.sources.find(one?.sourceId)));
  // What leaves the computer says more than what does not.
  for (const kind of ['host', 'computer'] as const) {
    const hosts = all.flatMap((one) => (one.kind === kind ? one.host : []));
    if (hosts.length > 0) return { kind, host: [...new Set(hosts)].join(', ') };
  }
  return all[0] ?? { kind: 'nobody' };
}
