-- What statistics are made of, session by session: taken from its document like its sets.
CREATE TABLE session_facts (
    session_id TEXT PRIMARY KEY REFERENCES sessions (id),
    athlete_id TEXT NOT NULL REFERENCES users (id),
    at         BIGINT NOT NULL,     -- when the session began
    has_bests  BIGINT NOT NULL,     -- whether one of its rounds says that it beat something
    document   TEXT NOT NULL
);
CREATE INDEX session_facts_by_athlete ON session_facts (athlete_id, at, session_id);

-- What they come to: an athlete's bests with each exercise, which a completed round is compared with.
CREATE TABLE athlete_bests (
    athlete_id  TEXT NOT NULL REFERENCES users (id),
    exercise_id TEXT NOT NULL,
    document    TEXT NOT NULL,
    PRIMARY KEY (athlete_id, exercise_id)
);

-- The version of the session that all of this is from, and its sets too. It takes the place of sets_version, which a server
-- of the version before goes on using: that one knows nothing of facts, and what it stores is taken up later.
ALTER TABLE sessions ADD COLUMN projected_version BIGINT NOT NULL DEFAULT 0;
CREATE INDEX sessions_not_projected ON sessions (athlete_id) WHERE projected_version < version;
