-- The name an answer was asked for by, where it is signed with another: of a deployment, of a file,
-- of a version. To ask the same again.
ALTER TABLE message ADD COLUMN asked_model TEXT;
