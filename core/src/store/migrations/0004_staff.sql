-- Who let points be redeemed, and on which business date (days since 1970): the limits of a role count by both.
ALTER TABLE redeemed ADD COLUMN operator INTEGER NOT NULL DEFAULT 1;
ALTER TABLE redeemed ADD COLUMN day      INTEGER NOT NULL DEFAULT 0;

-- PINs of this device, never sent anywhere. key: the device's key the verifier is bound to (its first 8 bytes);
-- failures: wrong ones since the last right one; boot, at: monotonic time of the last wrong one.
CREATE TABLE pin (
    operator INTEGER NOT NULL PRIMARY KEY,
    key      BLOB    NOT NULL CHECK (length(key) = 8),
    salt     BLOB    NOT NULL CHECK (length(salt) = 16),
    verifier BLOB    NOT NULL CHECK (length(verifier) = 32),
    failures INTEGER NOT NULL,
    boot     INTEGER NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
