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
