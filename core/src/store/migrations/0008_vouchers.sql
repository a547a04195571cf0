-- Gift certificates and coupons with numbers of their own, and their moves.
CREATE TABLE voucher (
    id     INTEGER NOT NULL PRIMARY KEY,   -- the entry that issued it
    seq    INTEGER,
    number TEXT,                           -- as it is looked up; NULL = found by its holder
    holder INTEGER,                        -- a customer; NULL = the bearer
    state  INTEGER NOT NULL,               -- 1 issued, 2 used, 3 expired, 4 cancelled
    record BLOB    NOT NULL
) STRICT;
-- Serves a number that was typed or read; two phones may have given one number while they were apart.
CREATE INDEX voucher_by_number ON voucher (number) WHERE number IS NOT NULL;
CREATE INDEX voucher_by_holder ON voucher (holder) WHERE holder IS NOT NULL;
-- Serves the daily sweep and what is owed in certificates.
CREATE INDEX voucher_issued ON voucher (id) WHERE state = 1;

CREATE TABLE moved (
    id       INTEGER NOT NULL PRIMARY KEY,
    seq      INTEGER,
    purchase INTEGER,
    day      INTEGER NOT NULL,             -- business date, days since 1970
    record   BLOB    NOT NULL
) STRICT;
-- Serves a purchase's return.
CREATE INDEX moved_by_purchase ON moved (purchase) WHERE purchase IS NOT NULL;
