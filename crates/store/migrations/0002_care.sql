-- Folders and tags, and what a person decides about one conversation.

CREATE TABLE folder (
  seq INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  created_at INTEGER NOT NULL,
  name TEXT NOT NULL
) STRICT;

CREATE TABLE tag (
  seq INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  created_at INTEGER NOT NULL,
  name TEXT NOT NULL
) STRICT;

CREATE TABLE conversation_tag (
  conversation_id BLOB NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  tag_id BLOB NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  PRIMARY KEY (conversation_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_tag_by_tag ON conversation_tag (tag_id);

ALTER TABLE conversation ADD COLUMN folder_id BLOB REFERENCES folder (id) ON DELETE SET NULL;
-- GDPR Art. 18: readable and exportable, never sent, never suggested.
ALTER TABLE conversation ADD COLUMN restricted INTEGER NOT NULL DEFAULT 0 CHECK (restricted IN (0, 1));
-- May be answered by sources on this computer alone.
ALTER TABLE conversation ADD COLUMN local_only INTEGER NOT NULL DEFAULT 0 CHECK (local_only IN (0, 1));
-- Whether the consent `ai.training`, where given, covers this conversation.
ALTER TABLE conversation ADD COLUMN training_allowed INTEGER NOT NULL DEFAULT 0 CHECK (training_allowed IN (0, 1));
CREATE INDEX conversation_folder ON conversation (folder_id, updated_at, id) WHERE folder_id IS NOT NULL;
