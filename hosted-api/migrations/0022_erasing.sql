-- Somebody who was erased keeps a row without anything personal, which the sessions that others took part in refer to.
ALTER TABLE users ADD COLUMN erased_at BIGINT;
-- How much was erased; JSON.
ALTER TABLE audit ADD COLUMN erased TEXT;

-- What is left to do once the rows of an erasure are gone: files to remove, and what a database keeps of deleted rows.
CREATE TABLE unfinished_erasures (
    user_id TEXT PRIMARY KEY REFERENCES users (id),
    uploads TEXT NOT NULL  -- JSON array of ids
);
