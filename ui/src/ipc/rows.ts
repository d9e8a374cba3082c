// Rows with nothing special about them: for the fake core, for tests, and for what is rehearsed.
import type { ConversationRow, MessageRow } from './generated/types';

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

type Said = Pick<MessageRow, 'id' | 'conversation_id' | 'role' | 'text' | 'blocks' | 'created_at'>;

/** A message that stands alone and says no more than its words. */
export function messageOf(row: Said & Partial<MessageRow>): MessageRow {
  return {
    parent_id: null,
    status: 'complete',
    model: null,
    source_name: null,
    finished_at: null,
    reasoning: [],
    citations: [],
    calls: [],
    notices: [],
    attachments: [],
    usage: null,
    error: null,
    branch_ids: [row.id],
    stream_seq: 0,
    ...row,
  };
}
