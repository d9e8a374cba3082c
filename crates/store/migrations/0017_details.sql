-- What is read from a source's cache may have a price of its own.
ALTER TABLE model_fact ADD COLUMN price_cached INTEGER;
ALTER TABLE model_fact ADD COLUMN own_cached INTEGER;

-- A title that a model gave quotes the question and the answer it was made of, and goes with either
-- of them. One that somebody typed, or that is the question's own words, has no row.
CREATE TABLE title_told (
  conversation_id BLOB NOT NULL PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
  question_id BLOB NOT NULL CHECK (length(question_id) = 16),
  answer_id BLOB NOT NULL CHECK (length(answer_id) = 16)
) STRICT, WITHOUT ROWID;
