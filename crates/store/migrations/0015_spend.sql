-- What answers cost, what models read, and how long messages are.

-- What is known of a model: as its source last told, and as a person entered it.
CREATE TABLE model_fact (
  source_id BLOB NOT NULL REFERENCES source (id) ON DELETE CASCADE,
  model TEXT NOT NULL,
  context_tokens INTEGER,
  output_tokens INTEGER,
  price_input INTEGER,  -- for a million tokens, in millionths of a US dollar
  price_output INTEGER,
  own_context INTEGER,
  own_input INTEGER,
  own_output INTEGER,
  estimated INTEGER NOT NULL DEFAULT 0, -- tokens, where both are known
  counted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (source_id, model)
) STRICT, WITHOUT ROWID;

-- What was spent, without a word of what was asked. It stays when conversations go, and names a
-- source that may be gone.
CREATE TABLE spend_day (
  day INTEGER NOT NULL, -- since 1970, in UTC
  source_id BLOB NOT NULL CHECK (length(source_id) = 16),
  model TEXT NOT NULL,
  answers INTEGER NOT NULL,
  unpriced INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  nanos INTEGER NOT NULL, -- billionths of a US dollar
  PRIMARY KEY (day, source_id, model)
) STRICT, WITHOUT ROWID;

-- About how many tokens a message is, counted once, and all up to it on its branch.
CREATE TABLE message_size (
  message_id BLOB NOT NULL PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
  tokens INTEGER NOT NULL, -- 0: it is not sent
  upto_tokens INTEGER NOT NULL,
  upto_messages INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a person wants sent along whatever is left out.
CREATE TABLE message_pin (
  message_id BLOB NOT NULL PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
  conversation_id BLOB NOT NULL REFERENCES conversation (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX message_pin_conversation ON message_pin (conversation_id);

-- What the answers of a conversation cost, kept by triggers so that asking costs one row.
CREATE TABLE conversation_cost (
  conversation_id BLOB NOT NULL PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
  priced INTEGER NOT NULL,
  nanos INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIEW message_cost (seq, conversation_id, nanos) AS
SELECT seq, conversation_id, json_extract(usage, '$.spent.nanos')
FROM message WHERE erasure_id IS NULL AND usage IS NOT NULL;

CREATE TRIGGER message_cost_insert AFTER INSERT ON message WHEN new.erasure_id IS NULL AND new.usage IS NOT NULL
BEGIN
  INSERT INTO conversation_cost SELECT conversation_id, 1, nanos FROM message_cost WHERE seq = new.seq AND nanos IS NOT NULL
  ON CONFLICT (conversation_id) DO UPDATE SET priced = priced + 1, nanos = conversation_cost.nanos + excluded.nanos;
END;
CREATE TRIGGER message_cost_leave BEFORE UPDATE OF usage, erasure_id ON message WHEN old.erasure_id IS NULL AND old.usage IS NOT NULL
BEGIN
  UPDATE conversation_cost SET priced = priced - 1, nanos = conversation_cost.nanos - c.nanos
  FROM message_cost c WHERE c.seq = old.seq AND c.nanos IS NOT NULL AND conversation_cost.conversation_id = old.conversation_id;
END;
CREATE TRIGGER message_cost_return AFTER UPDATE OF usage, erasure_id ON message WHEN new.erasure_id IS NULL AND new.usage IS NOT NULL
BEGIN
  INSERT INTO conversation_cost SELECT conversation_id, 1, nanos FROM message_cost WHERE seq = new.seq AND nanos IS NOT NULL
  ON CONFLICT (conversation_id) DO UPDATE SET priced = priced + 1, nanos = conversation_cost.nanos + excluded.nanos;
END;
CREATE TRIGGER message_cost_delete BEFORE DELETE ON message WHEN old.erasure_id IS NULL AND old.usage IS NOT NULL
BEGIN
  UPDATE conversation_cost SET priced = priced - 1, nanos = conversation_cost.nanos - c.nanos
  FROM message_cost c WHERE c.seq = old.seq AND c.nanos IS NOT NULL AND conversation_cost.conversation_id = old.conversation_id;
END;

-- A message that changes is counted again, and so is what was counted with it.
CREATE TRIGGER message_size_stale AFTER UPDATE OF text ON message WHEN new.text IS NOT old.text
BEGIN
  DELETE FROM message_size WHERE message_id IN
    (SELECT id FROM message WHERE conversation_id = new.conversation_id AND depth >= new.depth);
END;
