-- One text for both databases: ids are hyphenated UUIDs, instants are milliseconds since 1970, documents are JSON text.

CREATE TABLE studios (
    id   TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    studio_id     TEXT NOT NULL REFERENCES studios (id),
    email         TEXT NOT NULL UNIQUE, -- trimmed, lower case
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    roles         TEXT NOT NULL,        -- JSON array
    locale        TEXT NOT NULL,
    trainer_id    TEXT REFERENCES users (id),
    active        BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    CHECK (trainer_id <> id)
);
CREATE INDEX users_by_trainer ON users (trainer_id);

-- A device is one sign-in and the family of all tokens that came from it.
CREATE TABLE devices (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    name       TEXT NOT NULL,
    generation BIGINT NOT NULL,  -- how often its tokens were refreshed
    confirmed  BIGINT NOT NULL,  -- whether a token of the latest generation was used
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX devices_by_user ON devices (user_id);

CREATE TABLE access_tokens (
    hash       TEXT PRIMARY KEY, -- SHA-256, hexadecimal
    device_id  TEXT NOT NULL REFERENCES devices (id),
    generation BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at);

CREATE TABLE refresh_tokens (
    hash       TEXT PRIMARY KEY,
    device_id  TEXT NOT NULL REFERENCES devices (id),
    generation BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

CREATE TABLE exercises (
    id        TEXT PRIMARY KEY,
    studio_id TEXT NOT NULL REFERENCES studios (id),
    name      TEXT NOT NULL,
    category  TEXT NOT NULL,
    fields    TEXT NOT NULL,     -- JSON array
    video_id  TEXT,
    archived  BIGINT NOT NULL,
    UNIQUE (studio_id, name)
);

-- A session is one document; beside it stands what is searched and constrained.
CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    studio_id  TEXT NOT NULL REFERENCES studios (id),
    athlete_id TEXT NOT NULL REFERENCES users (id),
    trainer_id TEXT NOT NULL REFERENCES users (id), -- assigned when it started: whose session it is
    status     TEXT NOT NULL,
    version    BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at   BIGINT,
    document   TEXT NOT NULL
);
CREATE UNIQUE INDEX one_open_session_per_athlete ON sessions (athlete_id) WHERE status IN ('waiting', 'active');
CREATE INDEX sessions_by_athlete ON sessions (athlete_id, id);
CREATE INDEX sessions_by_trainer ON sessions (trainer_id, id);

-- Which session a round's id leads to.
CREATE TABLE rounds (
    id         TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id)
);

-- One feed per person, numbered floor + 1 to head without holes.
CREATE TABLE feeds (
    user_id TEXT PRIMARY KEY REFERENCES users (id),
    epoch   TEXT NOT NULL,
    head    BIGINT NOT NULL,
    floor   BIGINT NOT NULL
);

CREATE TABLE feed_events (
    user_id TEXT NOT NULL REFERENCES feeds (user_id),
    seq     BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    body    TEXT NOT NULL,       -- the event as JSON, without its number
    at      BIGINT NOT NULL,
    PRIMARY KEY (user_id, seq)
);
CREATE INDEX feed_events_by_age ON feed_events (at);

CREATE TABLE idempotency (
    user_id     TEXT NOT NULL REFERENCES users (id),
    idem_key    TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    answer      TEXT,            -- JSON; written before the transaction that made the row commits
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (user_id, idem_key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);
