-- What one op writes lies together: the entries of a purchase have the numbers right behind its own, and are found by
-- them. The index is for those that came later: returns, decisions.
DROP INDEX entry_by_purchase;
CREATE INDEX entry_later_by_purchase ON entry (purchase)
    WHERE purchase IS NOT NULL AND id - purchase NOT BETWEEN 1 AND 8;
