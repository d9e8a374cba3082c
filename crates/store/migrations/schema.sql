CREATE INDEX answered_by_conversation ON answered_by (conversation_id);
CREATE INDEX asset_age ON asset (kept_since, id);
CREATE INDEX asset_by_conversation ON asset (conversation_id);
CREATE INDEX asset_by_media ON asset (media_type, bytes);
CREATE INDEX attachment_chunk_of ON attachment_chunk (asset_id, seq);
CREATE INDEX attachment_told_of ON attachment_told (asset_id);
CREATE INDEX consent_event_conversation ON consent_event (conversation_id, purpose) WHERE conversation_id IS NOT NULL;
CREATE INDEX consent_event_purpose ON consent_event (purpose) WHERE scope IS NULL;
CREATE INDEX conversation_folder ON conversation (folder_id, updated_at, id) WHERE folder_id IS NOT NULL;
CREATE INDEX conversation_hidden ON conversation (erasure_id) WHERE erasure_id IS NOT NULL;
CREATE INDEX conversation_list ON conversation (archived, pinned, updated_at, id) WHERE erasure_id IS NULL;
CREATE INDEX conversation_look ON conversation (retention_look, id)
  WHERE retention_look IS NOT NULL AND erasure_id IS NULL;
CREATE INDEX conversation_restricted ON conversation (restricted, updated_at, id) WHERE restricted = 1 AND erasure_id IS NULL;
CREATE INDEX conversation_source ON conversation (source_id) WHERE source_id IS NOT NULL;
CREATE INDEX conversation_tag_by_tag ON conversation_tag (tag_id);
CREATE INDEX conversation_training ON conversation (id) WHERE training_allowed = 1;
CREATE INDEX diagnostic_report_state ON diagnostic_report (state, kind);
CREATE INDEX draft_age ON draft (updated_at);
CREATE INDEX draft_attachment_of ON draft_attachment (conversation_id, seq);
CREATE INDEX egress_record_conversation ON egress_record (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX egress_record_facet ON egress_record (facet);
CREATE INDEX erasure_due ON erasure (state, purge_after);
CREATE INDEX fork_from ON fork (from_id) WHERE from_id IS NOT NULL;
CREATE INDEX message_asset_by_asset ON message_asset (asset_id);
CREATE INDEX message_by_conversation ON message (conversation_id, depth, erasure_id);
CREATE INDEX message_by_parent ON message (parent_id, erasure_id);
CREATE INDEX message_by_time ON message (created_at, conversation_id);
CREATE INDEX message_hidden ON message (erasure_id) WHERE erasure_id IS NOT NULL;
CREATE INDEX message_in_conversation ON message (conversation_id);
CREATE INDEX message_pin_conversation ON message_pin (conversation_id);
CREATE INDEX message_streaming ON message (status) WHERE status = 'streaming';
CREATE INDEX objection_event_purpose ON objection_event (purpose);
CREATE INDEX outbox_due ON outbox (state, next_try_at);
CREATE INDEX privacy_request_erasure ON privacy_request (erasure_id) WHERE erasure_id IS NOT NULL;
CREATE INDEX privacy_request_event_of ON privacy_request_event (request_id);
CREATE INDEX privacy_request_poll ON privacy_request (next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX recent_search_age ON recent_search (at);
CREATE INDEX retention_erasure_of_run ON retention_erasure (run);
CREATE UNIQUE INDEX retention_rule_of ON retention_rule (level, target, kind);
CREATE UNIQUE INDEX sandbox_record_by_key ON sandbox_record (collection, key);
CREATE INDEX sandbox_record_by_owner ON sandbox_record (owner, collection, key) WHERE owner IS NOT NULL;
CREATE INDEX statement_flag_conversation ON statement_flag (conversation_id);
CREATE INDEX stream_chunk_by_message ON stream_chunk (message_id);
CREATE TABLE answer_name (
  id INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;
CREATE TABLE answered_by (
  name INTEGER NOT NULL REFERENCES answer_name (id),
  conversation_id BLOB NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  PRIMARY KEY (name, conversation_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE asset (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  key BLOB NOT NULL CHECK (length(key) = 32),
  content_hash BLOB NOT NULL CHECK (length(content_hash) = 32),
  media_type TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  conversation_id BLOB, -- whose composer it was added in; NULL: of a new conversation
  created_at INTEGER NOT NULL,
  name TEXT NOT NULL
, kept_since INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE asset_memory (
  asset_id BLOB NOT NULL PRIMARY KEY REFERENCES asset (id) ON DELETE CASCADE,
  bytes BLOB NOT NULL
) STRICT;
CREATE TABLE attachment (
  asset_id BLOB NOT NULL PRIMARY KEY REFERENCES asset (id) ON DELETE CASCADE,
  facts TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;
CREATE TABLE attachment_chunk (
  seq INTEGER NOT NULL PRIMARY KEY,
  asset_id BLOB NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
  page INTEGER NOT NULL, -- 0: the file has no pages
  fresh INTEGER NOT NULL, -- where in `body` begins what the piece before does not have
  body TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE attachment_search USING fts5 (
  body,
  content = 'attachment_chunk', content_rowid = 'seq',
  tokenize = 'fluxchat'
);
CREATE TABLE 'attachment_search_config'(k PRIMARY KEY, v) WITHOUT ROWID;
CREATE TABLE 'attachment_search_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE 'attachment_search_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
CREATE TABLE 'attachment_search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE attachment_told (
  message_id BLOB NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  asset_id BLOB NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
  way TEXT NOT NULL CHECK (way IN ('file', 'text', 'pages')),
  pages TEXT NOT NULL, -- JSON
  PRIMARY KEY (message_id, asset_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE consent_event (
  seq INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  purpose TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('ConsentGiven', 'ConsentRefused', 'ConsentWithdrawn')),
  at INTEGER NOT NULL,
  policy_version TEXT NOT NULL,
  notice_sha256 TEXT NOT NULL,
  language TEXT NOT NULL,
  ui_surface TEXT NOT NULL,
  app_version TEXT NOT NULL,
  prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
, scope BLOB CHECK (length(scope) = 16), conversation_id BLOB CHECK (length(conversation_id) = 16)) STRICT;
CREATE TABLE conversation (
  seq INTEGER NOT NULL PRIMARY KEY CHECK (seq % 2 = 1),
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  source_id BLOB REFERENCES source (id) ON DELETE SET NULL,
  model TEXT,
  pinned INTEGER NOT NULL CHECK (pinned IN (0, 1)),
  archived INTEGER NOT NULL CHECK (archived IN (0, 1)),
  root_id BLOB, -- the first message of the branch that is shown
  head_id BLOB, -- the last message of the branch that is shown
  alias TEXT,   -- what the sandbox knows it by
  erasure_id BLOB,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  title TEXT NOT NULL
, folder_id BLOB REFERENCES folder (id) ON DELETE SET NULL, restricted INTEGER NOT NULL DEFAULT 0 CHECK (restricted IN (0, 1)), local_only INTEGER NOT NULL DEFAULT 0 CHECK (local_only IN (0, 1)), training_allowed INTEGER NOT NULL DEFAULT 0 CHECK (training_allowed IN (0, 1)), archived_at INTEGER, active_at INTEGER NOT NULL DEFAULT 0, retention_look INTEGER) STRICT;
CREATE TABLE conversation_cost (
  conversation_id BLOB NOT NULL PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
  priced INTEGER NOT NULL,
  nanos INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE conversation_tag (
  conversation_id BLOB NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  tag_id BLOB NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  PRIMARY KEY (conversation_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE conversation_tool (
  conversation_id BLOB NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  tool TEXT NOT NULL,
  definition BLOB NOT NULL CHECK (length(definition) = 32),
  PRIMARY KEY (conversation_id, tool)
) STRICT, WITHOUT ROWID;
CREATE TABLE conversation_total (
  conversation_id BLOB NOT NULL PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
  questions INTEGER NOT NULL,
  answers INTEGER NOT NULL,
  counted INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE diagnostic_report (
  seq INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  kind TEXT NOT NULL CHECK (kind IN ('crash', 'usage')),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'discarded')),
  created_at INTEGER NOT NULL,
  sent_at INTEGER,
  body TEXT NOT NULL -- JSON
) STRICT;
CREATE TABLE draft (
  seq INTEGER NOT NULL PRIMARY KEY,
  conversation_id BLOB UNIQUE REFERENCES conversation (id) ON DELETE CASCADE, -- NULL: a new conversation
  updated_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE TABLE draft_attachment (
  seq INTEGER NOT NULL PRIMARY KEY,
  asset_id BLOB NOT NULL UNIQUE REFERENCES asset (id) ON DELETE CASCADE,
  conversation_id BLOB REFERENCES conversation (id) ON DELETE CASCADE -- NULL: a new conversation
) STRICT;
CREATE TABLE egress_record (
  seq INTEGER NOT NULL PRIMARY KEY,
  request_id BLOB NOT NULL UNIQUE CHECK (length(request_id) = 16),
  at INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  basis TEXT NOT NULL,
  consent_event_id BLOB,
  policy_version TEXT,
  endpoint TEXT NOT NULL,
  method TEXT NOT NULL,
  host TEXT NOT NULL,
  categories TEXT NOT NULL, -- separated by spaces
  initiator TEXT NOT NULL,
  training_allowed INTEGER NOT NULL CHECK (training_allowed IN (0, 1)),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  conversation_id BLOB,
  outcome TEXT NOT NULL CHECK (outcome IN ('pending', 'sent', 'blocked', 'failed', 'cancelled')),
  status INTEGER,
  bytes_out INTEGER NOT NULL,
  bytes_in INTEGER NOT NULL
, facet INTEGER) STRICT;
CREATE TABLE "erasure" (
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
, index_apart INTEGER NOT NULL DEFAULT 0 CHECK (index_apart IN (0, 1))) STRICT;
CREATE TABLE "erasure_file" (
  erasure_id BLOB NOT NULL REFERENCES "erasure" (id) ON DELETE CASCADE,
  asset_id BLOB NOT NULL,
  PRIMARY KEY (erasure_id, asset_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE folder (
  seq INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  created_at INTEGER NOT NULL,
  name TEXT NOT NULL
) STRICT;
CREATE TABLE fork (
  conversation_id BLOB NOT NULL PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
  from_id BLOB REFERENCES conversation (id) ON DELETE SET NULL,
  message_id BLOB NOT NULL, -- the last message that was copied
  at INTEGER NOT NULL
) STRICT;
CREATE TABLE guardian (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  record TEXT NOT NULL -- JSON
) STRICT;
CREATE TABLE instructions (
  conversation_id BLOB NOT NULL PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
  preset TEXT,              -- what the preset was called
  parameters TEXT NOT NULL, -- JSON
  system TEXT NOT NULL
) STRICT;
CREATE TABLE ledger_day (
  day INTEGER NOT NULL, -- days since 1970
  facet INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  bytes_out INTEGER NOT NULL,
  bytes_in INTEGER NOT NULL,
  PRIMARY KEY (day, facet)
) STRICT, WITHOUT ROWID;
CREATE TABLE ledger_facet (
  id INTEGER NOT NULL PRIMARY KEY,
  host TEXT NOT NULL,
  purpose TEXT NOT NULL,
  basis TEXT NOT NULL,
  categories TEXT NOT NULL,
  outcome TEXT NOT NULL,
  requests INTEGER NOT NULL,
  bytes_out INTEGER NOT NULL,
  bytes_in INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  UNIQUE (host, purpose, basis, categories, outcome)
) STRICT;
CREATE TABLE ledger_span (
  day INTEGER NOT NULL PRIMARY KEY,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL
) STRICT;
CREATE TABLE ledger_summary (
  seq INTEGER NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  bytes_out INTEGER NOT NULL,
  bytes_in INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  first_hash BLOB NOT NULL CHECK (length(first_hash) = 32),
  last_hash BLOB NOT NULL CHECK (length(last_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TABLE message (
  seq INTEGER NOT NULL PRIMARY KEY CHECK (seq % 2 = 0),
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  conversation_id BLOB NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  parent_id BLOB REFERENCES message (id) DEFERRABLE INITIALLY DEFERRED,
  selected_child_id BLOB,
  depth INTEGER NOT NULL CHECK (depth >= 0), -- 0 for the first
  role TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant', 'tool')),
  status TEXT NOT NULL CHECK (status IN ('complete', 'streaming', 'interrupted', 'failed')),
  erasure_id BLOB,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  model TEXT,
  source_name TEXT,
  usage TEXT, -- JSON
  error TEXT, -- JSON
  parts TEXT NOT NULL, -- JSON; '' if the text is the only part. Text parts are lengths into `text`
  text TEXT NOT NULL   -- all text parts joined: what is searched
, asked_model TEXT) STRICT;
CREATE TABLE message_asset (
  message_id BLOB NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  asset_id BLOB NOT NULL,
  PRIMARY KEY (message_id, asset_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE message_pin (
  message_id BLOB NOT NULL PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
  conversation_id BLOB NOT NULL REFERENCES conversation (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE message_size (
  message_id BLOB NOT NULL PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
  tokens INTEGER NOT NULL, -- 0: it is not sent
  upto_tokens INTEGER NOT NULL,
  upto_messages INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
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
  counted INTEGER NOT NULL DEFAULT 0, abilities TEXT, price_cached INTEGER, own_cached INTEGER,
  PRIMARY KEY (source_id, model)
) STRICT, WITHOUT ROWID;
CREATE TABLE model_list (
  source_id BLOB NOT NULL PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE,
  listed_at INTEGER NOT NULL,
  models TEXT NOT NULL -- JSON
) STRICT;
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
CREATE TABLE outbox (
  seq INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  kind TEXT NOT NULL CHECK (kind IN ('privacy_request', 'consent')),
  source_name TEXT NOT NULL,
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  next_try_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'wedged')),
  created_at INTEGER NOT NULL,
  body TEXT NOT NULL -- JSON
) STRICT;
CREATE TABLE policy_acceptance (
  seq INTEGER NOT NULL PRIMARY KEY,
  version TEXT NOT NULL,
  language TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  at INTEGER NOT NULL,
  ui_surface TEXT NOT NULL
) STRICT;
CREATE TABLE policy_text (
  version TEXT NOT NULL,
  language TEXT NOT NULL,
  fetched_at INTEGER NOT NULL,
  document TEXT NOT NULL, -- JSON
  PRIMARY KEY (version, language)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE "privacy_request" (
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
CREATE TABLE privacy_request_event (
  seq INTEGER NOT NULL PRIMARY KEY,
  request_id BLOB NOT NULL CHECK (length(request_id) = 16),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT,
  expected_by INTEGER
) STRICT;
CREATE TABLE receipt (
  seq INTEGER NOT NULL PRIMARY KEY,
  erasure_id BLOB NOT NULL UNIQUE CHECK (length(erasure_id) = 16),
  body TEXT NOT NULL -- JSON
) STRICT;
CREATE TABLE recent_search (
  seq INTEGER NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  query TEXT NOT NULL
) STRICT;
CREATE TABLE redact_name (
  seq INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;
CREATE TABLE retention_clock (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  trusted_at INTEGER NOT NULL,
  doubted_at INTEGER, -- what the clock said last, while it is doubted
  ran_ms INTEGER NOT NULL -- how long the app ran while it was doubted
) STRICT;
CREATE TABLE retention_erasure (
  erasure_id BLOB NOT NULL PRIMARY KEY CHECK (length(erasure_id) = 16),
  run INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE retention_rule (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  level TEXT NOT NULL CHECK (level IN ('conversation', 'tag', 'folder', 'source', 'kind')),
  target BLOB, -- NULL: of a kind
  kind TEXT CHECK (kind IN ('conversations', 'media', 'drafts', 'searches')),
  -- Both NULL: keep.
  idle_days INTEGER CHECK (idle_days > 0),
  archived_days INTEGER CHECK (archived_days >= 0),
  created_at INTEGER NOT NULL,
  CHECK ((level = 'kind') = (kind IS NOT NULL) AND (level = 'kind') = (target IS NULL))
) STRICT;
CREATE TABLE retention_run (
  seq INTEGER NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  conversations INTEGER NOT NULL,
  drafts INTEGER NOT NULL,
  searches INTEGER NOT NULL
, media INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE sandbox_record (
  seq INTEGER NOT NULL PRIMARY KEY,
  collection TEXT NOT NULL,
  key TEXT NOT NULL,
  owner TEXT,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE TABLE saved_prompt (
  seq INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  created_at INTEGER NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search USING fts5 (
  body, title,
  content = 'search_content', content_rowid = 'seq',
  tokenize = 'fluxchat',
  prefix = '2 3'
);
CREATE TABLE 'search_config'(k PRIMARY KEY, v) WITHOUT ROWID;
CREATE TABLE 'search_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE 'search_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
CREATE TABLE 'search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE service_key (
  source_name TEXT NOT NULL PRIMARY KEY,
  public_key BLOB NOT NULL CHECK (length(public_key) = 32),
  pinned_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE setting (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL -- JSON
) STRICT;
CREATE TABLE source (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  name TEXT NOT NULL,
  dialect TEXT NOT NULL CHECK (dialect IN ('fluxchat', 'openai', 'anthropic', 'gemini', 'ollama')),
  origin TEXT, -- NULL: mounted in-process
  base_path TEXT NOT NULL,
  has_credential INTEGER NOT NULL CHECK (has_credential IN (0, 1)),
  default_model TEXT,
  practices TEXT NOT NULL, -- JSON
  created_at INTEGER NOT NULL
, redact INTEGER NOT NULL DEFAULT 0 CHECK (redact IN (0, 1)), api TEXT CHECK (api IN ('responses', 'interactions'))) STRICT;
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
CREATE TABLE statement_flag (
  seq INTEGER NOT NULL PRIMARY KEY,
  message_id BLOB NOT NULL UNIQUE REFERENCES message (id) ON DELETE CASCADE,
  conversation_id BLOB NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE TABLE stored_month (
  kind TEXT NOT NULL,
  month INTEGER NOT NULL, -- 202611 for November 2026
  count INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (kind, month)
) STRICT, WITHOUT ROWID;
CREATE TABLE stored_total (
  kind TEXT NOT NULL PRIMARY KEY,
  count INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
CREATE TABLE "stream_chunk" (
  seq INTEGER NOT NULL PRIMARY KEY,
  message_id BLOB NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('text', 'reasoning', 'part')),
  body TEXT NOT NULL
) STRICT;
CREATE TABLE tag (
  seq INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  created_at INTEGER NOT NULL,
  name TEXT NOT NULL
) STRICT;
CREATE TABLE title_told (
  conversation_id BLOB NOT NULL PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
  question_id BLOB NOT NULL CHECK (length(question_id) = 16),
  answer_id BLOB NOT NULL CHECK (length(answer_id) = 16)
) STRICT, WITHOUT ROWID;
CREATE TABLE "tombstone" (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  kind TEXT NOT NULL CHECK (kind IN ('message', 'conversation', 'folder', 'tag', 'range', 'source',
    'media', 'searches', 'drafts', 'everything')),
  at INTEGER NOT NULL
) STRICT;
CREATE TABLE tool_policy (
  tool TEXT NOT NULL PRIMARY KEY,
  policy TEXT NOT NULL CHECK (policy IN ('always', 'never')),
  definition BLOB NOT NULL CHECK (length(definition) = 32) -- what was agreed to
) STRICT, WITHOUT ROWID;
CREATE TABLE tool_server (
  seq INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  created_at INTEGER NOT NULL,
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  transport TEXT NOT NULL, -- JSON
  tools TEXT NOT NULL      -- JSON: what it offered when it was last asked
, timeout_s INTEGER NOT NULL DEFAULT 60 CHECK (timeout_s BETWEEN 5 AND 3600)) STRICT;
CREATE TABLE training_echo (
  message_id BLOB NOT NULL PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
  asked INTEGER NOT NULL CHECK (asked IN (0, 1)),
  echo INTEGER CHECK (echo IN (0, 1)), -- NULL: it said nothing
  at INTEGER NOT NULL
) STRICT;
CREATE TABLE training_echo_total (
  verdict TEXT NOT NULL PRIMARY KEY CHECK (verdict IN ('confirmed', 'missing', 'different')),
  count INTEGER NOT NULL,
  last_at INTEGER
) STRICT;
CREATE TRIGGER answered_by_delete AFTER DELETE ON answered_by
WHEN NOT EXISTS (SELECT 1 FROM answered_by WHERE name = old.name)
BEGIN DELETE FROM answer_name WHERE id = old.name; END;
CREATE TRIGGER asset_age_insert AFTER INSERT ON asset
BEGIN
  UPDATE asset SET kept_since = max(new.created_at, ifnull((SELECT trusted_at FROM retention_clock), 0))
  WHERE id = new.id;
END;
CREATE TRIGGER asset_month_delete AFTER DELETE ON asset
BEGIN
  UPDATE stored_month SET count = count - 1, bytes = bytes - old.bytes
  WHERE kind = 'asset' AND month = CAST(strftime('%Y%m', old.created_at / 1000, 'unixepoch') AS INTEGER);
END;
CREATE TRIGGER asset_month_insert AFTER INSERT ON asset
BEGIN
  INSERT INTO stored_month (kind, month, count, bytes)
  VALUES ('asset', CAST(strftime('%Y%m', new.created_at / 1000, 'unixepoch') AS INTEGER), 1, new.bytes)
  ON CONFLICT (kind, month) DO UPDATE SET count = count + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER asset_total_delete AFTER DELETE ON asset
BEGIN UPDATE stored_total SET count = count - 1, bytes = bytes - old.bytes WHERE kind = 'asset'; END;
CREATE TRIGGER asset_total_insert AFTER INSERT ON asset
BEGIN UPDATE stored_total SET count = count + 1, bytes = bytes + new.bytes WHERE kind = 'asset'; END;
CREATE TRIGGER attachment_chunk_delete AFTER DELETE ON attachment_chunk
BEGIN INSERT INTO attachment_search (attachment_search, rowid, body) VALUES ('delete', old.seq, old.body); END;
CREATE TRIGGER attachment_chunk_insert AFTER INSERT ON attachment_chunk
BEGIN INSERT INTO attachment_search (rowid, body) VALUES (new.seq, new.body); END;
CREATE TRIGGER consent_event_conversation_is_final BEFORE UPDATE OF conversation_id ON consent_event
WHEN new.conversation_id IS NOT NULL
BEGIN SELECT raise(ABORT, 'consent events are append-only'); END;
CREATE TRIGGER consent_event_is_final
BEFORE UPDATE OF seq, id, purpose, status, at, policy_version, notice_sha256, language, ui_surface, app_version,
  scope, prev_hash, hash ON consent_event
BEGIN SELECT raise(ABORT, 'consent events are append-only'); END;
CREATE TRIGGER consent_event_is_kept BEFORE DELETE ON consent_event
BEGIN SELECT raise(ABORT, 'consent events are append-only'); END;
CREATE TRIGGER conversation_retention_activity AFTER UPDATE OF updated_at ON conversation
BEGIN
  UPDATE conversation SET
    active_at = max(active_at, new.updated_at, ifnull((SELECT trusted_at FROM retention_clock), 0))
  WHERE seq = new.seq;
END;
CREATE TRIGGER conversation_retention_change
AFTER UPDATE OF pinned, archived, restricted, folder_id, source_id ON conversation
WHEN (old.pinned, old.archived, old.restricted) <> (new.pinned, new.archived, new.restricted)
  OR old.folder_id IS NOT new.folder_id OR old.source_id IS NOT new.source_id
BEGIN
  UPDATE conversation SET
    archived_at = CASE WHEN new.archived THEN archived_at END,
    retention_look = CASE WHEN EXISTS (SELECT 1 FROM retention_rule WHERE kind IS NULL OR kind = 'conversations') THEN 0 END
  WHERE seq = new.seq;
END;
CREATE TRIGGER conversation_retention_insert AFTER INSERT ON conversation
BEGIN
  UPDATE conversation SET
    active_at = max(new.updated_at, ifnull((SELECT trusted_at FROM retention_clock), 0)),
    retention_look = CASE WHEN EXISTS (SELECT 1 FROM retention_rule WHERE kind IS NULL OR kind = 'conversations') THEN 0 END
  WHERE seq = new.seq;
END;
CREATE TRIGGER conversation_retention_tag AFTER INSERT ON conversation_tag
BEGIN
  UPDATE conversation SET retention_look = 0
  WHERE id = new.conversation_id AND EXISTS (SELECT 1 FROM retention_rule WHERE level = 'tag' AND target = new.tag_id);
END;
CREATE TRIGGER conversation_retention_untag AFTER DELETE ON conversation_tag
BEGIN
  UPDATE conversation SET retention_look = 0
  WHERE id = old.conversation_id AND EXISTS (SELECT 1 FROM retention_rule);
END;
CREATE TRIGGER conversation_search_delete AFTER DELETE ON conversation WHEN old.title <> ''
  AND (SELECT e.index_apart FROM erasure e WHERE e.id = old.erasure_id) IS NOT 1
BEGIN INSERT INTO search (search, rowid, body, title) VALUES ('delete', old.seq, '', old.title); END;
CREATE TRIGGER conversation_search_insert AFTER INSERT ON conversation WHEN new.title <> ''
BEGIN INSERT INTO search (rowid, body, title) VALUES (new.seq, '', new.title); END;
CREATE TRIGGER conversation_search_update AFTER UPDATE OF title ON conversation WHEN old.title IS NOT new.title
BEGIN
  INSERT INTO search (search, rowid, body, title) SELECT 'delete', old.seq, '', old.title WHERE old.title <> '';
  INSERT INTO search (rowid, body, title) SELECT new.seq, '', new.title WHERE new.title <> '';
END;
CREATE TRIGGER conversation_total_delete AFTER DELETE ON conversation
BEGIN UPDATE stored_total SET count = count - 1, bytes = bytes - octet_length(old.title) - 160 WHERE kind = 'conversation'; END;
CREATE TRIGGER conversation_total_insert AFTER INSERT ON conversation
BEGIN UPDATE stored_total SET count = count + 1, bytes = bytes + octet_length(new.title) + 160 WHERE kind = 'conversation'; END;
CREATE TRIGGER conversation_total_update AFTER UPDATE OF title ON conversation
BEGIN UPDATE stored_total SET bytes = bytes + octet_length(new.title) - octet_length(old.title) WHERE kind = 'conversation'; END;
CREATE TRIGGER draft_age_insert AFTER INSERT ON draft
BEGIN UPDATE draft SET updated_at = max(new.updated_at, ifnull((SELECT trusted_at FROM retention_clock), 0)) WHERE seq = new.seq; END;
CREATE TRIGGER draft_age_update AFTER UPDATE OF updated_at ON draft
BEGIN UPDATE draft SET updated_at = max(new.updated_at, ifnull((SELECT trusted_at FROM retention_clock), 0)) WHERE seq = new.seq; END;
CREATE TRIGGER egress_record_facet_delete AFTER DELETE ON egress_record
BEGIN
  UPDATE ledger_facet SET requests = requests - 1, bytes_out = bytes_out - old.bytes_out, bytes_in = bytes_in - old.bytes_in
  WHERE id = old.facet;
  UPDATE ledger_day SET requests = requests - 1, bytes_out = bytes_out - old.bytes_out, bytes_in = bytes_in - old.bytes_in
  WHERE day = old.at / 86400000 AND facet = old.facet;
  UPDATE stored_total SET count = count - 1, bytes = bytes - 320 WHERE kind = 'ledger';
END;
CREATE TRIGGER egress_record_facet_insert AFTER INSERT ON egress_record
BEGIN
  INSERT INTO ledger_facet (host, purpose, basis, categories, outcome, requests, bytes_out, bytes_in, first_at, last_at)
  VALUES (new.host, new.purpose, new.basis, new.categories, new.outcome, 1, new.bytes_out, new.bytes_in, new.at, new.at)
  ON CONFLICT (host, purpose, basis, categories, outcome) DO UPDATE SET
    requests = requests + 1, bytes_out = bytes_out + excluded.bytes_out, bytes_in = bytes_in + excluded.bytes_in,
    first_at = CASE requests WHEN 0 THEN excluded.first_at ELSE min(first_at, excluded.first_at) END,
    last_at = CASE requests WHEN 0 THEN excluded.last_at ELSE max(last_at, excluded.last_at) END;
  UPDATE egress_record SET facet = (
    SELECT id FROM ledger_facet WHERE host = new.host AND purpose = new.purpose AND basis = new.basis
      AND categories = new.categories AND outcome = new.outcome) WHERE seq = new.seq;
  INSERT INTO ledger_day (day, facet, requests, bytes_out, bytes_in)
  SELECT new.at / 86400000, facet, 1, bytes_out, bytes_in FROM egress_record WHERE seq = new.seq
  ON CONFLICT (day, facet) DO UPDATE SET
    requests = requests + 1, bytes_out = bytes_out + excluded.bytes_out, bytes_in = bytes_in + excluded.bytes_in;
  INSERT INTO ledger_span (day, first_seq, last_seq) VALUES (new.at / 86400000, new.seq, new.seq)
  ON CONFLICT (day) DO UPDATE SET
    first_seq = min(first_seq, excluded.first_seq), last_seq = max(last_seq, excluded.last_seq);
END;
CREATE TRIGGER egress_record_facet_update AFTER UPDATE OF outcome, status, bytes_out, bytes_in ON egress_record
BEGIN
  UPDATE ledger_facet SET requests = requests - 1, bytes_out = bytes_out - old.bytes_out, bytes_in = bytes_in - old.bytes_in
  WHERE id = old.facet;
  UPDATE ledger_day SET requests = requests - 1, bytes_out = bytes_out - old.bytes_out, bytes_in = bytes_in - old.bytes_in
  WHERE day = old.at / 86400000 AND facet = old.facet;
  INSERT INTO ledger_facet (host, purpose, basis, categories, outcome, requests, bytes_out, bytes_in, first_at, last_at)
  VALUES (new.host, new.purpose, new.basis, new.categories, new.outcome, 1, new.bytes_out, new.bytes_in, new.at, new.at)
  ON CONFLICT (host, purpose, basis, categories, outcome) DO UPDATE SET
    requests = requests + 1, bytes_out = bytes_out + excluded.bytes_out, bytes_in = bytes_in + excluded.bytes_in,
    first_at = CASE requests WHEN 0 THEN excluded.first_at ELSE min(first_at, excluded.first_at) END,
    last_at = CASE requests WHEN 0 THEN excluded.last_at ELSE max(last_at, excluded.last_at) END;
  UPDATE egress_record SET facet = (
    SELECT id FROM ledger_facet WHERE host = new.host AND purpose = new.purpose AND basis = new.basis
      AND categories = new.categories AND outcome = new.outcome) WHERE seq = new.seq;
  INSERT INTO ledger_day (day, facet, requests, bytes_out, bytes_in)
  SELECT new.at / 86400000, facet, 1, bytes_out, bytes_in FROM egress_record WHERE seq = new.seq
  ON CONFLICT (day, facet) DO UPDATE SET
    requests = requests + 1, bytes_out = bytes_out + excluded.bytes_out, bytes_in = bytes_in + excluded.bytes_in;
END;
CREATE TRIGGER egress_record_intent_is_final
BEFORE UPDATE OF seq, request_id, at, purpose, basis, consent_event_id, policy_version, endpoint, method,
  host, categories, initiator, training_allowed, hash ON egress_record
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER egress_record_is_kept BEFORE DELETE ON egress_record
WHEN NOT EXISTS (SELECT 1 FROM ledger_summary WHERE last_seq >= old.seq)
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER egress_record_total_insert AFTER INSERT ON egress_record
BEGIN UPDATE stored_total SET count = count + 1, bytes = bytes + 320 WHERE kind = 'ledger'; END;
CREATE TRIGGER ledger_summary_is_final BEFORE UPDATE ON ledger_summary
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_summary_is_kept BEFORE DELETE ON ledger_summary
WHEN NOT EXISTS (SELECT 1 FROM ledger_summary WHERE seq > old.seq AND last_seq >= old.seq)
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER message_answered_by AFTER INSERT ON message WHEN new.source_name IS NOT NULL
BEGIN
  INSERT INTO answer_name (name) SELECT new.source_name
  WHERE NOT EXISTS (SELECT 1 FROM answer_name WHERE name = new.source_name);
  INSERT OR IGNORE INTO answered_by (name, conversation_id)
  SELECT id, new.conversation_id FROM answer_name WHERE name = new.source_name;
END;
CREATE TRIGGER message_cost_delete BEFORE DELETE ON message WHEN old.erasure_id IS NULL AND old.usage IS NOT NULL
BEGIN
  UPDATE conversation_cost SET priced = priced - 1, nanos = conversation_cost.nanos - c.nanos
  FROM message_cost c WHERE c.seq = old.seq AND c.nanos IS NOT NULL AND conversation_cost.conversation_id = old.conversation_id;
END;
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
CREATE TRIGGER message_month_delete AFTER DELETE ON message
BEGIN
  UPDATE stored_month SET count = count - 1, bytes = bytes - octet_length(old.text) - octet_length(old.parts) - 200
  WHERE kind = 'message' AND month = CAST(strftime('%Y%m', old.created_at / 1000, 'unixepoch') AS INTEGER);
END;
CREATE TRIGGER message_month_insert AFTER INSERT ON message
BEGIN
  INSERT INTO stored_month (kind, month, count, bytes)
  VALUES ('message', CAST(strftime('%Y%m', new.created_at / 1000, 'unixepoch') AS INTEGER), 1,
    octet_length(new.text) + octet_length(new.parts) + 200)
  ON CONFLICT (kind, month) DO UPDATE SET count = count + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER message_month_update AFTER UPDATE OF text, parts ON message
BEGIN
  UPDATE stored_month SET bytes = bytes + octet_length(new.text) + octet_length(new.parts)
    - octet_length(old.text) - octet_length(old.parts)
  WHERE kind = 'message' AND month = CAST(strftime('%Y%m', old.created_at / 1000, 'unixepoch') AS INTEGER);
END;
CREATE TRIGGER message_search_delete AFTER DELETE ON message WHEN old.text <> '' AND (
  SELECT e.index_apart FROM conversation c JOIN erasure e ON e.id = c.erasure_id
  WHERE c.id = old.conversation_id) IS NOT 1
BEGIN INSERT INTO search (search, rowid, body, title) VALUES ('delete', old.seq, old.text, ''); END;
CREATE TRIGGER message_search_insert AFTER INSERT ON message WHEN new.text <> ''
BEGIN INSERT INTO search (rowid, body, title) VALUES (new.seq, new.text, ''); END;
CREATE TRIGGER message_search_update AFTER UPDATE OF text ON message WHEN old.text IS NOT new.text
BEGIN
  INSERT INTO search (search, rowid, body, title) SELECT 'delete', old.seq, old.text, '' WHERE old.text <> '';
  INSERT INTO search (rowid, body, title) SELECT new.seq, new.text, '' WHERE new.text <> '';
END;
CREATE TRIGGER message_share_delete BEFORE DELETE ON message WHEN old.erasure_id IS NULL
BEGIN
  UPDATE conversation_total SET
    questions = conversation_total.questions - s.questions, answers = conversation_total.answers - s.answers,
    counted = conversation_total.counted - s.counted, input_tokens = conversation_total.input_tokens - s.input_tokens,
    output_tokens = conversation_total.output_tokens - s.output_tokens, duration_ms = conversation_total.duration_ms - s.duration_ms
  FROM message_share s WHERE s.seq = old.seq AND conversation_total.conversation_id = old.conversation_id;
END;
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
CREATE TRIGGER message_size_stale AFTER UPDATE OF text ON message WHEN new.text IS NOT old.text
BEGIN
  DELETE FROM message_size WHERE message_id IN
    (SELECT id FROM message WHERE conversation_id = new.conversation_id AND depth >= new.depth);
END;
CREATE TRIGGER message_size_stale_parts AFTER UPDATE OF parts ON message WHEN new.parts IS NOT old.parts
BEGIN
  DELETE FROM message_size WHERE message_id IN
    (SELECT id FROM message WHERE conversation_id = new.conversation_id AND depth >= new.depth);
END;
CREATE TRIGGER message_size_stale_told AFTER INSERT ON attachment_told
WHEN NOT EXISTS (SELECT 1 FROM attachment_told WHERE asset_id = new.asset_id AND message_id <> new.message_id)
BEGIN
  DELETE FROM message_size WHERE message_id IN
    (SELECT m.id FROM message a JOIN message m ON m.conversation_id = a.conversation_id AND m.depth >= a.depth - 1
     WHERE a.id = new.message_id);
END;
CREATE TRIGGER message_total_delete AFTER DELETE ON message
BEGIN UPDATE stored_total SET count = count - 1, bytes = bytes - octet_length(old.text) - octet_length(old.parts) - 200 WHERE kind = 'message'; END;
CREATE TRIGGER message_total_insert AFTER INSERT ON message
BEGIN UPDATE stored_total SET count = count + 1, bytes = bytes + octet_length(new.text) + octet_length(new.parts) + 200 WHERE kind = 'message'; END;
CREATE TRIGGER message_total_update AFTER UPDATE OF text, parts ON message
BEGIN
  UPDATE stored_total SET bytes = bytes + octet_length(new.text) + octet_length(new.parts)
    - octet_length(old.text) - octet_length(old.parts) WHERE kind = 'message';
END;
CREATE TRIGGER objection_event_is_final BEFORE UPDATE ON objection_event
BEGIN SELECT raise(ABORT, 'objections are append-only'); END;
CREATE TRIGGER objection_event_is_kept BEFORE DELETE ON objection_event
BEGIN SELECT raise(ABORT, 'objections are append-only'); END;
CREATE TRIGGER policy_acceptance_is_final BEFORE UPDATE ON policy_acceptance
BEGIN SELECT raise(ABORT, 'acceptances are append-only'); END;
CREATE TRIGGER policy_acceptance_is_kept BEFORE DELETE ON policy_acceptance
BEGIN SELECT raise(ABORT, 'acceptances are append-only'); END;
CREATE TRIGGER receipt_is_final BEFORE UPDATE ON receipt
BEGIN SELECT raise(ABORT, 'receipts are append-only'); END;
CREATE TRIGGER receipt_is_kept BEFORE DELETE ON receipt
BEGIN SELECT raise(ABORT, 'receipts are append-only'); END;
CREATE TRIGGER recent_search_age_insert AFTER INSERT ON recent_search
BEGIN UPDATE recent_search SET at = max(new.at, ifnull((SELECT trusted_at FROM retention_clock), 0)) WHERE seq = new.seq; END;
CREATE TRIGGER retention_rule_conversation AFTER DELETE ON conversation
BEGIN DELETE FROM retention_rule WHERE level = 'conversation' AND target = old.id; END;
CREATE TRIGGER retention_rule_folder AFTER DELETE ON folder
BEGIN DELETE FROM retention_rule WHERE level = 'folder' AND target = old.id; END;
CREATE TRIGGER retention_rule_source AFTER DELETE ON source
BEGIN DELETE FROM retention_rule WHERE level = 'source' AND target = old.id; END;
CREATE TRIGGER retention_rule_tag AFTER DELETE ON tag
BEGIN DELETE FROM retention_rule WHERE level = 'tag' AND target = old.id; END;
CREATE TRIGGER sandbox_record_total_delete AFTER DELETE ON sandbox_record
BEGIN UPDATE stored_total SET count = count - 1, bytes = bytes - octet_length(old.body) - 80 WHERE kind = 'sandbox'; END;
CREATE TRIGGER sandbox_record_total_insert AFTER INSERT ON sandbox_record
BEGIN UPDATE stored_total SET count = count + 1, bytes = bytes + octet_length(new.body) + 80 WHERE kind = 'sandbox'; END;
CREATE TRIGGER training_echo_total_insert AFTER INSERT ON training_echo
BEGIN
  UPDATE training_echo_total SET count = count + 1, last_at = new.at WHERE verdict =
    CASE WHEN new.echo IS NULL THEN 'missing' WHEN new.echo = new.asked THEN 'confirmed' ELSE 'different' END;
END;
CREATE VIEW message_cost (seq, conversation_id, nanos) AS
SELECT seq, conversation_id, json_extract(usage, '$.spent.nanos')
FROM message WHERE erasure_id IS NULL AND usage IS NOT NULL;
CREATE VIEW message_share (seq, conversation_id, questions, answers, counted, input_tokens, output_tokens, duration_ms) AS
SELECT seq, conversation_id, role = 'user', role = 'assistant', usage IS NOT NULL,
  coalesce(json_extract(usage, '$.input_tokens'), 0), coalesce(json_extract(usage, '$.output_tokens'), 0),
  CASE WHEN role = 'assistant' AND finished_at >= created_at THEN finished_at - created_at ELSE 0 END
FROM message WHERE erasure_id IS NULL;
CREATE VIEW search_content (seq, body, title) AS
SELECT seq, text, '' FROM message
UNION ALL
SELECT seq, '', title FROM conversation;
