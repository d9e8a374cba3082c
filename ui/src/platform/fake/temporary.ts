import type { ConversationRow } from '../../ipc/generated/types';
import { conversationOf } from '../../ipc/rows';
import type { Handlers } from '../fake';
import { apiError, type FakeWorld } from './world';

type Names = 'temporary_begin' | 'temporary_list' | 'temporary_end' | 'temporary_keep';

export function temporaryCommands(world: FakeWorld): Handlers<Names> {
  const find = (id: string): ConversationRow => {
    const row = world.conversations.find((conversation) => conversation.id === id && conversation.temporary);
    if (!row) throw apiError('not_found', 'It is not there any more.', '', 'Reload the view.');
    return row;
  };
  const rows = () => world.conversations.filter((row) => row.temporary).sort((a, b) => b.created_at - a.created_at);
  return {
    temporary_begin: ({ source_id: sourceId, model }) => {
      const unused = rows().find((row) => world.messages.get(row.id)?.length === 0 && !world.drafts.has(row.id));
      if (unused) return unused;
      const source = world.sources.find((row) => row.id === (sourceId ?? world.defaultSource)) ?? world.sources[0];
      const row = conversationOf({
        id: world.id(),
        title: '',
        temporary: true,
        source_id: source?.id ?? null,
        model: model ?? source?.default_model ?? null,
        created_at: Date.now(),
      });
      world.conversations = [row, ...world.conversations];
      world.messages.set(row.id, []);
      world.emit({ type: 'conversation_changed', id: row.id });
      return row;
    },
    temporary_list: () => ({ rows: rows() }),
    temporary_end: ({ id }) => {
      find(id);
      world.conversations = world.conversations.filter((row) => row.id !== id);
      world.messages.delete(id);
      world.drafts.delete(id);
      world.emit({ type: 'conversation_removed', id });
      return {};
    },
    temporary_keep: ({ id }) => {
      const first = world.messages.get(id)?.[0];
      if (!first) throw apiError('nothing_to_keep', 'Nothing was said in this conversation yet.', 'Nothing was changed.', 'Ask something first.');
      const kept = { ...find(id), temporary: false, title: first.text.slice(0, 40) };
      world.conversations = world.conversations.map((row) => (row.id === id ? kept : row));
      world.emit({ type: 'conversation_changed', id });
      return kept;
    },
  };
}
