-- Admins manage people. Rows from before get what the server has to work out (search, order, time zone) at its next start.

ALTER TABLE studios ADD COLUMN locale TEXT NOT NULL DEFAULT 'de';
ALTER TABLE studios ADD COLUMN time_zone TEXT;                    -- by its name in the IANA database

-- A person who has not set a password yet has an empty hash, which no password matches.
ALTER TABLE users ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE users ADD COLUMN search_text TEXT;                    -- name and address, folded
ALTER TABLE users ADD COLUMN sort_key TEXT;                       -- of the name, hexadecimal
CREATE INDEX users_by_name ON users (studio_id, sort_key, id);

ALTER TABLE devices ADD COLUMN last_seen_at BIGINT;

-- Apart from users: it changes with every refresh, and must not wait for whoever has locked the person.
CREATE TABLE last_seen (
    user_id TEXT PRIMARY KEY REFERENCES users (id),
    at      BIGINT NOT NULL
);

-- A person has one invitation at a time. A used one is gone.
CREATE TABLE invitations (
    user_id    TEXT PRIMARY KEY REFERENCES users (id),
    id         TEXT NOT NULL,
    code_hash  TEXT NOT NULL UNIQUE, -- SHA-256, hexadecimal
    purpose    TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE audit (
    id        TEXT PRIMARY KEY,
    studio_id TEXT REFERENCES studios (id), -- null: concerns all studios of the server
    at        BIGINT NOT NULL,
    by_id     TEXT,                         -- null: the command line
    by_name   TEXT,
    act       TEXT NOT NULL,
    on_kind   TEXT NOT NULL,
    on_id     TEXT NOT NULL,
    on_name   TEXT NOT NULL
);
CREATE INDEX audit_by_studio ON audit (studio_id, id);
