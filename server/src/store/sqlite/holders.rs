//! What is found for holders of cards: what is about a person, and what became of their requests (sync §7).

use kartka_domain::card::CardNumber;
use kartka_domain::ids::{CustomerId, Seq};
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::holder::{Outcome, RequestKey};
use kartka_protocol::rows::WireRow;
use rusqlite::{Connection, OptionalExtension as _};

use super::View;
use crate::store::StoreError;

/// The kinds that are found by a person.
const KINDS: [RowKind; 2] = [RowKind::Consent, RowKind::Voucher];

/// Whom a row is about, if it is found by that.
fn person(row: &Row) -> Option<(CustomerId, RowKind, i64)> {
    match row {
        Row::Consent(consent) => Some((consent.customer, RowKind::Consent, consent.id.get())),
        Row::Voucher(voucher) => Some((voucher.holder?, RowKind::Voucher, voucher.id.get())),
        _ => None,
    }
}

/// Fills the table of a file that was there before it.
pub(super) fn fill(conn: &Connection) -> Result<(), StoreError> {
    let view = View { conn };
    for kind in KINDS {
        let mut rows = conn.prepare("SELECT id, seq, record FROM row WHERE kind = ?1")?;
        let found = rows.query_map([kind as u8], |row| {
            let seq: i64 = row.get(1)?;
            Ok(WireRow {
                kind: kind as u8,
                id: row.get(0)?,
                seq: Seq(seq),
                record: row.get(2)?,
            })
        })?;
        for wire in found {
            view.index_person(&wire?.read()?)?;
        }
    }
    Ok(())
}

impl View<'_> {
    pub(super) fn index_person(&self, row: &Row) -> Result<(), StoreError> {
        if let Some((customer, kind, id)) = person(row) {
            self.conn
                .prepare_cached(
                    "INSERT INTO of_person (customer, kind, id) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO NOTHING",
                )?
                .execute((customer.get(), kind as u8, id))?;
        }
        Ok(())
    }

    pub(super) fn find_of_person(
        &self,
        customer: CustomerId,
        kind: RowKind,
        most: usize,
    ) -> Result<Vec<WireRow>, StoreError> {
        self.rows(
            "SELECT row.kind, row.id, row.seq, row.record FROM of_person
             JOIN row ON row.kind = of_person.kind AND row.id = of_person.id
             WHERE of_person.customer = ?1 AND of_person.kind = ?2
             ORDER BY row.seq DESC, row.id DESC LIMIT ?3",
            (
                customer.get(),
                kind as u8,
                i64::try_from(most).unwrap_or(i64::MAX),
            ),
        )
    }

    pub(super) fn find_holder_request(
        &self,
        key: &RequestKey,
    ) -> Result<Option<Outcome>, StoreError> {
        let refused: Option<bool> = self
            .conn
            .prepare_cached("SELECT refused FROM holder_request WHERE key = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?;
        Ok(refused.map(|refused| match refused {
            true => Outcome::Refused,
            false => Outcome::Done,
        }))
    }

    pub(super) fn add_holder_request(
        &self,
        (key, card): (&RequestKey, CardNumber),
        outcome: Outcome,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        let (card, refused) = (card.value().cast_signed(), outcome == Outcome::Refused);
        self.conn
            .prepare_cached(
                "INSERT INTO holder_request (key, card, refused, at_ms) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((key, card, refused, at_ms))?;
        Ok(())
    }

    pub(super) fn count_holder_requests(
        &self,
        card: CardNumber,
        since_ms: i64,
    ) -> Result<usize, StoreError> {
        let found: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM holder_request WHERE card = ?1 AND at_ms > ?2")?
            .query_row((card.value().cast_signed(), since_ms), |row| row.get(0))?;
        Ok(usize::try_from(found).unwrap_or(usize::MAX))
    }

    pub(super) fn remove_holder_requests(&self, before_ms: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM holder_request WHERE at_ms < ?1")?
            .execute([before_ms])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use kartka_domain::customer::{Channel, Consent, Purpose, Will};
    use kartka_domain::ids::{DeviceNo, EntryId, OperatorId};
    use kartka_domain::moment::{Moment, date_of};

    use super::*;

    #[test]
    fn what_was_there_before_the_table_is_found_by_its_person() {
        let conn = Connection::open_in_memory().unwrap();
        let id = |n| DeviceNo::FOUNDER.id(n).unwrap();
        let consent = |n, of| {
            Row::Consent(Consent {
                id: EntryId(id(n)),
                customer: CustomerId(id(of)),
                purpose: Purpose::Marketing,
                channel: Channel::Any,
                wording: 1,
                will: Will::Given,
                at: Moment {
                    instant_ms: 0,
                    date: date_of(0).unwrap(),
                    minute: 0,
                },
                operator: OperatorId(1),
                seen: Seq(0),
            })
        };
        conn.execute_batch(
            "CREATE TABLE row (kind INTEGER, id INTEGER, seq INTEGER, record BLOB);
             CREATE TABLE of_person (customer INTEGER, kind INTEGER, id INTEGER,
                 PRIMARY KEY (customer, kind, id));",
        )
        .unwrap();
        for (n, of) in [(5, 1), (6, 2), (7, 1)] {
            let record = kartka_protocol::row::encode(&consent(n, of));
            conn.execute(
                "INSERT INTO row VALUES (?1, ?2, ?3, ?4)",
                (RowKind::Consent as u8, id(n).get(), n, record),
            )
            .unwrap();
        }
        fill(&conn).unwrap();
        let of = |n, most| {
            let view = View { conn: &conn };
            let found = view.find_of_person(CustomerId(id(n)), RowKind::Consent, most);
            found
                .unwrap()
                .into_iter()
                .map(|wire| wire.seq.0)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            (of(1, 9), of(2, 9), of(3, 9)),
            (vec![7, 5], vec![6], vec![])
        );
        assert_eq!(of(1, 1), [7]);
    }
}
