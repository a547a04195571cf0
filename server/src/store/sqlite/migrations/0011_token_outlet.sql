-- Where the device that comes with a token stands at first (decision 80).
ALTER TABLE token ADD COLUMN outlet INTEGER NOT NULL DEFAULT 1;
