-- Points that each operator let redeem on a business date (days since 1970), for the limits of their role.
CREATE TABLE redeemed_by (
    operator INTEGER NOT NULL,
    day      INTEGER NOT NULL,
    points   INTEGER NOT NULL,
    PRIMARY KEY (operator, day)
) STRICT, WITHOUT ROWID;

-- Keys that were revoked: no page from that moment, and every number they ever had (sync §7).
CREATE TABLE revoked (
    key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 33)
) STRICT, WITHOUT ROWID;

-- Ops of revoked devices: acked, in no order, waiting for a person. at: effective time, epoch ms; day: business
-- date; item: the inbox item that asks about them; sold and redeemed: what they come to.
CREATE TABLE quarantine (
    id       INTEGER NOT NULL PRIMARY KEY,
    last     INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    day      INTEGER NOT NULL,
    item     INTEGER NOT NULL,
    received INTEGER NOT NULL,
    sold     INTEGER NOT NULL,
    redeemed INTEGER NOT NULL,
    chain    BLOB    NOT NULL CHECK (length(chain) = 32),
    facts    BLOB    NOT NULL,
    personal BLOB,
    nonce    BLOB
) STRICT;
-- Serves the sums of an inbox item.
CREATE INDEX quarantine_item ON quarantine (item);

-- For whom a pairing code was made: the operator who holds the device that comes with it.
ALTER TABLE token ADD COLUMN operator INTEGER NOT NULL DEFAULT 1;
