-- Servers of tools, what a person decided about tools, and parts that arrive while an answer streams.

CREATE TABLE tool_server (
  seq INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  created_at INTEGER NOT NULL,
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  transport TEXT NOT NULL, -- JSON
  tools TEXT NOT NULL      -- JSON: what it offered when it was last asked
) STRICT;

-- Whether a tool may run, wherever it is asked for. No row: it is asked each time.
CREATE TABLE tool_policy (
  tool TEXT NOT NULL PRIMARY KEY,
  policy TEXT NOT NULL CHECK (policy IN ('always', 'never')),
  definition BLOB NOT NULL CHECK (length(definition) = 32) -- what was agreed to
) STRICT, WITHOUT ROWID;

-- What may run in a conversation without being asked again.
CREATE TABLE conversation_tool (
  conversation_id BLOB NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  tool TEXT NOT NULL,
  definition BLOB NOT NULL CHECK (length(definition) = 32),
  PRIMARY KEY (conversation_id, tool)
) STRICT, WITHOUT ROWID;

-- A part that is neither words nor reasoning comes whole.
CREATE TABLE stream_chunk_new (
  seq INTEGER NOT NULL PRIMARY KEY,
  message_id BLOB NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('text', 'reasoning', 'part')),
  body TEXT NOT NULL
) STRICT;
INSERT INTO stream_chunk_new SELECT seq, message_id, kind, body FROM stream_chunk;
DROP TABLE stream_chunk;
ALTER TABLE stream_chunk_new RENAME TO stream_chunk;
CREATE INDEX stream_chunk_by_message ON stream_chunk (message_id);
