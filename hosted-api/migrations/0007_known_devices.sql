-- Devices that an account knows again at their next sign-in, by a token that opens nothing. A row outlives the sign-in.
CREATE TABLE known_devices (
    token_hash TEXT PRIMARY KEY, -- SHA-256, hexadecimal
    user_id    TEXT NOT NULL REFERENCES users (id),
    used_at    BIGINT NOT NULL   -- at the last sign-in
);
CREATE INDEX known_devices_by_user ON known_devices (user_id, used_at);
CREATE INDEX known_devices_by_age ON known_devices (used_at);
