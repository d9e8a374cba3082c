-- How conversations are asked, words kept to ask with, where copies came from, and what answers took.

-- A conversation's own copy of its instructions. No row: none.
CREATE TABLE instructions (
  conversation_id BLOB NOT NULL PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
  preset TEXT,              -- what the preset was called
  parameters TEXT NOT NULL, -- JSON
  system TEXT NOT NULL
) STRICT;

CREATE TABLE preset (
  seq INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  source_id BLOB REFERENCES source (id) ON DELETE SET NULL,
  created_at INTEGER NOT NULL,
  name TEXT NOT NULL,
  model TEXT,
  parameters TEXT NOT NULL, -- JSON
  system TEXT NOT NULL
) STRICT;

CREATE TABLE saved_prompt (
  seq INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  created_at INTEGER NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

-- A copy stays when its original goes, and then knows no longer where it came from.
CREATE TABLE fork (
  conversation_id BLOB NOT NULL PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
  from_id BLOB REFERENCES conversation (id) ON DELETE SET NULL,
  message_id BLOB NOT NULL, -- the last message that was copied
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX fork_from ON fork (from_id) WHERE from_id IS NOT NULL;

-- The messages of a conversation in the order of the search index.
CREATE INDEX message_in_conversation ON message (conversation_id);

-- What the answers of a conversation took, kept by triggers so that asking costs one row.
CREATE TABLE conversation_total (
  conversation_id BLOB NOT NULL PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
  questions INTEGER NOT NULL,
  answers INTEGER NOT NULL,
  counted INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIEW message_share (seq, conversation_id, questions, answers, counted, input_tokens, output_tokens, duration_ms) AS
SELECT seq, conversation_id, role = 'user', role = 'assistant', usage IS NOT NULL,
  coalesce(json_extract(usage, '$.input_tokens'), 0), coalesce(json_extract(usage, '$.output_tokens'), 0),
  CASE WHEN role = 'assistant' AND finished_at >= created_at THEN finished_at - created_at ELSE 0 END
FROM message WHERE erasure_id IS NULL;

INSERT INTO conversation_total
SELECT conversation_id, sum(questions), sum(answers), sum(counted), sum(input_tokens), sum(output_tokens), sum(duration_ms)
FROM message_share GROUP BY conversation_id;

CREATE TRIGGER message_share_insert AFTER INSERT ON message WHEN new.erasure_id IS NULL
BEGIN
  INSERT OR IGNORE INTO conversation_total VALUES (new.conversation_id, 0, 0, 0, 0, 0, 0);
  UPDATE conversation_total SET
    questions = conversation_total.questions + s.questions, answers = conversation_total.answers + s.answers,
    counted = conversation_total.counted + s.counted, input_tokens = conversation_total.input_tokens + s.input_tokens,
    output_tokens = conversation_total.output_tokens + s.output_tokens, duration_ms = conversation_total.duration_ms + s.duration_ms
  FROM message_share s WHERE s.seq = new.seq AND conversation_total.conversation_id = new.conversation_id;
END;
CREATE TRIGGER message_share_leave BEFORE UPDATE OF usage, finished_at, erasure_id ON message WHEN old.erasure_id IS NULL
BEGIN
  UPDATE conversation_total SET
    questions = conversation_total.questions - s.questions, answers = conversation_total.answers - s.answers,
    counted = conversation_total.counted - s.counted, input_tokens = conversation_total.input_tokens - s.input_tokens,
    output_tokens = conversation_total.output_tokens - s.output_tokens, duration_ms = conversation_total.duration_ms - s.duration_ms
  FROM message_share s WHERE s.seq = old.seq AND conversation_total.conversation_id = old.conversation_id;
END;
CREATE TRIGGER message_share_return AFTER UPDATE OF usage, finished_at, erasure_id ON message WHEN new.erasure_id IS NULL
BEGIN
  UPDATE conversation_total SET
    questions = conversation_total.questions + s.questions, answers = conversation_total.answers + s.answers,
    counted = conversation_total.counted + s.counted, input_tokens = conversation_total.input_tokens + s.input_tokens,
    output_tokens = conversation_total.output_tokens + s.output_tokens, duration_ms = conversation_total.duration_ms + s.duration_ms
  FROM message_share s WHERE s.seq = new.seq AND conversation_total.conversation_id = new.conversation_id;
END;
CREATE TRIGGER message_share_delete BEFORE DELETE ON message WHEN old.erasure_id IS NULL
BEGIN
  UPDATE conversation_total SET
    questions = conversation_total.questions - s.questions, answers = conversation_total.answers - s.answers,
    counted = conversation_total.counted - s.counted, input_tokens = conversation_total.input_tokens - s.input_tokens,
    output_tokens = conversation_total.output_tokens - s.output_tokens, duration_ms = conversation_total.duration_ms - s.duration_ms
  FROM message_share s WHERE s.seq = old.seq AND conversation_total.conversation_id = old.conversation_id;
END;
