//! Rows of the shop: found by kind and key, replaced whole, with the columns that queries need beside the bytes.
//!
//! Nothing here decides; what a row says comes from the domain or from the authority. A kind this version does not
//! know is kept as bytes (sync §4: unknown things are kept and counted, never written back).

use kartka_domain::card::CardNumber;
use kartka_domain::customer::{Consent, Customer};
use kartka_domain::ids::{CustomerId, PurchaseId, Seq};
use kartka_domain::ledger::Entry;
use kartka_domain::moment::{Date, day_number};
use kartka_domain::money::Money;
use kartka_domain::position::Position;
use kartka_domain::purchase::{Purchase, Return};
use kartka_domain::row::{Card, Merge, Row, RowKind};
use kartka_protocol::row::{decode, encode};
use rusqlite::{OptionalExtension as _, params};

use super::{Reader, StoreError, Tx};
use crate::fold::{name_words, reversed};

/// A row as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    /// Its place in the authority's order; `None` while it is only this device's claim.
    pub(crate) seq: Option<Seq>,
    /// The canonical bytes of its record.
    pub(crate) record: Vec<u8>,
}

/// The table a kind lies in; kinds without columns of their own share `rule`.
fn table(kind: u8) -> &'static str {
    match RowKind::from_number(kind) {
        Some(RowKind::Customer) => "customer",
        Some(RowKind::Position) => "position",
        Some(RowKind::Card) => "card",
        Some(RowKind::Consent) => "consent",
        Some(RowKind::Purchase) => "purchase",
        Some(RowKind::Return) => "returned",
        Some(RowKind::Entry) => "entry",
        Some(RowKind::Voucher) => "voucher",
        Some(RowKind::Moved) => "moved",
        _ => "rule",
    }
}

fn of_kind(kind: u8) -> String {
    match table(kind) {
        "rule" => format!("rule WHERE kind = {kind} AND id = ?1"),
        table => format!("{table} WHERE id = ?1"),
    }
}

fn stored(row: &rusqlite::Row<'_>) -> rusqlite::Result<Stored> {
    let seq: Option<i64> = row.get(0)?;
    Ok(Stored {
        seq: seq.map(Seq),
        record: row.get(1)?,
    })
}

fn read(kind: RowKind, id: i64, record: &[u8]) -> Result<Row, StoreError> {
    decode(kind as u8, id, record).map_err(|_| StoreError::Malformed("record"))
}

impl Reader<'_> {
    /// The bytes of a row.
    pub(crate) fn stored(&self, kind: u8, id: i64) -> Result<Option<Stored>, StoreError> {
        let sql = format!("SELECT seq, record FROM {}", of_kind(kind));
        let found = self
            .conn()
            .prepare_cached(&sql)?
            .query_row([id], stored)
            .optional()?;
        match found {
            None if table(kind) != "rule" => self.strange(kind, id),
            found => Ok(found),
        }
    }

    /// A row of a known kind that a newer version wrote and this one can't read: kept as bytes.
    fn strange(&self, kind: u8, id: i64) -> Result<Option<Stored>, StoreError> {
        let sql = "SELECT seq, record FROM rule WHERE kind = ?1 AND id = ?2";
        Ok(self
            .conn()
            .prepare_cached(sql)?
            .query_row(params![kind, id], stored)
            .optional()?)
    }

    /// A row as a value; one that only a newer version can read is not here.
    pub(crate) fn row(&self, kind: RowKind, id: i64) -> Result<Option<Row>, StoreError> {
        let found = self.stored(kind as u8, id)?;
        Ok(found.and_then(|found| read(kind, id, &found.record).ok()))
    }

    /// All rows of a kind without columns of its own, by key.
    pub(crate) fn rules_of(&self, kind: RowKind) -> Result<Vec<(Option<Seq>, Row)>, StoreError> {
        let sql = "SELECT id, seq, record FROM rule WHERE kind = ?1 ORDER BY id";
        let mut statement = self.conn().prepare_cached(sql)?;
        let mut rows = statement.query([kind as u8])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let (id, seq): (i64, Option<i64>) = (row.get(0)?, row.get(1)?);
            let record: Vec<u8> = row.get(2)?;
            // One that only a newer version can read is not here.
            found.extend(read(kind, id, &record).ok().map(|row| (seq.map(Seq), row)));
        }
        Ok(found)
    }

    /// The rows of a kind without columns of its own, with keys from `first` to `last`; those that only a newer
    /// version can read are passed over.
    pub(crate) fn rules(
        &self,
        kind: RowKind,
        first: i64,
        last: i64,
    ) -> Result<Vec<Row>, StoreError> {
        let sql =
            "SELECT id, record FROM rule WHERE kind = ?1 AND id BETWEEN ?2 AND ?3 ORDER BY id";
        let mut statement = self.conn().prepare_cached(sql)?;
        let rows = statement.query_map(params![kind as u8, first, last], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        let mut found = Vec::new();
        for row in rows {
            let (id, record) = row?;
            found.extend(read(kind, id, &record).ok());
        }
        Ok(found)
    }

    pub(in crate::store) fn many(
        &self,
        kind: RowKind,
        sql: &str,
        key: impl rusqlite::Params,
    ) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.conn().prepare_cached(sql)?;
        let mut rows = statement.query(key)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(
                kind,
                row.get(0)?,
                row.get_ref(1)?
                    .as_blob()
                    .map_err(|_| StoreError::Malformed("record"))?,
            )?);
        }
        Ok(found)
    }

    /// A customer, with this device's pending edits.
    pub(crate) fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        Ok(match self.row(RowKind::Customer, id.get())? {
            Some(Row::Customer(customer)) => Some(customer),
            _ => None,
        })
    }

    /// A customer's own position, with this device's pending ops folded over it.
    pub(crate) fn position(&self, id: CustomerId) -> Result<Option<Position>, StoreError> {
        Ok(match self.row(RowKind::Position, id.get())? {
            Some(Row::Position(_, position)) => Some(position),
            _ => None,
        })
    }

    /// All positions, by customer.
    pub(crate) fn positions(&self) -> Result<Vec<(CustomerId, Position)>, StoreError> {
        let rows = self.many(
            RowKind::Position,
            "SELECT id, record FROM position ORDER BY id",
            [],
        )?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                if let Row::Position(id, position) = row {
                    Some((id, position))
                } else {
                    None
                }
            })
            .collect())
    }

    /// A card that was given to somebody.
    pub(crate) fn card(&self, number: CardNumber) -> Result<Option<Card>, StoreError> {
        Ok(
            match self.row(
                RowKind::Card,
                i64::try_from(number.value()).unwrap_or(i64::MAX),
            )? {
                Some(Row::Card(card)) => Some(card),
                _ => None,
            },
        )
    }

    /// The cards of one customer, by number.
    pub(crate) fn cards_of(&self, customer: CustomerId) -> Result<Vec<Card>, StoreError> {
        let sql = "SELECT id, record FROM card WHERE customer = ?1 ORDER BY id";
        let rows = self.many(RowKind::Card, sql, [customer.get()])?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                if let Row::Card(card) = row {
                    Some(card)
                } else {
                    None
                }
            })
            .collect())
    }

    /// All edges at a customer, on or off.
    pub(crate) fn edges(&self, customer: CustomerId) -> Result<Vec<Merge>, StoreError> {
        let sql = "SELECT rule.id, rule.record FROM edge JOIN rule ON rule.kind = 9 AND rule.id = edge.merge
                   WHERE edge.customer = ?1 ORDER BY rule.id";
        let rows = self.many(RowKind::Merge, sql, [customer.get()])?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                if let Row::Merge(merge) = row {
                    Some(merge)
                } else {
                    None
                }
            })
            .collect())
    }

    /// A customer's consent events in the authority's order, pending ones last.
    pub(crate) fn consents_of(
        &self,
        customer: CustomerId,
    ) -> Result<Vec<(Option<Seq>, Consent)>, StoreError> {
        let sql =
            "SELECT id, record, seq FROM consent WHERE customer = ?1 ORDER BY seq IS NULL, seq, id";
        let mut statement = self.conn().prepare_cached(sql)?;
        let rows = statement.query_map([customer.get()], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, Vec<u8>>(1)?,
                row.get::<_, Option<i64>>(2)?,
            ))
        })?;
        let mut events = Vec::new();
        for row in rows {
            let (id, record, seq) = row?;
            if let Row::Consent(consent) = read(RowKind::Consent, id, &record)? {
                events.push((seq.map(Seq), consent));
            }
        }
        Ok(events)
    }

    /// A purchase.
    pub(crate) fn purchase(&self, id: PurchaseId) -> Result<Option<Purchase>, StoreError> {
        Ok(match self.row(RowKind::Purchase, id.get())? {
            Some(Row::Purchase(purchase)) => Some(purchase),
            _ => None,
        })
    }

    /// The returns and voids of a purchase, by id.
    pub(crate) fn returns_of(&self, purchase: PurchaseId) -> Result<Vec<Return>, StoreError> {
        let sql = "SELECT id, record FROM returned WHERE purchase = ?1 ORDER BY id";
        let rows = self.many(RowKind::Return, sql, [purchase.get()])?;
        Ok(returns(rows))
    }

    /// The ledger entries of a purchase, by id.
    pub(crate) fn entries_of(&self, purchase: PurchaseId) -> Result<Vec<Entry>, StoreError> {
        // The first half has no index, the second one only its own: both conditions as they stand in the schema.
        let sql = "SELECT id, record FROM entry WHERE id BETWEEN ?1 + 1 AND ?1 + 8 AND purchase = ?1
                   UNION ALL
                   SELECT id, record FROM entry WHERE purchase = ?1 AND id - purchase NOT BETWEEN 1 AND 8
                   ORDER BY id";
        entries(self.many(RowKind::Entry, sql, [purchase.get()])?)
    }

    /// A customer's purchases, newest first, older than `before` (day, id), at most `limit`.
    pub(crate) fn purchases_of(
        &self,
        customer: CustomerId,
        before: Option<(i64, i64)>,
        limit: u32,
    ) -> Result<Vec<Purchase>, StoreError> {
        let (day, id) = before.unwrap_or((i64::MAX, i64::MAX));
        let sql = "SELECT id, record FROM purchase WHERE customer = ?1 AND (day, id) < (?2, ?3)
                   ORDER BY day DESC, id DESC LIMIT ?4";
        purchases(self.many(
            RowKind::Purchase,
            sql,
            params![customer.get(), day, id, limit],
        )?)
    }

    /// The purchases of one business date, by id.
    pub(crate) fn purchases_on(&self, date: Date) -> Result<Vec<Purchase>, StoreError> {
        let sql = "SELECT id, record FROM purchase WHERE day = ?1 ORDER BY id";
        purchases(self.many(RowKind::Purchase, sql, [day_number(date)])?)
    }

    /// The returns and voids of one business date, by id.
    pub(crate) fn returns_on(&self, date: Date) -> Result<Vec<Return>, StoreError> {
        let sql = "SELECT id, record FROM returned WHERE day = ?1 ORDER BY id";
        let rows = self.many(RowKind::Return, sql, [day_number(date)])?;
        Ok(returns(rows))
    }

    /// The ledger entries of one business date that belong to no purchase, by id.
    pub(crate) fn lone_entries_on(&self, date: Date) -> Result<Vec<Entry>, StoreError> {
        let sql = "SELECT id, record FROM entry WHERE purchase IS NULL AND day = ?1 ORDER BY id";
        entries(self.many(RowKind::Entry, sql, [day_number(date)])?)
    }

    /// How many customers were registered on a business date.
    pub(crate) fn registered_on(&self, date: Date) -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM customer WHERE day = ?1";
        Ok(self
            .conn()
            .prepare_cached(sql)?
            .query_row([day_number(date)], |row| row.get(0))?)
    }

    /// A customer's purchases from a business date on, by id.
    pub(crate) fn purchases_since(
        &self,
        customer: CustomerId,
        date: Date,
    ) -> Result<Vec<Purchase>, StoreError> {
        let sql = "SELECT id, record FROM purchase WHERE customer = ?1 AND day >= ?2 ORDER BY id";
        let key = params![customer.get(), day_number(date)];
        purchases(self.many(RowKind::Purchase, sql, key)?)
    }
}

fn returns(rows: Vec<Row>) -> Vec<Return> {
    let back = |row| match row {
        Row::Return(back) => Some(back),
        _ => None,
    };
    rows.into_iter().filter_map(back).collect()
}

fn entries(rows: Vec<Row>) -> Result<Vec<Entry>, StoreError> {
    let entry = |row| match row {
        Row::Entry(entry) => Some(entry),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(entry).collect())
}

fn purchases(rows: Vec<Row>) -> Result<Vec<Purchase>, StoreError> {
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            if let Row::Purchase(purchase) = row {
                Some(purchase)
            } else {
                None
            }
        })
        .collect())
}

impl Tx<'_> {
    /// Writes a row made here.
    pub(crate) fn put(&self, row: &Row, seq: Option<Seq>) -> Result<(), StoreError> {
        self.put_bytes(row, seq, &encode(row))
    }

    /// Writes a row with the authority's own bytes: `record` may hold fields this version does not know.
    pub(crate) fn put_bytes(
        &self,
        row: &Row,
        seq: Option<Seq>,
        record: &[u8],
    ) -> Result<(), StoreError> {
        let (id, seq) = (row.key(), seq.map(|s| s.0));
        match row {
            Row::Customer(customer) => {
                let values = params![id, seq, day_number(customer.registered), record];
                self.execute(
                    "INSERT OR REPLACE INTO customer VALUES (?1, ?2, ?3, ?4)",
                    values,
                )?;
                self.index_customer(customer)?;
            }
            Row::Position(..) => {
                self.execute(
                    "INSERT OR REPLACE INTO position VALUES (?1, ?2, ?3)",
                    params![id, seq, record],
                )?;
            }
            Row::Card(card) => {
                let values = params![id, seq, card.customer.get(), record];
                self.execute(
                    "INSERT OR REPLACE INTO card VALUES (?1, ?2, ?3, ?4)",
                    values,
                )?;
            }
            Row::Consent(consent) => {
                let values = params![id, seq, consent.customer.get(), record];
                self.execute(
                    "INSERT OR REPLACE INTO consent VALUES (?1, ?2, ?3, ?4)",
                    values,
                )?;
            }
            Row::Purchase(purchase) => self.put_purchase(purchase, seq, record)?,
            Row::Return(back) => {
                let values = params![
                    id,
                    seq,
                    back.purchase.get(),
                    day_number(back.at.date),
                    record
                ];
                self.execute(
                    "INSERT OR REPLACE INTO returned VALUES (?1, ?2, ?3, ?4, ?5)",
                    values,
                )?;
            }
            Row::Entry(entry) => self.put_entry(entry, seq, record)?,
            Row::Voucher(voucher) => self.put_voucher(voucher, seq, record)?,
            Row::Moved(moved) => self.put_moved(moved, seq, record)?,
            Row::Merge(merge) => {
                // After a restore one binding may join its customer to somebody else than before.
                if let Some(Row::Merge(before)) = self.row(RowKind::Merge, id)? {
                    for end in [before.a, before.b] {
                        let both = [end.get(), id];
                        self.execute("DELETE FROM edge WHERE customer = ?1 AND merge = ?2", both)?;
                    }
                }
                self.put_rule(RowKind::Merge as u8, id, seq, record)?;
                for end in [merge.a, merge.b] {
                    self.execute(
                        "INSERT OR IGNORE INTO edge VALUES (?1, ?2)",
                        [end.get(), id],
                    )?;
                }
            }
            Row::Brought(brought) => {
                self.put_rule(RowKind::Brought as u8, id, seq, record)?;
                self.note_brought(brought)?;
            }
            _ => self.put_rule(row.kind() as u8, id, seq, record)?,
        }
        Ok(())
    }

    /// Writes a row of a kind without columns of its own, or of a kind this version does not know.
    pub(crate) fn put_rule(
        &self,
        kind: u8,
        id: i64,
        seq: Option<i64>,
        record: &[u8],
    ) -> Result<(), StoreError> {
        self.execute(
            "INSERT OR REPLACE INTO rule VALUES (?1, ?2, ?3, ?4)",
            params![kind, id, seq, record],
        )
    }

    fn put_purchase(
        &self,
        purchase: &Purchase,
        seq: Option<i64>,
        record: &[u8],
    ) -> Result<(), StoreError> {
        let counted = purchase.refused.is_none();
        let total = if counted {
            purchase.price().unwrap_or(Money::ZERO)
        } else {
            Money::ZERO
        };
        let (id, earner) = (purchase.id.get(), purchase.earner().map(CustomerId::get));
        let values = params![
            id,
            seq,
            earner,
            day_number(purchase.at.date),
            total.0,
            record
        ];
        self.execute(
            "INSERT OR REPLACE INTO purchase VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            values,
        )?;
        self.note_fiscal(purchase)
    }

    fn put_entry(&self, entry: &Entry, seq: Option<i64>, record: &[u8]) -> Result<(), StoreError> {
        let effect = entry.effect();
        self.execute(
            "INSERT OR REPLACE INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                entry.id.get(),
                seq,
                entry.customer.get(),
                entry.instrument.0,
                entry.purchase.map(PurchaseId::get),
                day_number(entry.date),
                effect.points.0,
                effect.stamps.0,
                record
            ],
        )
    }

    fn index_customer(&self, customer: &Customer) -> Result<(), StoreError> {
        let id = customer.id.get();
        self.execute("DELETE FROM customer_phone WHERE customer = ?1", [id])?;
        self.execute("DELETE FROM customer_name WHERE customer = ?1", [id])?;
        for phone in customer.phones() {
            let tail = reversed(phone.digits());
            self.execute(
                "INSERT OR IGNORE INTO customer_phone VALUES (?1, ?2)",
                params![tail, id],
            )?;
        }
        for word in customer
            .display_name()
            .map(|name| name_words(&name))
            .unwrap_or_default()
        {
            self.execute(
                "INSERT OR IGNORE INTO customer_name VALUES (?1, ?2)",
                params![word, id],
            )?;
        }
        Ok(())
    }

    /// Lets go of the bytes of a row that could not be read and now can.
    pub(crate) fn forget_strange(&self, kind: u8, id: i64) -> Result<(), StoreError> {
        if table(kind) == "rule" {
            return Ok(());
        }
        self.execute(
            "DELETE FROM rule WHERE kind = ?1 AND id = ?2",
            params![kind, id],
        )
    }

    /// Removes a row and what is kept beside it.
    pub(crate) fn remove(&self, kind: u8, id: i64) -> Result<(), StoreError> {
        self.execute(&format!("DELETE FROM {}", of_kind(kind)), [id])?;
        match RowKind::from_number(kind) {
            Some(RowKind::Customer) => {
                self.execute("DELETE FROM customer_phone WHERE customer = ?1", [id])?;
                self.execute("DELETE FROM customer_name WHERE customer = ?1", [id])
            }
            Some(RowKind::Purchase) => self.forget_fiscal(id),
            Some(RowKind::Merge) => self.execute("DELETE FROM edge WHERE merge = ?1", [id]),
            Some(RowKind::Brought) => self.execute("DELETE FROM brought WHERE id = ?1", [id]),
            _ => Ok(()),
        }
    }

    /// The tables of this file.
    pub(crate) fn tables(&self) -> Result<Vec<String>, StoreError> {
        let sql =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        let mut statement = self.conn().prepare(sql)?;
        let names = statement.query_map([], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// Deletes every row of a table of this file.
    pub(crate) fn empty(&self, table: &str) -> Result<(), StoreError> {
        self.execute(&format!("DELETE FROM \"{table}\""), [])
    }

    pub(in crate::store) fn execute(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<(), StoreError> {
        self.conn().prepare_cached(sql)?.execute(values)?;
        Ok(())
    }
}
