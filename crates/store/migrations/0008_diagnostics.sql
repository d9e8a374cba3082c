-- Every diagnostic report, as it was shown and, if agreed, sent. `body` is the payload byte for byte:
-- names of events and numbers, nothing else.
CREATE TABLE diagnostic_report (
  seq INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  kind TEXT NOT NULL CHECK (kind IN ('crash', 'usage')),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'discarded')),
  created_at INTEGER NOT NULL,
  sent_at INTEGER,
  body TEXT NOT NULL -- JSON
) STRICT;
CREATE INDEX diagnostic_report_state ON diagnostic_report (state, kind);
