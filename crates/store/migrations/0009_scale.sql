-- What is looked for by time or by source is found without reading every message.

-- A message made in a second that is full stands later in the order of `seq` than its time says, so
-- that order alone cannot answer what was written in a range.
CREATE INDEX message_by_time ON message (created_at, conversation_id);

-- The names under which sources answered, and in which conversations. A handful of names, read one
-- after the other: what a person typed has no ordinary index.
CREATE TABLE answer_name (
  id INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;
CREATE TABLE answered_by (
  name INTEGER NOT NULL REFERENCES answer_name (id),
  conversation_id BLOB NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  PRIMARY KEY (name, conversation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX answered_by_conversation ON answered_by (conversation_id);

INSERT INTO answer_name (name) SELECT DISTINCT source_name FROM message WHERE source_name IS NOT NULL;
INSERT INTO answered_by (name, conversation_id)
SELECT DISTINCT n.id, m.conversation_id FROM message m JOIN answer_name n ON n.name = m.source_name;

CREATE TRIGGER message_answered_by AFTER INSERT ON message WHEN new.source_name IS NOT NULL
BEGIN
  INSERT INTO answer_name (name) SELECT new.source_name
  WHERE NOT EXISTS (SELECT 1 FROM answer_name WHERE name = new.source_name);
  INSERT OR IGNORE INTO answered_by (name, conversation_id)
  SELECT id, new.conversation_id FROM answer_name WHERE name = new.source_name;
END;
-- A name goes with the last conversation that knew it.
CREATE TRIGGER answered_by_delete AFTER DELETE ON answered_by
WHEN NOT EXISTS (SELECT 1 FROM answered_by WHERE name = old.name)
BEGIN DELETE FROM answer_name WHERE id = old.name; END;
