/** Whether what is typed would travel unencrypted beyond this computer. */
export function leavesUnencrypted(address: string): boolean {
  const match = /^\s*http:\/\/(?<host>\[[^\]]*\]|[^/:?#]*)/i.exec(address);
  const host = match?.groups?.['host']?.toLowerCase();
  if (!host) return false;
  return !(host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host));
}
