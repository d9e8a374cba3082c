-- How long a call of a tool of this server may take, in seconds.
ALTER TABLE tool_server ADD COLUMN timeout_s INTEGER NOT NULL DEFAULT 60 CHECK (timeout_s BETWEEN 5 AND 3600);
