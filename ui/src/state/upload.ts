/** Gives a file to the core, piece by piece. */
import type { Client } from '../ipc/generated/client';
import type { DroppedFile } from '../ipc/generated/types';

/** Bytes per piece. */
const PIECE = 384 * 1024;

/** The bytes as Base64. */
function base64(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '');
    // It was moved meanwhile, or it is a folder.
    reader.onerror = () => reject({ code: 'file_changed' });
    reader.readAsDataURL(piece);
  });
}

/** What it is called in the archive; `null` if it was taken away before it was there. */
export async function handOver(
  client: Client,
  where: { conversation_id?: string },
  file: File | DroppedFile,
  unwanted: () => boolean,
): Promise<string | null> {
  if (unwanted()) return null;
  if ('number' in file) return (await client.attachmentTake({ ...where, number: file.number })).asset_id;
  const { upload } = await client.attachmentBegin({ ...where, name: file.name, size: file.size });
  try {
    for (let at = 0; at < file.size; at += PIECE) {
      const data = await base64(file.slice(at, at + PIECE));
      if (unwanted()) {
        await client.attachmentCancel({ upload });
        return null;
      }
      await client.attachmentPut({ upload, data });
    }
  } catch (reason) {
    await client.attachmentCancel({ upload }).catch(() => undefined);
    throw reason;
  }
  return (await client.attachmentFinish({ upload })).asset_id;
}
