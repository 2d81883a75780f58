-- Whose files had a name that a studio remembers: once everybody of them is erased, it is forgotten.
CREATE TABLE import_mapping_athletes (
    studio_id  TEXT NOT NULL,
    format     TEXT NOT NULL,
    name_key   TEXT NOT NULL,
    athlete_id TEXT NOT NULL REFERENCES users (id),
    PRIMARY KEY (studio_id, format, name_key, athlete_id),
    FOREIGN KEY (studio_id, format, name_key) REFERENCES import_mappings (studio_id, format, name_key) ON DELETE CASCADE
);
CREATE INDEX import_mapping_athletes_by_athlete ON import_mapping_athletes (athlete_id);
