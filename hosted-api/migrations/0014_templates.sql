-- Rounds that trainers keep to plan with again.

CREATE TABLE templates (
    id        TEXT PRIMARY KEY,
    studio_id TEXT NOT NULL REFERENCES studios (id),
    owner_id  TEXT NOT NULL REFERENCES users (id),
    name      TEXT NOT NULL,
    shared    BIGINT NOT NULL,  -- whether all trainers of the studio see it
    version   BIGINT NOT NULL,
    format    BIGINT NOT NULL,  -- of the rounds: what a newer server has written is left alone
    rounds    TEXT NOT NULL     -- JSON
);
CREATE INDEX templates_by_studio ON templates (studio_id, id);
CREATE INDEX templates_by_owner ON templates (owner_id);
