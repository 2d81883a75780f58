-- How often something was done, counted by all servers together. A row says when its key has regained everything.
CREATE TABLE shared_limits (
    key     TEXT PRIMARY KEY,  -- SHA-256 of what is limited and by whom, hexadecimal
    full_at BIGINT NOT NULL
);
CREATE INDEX shared_limits_by_age ON shared_limits (full_at);
