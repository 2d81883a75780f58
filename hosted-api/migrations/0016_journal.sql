-- The journals about athletes. They belong to whoever is the athlete's trainer. A deleted entry keeps its row without its
-- text, so that the deletion can be undone under the same id.
CREATE TABLE journal_entries (
    id         TEXT PRIMARY KEY,
    athlete_id TEXT NOT NULL REFERENCES users (id),
    by_id      TEXT NOT NULL REFERENCES users (id),
    by_name    TEXT NOT NULL,
    at         BIGINT NOT NULL,
    text       TEXT NOT NULL,
    pinned     BIGINT NOT NULL,
    deleted    BIGINT NOT NULL,
    version    BIGINT NOT NULL
);
CREATE INDEX journal_entries_by_athlete ON journal_entries (athlete_id, deleted, at, id);
