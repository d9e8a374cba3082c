-- The whole life of a request about data rights, objections, and statements about people.

CREATE TABLE privacy_request_next (
  seq INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  kind TEXT NOT NULL CHECK (kind IN ('access', 'portability', 'rectification', 'erasure', 'restriction', 'objection')),
  erasure_id BLOB,
  source_name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'queued_offline', 'submitted', 'acknowledged', 'needs_action',
    'fulfilled', 'partially_fulfilled', 'denied', 'overdue', 'cancelled')),
  created_at INTEGER NOT NULL,
  expected_by INTEGER, -- the date that counts: never later than the law allows
  reason TEXT,         -- a code, never the words of the service
  attestation TEXT NOT NULL DEFAULT 'none' CHECK (attestation IN ('none', 'said', 'checked')),
  submitted_at INTEGER,
  extended INTEGER NOT NULL DEFAULT 0 CHECK (extended IN (0, 1)),
  cancelling INTEGER NOT NULL DEFAULT 0 CHECK (cancelling IN (0, 1)),
  has_result INTEGER NOT NULL DEFAULT 0 CHECK (has_result IN (0, 1)),
  answered_at INTEGER, -- when the answer that counts was true, by the service's clock
  checked_at INTEGER,  -- when the service was last asked
  next_poll_at INTEGER, -- NULL: nothing to ask for
  receipt TEXT         -- JSON: the final answer with its signature
) STRICT;
INSERT INTO privacy_request_next (seq, id, kind, erasure_id, source_name, state, created_at, expected_by, reason,
  attestation, submitted_at, next_poll_at)
SELECT seq, id, kind, erasure_id, source_name, state, created_at, expected_by, reason,
  CASE WHEN state IN ('queued_offline', 'submitted') THEN 'none' ELSE 'said' END,
  CASE WHEN state IN ('queued_offline') THEN NULL ELSE created_at END,
  CASE WHEN state IN ('acknowledged', 'overdue') THEN created_at END
FROM privacy_request;
DROP TABLE privacy_request;
ALTER TABLE privacy_request_next RENAME TO privacy_request;
CREATE INDEX privacy_request_erasure ON privacy_request (erasure_id) WHERE erasure_id IS NOT NULL;
CREATE INDEX privacy_request_poll ON privacy_request (next_poll_at) WHERE next_poll_at IS NOT NULL;

-- How a request came to where it stands.
CREATE TABLE privacy_request_event (
  seq INTEGER NOT NULL PRIMARY KEY,
  request_id BLOB NOT NULL CHECK (length(request_id) = 16),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT,
  expected_by INTEGER
) STRICT;
CREATE INDEX privacy_request_event_of ON privacy_request_event (request_id);

-- The key that the answers of a source are checked with. Set once, never replaced.
CREATE TABLE service_key (
  source_name TEXT NOT NULL PRIMARY KEY,
  public_key BLOB NOT NULL CHECK (length(public_key) = 32),
  pinned_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Objections to purposes that rest on a legitimate interest (GDPR Art. 21); append-only, chained.
CREATE TABLE objection_event (
  seq INTEGER NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  objected INTEGER NOT NULL CHECK (objected IN (0, 1)),
  at INTEGER NOT NULL,
  policy_version TEXT NOT NULL,
  ui_surface TEXT NOT NULL,
  prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX objection_event_purpose ON objection_event (purpose);
CREATE TRIGGER objection_event_is_final BEFORE UPDATE ON objection_event
BEGIN SELECT raise(ABORT, 'objections are append-only'); END;
CREATE TRIGGER objection_event_is_kept BEFORE DELETE ON objection_event
BEGIN SELECT raise(ABORT, 'objections are append-only'); END;

-- What a person says is wrong in an answer about somebody. Content: it goes with its message.
CREATE TABLE statement_flag (
  seq INTEGER NOT NULL PRIMARY KEY,
  message_id BLOB NOT NULL UNIQUE REFERENCES message (id) ON DELETE CASCADE,
  conversation_id BLOB NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE INDEX statement_flag_conversation ON statement_flag (conversation_id);
