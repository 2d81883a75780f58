-- An exercise is changed by people: it has a version, and is found by more than its name.
ALTER TABLE exercises ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE exercises ADD COLUMN aliases TEXT NOT NULL DEFAULT '[]'; -- JSON array
ALTER TABLE exercises ADD COLUMN muscles TEXT NOT NULL DEFAULT '[]'; -- JSON array
ALTER TABLE exercises ADD COLUMN cue TEXT;
-- Names are unique without regard to case. The databases compare letters differently, so the server writes the key; rows
-- from before have none until the server has started.
ALTER TABLE exercises ADD COLUMN name_key TEXT;
CREATE UNIQUE INDEX exercises_by_name_key ON exercises (studio_id, name_key);
-- Which version of the document's shape it was written in. A server leaves one alone that is newer than it understands.
ALTER TABLE sessions ADD COLUMN format BIGINT NOT NULL DEFAULT 1;
-- Whether a round has an exercise is asked of the sessions of its studio.
CREATE INDEX sessions_by_studio ON sessions (studio_id);
