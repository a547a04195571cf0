-- Returns whose purchase nobody knew yet, until they are settled (loyalty X1).
CREATE TABLE unlinked (
    id     INTEGER NOT NULL PRIMARY KEY,
    number TEXT    NOT NULL
) STRICT;
-- Serves the question, at every sale with a receipt number, whether a return waits for it.
CREATE INDEX unlinked_by_number ON unlinked (number);
