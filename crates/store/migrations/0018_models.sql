-- What a source last said it offers, for when it cannot be asked. Nothing in it is of a person.
CREATE TABLE model_list (
  source_id BLOB NOT NULL PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE,
  listed_at INTEGER NOT NULL,
  models TEXT NOT NULL -- JSON
) STRICT;
