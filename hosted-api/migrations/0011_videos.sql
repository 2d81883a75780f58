-- Videos of exercises. Their bytes are no rows: they lie in files in the data directory, called by studio and hash.

CREATE TABLE uploads (
    id         TEXT PRIMARY KEY,
    studio_id  TEXT NOT NULL REFERENCES studios (id),
    user_id    TEXT NOT NULL REFERENCES users (id),
    size_bytes BIGINT NOT NULL,
    hash       TEXT NOT NULL,     -- SHA-256, hexadecimal, as announced
    media_type TEXT NOT NULL,
    received   BIGINT NOT NULL,   -- so many bytes are on the disk
    complete   BIGINT NOT NULL,   -- whether they are all there and have that hash
    writer     TEXT,              -- the request that adds to it
    touched_at BIGINT NOT NULL
);
CREATE INDEX uploads_by_user ON uploads (user_id);
CREATE INDEX uploads_by_hash ON uploads (studio_id, hash);

CREATE TABLE blobs (
    studio_id  TEXT NOT NULL REFERENCES studios (id),
    hash       TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    PRIMARY KEY (studio_id, hash)
);

CREATE TABLE videos (
    id            TEXT PRIMARY KEY,
    studio_id     TEXT NOT NULL REFERENCES studios (id),
    exercise_id   TEXT NOT NULL,   -- whose it became; the exercise may be gone
    replaced      BIGINT NOT NULL, -- whether that exercise has another since, or none
    hash          TEXT NOT NULL,
    size_bytes    BIGINT NOT NULL,
    duration_ms   BIGINT NOT NULL,
    width         BIGINT NOT NULL,
    height        BIGINT NOT NULL,
    media_type    TEXT NOT NULL,
    poster_hash   TEXT,
    poster_type   TEXT,
    look_at       BIGINT NOT NULL, -- when to look again whether anything names it
    unnamed_since BIGINT
);
CREATE INDEX videos_by_exercise ON videos (exercise_id);
CREATE INDEX videos_by_hash ON videos (studio_id, hash);
CREATE INDEX videos_by_poster ON videos (studio_id, poster_hash);
CREATE INDEX exercises_by_video ON exercises (video_id);

-- The data directory that all servers on this database share has a file with this id in it.
CREATE TABLE data_directory (
    id     BIGINT NOT NULL PRIMARY KEY, -- one row
    marker TEXT NOT NULL
);
