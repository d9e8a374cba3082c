-- What a source told its models can do: it decides in which form a file is given to them.
ALTER TABLE model_fact ADD COLUMN abilities TEXT; -- JSON; NULL: nothing was told

-- Files and calls of tools count now, by what is known of them: everything is counted anew.
DELETE FROM message_size;

CREATE TRIGGER message_size_stale_parts AFTER UPDATE OF parts ON message WHEN new.parts IS NOT old.parts
BEGIN
  DELETE FROM message_size WHERE message_id IN
    (SELECT id FROM message WHERE conversation_id = new.conversation_id AND depth >= new.depth);
END;

-- How a file is told is known once it is told: the question it came with counts anew then.
CREATE TRIGGER message_size_stale_told AFTER INSERT ON attachment_told
WHEN NOT EXISTS (SELECT 1 FROM attachment_told WHERE asset_id = new.asset_id AND message_id <> new.message_id)
BEGIN
  DELETE FROM message_size WHERE message_id IN
    (SELECT m.id FROM message a JOIN message m ON m.conversation_id = a.conversation_id AND m.depth >= a.depth - 1
     WHERE a.id = new.message_id);
END;
