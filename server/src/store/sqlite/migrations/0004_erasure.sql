-- personal_hash: stands in the chain for a personal section that is not here. erased: 1 where an erasure took it.
ALTER TABLE op ADD COLUMN personal_hash BLOB CHECK (length(personal_hash) = 32);
ALTER TABLE op ADD COLUMN erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1));
-- Serves an erasure: the few ops that hold names and numbers.
CREATE INDEX op_personal ON op (id) WHERE personal IS NOT NULL;
-- The same for ops in quarantine.
ALTER TABLE quarantine ADD COLUMN personal_hash BLOB CHECK (length(personal_hash) = 32);
