// Where the web view finds encrypted files. Tauri's own form of the address, without Tauri: Windows
// has no schemes of its own.
const windows = navigator.userAgent.includes('Windows');

/** The address of a file of the archive, for pictures. */
export function blobUrl(assetId: string): string {
  return windows ? `http://fluxblob.localhost/${assetId}` : `fluxblob://localhost/${assetId}`;
}
