-- How many refreshes of a device there were of late is counted by when their tokens expire.
CREATE INDEX refresh_tokens_by_device_and_expiry ON refresh_tokens (device_id, expires_at);
DROP INDEX refresh_tokens_by_device;
