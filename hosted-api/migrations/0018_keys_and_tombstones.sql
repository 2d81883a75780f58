-- The ids of a round's exercises count up from a key that the client chooses, so several exercises may have the same one.
-- Their places are the server's. What is in this table follows from the sessions: it is made anew, and every session is
-- taken up again.
DROP TABLE done_sets;
CREATE TABLE done_sets (
    session_id   TEXT NOT NULL REFERENCES sessions (id),
    round_id     TEXT NOT NULL,
    item_id      TEXT NOT NULL,
    athlete_id   TEXT NOT NULL REFERENCES users (id),
    exercise_id  TEXT NOT NULL,
    kind         TEXT NOT NULL,     -- what it was there for
    at           BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    position     BIGINT NOT NULL,
    document     TEXT NOT NULL,
    PRIMARY KEY (session_id, round_id, position)
);
CREATE INDEX done_sets_by_exercise ON done_sets (athlete_id, exercise_id, at);
CREATE INDEX done_sets_by_round ON done_sets (round_id);
UPDATE sessions SET sets_version = 0;

-- A deleted template keeps its row without its content, so that its version goes on when the deletion is undone.
ALTER TABLE templates ADD COLUMN deleted BIGINT NOT NULL DEFAULT 0;
