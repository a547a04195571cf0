-- The voucher that bears a number: the first one in the order keeps it.
CREATE TABLE voucher_number (
    number TEXT    NOT NULL PRIMARY KEY,
    id     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The moves of vouchers that belong to a purchase.
CREATE TABLE move_of (
    purchase INTEGER NOT NULL,
    id       INTEGER NOT NULL,
    PRIMARY KEY (purchase, id)
) STRICT, WITHOUT ROWID;

-- The last day (since 1970-01-01) of each voucher that may be used and ends, for the daily sweep.
CREATE TABLE voucher_due (
    id  INTEGER NOT NULL PRIMARY KEY,
    day INTEGER NOT NULL
) STRICT;
CREATE INDEX voucher_due_day ON voucher_due (day);
