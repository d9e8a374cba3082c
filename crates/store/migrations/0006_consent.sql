-- Decisions about one conversation, what services confirmed about training, and versions of the policy.

-- Set where a decision is about one conversation. `scope` is random and part of the chain; the
-- conversation is not, so that a deletion can clear it and the chain still holds.
ALTER TABLE consent_event ADD COLUMN scope BLOB CHECK (length(scope) = 16);
ALTER TABLE consent_event ADD COLUMN conversation_id BLOB CHECK (length(conversation_id) = 16);
DROP INDEX consent_event_purpose;
CREATE INDEX consent_event_purpose ON consent_event (purpose) WHERE scope IS NULL;
CREATE INDEX consent_event_conversation ON consent_event (conversation_id, purpose) WHERE conversation_id IS NOT NULL;
DROP TRIGGER consent_event_is_final;
CREATE TRIGGER consent_event_is_final
BEFORE UPDATE OF seq, id, purpose, status, at, policy_version, notice_sha256, language, ui_surface, app_version,
  scope, prev_hash, hash ON consent_event
BEGIN SELECT raise(ABORT, 'consent events are append-only'); END;
CREATE TRIGGER consent_event_conversation_is_final BEFORE UPDATE OF conversation_id ON consent_event
WHEN new.conversation_id IS NOT NULL
BEGIN SELECT raise(ABORT, 'consent events are append-only'); END;

CREATE INDEX conversation_training ON conversation (id) WHERE training_allowed = 1;

-- What a Fluxchat service was told about training with an answer, and what it repeated.
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
INSERT INTO training_echo_total (verdict, count, last_at)
VALUES ('confirmed', 0, NULL), ('missing', 0, NULL), ('different', 0, NULL);
CREATE TRIGGER training_echo_total_insert AFTER INSERT ON training_echo
BEGIN
  UPDATE training_echo_total SET count = count + 1, last_at = new.at WHERE verdict =
    CASE WHEN new.echo IS NULL THEN 'missing' WHEN new.echo = new.asked THEN 'confirmed' ELSE 'different' END;
END;

-- Texts that a service announced and that no version of the app has bundled yet.
CREATE TABLE policy_text (
  version TEXT NOT NULL,
  language TEXT NOT NULL,
  fetched_at INTEGER NOT NULL,
  document TEXT NOT NULL, -- JSON
  PRIMARY KEY (version, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy_acceptance (
  seq INTEGER NOT NULL PRIMARY KEY,
  version TEXT NOT NULL,
  language TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  at INTEGER NOT NULL,
  ui_surface TEXT NOT NULL
) STRICT;
CREATE TRIGGER policy_acceptance_is_final BEFORE UPDATE ON policy_acceptance
BEGIN SELECT raise(ABORT, 'acceptances are append-only'); END;
CREATE TRIGGER policy_acceptance_is_kept BEFORE DELETE ON policy_acceptance
BEGIN SELECT raise(ABORT, 'acceptances are append-only'); END;

-- What is known of a guardian: how to recognise the passphrase, failed tries, and what is unlocked.
-- Not a setting: nothing that resets or exports settings reaches it.
CREATE TABLE guardian (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  record TEXT NOT NULL -- JSON
) STRICT;
