-- Rules that delete files by age, and everything deleted in steps.

-- Since when it is here, by the time that can be trusted; `created_at` says what the clock said.
ALTER TABLE asset ADD COLUMN kept_since INTEGER NOT NULL DEFAULT 0;
UPDATE asset SET kept_since = created_at;
CREATE INDEX asset_age ON asset (kept_since, id);
-- A clock that is behind makes nothing older than it is.
CREATE TRIGGER asset_age_insert AFTER INSERT ON asset
BEGIN
  UPDATE asset SET kept_since = max(new.created_at, ifnull((SELECT trusted_at FROM retention_clock), 0))
  WHERE id = new.id;
END;

ALTER TABLE retention_run ADD COLUMN media INTEGER NOT NULL DEFAULT 0;

-- Where everything is deleted, the search index is set apart and removed by itself, and its rows
-- are in no index any more: they need not be taken out of one.
ALTER TABLE erasure ADD COLUMN index_apart INTEGER NOT NULL DEFAULT 0 CHECK (index_apart IN (0, 1));

DROP TRIGGER message_search_delete;
CREATE TRIGGER message_search_delete AFTER DELETE ON message WHEN old.text <> '' AND (
  SELECT e.index_apart FROM conversation c JOIN erasure e ON e.id = c.erasure_id
  WHERE c.id = old.conversation_id) IS NOT 1
BEGIN INSERT INTO search (search, rowid, body, title) VALUES ('delete', old.seq, old.text, ''); END;
DROP TRIGGER conversation_search_delete;
CREATE TRIGGER conversation_search_delete AFTER DELETE ON conversation WHEN old.title <> ''
  AND (SELECT e.index_apart FROM erasure e WHERE e.id = old.erasure_id) IS NOT 1
BEGIN INSERT INTO search (search, rowid, body, title) VALUES ('delete', old.seq, '', old.title); END;

-- Where that was asked for and not carried out, what goes with the asking from now on goes here.
INSERT OR IGNORE INTO erasure_file (erasure_id, asset_id)
SELECT e.id, a.id FROM erasure e JOIN asset a WHERE e.scope = 'everything' AND e.state = 'purging'
  AND NOT EXISTS (SELECT 1 FROM message_asset l WHERE l.asset_id = a.id);
DELETE FROM asset WHERE id IN (SELECT asset_id FROM erasure_file);
DELETE FROM draft WHERE EXISTS (SELECT 1 FROM erasure WHERE scope = 'everything' AND state = 'purging');
DELETE FROM redact_name WHERE EXISTS (SELECT 1 FROM erasure WHERE scope = 'everything' AND state = 'purging');
DELETE FROM diagnostic_report WHERE EXISTS (SELECT 1 FROM erasure WHERE scope = 'everything' AND state = 'purging');
DELETE FROM folder WHERE EXISTS (SELECT 1 FROM erasure WHERE scope = 'everything' AND state = 'purging');
DELETE FROM tag WHERE EXISTS (SELECT 1 FROM erasure WHERE scope = 'everything' AND state = 'purging');
