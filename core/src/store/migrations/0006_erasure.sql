-- Stands in the chain for the personal section that an erasure took (sync §2).
ALTER TABLE own_op ADD COLUMN personal_hash BLOB CHECK (length(personal_hash) = 32);
-- Serves an erasure: the few ops that hold names and numbers.
CREATE INDEX own_op_personal ON own_op (op) WHERE personal IS NOT NULL;
