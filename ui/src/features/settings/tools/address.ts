import type { ToolTransport } from '../../../ipc/generated/types';

/** How a path is shown that is with the keys. */
const HIDDEN = '/…';

/** The address of a server, as it was typed; what stood after a `?`, and a path that is a secret, are with the keys. */
export function addressOf({ origin, path, hides_path, has_query }: Extract<ToolTransport, { kind: 'http' }>): string {
  return origin.replace(/^(https:.*):443$|^(http:.*):80$/, '$1$2') + (hides_path ? HIDDEN : path) + (has_query ? '?…' : '');
}

/** Whether an address is one whose path nobody sees. */
export function hidesPath(address: string): boolean {
  return address.trim().replace(/\?…$/, '').endsWith(HIDDEN);
}
