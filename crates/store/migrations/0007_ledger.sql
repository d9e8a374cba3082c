-- The ledger at scale. Every row belongs to a facet: one recipient, purpose, basis, set of categories
-- and outcome. Facets are few, so any filter is a choice of facets, read along one index, and their
-- totals need no scan. Triggers keep facets, days and spans.
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

-- Totals per UTC day.
CREATE TABLE ledger_day (
  day INTEGER NOT NULL, -- days since 1970
  facet INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  bytes_out INTEGER NOT NULL,
  bytes_in INTEGER NOT NULL,
  PRIMARY KEY (day, facet)
) STRICT, WITHOUT ROWID;

-- Between which places the rows of a day lie. The clock may have jumped, so days may overlap.
CREATE TABLE ledger_span (
  day INTEGER NOT NULL PRIMARY KEY,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL
) STRICT;

-- What stands for rows that were cleared: a link of the same chain, at a place of its own.
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
CREATE TRIGGER ledger_summary_is_final BEFORE UPDATE ON ledger_summary
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_summary_is_kept BEFORE DELETE ON ledger_summary
WHEN NOT EXISTS (SELECT 1 FROM ledger_summary WHERE seq > old.seq AND last_seq >= old.seq)
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;

ALTER TABLE egress_record ADD COLUMN facet INTEGER;
DROP INDEX egress_record_at;
DROP INDEX egress_record_host;
DROP INDEX egress_record_outcome;
DROP INDEX egress_record_purpose;

INSERT INTO ledger_facet (host, purpose, basis, categories, outcome, requests, bytes_out, bytes_in, first_at, last_at)
SELECT host, purpose, basis, categories, outcome, count(*), sum(bytes_out), sum(bytes_in), min(at), max(at)
FROM egress_record GROUP BY host, purpose, basis, categories, outcome;
UPDATE egress_record SET facet = (
  SELECT id FROM ledger_facet f WHERE f.host = egress_record.host AND f.purpose = egress_record.purpose
    AND f.basis = egress_record.basis AND f.categories = egress_record.categories AND f.outcome = egress_record.outcome);
INSERT INTO ledger_day (day, facet, requests, bytes_out, bytes_in)
SELECT at / 86400000, facet, count(*), sum(bytes_out), sum(bytes_in) FROM egress_record GROUP BY 1, 2;
INSERT INTO ledger_span (day, first_seq, last_seq)
SELECT at / 86400000, min(seq), max(seq) FROM egress_record GROUP BY 1;
CREATE INDEX egress_record_facet ON egress_record (facet);

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

-- A row goes only after a summary that covers it was written.
DROP TRIGGER egress_record_is_kept;
CREATE TRIGGER egress_record_is_kept BEFORE DELETE ON egress_record
WHEN NOT EXISTS (SELECT 1 FROM ledger_summary WHERE last_seq >= old.seq)
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER egress_record_facet_delete AFTER DELETE ON egress_record
BEGIN
  UPDATE ledger_facet SET requests = requests - 1, bytes_out = bytes_out - old.bytes_out, bytes_in = bytes_in - old.bytes_in
  WHERE id = old.facet;
  UPDATE ledger_day SET requests = requests - 1, bytes_out = bytes_out - old.bytes_out, bytes_in = bytes_in - old.bytes_in
  WHERE day = old.at / 86400000 AND facet = old.facet;
  UPDATE stored_total SET count = count - 1, bytes = bytes - 320 WHERE kind = 'ledger';
END;

-- How old what is kept is: per kind and UTC month.
CREATE TABLE stored_month (
  kind TEXT NOT NULL,
  month INTEGER NOT NULL, -- 202611 for November 2026
  count INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (kind, month)
) STRICT, WITHOUT ROWID;
INSERT INTO stored_month (kind, month, count, bytes)
SELECT 'message', CAST(strftime('%Y%m', created_at / 1000, 'unixepoch') AS INTEGER), count(*),
  sum(octet_length(text) + octet_length(parts) + 200) FROM message GROUP BY 2;
INSERT INTO stored_month (kind, month, count, bytes)
SELECT 'asset', CAST(strftime('%Y%m', created_at / 1000, 'unixepoch') AS INTEGER), count(*), sum(bytes) FROM asset GROUP BY 2;

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
CREATE TRIGGER message_month_delete AFTER DELETE ON message
BEGIN
  UPDATE stored_month SET count = count - 1, bytes = bytes - octet_length(old.text) - octet_length(old.parts) - 200
  WHERE kind = 'message' AND month = CAST(strftime('%Y%m', old.created_at / 1000, 'unixepoch') AS INTEGER);
END;
CREATE TRIGGER asset_month_insert AFTER INSERT ON asset
BEGIN
  INSERT INTO stored_month (kind, month, count, bytes)
  VALUES ('asset', CAST(strftime('%Y%m', new.created_at / 1000, 'unixepoch') AS INTEGER), 1, new.bytes)
  ON CONFLICT (kind, month) DO UPDATE SET count = count + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER asset_month_delete AFTER DELETE ON asset
BEGIN
  UPDATE stored_month SET count = count - 1, bytes = bytes - old.bytes
  WHERE kind = 'asset' AND month = CAST(strftime('%Y%m', old.created_at / 1000, 'unixepoch') AS INTEGER);
END;

-- What is replaced by placeholders before it leaves.
ALTER TABLE source ADD COLUMN redact INTEGER NOT NULL DEFAULT 0 CHECK (redact IN (0, 1));
-- Names a person wants replaced. Content.
CREATE TABLE redact_name (
  seq INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;
