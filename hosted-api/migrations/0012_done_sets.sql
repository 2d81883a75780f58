-- What athletes have done, set by set: taken from the documents of their sessions, so that it can be asked for by exercise.

CREATE TABLE done_sets (
    item_id      TEXT PRIMARY KEY,
    session_id   TEXT NOT NULL REFERENCES sessions (id),
    round_id     TEXT NOT NULL,
    athlete_id   TEXT NOT NULL REFERENCES users (id),
    exercise_id  TEXT NOT NULL,
    at           BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    position     BIGINT NOT NULL,
    document     TEXT NOT NULL
);
CREATE INDEX done_sets_by_exercise ON done_sets (athlete_id, exercise_id, at);
CREATE INDEX done_sets_by_round ON done_sets (round_id);
CREATE INDEX done_sets_by_session ON done_sets (session_id);

-- The version of the session whose sets these are. A server of the version before saves a session and leaves it, so
-- whatever is behind is taken up later, as are the sessions from before.
ALTER TABLE sessions ADD COLUMN sets_version BIGINT NOT NULL DEFAULT 0;
CREATE INDEX sessions_without_sets ON sessions (athlete_id) WHERE sets_version < version;

-- The records of athletes, worked out from their sets. The version is added to that of the account: the two are one
-- entity for the trainer, but an admin's edit must not fail because somebody has trained.
CREATE TABLE athlete_records (
    athlete_id TEXT PRIMARY KEY REFERENCES users (id),
    version    BIGINT NOT NULL,
    document   TEXT NOT NULL
);
