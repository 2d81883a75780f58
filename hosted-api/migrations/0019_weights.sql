-- What athletes weigh, in whole grams. A deleted weight keeps its row without what it says, so that the deletion can be
-- undone under the same id.
CREATE TABLE weights (
    id         TEXT PRIMARY KEY,
    athlete_id TEXT NOT NULL REFERENCES users (id),
    grams      BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    note       TEXT,
    deleted    BIGINT NOT NULL,
    version    BIGINT NOT NULL
);
CREATE INDEX weights_by_athlete ON weights (athlete_id, deleted, at, id);

-- In which unit a person reads and enters weights.
ALTER TABLE users ADD COLUMN weight_unit TEXT NOT NULL DEFAULT 'kg';
