-- Texts that a draft answers with beside its numbers: a coupon's code (C2). On this device only, never sent.
CREATE TABLE draft_text (
    draft INTEGER NOT NULL,
    field TEXT    NOT NULL,
    value TEXT    NOT NULL,
    PRIMARY KEY (draft, field)
) STRICT, WITHOUT ROWID;
