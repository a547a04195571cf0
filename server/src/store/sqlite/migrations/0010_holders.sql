-- What is about a person beside their account: consents, and vouchers that are theirs.
CREATE TABLE of_person (
    customer INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    id       INTEGER NOT NULL,
    PRIMARY KEY (customer, kind, id)
) STRICT, WITHOUT ROWID;

-- What became of the requests of holders, by their random keys (sync §7). No fact: kept for 30 days.
CREATE TABLE holder_request (
    key     BLOB    NOT NULL PRIMARY KEY CHECK (length(key) = 16),
    card    INTEGER NOT NULL,
    refused INTEGER NOT NULL CHECK (refused IN (0, 1)),
    at_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Serves letting go of old ones.
CREATE INDEX holder_request_at ON holder_request (at_ms);
-- Serves the count of a card's newest ones.
CREATE INDEX holder_request_of ON holder_request (card, at_ms);
