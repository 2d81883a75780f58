-- Who takes an import back, which may be somebody else than who brought it.
ALTER TABLE imports ADD COLUMN taken_back_by_id TEXT;
ALTER TABLE imports ADD COLUMN taken_back_by_name TEXT;
