-- Deletions of every scope, in steps, and receipts for changes of the key.
--
-- The checks of three tables grow, which SQLite can only do by making them anew. Dropping `erasure`
-- deletes its rows first, and with them, by cascade, those of `erasure_file`; so both are copied
-- before either is dropped, and the reference follows the new name.

CREATE TABLE erasure_next (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  scope TEXT NOT NULL CHECK (scope IN ('message', 'conversation', 'folder', 'tag', 'range', 'source',
    'media', 'searches', 'drafts', 'everything')),
  scope_id BLOB,       -- of what has an id; NULL once the rows are gone
  scope_from INTEGER,  -- of a range
  scope_to INTEGER,
  scope_media TEXT CHECK (scope_media IN ('image', 'audio', 'video', 'document', 'other')),
  state TEXT NOT NULL CHECK (state IN ('hidden', 'purging', 'cleaning', 'erasing')),
  requested_at INTEGER NOT NULL,
  purge_after INTEGER NOT NULL,
  -- Whether the index is cleaned by one pass at the end instead of row by row.
  in_bulk INTEGER NOT NULL DEFAULT 0 CHECK (in_bulk IN (0, 1)),
  -- Whether every step was made.
  emptied INTEGER NOT NULL DEFAULT 0 CHECK (emptied IN (0, 1)),
  -- How many rows there are to remove, for whoever waits.
  expected INTEGER NOT NULL DEFAULT 0,
  rows_by_table TEXT NOT NULL, -- JSON
  search_verified INTEGER NOT NULL CHECK (search_verified IN (0, 1))
) STRICT;
INSERT INTO erasure_next (id, scope, scope_id, state, requested_at, purge_after, rows_by_table, search_verified)
SELECT id, scope, scope_id, state, requested_at, purge_after, rows_by_table, search_verified FROM erasure;

CREATE TABLE erasure_file_next (
  erasure_id BLOB NOT NULL REFERENCES erasure_next (id) ON DELETE CASCADE,
  asset_id BLOB NOT NULL,
  PRIMARY KEY (erasure_id, asset_id)
) STRICT, WITHOUT ROWID;
INSERT INTO erasure_file_next (erasure_id, asset_id) SELECT erasure_id, asset_id FROM erasure_file;

DROP TABLE erasure_file;
DROP TABLE erasure;
ALTER TABLE erasure_next RENAME TO erasure;
ALTER TABLE erasure_file_next RENAME TO erasure_file;
CREATE INDEX erasure_due ON erasure (state, purge_after);

CREATE TABLE tombstone_next (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  kind TEXT NOT NULL CHECK (kind IN ('message', 'conversation', 'folder', 'tag', 'range', 'source',
    'media', 'searches', 'drafts', 'everything')),
  at INTEGER NOT NULL
) STRICT;
INSERT INTO tombstone_next (id, kind, at) SELECT id, kind, at FROM tombstone;
DROP TABLE tombstone;
ALTER TABLE tombstone_next RENAME TO tombstone;

-- Files are counted and deleted by kind. What a file is, the app found out; its name is not here.
CREATE INDEX asset_by_media ON asset (media_type, bytes);
