-- What is kept for receipts that are not sold yet (mode online; loyalty U2, U3). No fact: it ends by itself.
CREATE TABLE reservation (
    device     INTEGER NOT NULL,
    request    BLOB    NOT NULL CHECK (length(request) = 8),
    place      INTEGER NOT NULL,
    kind       INTEGER NOT NULL CHECK (kind IN (1, 2, 3)),
    subject    INTEGER NOT NULL,
    instrument INTEGER NOT NULL,
    amount     INTEGER NOT NULL CHECK (amount >= 0),
    until_ms   INTEGER NOT NULL,
    PRIMARY KEY (device, request, place)
) STRICT, WITHOUT ROWID;
-- Serves the question for whom something is kept.
CREATE INDEX reservation_of ON reservation (kind, subject, instrument);
