import type { ConversationRow, FolderRow, TagRow } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { apiError, type FakeWorld } from './world';

type Names =
  | 'filing_get'
  | 'folder_add'
  | 'folder_rename'
  | 'folder_remove'
  | 'tag_add'
  | 'tag_rename'
  | 'tag_remove'
  | 'conversation_move'
  | 'conversation_tags'
  | 'conversation_tag'
  | 'conversation_filed';

interface Named {
  id: string;
  name: string;
  created_at: number;
}

/** Folders and tags of a world, kept beside it. */
export function filingCommands(world: FakeWorld): Handlers<Names> {
  const fresh = world.conversations.length === 0;
  const seed = (names: string[]): Named[] =>
    fresh ? [] : names.map((name) => ({ id: world.id(), name, created_at: world.started }));
  let folders = seed(['Home', 'Work']);
  let tags = seed(['idea', 'urgent']);
  const tagged = new Map<string, string[]>();
  if (!fresh) {
    world.conversations = world.conversations.map((row, at) => (at % 5 === 1 ? { ...row, folder_id: folders[1]?.id ?? null } : row));
    for (const row of world.conversations.slice(0, 3)) tagged.set(row.id, tags.slice(0, 1).map((tag) => tag.id));
  }

  const changed = () => world.emit({ type: 'filing_changed' });
  const byName = (a: Named, b: Named) => a.name.localeCompare(b.name);
  const inFolder = (id: string) => world.conversations.filter((row) => row.folder_id === id);
  const withTag = (id: string) => world.conversations.filter((row) => tagged.get(row.id)?.includes(id));
  const folderRow = (folder: Named): FolderRow => ({ ...folder, conversations: inFolder(folder.id).length });
  const tagRow = (tag: Named): TagRow => ({ ...tag, conversations: withTag(tag.id).length });
  const named = (rows: Named[], name: string): Named => {
    const wanted = name.trim();
    if (wanted === '') throw apiError('invalid_name', 'A name has between 1 and 100 characters.');
    if (rows.some((row) => row.name.toLowerCase() === wanted.toLowerCase()))
      throw apiError('name_taken', 'There is one of this name already, or there are too many.');
    return { id: world.id(), name: wanted, created_at: Date.now() };
  };
  const find = (id: string): ConversationRow => {
    const row = world.conversations.find((conversation) => conversation.id === id);
    if (!row) throw apiError('not_found', 'It is not there any more.');
    return row;
  };
  const replace = (row: ConversationRow): ConversationRow => {
    world.conversations = world.conversations.map((other) => (other.id === row.id ? row : other));
    world.emit({ type: 'conversation_changed', id: row.id });
    return row;
  };

  return {
    filing_get: () => ({ folders: folders.toSorted(byName).map(folderRow), tags: tags.toSorted(byName).map(tagRow) }),
    folder_add: ({ name }) => {
      const folder = named(folders, name);
      folders = [...folders, folder];
      changed();
      return folderRow(folder);
    },
    folder_rename: ({ id, name }) => {
      const { name: checked } = named(folders.filter((folder) => folder.id !== id), name);
      folders = folders.map((folder) => (folder.id === id ? { ...folder, name: checked } : folder));
      changed();
      return {};
    },
    folder_remove: ({ id }) => {
      folders = folders.filter((folder) => folder.id !== id);
      inFolder(id).forEach((row) => replace({ ...row, folder_id: null }));
      changed();
      return {};
    },
    tag_add: ({ name }) => {
      const tag = named(tags, name);
      tags = [...tags, tag];
      changed();
      return tagRow(tag);
    },
    tag_rename: ({ id, name }) => {
      const { name: checked } = named(tags.filter((tag) => tag.id !== id), name);
      tags = tags.map((tag) => (tag.id === id ? { ...tag, name: checked } : tag));
      changed();
      return {};
    },
    tag_remove: ({ id }) => {
      tags = tags.filter((tag) => tag.id !== id);
      for (const [row, ids] of tagged) tagged.set(row, ids.filter((other) => other !== id));
      changed();
      return {};
    },
    conversation_move: ({ id, folder_id: folder }) => {
      const row = replace({ ...find(id), folder_id: folder ?? null });
      changed();
      return row;
    },
    conversation_tags: ({ id }) => ({ tag_ids: tagged.get(find(id).id) ?? [] }),
    conversation_tag: ({ id, tag_id: tag, on }) => {
      const rest = (tagged.get(find(id).id) ?? []).filter((other) => other !== tag);
      tagged.set(id, on ? [...rest, tag] : rest);
      changed();
      return { tag_ids: tagged.get(id) ?? [] };
    },
    conversation_filed: ({ folder_id: folder, tag_id: tag, cursor, limit }) => {
      const found = folder === undefined ? withTag(tag ?? '') : inFolder(folder);
      const rows = found.toSorted((a, b) => b.updated_at - a.updated_at);
      const from = cursor === undefined ? 0 : Number(cursor);
      const next = from + limit < rows.length ? String(from + limit) : null;
      return { pinned: [], rows: rows.slice(from, from + limit), next };
    },
  };
}
