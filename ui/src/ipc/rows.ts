// For the fake core and for tests: a row with nothing special about it.
import type { ConversationRow } from './generated/types';

type Known = Pick<ConversationRow, 'id' | 'title' | 'created_at'>;

/** A conversation that was last changed when it was begun. */
export function conversationOf(row: Known & Partial<ConversationRow>): ConversationRow {
  return {
    pinned: false,
    archived: false,
    folder_id: null,
    restricted: false,
    local_only: false,
    training_allowed: false,
    temporary: false,
    source_id: null,
    model: null,
    updated_at: row.created_at,
    streaming: false,
    ...row,
  };
}
