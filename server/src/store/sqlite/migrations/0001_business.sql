-- Facts about the business and this file, one row each; what a row means stands where it is written.
CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The authority's rows: each entity once, at its latest seq, as the canonical bytes that are sent.
-- scope: protocol's code of `base` or of a month. changed: 1 where the author of a fact must be told.
CREATE TABLE row (
    kind    INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    seq     INTEGER NOT NULL CHECK (seq > 0),
    scope   INTEGER NOT NULL,
    changed INTEGER NOT NULL CHECK (changed IN (0, 1)),
    record  BLOB    NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
-- Serves pulls: the rows of one scope above a cursor.
CREATE INDEX row_feed ON row (scope, seq);
-- Serves the scope `own`: what was changed beyond the claims of one device (its number is in the id).
CREATE INDEX row_changed ON row (id >> 40, seq) WHERE changed = 1;

-- The order-free sum of a scope's rows.
CREATE TABLE digest (
    scope INTEGER NOT NULL PRIMARY KEY,
    sum   BLOB    NOT NULL CHECK (length(sum) = 16)
) STRICT;

-- The ledger for sums and for the entries of one purchase; purchase 0 = belongs to none. Effects, not claims.
CREATE TABLE ledger (
    purchase   INTEGER NOT NULL,
    entry      INTEGER NOT NULL,
    customer   INTEGER NOT NULL,
    instrument INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    points     INTEGER NOT NULL,
    stamps     INTEGER NOT NULL,
    PRIMARY KEY (purchase, entry)
) STRICT, WITHOUT ROWID;

-- Serves the counter-entries of late debits: what expired (6) and what came back (7).
CREATE INDEX ledger_expired ON ledger (customer) WHERE kind IN (6, 7);

-- The first day (since 1970-01-01) on which something of a customer's points ends, for the daily sweep.
CREATE TABLE due (
    customer INTEGER NOT NULL PRIMARY KEY,
    day      INTEGER NOT NULL
) STRICT;
CREATE INDEX due_day ON due (day);

-- The returns of a purchase.
CREATE TABLE return_of (
    purchase INTEGER NOT NULL,
    id       INTEGER NOT NULL,
    PRIMARY KEY (purchase, id)
) STRICT, WITHOUT ROWID;

-- Both ends of each edge between two customers.
CREATE TABLE edge (
    customer INTEGER NOT NULL,
    merge    INTEGER NOT NULL,
    PRIMARY KEY (customer, merge)
) STRICT, WITHOUT ROWID;

-- The purchases of a customer that count, for the card's page and for who came back.
CREATE TABLE purchase_of (
    customer INTEGER NOT NULL,
    day      INTEGER NOT NULL,
    id       INTEGER NOT NULL,
    PRIMARY KEY (customer, day, id)
) STRICT, WITHOUT ROWID;

-- What happened on a business day (days since 1970-01-01), registrations included, for Today.
CREATE TABLE day_row (
    day  INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    id   INTEGER NOT NULL,
    PRIMARY KEY (day, kind, id)
) STRICT, WITHOUT ROWID;

-- Enrolled devices and how far each has come. acked and chain: the last number used and the chain's value there.
-- earlier: effective time of its last op. rights: bit 1 = history. forked: batches of another branch seen.
CREATE TABLE device (
    no      INTEGER NOT NULL PRIMARY KEY,
    key     BLOB    NOT NULL UNIQUE CHECK (length(key) = 33),
    rights  INTEGER NOT NULL,
    acked   INTEGER NOT NULL,
    chain   BLOB    NOT NULL CHECK (length(chain) = 32),
    earlier INTEGER NOT NULL,
    forked  INTEGER NOT NULL
) STRICT;

-- Measured pairs of a device's monotonic time and the server's, the newest few per device (sync §5).
CREATE TABLE anchor (
    device    INTEGER NOT NULL,
    boot      INTEGER NOT NULL,
    monotonic INTEGER NOT NULL,
    server    INTEGER NOT NULL,
    PRIMARY KEY (device, server, boot, monotonic)
) STRICT, WITHOUT ROWID;

-- Every op, as its author wrote it (sync §12: an authority keeps them all). chain: the chain's value after it.
CREATE TABLE op (
    id       INTEGER NOT NULL PRIMARY KEY,
    last     INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    request  BLOB    NOT NULL,
    chain    BLOB    NOT NULL CHECK (length(chain) = 32),
    facts    BLOB    NOT NULL,
    personal BLOB,
    nonce    BLOB
) STRICT;
-- Serves the check for a second op with the same request.
CREATE INDEX op_request ON op (request) WHERE length(request) = 8;

-- Ops of one device that follow each other with consecutive seqs: how a phone learns the seqs of its own ops.
CREATE TABLE run (
    device    INTEGER NOT NULL,
    last_seq  INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    first_op  INTEGER NOT NULL,
    last_op   INTEGER NOT NULL,
    mark      BLOB    NOT NULL CHECK (length(mark) = 8),
    PRIMARY KEY (device, last_seq)
) STRICT, WITHOUT ROWID;

-- Validly signed batches that do not continue the device's chain: kept apart, never dropped (sync §4).
CREATE TABLE apart (
    device   INTEGER NOT NULL,
    hash     BLOB    NOT NULL,
    received INTEGER NOT NULL,
    batch    BLOB    NOT NULL,
    PRIMARY KEY (device, hash)
) STRICT, WITHOUT ROWID;

-- One-use pairing tokens, by hash.
CREATE TABLE token (
    hash    BLOB    NOT NULL PRIMARY KEY,
    expires INTEGER NOT NULL,
    rights  INTEGER NOT NULL,
    used_by INTEGER
) STRICT, WITHOUT ROWID;
