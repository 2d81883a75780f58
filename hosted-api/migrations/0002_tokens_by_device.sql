-- A device is found to have no tokens left, and its tokens of one generation are dropped.
CREATE INDEX access_tokens_by_device ON access_tokens (device_id);
CREATE INDEX refresh_tokens_by_device ON refresh_tokens (device_id);
