-- A customer's cards of many shops; nothing of a shop's own is here.
CREATE TABLE card (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The shop's letters and the number: a card is here once, whichever key made its code.
    tag      INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    link     TEXT    NOT NULL,
    -- As the authority said it last; none before its first answer and after an erasure.
    snapshot BLOB,
    -- By this phone's clock, epoch ms; 0 = never.
    asked_ms INTEGER NOT NULL DEFAULT 0,
    -- The authority's clock less this phone's at that moment, ms.
    skew_ms  INTEGER NOT NULL DEFAULT 0,
    -- 0 as the snapshot says, 1 the link is no longer accepted, 2 its holder was erased.
    ended    INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1, 2)),
    UNIQUE (tag, number)
) STRICT;

CREATE TABLE request (
    key     BLOB    NOT NULL PRIMARY KEY CHECK (length(key) = 16),
    card    INTEGER NOT NULL,
    made_ms INTEGER NOT NULL,
    record  BLOB    NOT NULL,
    -- 0 waits, 1 done, 2 refused.
    state   INTEGER NOT NULL DEFAULT 0 CHECK (state IN (0, 1, 2)),
    -- In which epoch it was done: offered again in a higher one.
    epoch   INTEGER NOT NULL DEFAULT 0,
    done_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
-- Serves the requests of a card in the order they were made.
CREATE INDEX request_of ON request (card, made_ms);
