-- The shop on a phone. Rows lie as the authority's canonical record bytes; columns beside them exist only for
-- what is searched, joined or summed. A row whose seq is NULL is this device's own claim, not yet ordered.

-- Who this device is: one row.
CREATE TABLE device (
    one         INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    business    BLOB    NOT NULL CHECK (length(business) = 16),
    device_no   INTEGER NOT NULL CHECK (device_no > 0),
    is_authority INTEGER NOT NULL CHECK (is_authority IN (0, 1)),
    outlet      INTEGER NOT NULL,
    next_n      INTEGER NOT NULL CHECK (next_n > 0),   -- the next number of an op
    chain       BLOB    NOT NULL CHECK (length(chain) = 32),
    slot        INTEGER,                               -- where it may make card numbers
    slot_used   INTEGER NOT NULL DEFAULT 0,            -- numbers of the slot already made
    server      TEXT,                                  -- address; NULL without a server
    identity    BLOB,                                  -- the authority's identity key (SEC1, 33 bytes)
    keys        BLOB    NOT NULL                       -- card and digest keys
) STRICT;

-- What is known of the authority: one row. On an authority itself, its own head.
CREATE TABLE head (
    one          INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    epoch_number INTEGER NOT NULL,
    epoch_random INTEGER NOT NULL,
    seq          INTEGER NOT NULL,   -- head of the last completed pull of base
    log_hash     BLOB    NOT NULL,
    acked_op     INTEGER NOT NULL,   -- last number the authority holds of this device
    settled_op   INTEGER NOT NULL,   -- up to here own ops need no overlay
    synced_ms    INTEGER NOT NULL,   -- when, by this device's wall clock
    lineage      BLOB    NOT NULL,
    stopped      INTEGER             -- a code that stops the exchange until a person acts
) STRICT;

-- Every own op with its bytes, kept 30 days after its ack; the outbox is what lies above head.acked_op.
CREATE TABLE own_op (
    op       INTEGER NOT NULL PRIMARY KEY,
    last     INTEGER NOT NULL,
    seq      INTEGER,
    chain    BLOB    NOT NULL,
    facts    BLOB    NOT NULL,
    nonce    BLOB,
    personal BLOB,
    touched  BLOB    NOT NULL        -- (kind, id) of the rows it wrote, for undoing it
) STRICT;

-- Batches are sealed once; the same bytes go by any way until they are acked.
CREATE TABLE sealed (
    first_op INTEGER NOT NULL PRIMARY KEY,
    last_op  INTEGER NOT NULL,
    bytes    BLOB    NOT NULL
) STRICT;

-- Points that left by redemptions this device has made since its last exchange and within 24 h (sync §6).
CREATE TABLE redeemed (
    op       INTEGER NOT NULL PRIMARY KEY,
    customer INTEGER NOT NULL,
    at_ms    INTEGER NOT NULL,
    points   INTEGER NOT NULL CHECK (points > 0)
) STRICT;
CREATE INDEX redeemed_by_customer ON redeemed (customer, at_ms);

-- The authority's bytes of rows that a pending op has replaced.
CREATE TABLE shadow (
    kind   INTEGER NOT NULL,
    id     INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    record BLOB    NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Business, outlets, staff, devices, programme, merges, emissions, inbox, and kinds this version does not know.
CREATE TABLE rule (
    kind   INTEGER NOT NULL,
    id     INTEGER NOT NULL,
    seq    INTEGER,
    record BLOB    NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE customer (
    id     INTEGER NOT NULL PRIMARY KEY,
    seq    INTEGER,
    day    INTEGER NOT NULL,   -- business date of the registration, days since 1970
    record BLOB    NOT NULL
) STRICT;
-- Serves the number of new customers of a day.
CREATE INDEX customer_by_day ON customer (day);
-- Digits from the end, so that the last four are a prefix; serves search by phone.
CREATE TABLE customer_phone (
    tail     TEXT    NOT NULL,
    customer INTEGER NOT NULL,
    PRIMARY KEY (tail, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_phone_of ON customer_phone (customer);
-- Folded words of a name; serves search by the start of a name.
CREATE TABLE customer_name (
    word     TEXT    NOT NULL,
    customer INTEGER NOT NULL,
    PRIMARY KEY (word, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_name_of ON customer_name (customer);

CREATE TABLE position (
    id     INTEGER NOT NULL PRIMARY KEY,   -- the customer
    seq    INTEGER,
    record BLOB    NOT NULL
) STRICT;

CREATE TABLE card (
    id       INTEGER NOT NULL PRIMARY KEY, -- the number
    seq      INTEGER,
    customer INTEGER NOT NULL,
    record   BLOB    NOT NULL
) STRICT;
CREATE INDEX card_by_customer ON card (customer);

CREATE TABLE consent (
    id       INTEGER NOT NULL PRIMARY KEY,
    seq      INTEGER,
    customer INTEGER NOT NULL,
    record   BLOB    NOT NULL
) STRICT;
CREATE INDEX consent_by_customer ON consent (customer);

-- Edges between customers that are one person; both ends, on or off.
CREATE TABLE edge (
    customer INTEGER NOT NULL,
    merge    INTEGER NOT NULL,
    PRIMARY KEY (customer, merge)
) STRICT, WITHOUT ROWID;

CREATE TABLE purchase (
    id       INTEGER NOT NULL PRIMARY KEY,
    seq      INTEGER,
    customer INTEGER,            -- who earns
    day      INTEGER NOT NULL,   -- business date, days since 1970
    total    INTEGER NOT NULL,   -- minor units; 0 when refused
    record   BLOB    NOT NULL
) STRICT;
CREATE INDEX purchase_by_customer ON purchase (customer, day) WHERE customer IS NOT NULL;
CREATE INDEX purchase_by_day ON purchase (day);

-- Returns and voids.
CREATE TABLE returned (
    id       INTEGER NOT NULL PRIMARY KEY,
    seq      INTEGER,
    purchase INTEGER NOT NULL,
    day      INTEGER NOT NULL,
    record   BLOB    NOT NULL
) STRICT;
CREATE INDEX returned_by_purchase ON returned (purchase);
CREATE INDEX returned_by_day ON returned (day);

CREATE TABLE entry (
    id         INTEGER NOT NULL PRIMARY KEY,
    seq        INTEGER,
    customer   INTEGER NOT NULL,
    instrument INTEGER NOT NULL,
    purchase   INTEGER,
    day        INTEGER NOT NULL,
    points     INTEGER NOT NULL,   -- effect
    stamps     INTEGER NOT NULL,   -- effect
    record     BLOB    NOT NULL
) STRICT;
CREATE INDEX entry_by_customer ON entry (customer);
CREATE INDEX entry_by_purchase ON entry (purchase) WHERE purchase IS NOT NULL;
-- Serves the day's report: entries that belong to no purchase are few (expiry).
CREATE INDEX entry_alone_by_day ON entry (day) WHERE purchase IS NULL;

-- Up to where each scope was pulled, and the digest of its rows.
CREATE TABLE scope (
    code   INTEGER NOT NULL PRIMARY KEY,
    cursor INTEGER NOT NULL,
    digest BLOB    NOT NULL CHECK (length(digest) = 16)
) STRICT;

-- Request id → what it did, for 7 days: a repeat is answered, not done again.
CREATE TABLE request (
    id    BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    op    INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX request_by_age ON request (at_ms);
