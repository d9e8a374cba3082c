-- What was found in a file when it was attached, and what it says, in pieces that are searched by
-- themselves: the history does not find them. All of it goes with the file.
CREATE TABLE attachment (
  asset_id BLOB NOT NULL PRIMARY KEY REFERENCES asset (id) ON DELETE CASCADE,
  facts TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

-- The pieces of a file have neighbouring numbers: a search in one file looks at no other.
CREATE TABLE attachment_chunk (
  seq INTEGER NOT NULL PRIMARY KEY,
  asset_id BLOB NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
  page INTEGER NOT NULL, -- 0: the file has no pages
  fresh INTEGER NOT NULL, -- where in `body` begins what the piece before does not have
  body TEXT NOT NULL
) STRICT;
CREATE INDEX attachment_chunk_of ON attachment_chunk (asset_id, seq);

CREATE VIRTUAL TABLE attachment_search USING fts5 (
  body,
  content = 'attachment_chunk', content_rowid = 'seq',
  tokenize = 'fluxchat'
);
INSERT INTO attachment_search (attachment_search, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER attachment_chunk_insert AFTER INSERT ON attachment_chunk
BEGIN INSERT INTO attachment_search (rowid, body) VALUES (new.seq, new.body); END;
CREATE TRIGGER attachment_chunk_delete AFTER DELETE ON attachment_chunk
BEGIN INSERT INTO attachment_search (attachment_search, rowid, body) VALUES ('delete', old.seq, old.body); END;

-- Files beside an unsent text, in the order in which they were attached.
CREATE TABLE draft_attachment (
  seq INTEGER NOT NULL PRIMARY KEY,
  asset_id BLOB NOT NULL UNIQUE REFERENCES asset (id) ON DELETE CASCADE,
  conversation_id BLOB REFERENCES conversation (id) ON DELETE CASCADE -- NULL: a new conversation
) STRICT;
CREATE INDEX draft_attachment_of ON draft_attachment (conversation_id, seq);

-- The files of conversations that live in memory. In an archive on the disk it is always empty.
CREATE TABLE asset_memory (
  asset_id BLOB NOT NULL PRIMARY KEY REFERENCES asset (id) ON DELETE CASCADE,
  bytes BLOB NOT NULL
) STRICT;

-- What an answer's source was given of a file.
CREATE TABLE attachment_told (
  message_id BLOB NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  asset_id BLOB NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
  way TEXT NOT NULL CHECK (way IN ('file', 'text', 'pages')),
  pages TEXT NOT NULL, -- JSON
  PRIMARY KEY (message_id, asset_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_told_of ON attachment_told (asset_id);
