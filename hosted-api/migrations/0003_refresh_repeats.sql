-- A refresh that arrives twice, or late, is told from a copied token by the idempotency key it was sent under.
ALTER TABLE devices ADD COLUMN refresh_keys TEXT NOT NULL DEFAULT ''; -- the last ones, one a line
-- Several pairs of one generation may be on their way; the first that is used ends the others.
ALTER TABLE access_tokens ADD COLUMN pair TEXT;
ALTER TABLE refresh_tokens ADD COLUMN pair TEXT;
