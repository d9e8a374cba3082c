-- Retention: rules, the time that can be trusted, and what was deleted by rule.

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
CREATE UNIQUE INDEX retention_rule_of ON retention_rule (level, target, kind);

-- A rule ends with what it is about.
CREATE TRIGGER retention_rule_conversation AFTER DELETE ON conversation
BEGIN DELETE FROM retention_rule WHERE level = 'conversation' AND target = old.id; END;
CREATE TRIGGER retention_rule_folder AFTER DELETE ON folder
BEGIN DELETE FROM retention_rule WHERE level = 'folder' AND target = old.id; END;
CREATE TRIGGER retention_rule_tag AFTER DELETE ON tag
BEGIN DELETE FROM retention_rule WHERE level = 'tag' AND target = old.id; END;
CREATE TRIGGER retention_rule_source AFTER DELETE ON source
BEGIN DELETE FROM retention_rule WHERE level = 'source' AND target = old.id; END;

-- The latest time this archive has reason to believe in. A clock that is behind it makes nothing
-- older; one that is far ahead of it is doubted first.
CREATE TABLE retention_clock (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  trusted_at INTEGER NOT NULL,
  doubted_at INTEGER, -- what the clock said last, while it is doubted
  ran_ms INTEGER NOT NULL -- how long the app ran while it was doubted
) STRICT;
INSERT INTO retention_clock (one, trusted_at, ran_ms)
SELECT 1, max(updated_at), 0 FROM conversation HAVING count(*) > 0;

-- One pass over what was due.
CREATE TABLE retention_run (
  seq INTEGER NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  conversations INTEGER NOT NULL,
  drafts INTEGER NOT NULL,
  searches INTEGER NOT NULL
) STRICT;
-- Which deletions were made by rule. Kept with their receipts.
CREATE TABLE retention_erasure (
  erasure_id BLOB NOT NULL PRIMARY KEY CHECK (length(erasure_id) = 16),
  run INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX retention_erasure_of_run ON retention_erasure (run);

ALTER TABLE conversation ADD COLUMN archived_at INTEGER;
-- When it was last used, by the time that can be trusted; `updated_at` says what the clock said.
ALTER TABLE conversation ADD COLUMN active_at INTEGER NOT NULL DEFAULT 0;
-- When its rules are looked at next; NULL while none can be due.
ALTER TABLE conversation ADD COLUMN retention_look INTEGER;
UPDATE conversation SET active_at = updated_at;
CREATE INDEX conversation_look ON conversation (retention_look, id)
  WHERE retention_look IS NOT NULL AND erasure_id IS NULL;
CREATE INDEX draft_age ON draft (updated_at);
CREATE INDEX recent_search_age ON recent_search (at);

CREATE TRIGGER conversation_retention_insert AFTER INSERT ON conversation
BEGIN
  UPDATE conversation SET
    active_at = max(new.updated_at, ifnull((SELECT trusted_at FROM retention_clock), 0)),
    retention_look = CASE WHEN EXISTS (SELECT 1 FROM retention_rule WHERE kind IS NULL OR kind = 'conversations') THEN 0 END
  WHERE seq = new.seq;
END;
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
-- A clock that is behind makes nothing older than it is.
CREATE TRIGGER draft_age_insert AFTER INSERT ON draft
BEGIN UPDATE draft SET updated_at = max(new.updated_at, ifnull((SELECT trusted_at FROM retention_clock), 0)) WHERE seq = new.seq; END;
CREATE TRIGGER draft_age_update AFTER UPDATE OF updated_at ON draft
BEGIN UPDATE draft SET updated_at = max(new.updated_at, ifnull((SELECT trusted_at FROM retention_clock), 0)) WHERE seq = new.seq; END;
CREATE TRIGGER recent_search_age_insert AFTER INSERT ON recent_search
BEGIN UPDATE recent_search SET at = max(new.at, ifnull((SELECT trusted_at FROM retention_clock), 0)) WHERE seq = new.seq; END;

CREATE INDEX conversation_restricted ON conversation (restricted, updated_at, id) WHERE restricted = 1 AND erasure_id IS NULL;
