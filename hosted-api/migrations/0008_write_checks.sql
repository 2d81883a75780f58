-- What readiness writes, to see whether the database can be written. It has one row.
CREATE TABLE write_checks (
    id BIGINT NOT NULL PRIMARY KEY,
    filler TEXT NOT NULL
);
