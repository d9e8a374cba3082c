import type { ToolTransport } from '../../../ipc/generated/types';

/** The address of a server, as it was typed. */
export function addressOf({ origin, path }: Extract<ToolTransport, { kind: 'http' }>): string {
  return origin.replace(/^(https:.*):443$|^(http:.*):80$/, '$1$2') + path;
}
