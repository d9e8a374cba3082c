import type { ToolTransport } from '../../../ipc/generated/types';

/** The address of a server, as it was typed; what stood after a `?` is with the keys. */
export function addressOf({ origin, path, has_query }: Extract<ToolTransport, { kind: 'http' }>): string {
  return origin.replace(/^(https:.*):443$|^(http:.*):80$/, '$1$2') + path + (has_query ? '?…' : '');
}
