-- alias: the op that had come to the authority before with the same birth mark; this one has no effect (sync §12).
-- mark: the birth mark it kept, when it is a re-issue.
ALTER TABLE own_op ADD COLUMN alias INTEGER;
ALTER TABLE own_op ADD COLUMN mark  BLOB;

-- The numbers this device had before: `n` of old from fork to last became `n - fork + 1` of new. ops: how many were
-- sent again. pulled: 1 once the authority's word was fetched anew. seen: 1 once a person has read of it.
CREATE TABLE incarnation (
    ordinal INTEGER NOT NULL PRIMARY KEY,
    old     INTEGER NOT NULL,
    fork    INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    new     INTEGER NOT NULL,
    ops     INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL,
    pulled  INTEGER NOT NULL DEFAULT 0,
    seen    INTEGER NOT NULL DEFAULT 0
) STRICT;
