-- said: what the authority signed when it gave the number, with which the phone shows it to one that does not know it;
-- none for a change of before.
ALTER TABLE incarnation ADD COLUMN said BLOB;
