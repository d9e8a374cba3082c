-- Rules that delete files by age.

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
