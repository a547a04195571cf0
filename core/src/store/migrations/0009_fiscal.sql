-- Purchases with a fiscal receipt, which earns once per business (loyalty X8).
CREATE TABLE fiscal (
    purchase INTEGER NOT NULL PRIMARY KEY,
    register TEXT    NOT NULL,
    number   TEXT    NOT NULL
) STRICT;
-- Serves the question whether a fiscal receipt is known.
CREATE INDEX fiscal_by_number ON fiscal (register, number);
