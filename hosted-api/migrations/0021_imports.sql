-- Files of other trackers that were read. What became of a file is kept as the plan that was shown, so that what is
-- committed is what somebody has seen, also when the server is upgraded in between.

CREATE TABLE imports (
    id           TEXT PRIMARY KEY,
    studio_id    TEXT NOT NULL REFERENCES studios (id),
    athlete_id   TEXT NOT NULL REFERENCES users (id),
    by_id        TEXT NOT NULL,
    by_name      TEXT NOT NULL,
    at           BIGINT NOT NULL,
    format       TEXT NOT NULL,
    time_zone    TEXT NOT NULL,
    state        TEXT NOT NULL,
    done         BIGINT NOT NULL,   -- how many of its sessions the present state has dealt with
    committed_at BIGINT,
    exercises    TEXT NOT NULL,     -- JSON array: the library's exercise for each of the plan's, once committed
    created      TEXT NOT NULL,     -- JSON array: those of them that the commit has created
    plan         TEXT NOT NULL      -- JSON; empty once it can't be taken back any more
);
CREATE INDEX imports_by_athlete ON imports (athlete_id, id);
CREATE INDEX imports_at_work ON imports (id) WHERE state IN ('committing', 'taking_back');

-- Which sessions came from which import, several times where a later file had more of a day. The last one (`seq`) is what
-- is stored.
CREATE TABLE imported_sessions (
    session_id TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    import_id  TEXT NOT NULL REFERENCES imports (id),
    digest     TEXT NOT NULL,       -- of what the file says
    version    BIGINT NOT NULL,     -- of the session as the import stored it
    replaced   TEXT,                -- JSON: the session that was there before
    PRIMARY KEY (session_id, seq)
);
CREATE INDEX imported_sessions_by_import ON imported_sessions (import_id, session_id);

-- The import that a weight came from; none for one that was entered here.
ALTER TABLE weights ADD COLUMN import_id TEXT REFERENCES imports (id);
CREATE INDEX weights_by_import ON weights (import_id) WHERE import_id IS NOT NULL;

-- What a studio has chosen for the names of a format before.
CREATE TABLE import_mappings (
    studio_id   TEXT NOT NULL REFERENCES studios (id),
    format      TEXT NOT NULL,
    name_key    TEXT NOT NULL,
    exercise_id TEXT NOT NULL,
    PRIMARY KEY (studio_id, format, name_key)
);
