-- What desktops are offered. The bytes of an artefact are no row: they lie in a file called by its hash.

CREATE TABLE releases (
    channel      TEXT NOT NULL,
    version      TEXT NOT NULL,   -- as Semantic Versioning writes it
    notes        TEXT NOT NULL,   -- JSON object: language to text
    requires     TEXT,            -- the lowest version that may take it; any if null
    rollout      BIGINT NOT NULL, -- percent of the installations
    halted       BIGINT NOT NULL,
    published_at BIGINT NOT NULL,
    PRIMARY KEY (channel, version)
);

CREATE TABLE artefacts (
    channel   TEXT NOT NULL,
    version   TEXT NOT NULL,
    target    TEXT NOT NULL,
    arch      TEXT NOT NULL,
    bundle    TEXT NOT NULL,
    hash      TEXT NOT NULL,      -- SHA-256, hexadecimal
    file_name TEXT NOT NULL,
    signature TEXT NOT NULL,      -- as in its .sig file
    PRIMARY KEY (channel, version, target, arch, bundle),
    FOREIGN KEY (channel, version) REFERENCES releases (channel, version)
);
CREATE INDEX artefacts_by_platform ON artefacts (target, arch, bundle);
CREATE INDEX artefacts_by_hash ON artefacts (hash, file_name);
