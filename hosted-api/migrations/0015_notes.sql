-- The private note on a session. It belongs to whoever is the session's trainer.
CREATE TABLE notes (
    session_id TEXT PRIMARY KEY REFERENCES sessions (id),
    text       TEXT NOT NULL,
    version    BIGINT NOT NULL
);
