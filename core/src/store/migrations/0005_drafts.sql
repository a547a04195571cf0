-- Instruments that the owner is still working on (C2): on this device only, never sent.
CREATE TABLE draft (
    id         INTEGER NOT NULL PRIMARY KEY,
    kind       INTEGER NOT NULL,
    trade      INTEGER NOT NULL,
    instrument INTEGER,            -- what it edits; NULL for a new one
    name       TEXT    NOT NULL,
    step       INTEGER NOT NULL,   -- where the owner stopped
    changed_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE draft_answer (
    draft INTEGER NOT NULL,
    field TEXT    NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (draft, field)
) STRICT, WITHOUT ROWID;
