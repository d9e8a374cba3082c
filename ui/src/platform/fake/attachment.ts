import type { AttachmentFile, AttachmentKind, AttachmentPlan } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { apiError, type FakeWorld } from './world';

type Names =
  | 'attachment_list'
  | 'attachment_begin'
  | 'attachment_put'
  | 'attachment_finish'
  | 'attachment_cancel'
  | 'attachment_take'
  | 'attachment_remove'
  | 'attachment_text'
  | 'attachment_told'
  | 'attachment_save'
  | 'screenshot_take';

const KINDS: Record<string, [AttachmentKind, string]> = {
  png: ['picture', 'image/png'],
  jpg: ['picture', 'image/jpeg'],
  pdf: ['pdf', 'application/pdf'],
  csv: ['text', 'text/csv'],
  txt: ['text', 'text/plain'],
  mp3: ['audio', 'audio/mpeg'],
};

function read(world: FakeWorld, name: string, bytes: number): AttachmentFile {
  const found = KINDS[name.split('.').at(-1) ?? ''];
  if (!found) throw apiError('file_kind', 'This is not a kind of file that can be attached.', 'Nothing was changed.');
  const [kind, media_type] = found;
  const long = kind === 'pdf' && bytes > 100_000;
  const picture = kind === 'picture';
  return {
    asset_id: world.id(),
    name,
    media_type,
    bytes,
    kind,
    page_count: kind === 'pdf' ? (long ? 500 : 3) : 0,
    text_bytes: picture || kind === 'audio' ? 0 : long ? 800_000 : 3_000,
    is_partial: false,
    had_details: picture,
    was_scaled: false,
    width: picture ? 1_600 : 0,
    height: picture ? 1_200 : 0,
    from: null,
  };
}

/** Files beside unsent texts and in messages. */
export function attachmentCommands(world: FakeWorld): Handlers<Names> {
  const uploads = new Map<number, { where: string; name: string; size: number }>();
  let count = 0;
  const beside = (where: string) => world.besides.get(where) ?? [];
  return {
    attachment_list: ({ conversation_id: id, source_id: source }) => ({
      files: plansOf(world, beside(id ?? ''), source),
    }),
    attachment_begin: ({ conversation_id: id, name, size }) => {
      if (size > 50 << 20) throw apiError('file_too_large', 'The file is larger than 50 MB.', 'Nothing was changed.');
      count += 1;
      uploads.set(count, { where: id ?? '', name, size });
      return { upload: count };
    },
    attachment_put: () => ({}),
    attachment_finish: ({ upload }) => {
      const it = uploads.get(upload);
      if (!it) throw apiError('not_found', 'It is not there any more.');
      uploads.delete(upload);
      const file = read(world, it.name, it.size);
      world.files.set(file.asset_id, file);
      world.besides.set(it.where, [...beside(it.where), file.asset_id]);
      return file;
    },
    attachment_cancel: () => ({}),
    attachment_take: ({ conversation_id: id, number }) => {
      const name = world.dropped.get(number);
      if (name === undefined) throw apiError('not_found', 'It is not there any more.');
      world.dropped.delete(number);
      const file = read(world, name, 2_048);
      world.files.set(file.asset_id, file);
      world.besides.set(id ?? '', [...beside(id ?? ''), file.asset_id]);
      return file;
    },
    attachment_remove: ({ conversation_id: id, asset_id: asset }) => {
      world.besides.set(
        id ?? '',
        beside(id ?? '').filter((other) => other !== asset),
      );
      return {};
    },
    attachment_text: ({ asset_id: asset, from, page }) => {
      const file = world.files.get(asset);
      if (!file) throw apiError('not_found', 'It is not there any more.');
      const first = from ?? page ?? 1;
      const pages = file.text_bytes === 0 ? [] : [0, 1, 2].map((at) => ({ number: first + at, text: `What stands on page ${first + at}.` }));
      return { file, pages, next: pages.length > 0 && first + 3 < file.page_count ? first + 3 : null };
    },
    attachment_told: ({ message_id: id }) => ({ files: world.told.get(id) ?? [] }),
    attachment_save: () => ({ saved: true }),
    screenshot_take: () => {
      count += 1;
      world.dropped.set(count, 'screenshot.png');
      world.emit({ type: 'files_dropped', files: [{ number: count, name: 'screenshot.png', size: 2_048 }] });
      return { taken: true };
    },
  };
}

/** How a source would be given files. */
export function plansOf(world: FakeWorld, ids: readonly string[], sourceId?: string): AttachmentPlan[] {
  return ids.flatMap((id) => {
    const file = world.files.get(id);
    return file ? [planOf(world, file, sourceId)] : [];
  });
}

function planOf(world: FakeWorld, file: AttachmentFile, sourceId?: string): AttachmentPlan {
  const source = world.sources.find((row) => row.id === sourceId) ?? world.sources.find((row) => row.id === world.defaultSource);
  const binary = file.kind === 'picture' || file.kind === 'audio';
  const refused = binary && (source?.in_process ?? false);
  const long = file.text_bytes > 24_576;
  return {
    file,
    way: refused ? null : binary ? 'file' : long ? 'pages' : 'text',
    pages: [],
    unredacted: binary && (source?.redact ?? false),
    is_new: true,
    no_room: false,
  };
}
