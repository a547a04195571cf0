-- Who brought whom (loyalty G3).
CREATE TABLE brought (
    id       INTEGER NOT NULL PRIMARY KEY,
    friend   INTEGER NOT NULL,
    referrer INTEGER NOT NULL
) STRICT;
-- Serves every purchase of somebody who may have been brought, and what their friends made of it.
CREATE INDEX brought_of ON brought (friend);
CREATE INDEX brought_by ON brought (referrer);
