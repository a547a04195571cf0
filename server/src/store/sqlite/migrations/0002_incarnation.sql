-- A device's key belongs to all its incarnations (sync §7, §12): several numbers may bear it.
CREATE TABLE device_of_key (
    no      INTEGER NOT NULL PRIMARY KEY,
    key     BLOB    NOT NULL CHECK (length(key) = 33),
    rights  INTEGER NOT NULL,
    acked   INTEGER NOT NULL,
    chain   BLOB    NOT NULL CHECK (length(chain) = 32),
    earlier INTEGER NOT NULL,
    forked  INTEGER NOT NULL
) STRICT;
INSERT INTO device_of_key SELECT no, key, rights, acked, chain, earlier, forked FROM device;
DROP TABLE device;
ALTER TABLE device_of_key RENAME TO device;
-- Serves pairing: whether a key is known.
CREATE INDEX device_key ON device (key);

-- Where device numbers come from that are not a device's first: kept for ever (sync §12). fork: the first counter of
-- `old` that moved; last: the last one it had used when it asked. root: the first number of the line. branch: what
-- the copy calls itself, so that a repeat gets the same answer. at: epoch ms.
CREATE TABLE incarnation (
    no     INTEGER NOT NULL PRIMARY KEY,
    old    INTEGER NOT NULL,
    fork   INTEGER NOT NULL,
    last   INTEGER NOT NULL,
    root   INTEGER NOT NULL,
    branch BLOB    NOT NULL CHECK (length(branch) = 16),
    at     INTEGER NOT NULL
) STRICT;

-- Birth marks of the ops that came as a re-issue, within their line of incarnations: the first op with each.
CREATE TABLE reissued (
    root INTEGER NOT NULL,
    mark BLOB    NOT NULL CHECK (length(mark) = 8),
    op   INTEGER NOT NULL,
    PRIMARY KEY (root, mark)
) STRICT, WITHOUT ROWID;

-- Ops whose birth mark had come before: they have no effect and stand for the first one.
CREATE TABLE alias (
    op    INTEGER NOT NULL PRIMARY KEY,
    first INTEGER NOT NULL
) STRICT;
ALTER TABLE run ADD COLUMN alias INTEGER;

-- last and chain: where the batch ends. item: the inbox item that tells of it. moved: the incarnation that brings its
-- ops again.
ALTER TABLE apart ADD COLUMN last  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE apart ADD COLUMN chain BLOB;
ALTER TABLE apart ADD COLUMN item  INTEGER;
ALTER TABLE apart ADD COLUMN moved INTEGER;
