//! Reading: rows, feeds, and the tables by which rows are found.

use std::collections::BTreeSet;

use kartka_domain::authority::WAITING_MAX;
use kartka_domain::card::CardNumber;
use kartka_domain::ids::{
    BirthMark, CustomerId, DeviceNo, EntryId, Id, InstrumentId, OpId, OperatorId, PurchaseId,
    RequestMark, ReturnId, Seq, VoucherId,
};
use kartka_domain::moment::{Date, day_number};
use kartka_domain::money::{Points, Stamps};
use kartka_domain::op::Op;
use kartka_domain::purchase::{Fiscal, ReceiptNumber};
use kartka_domain::reservation::{Asset, Kept};
use kartka_domain::row::RowKind;
use kartka_protocol::digest::Digest;
use kartka_protocol::holder::{Outcome, RequestKey};
use kartka_protocol::rows::WireRow;
use kartka_protocol::scope::Scope;
use rusqlite::{OptionalExtension as _, Params, Row};

use super::View;
use crate::store::{
    Anchored, Control, Descent, DeviceState, Fact, LeftApart, Quarantined, Reads, Run, ScopeDigest,
    StoreError, StoredOp, Token, Total, Visit, Waiting,
};

impl View<'_> {
    /// The rows that a statement finds: kind, id, seq, record.
    pub(super) fn rows(&self, sql: &str, params: impl Params) -> Result<Vec<WireRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map(params, wire_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn walk(
        &self,
        sql: &str,
        params: impl Params,
        visit: &mut dyn FnMut(WireRow) -> Result<Visit, StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            if visit(wire_row(row)?)? == Visit::Stop {
                break;
            }
        }
        Ok(())
    }
}

fn wire_row(row: &Row<'_>) -> rusqlite::Result<WireRow> {
    Ok(WireRow {
        kind: row.get(0)?,
        id: row.get(1)?,
        seq: Seq(row.get(2)?),
        record: row.get(3)?,
    })
}

impl Reads for View<'_> {
    fn row(&self, kind: RowKind, id: i64) -> Result<Option<WireRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT kind, id, seq, record FROM row WHERE kind = ?1 AND id = ?2")?;
        Ok(statement.query_row((kind as u8, id), wire_row).optional()?)
    }

    fn rows_of(&self, kind: RowKind) -> Result<Vec<WireRow>, StoreError> {
        self.rows(
            "SELECT kind, id, seq, record FROM row WHERE kind = ?1 ORDER BY id",
            [kind as u8],
        )
    }

    fn rows_after(
        &self,
        kind: RowKind,
        after: i64,
        most: usize,
    ) -> Result<Vec<WireRow>, StoreError> {
        self.rows(
            "SELECT kind, id, seq, record FROM row WHERE kind = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
            (kind as u8, after, count(most)),
        )
    }

    fn feed(
        &self,
        scope: Scope,
        device: DeviceNo,
        after: Seq,
        visit: &mut dyn FnMut(WireRow) -> Result<Visit, StoreError>,
    ) -> Result<(), StoreError> {
        match scope {
            Scope::Own => self.walk(
                "SELECT kind, id, seq, record FROM row INDEXED BY row_changed
                 WHERE changed = 1 AND id >> 40 = ?1 AND seq > ?2 ORDER BY seq",
                (device.get(), after.0),
                visit,
            ),
            Scope::Base | Scope::Month(_) => self.walk(
                "SELECT kind, id, seq, record FROM row INDEXED BY row_feed
                 WHERE scope = ?1 AND seq > ?2 ORDER BY seq",
                (scope.code(), after.0),
                visit,
            ),
        }
    }

    fn digests(&self) -> Result<Vec<ScopeDigest>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT scope, sum FROM digest ORDER BY scope")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.map(|row| {
            let (scope, sum) = row?;
            Ok(ScopeDigest {
                scope: Scope::from_code(scope, 0)?,
                digest: Digest::from_bytes(sum),
            })
        })
        .collect()
    }

    fn edges(&self, customer: CustomerId) -> Result<Vec<WireRow>, StoreError> {
        self.rows(
            "SELECT row.kind, row.id, row.seq, row.record FROM edge
             JOIN row ON row.kind = ?2 AND row.id = edge.merge
             WHERE edge.customer = ?1 ORDER BY edge.merge",
            (customer.get(), RowKind::Merge as u8),
        )
    }

    fn returns(&self, purchase: PurchaseId) -> Result<Vec<WireRow>, StoreError> {
        self.rows(
            "SELECT row.kind, row.id, row.seq, row.record FROM return_of
             JOIN row ON row.kind = ?2 AND row.id = return_of.id
             WHERE return_of.purchase = ?1 ORDER BY return_of.id",
            (purchase.get(), RowKind::Return as u8),
        )
    }

    fn entries(&self, purchase: PurchaseId) -> Result<Vec<WireRow>, StoreError> {
        self.rows(
            "SELECT row.kind, row.id, row.seq, row.record FROM ledger
             JOIN row ON row.kind = ?2 AND row.id = ledger.entry
             WHERE ledger.purchase = ?1 ORDER BY ledger.entry",
            (purchase.get(), RowKind::Entry as u8),
        )
    }

    fn moves(&self, purchase: PurchaseId) -> Result<Vec<WireRow>, StoreError> {
        self.rows(
            "SELECT row.kind, row.id, row.seq, row.record FROM move_of
             JOIN row ON row.kind = ?2 AND row.id = move_of.id
             WHERE move_of.purchase = ?1 ORDER BY row.id",
            (purchase.get(), RowKind::Moved as u8),
        )
    }

    fn voucher_with(&self, number: &str) -> Result<Option<VoucherId>, StoreError> {
        self.find_voucher_with(number)
    }

    fn vouchers_due(&self, date: Date) -> Result<Vec<WireRow>, StoreError> {
        self.rows(
            "SELECT row.kind, row.id, row.seq, row.record FROM voucher_due
             JOIN row ON row.kind = ?2 AND row.id = voucher_due.id
             WHERE voucher_due.day < ?1 ORDER BY row.id",
            (day_number(date), RowKind::Voucher as u8),
        )
    }

    fn expiries(&self, customer: CustomerId) -> Result<Vec<WireRow>, StoreError> {
        self.rows(
            "SELECT row.kind, row.id, row.seq, row.record FROM ledger INDEXED BY ledger_expired
             JOIN row ON row.kind = ?2 AND row.id = ledger.entry
             WHERE ledger.customer = ?1 AND ledger.kind IN (6, 7) ORDER BY ledger.entry",
            (customer.get(), RowKind::Entry as u8),
        )
    }

    fn due(&self, date: Date) -> Result<Vec<CustomerId>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT customer FROM due WHERE day < ?1 ORDER BY customer")?;
        let ids = statement.query_map([day_number(date)], |row| row.get(0))?;
        ids.map(|id| CustomerId::new(id?).map_err(|_| StoreError::Malformed("due.customer")))
            .collect()
    }

    fn purchases_of(&self, customer: CustomerId, most: usize) -> Result<Vec<WireRow>, StoreError> {
        self.rows(
            "SELECT row.kind, row.id, row.seq, row.record FROM purchase_of
             JOIN row ON row.kind = ?2 AND row.id = purchase_of.id
             WHERE purchase_of.customer = ?1
             ORDER BY purchase_of.day DESC, purchase_of.id DESC LIMIT ?3",
            (customer.get(), RowKind::Purchase as u8, count(most)),
        )
    }

    fn day(&self, date: Date, kind: RowKind) -> Result<Vec<WireRow>, StoreError> {
        self.rows(
            "SELECT row.kind, row.id, row.seq, row.record FROM day_row
             JOIN row ON row.kind = day_row.kind AND row.id = day_row.id
             WHERE day_row.day = ?1 AND day_row.kind = ?2 ORDER BY day_row.id",
            (day_number(date), kind as u8),
        )
    }

    fn count_on(&self, date: Date, kind: RowKind) -> Result<u64, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT count(*) FROM day_row WHERE day = ?1 AND kind = ?2")?;
        let found: i64 = statement.query_row((day_number(date), kind as u8), |row| row.get(0))?;
        Ok(u64::try_from(found).unwrap_or(0))
    }

    fn bought_before(&self, customer: CustomerId, date: Date) -> Result<bool, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM purchase_of WHERE customer = ?1 AND day < ?2)",
        )?;
        Ok(statement.query_row((customer.get(), day_number(date)), |row| row.get(0))?)
    }

    fn totals(&self) -> Result<Vec<Total>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT instrument, sum(points), sum(stamps) FROM ledger GROUP BY instrument",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(Total {
                instrument: InstrumentId(row.get(0)?),
                points: Points(row.get(1)?),
                stamps: Stamps(row.get(2)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn control(&self) -> Result<Control, StoreError> {
        self.control_sums()
    }

    fn requested(&self, mark: RequestMark) -> Result<Option<OpId>, StoreError> {
        // The order of ids is the order of numbers, not of ops: the first op of a mark has the lowest seq.
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM op WHERE request = ?1 AND length(request) = 8 ORDER BY seq LIMIT 1",
        )?;
        let id: Option<i64> = statement.query_row([mark.0], |row| row.get(0)).optional()?;
        id.map(|id| OpId::new(id).map_err(|_| StoreError::Malformed("op.id")))
            .transpose()
    }

    fn op(&self, id: OpId) -> Result<Option<StoredOp>, StoreError> {
        self.find_op(id)
    }

    fn log(
        &self,
        visit: &mut dyn FnMut(Seq, OpId, [u8; 32]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // Only for checks of the whole file: no index serves it.
        let mut statement = self
            .conn
            .prepare("SELECT seq, id, chain FROM op ORDER BY seq")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = OpId::new(row.get(1)?).map_err(|_| StoreError::Malformed("op.id"))?;
            visit(Seq(row.get(0)?), id, row.get(2)?)?;
        }
        Ok(())
    }

    fn op_with(&self, number: Id) -> Result<Option<StoredOp>, StoreError> {
        self.find_op_with(number)
    }

    fn descents(&self) -> Result<Vec<Descent>, StoreError> {
        self.all_descents()
    }

    fn reissued(&self, root: DeviceNo, mark: BirthMark) -> Result<Option<OpId>, StoreError> {
        self.find_reissued(root, mark)
    }

    fn alias(&self, op: OpId) -> Result<Option<OpId>, StoreError> {
        self.find_alias(op)
    }

    fn aliases(&self, first: OpId, last: Id) -> Result<Vec<(OpId, Id, OpId)>, StoreError> {
        self.find_aliases(first, last)
    }

    fn ops_about(&self, people: &BTreeSet<CustomerId>) -> Result<Vec<Op>, StoreError> {
        self.find_ops_about(people)
    }

    fn left_apart(&self, no: DeviceNo) -> Result<Vec<LeftApart>, StoreError> {
        self.find_left_apart(no)
    }

    fn chain_at(&self, last: i64) -> Result<Option<[u8; 32]>, StoreError> {
        // Ops do not overlap: the op that ends there is the last one that begins there or before.
        let mut statement = self
            .conn
            .prepare_cached("SELECT last, chain FROM op WHERE id <= ?1 ORDER BY id DESC LIMIT 1")?;
        let found: Option<(i64, [u8; 32])> = statement
            .query_row([last], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let ordered = found.and_then(|(end, chain)| (end == last).then_some(chain));
        match ordered {
            Some(chain) => Ok(Some(chain)),
            None => self.quarantined_chain(last),
        }
    }

    fn runs(&self, device: DeviceNo, after: Seq, most: usize) -> Result<Vec<Run>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT first_op, last_op, first_seq, last_seq, mark, alias FROM run
             WHERE device = ?1 AND last_seq > ?2 ORDER BY last_seq LIMIT ?3",
        )?;
        let rows = statement.query_map((device.get(), after.0, count(most)), |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get::<_, Option<i64>>(5)?,
            ))
        })?;
        rows.map(|row| {
            let (first, last, first_seq, last_seq, mark, alias) = row?;
            Ok(Run {
                first_op: OpId::new(first).map_err(|_| StoreError::Malformed("run.first_op"))?,
                last_op: OpId::new(last).map_err(|_| StoreError::Malformed("run.last_op"))?,
                mark: BirthMark(mark),
                first_seq: Seq(first_seq),
                last_seq: Seq(last_seq),
                alias: alias
                    .map(OpId::new)
                    .transpose()
                    .map_err(|_| StoreError::Malformed("run.alias"))?,
            })
        })
        .collect()
    }

    fn device(&self, no: DeviceNo) -> Result<Option<DeviceState>, StoreError> {
        self.find_device("SELECT * FROM device WHERE no = ?1", [no.get()])
    }

    fn device_of_key(&self, key: &[u8; 33]) -> Result<Option<DeviceState>, StoreError> {
        self.find_device("SELECT * FROM device WHERE key = ?1", [key])
    }

    fn devices(&self) -> Result<Vec<DeviceState>, StoreError> {
        self.all_devices()
    }

    fn anchors(&self, no: DeviceNo) -> Result<Vec<Anchored>, StoreError> {
        self.find_anchors(no)
    }

    fn token(&self, hash: &[u8; 32]) -> Result<Option<Token>, StoreError> {
        self.find_token(hash)
    }

    fn fact(&self, fact: Fact) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
        Ok(statement
            .query_row([fact.name()], |row| row.get(0))
            .optional()?)
    }

    fn last_of(&self, kind: RowKind, seq: Seq) -> Result<Option<Seq>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT max(seq) FROM row WHERE kind = ?1 AND seq <= ?2")?;
        let found: Option<i64> = statement.query_row((kind as u8, seq.0), |row| row.get(0))?;
        Ok(found.map(Seq))
    }

    fn count(&self, kind: RowKind) -> Result<u64, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT count(*) FROM row WHERE kind = ?1")?;
        let found: i64 = statement.query_row([kind as u8], |row| row.get(0))?;
        Ok(u64::try_from(found).unwrap_or(0))
    }

    fn is_revoked(&self, key: &[u8; 33]) -> Result<bool, StoreError> {
        self.has_revoked(key)
    }

    fn revoked_keys(&self) -> Result<Vec<[u8; 33]>, StoreError> {
        self.all_revoked()
    }

    fn quarantined_before(
        &self,
        before_ms: i64,
        most: usize,
    ) -> Result<Vec<Quarantined>, StoreError> {
        self.find_quarantined_before(before_ms, most)
    }
    fn quarantined(
        &self,
        device: DeviceNo,
        up_to: i64,
        most: usize,
    ) -> Result<Vec<Quarantined>, StoreError> {
        self.find_quarantined(device, up_to, most)
    }

    fn item_of(&self, device: DeviceNo, day: i64) -> Result<Option<EntryId>, StoreError> {
        self.find_item(device, day)
    }

    fn waiting(&self, item: EntryId) -> Result<Waiting, StoreError> {
        self.sum_waiting(item)
    }

    fn fiscal(&self, fiscal: &Fiscal) -> Result<Vec<PurchaseId>, StoreError> {
        let sql =
            "SELECT purchase FROM fiscal WHERE register = ?1 AND number = ?2 ORDER BY purchase";
        let mut statement = self.conn.prepare_cached(sql)?;
        let key = [fiscal.register.as_str(), fiscal.number.as_str()];
        let ids = statement.query_map(key, |row| row.get::<_, i64>(0))?;
        ids.map(|id| PurchaseId::new(id?).map_err(|_| StoreError::Malformed("fiscal.purchase")))
            .collect()
    }

    fn any_brought(&self) -> Result<bool, StoreError> {
        self.is_any_brought()
    }

    fn brought_of(&self, friend: CustomerId) -> Result<Vec<WireRow>, StoreError> {
        self.find_brought_of(friend)
    }

    fn brought_by(&self, referrer: CustomerId) -> Result<Vec<WireRow>, StoreError> {
        self.find_brought_by(referrer)
    }

    fn bought(
        &self,
        customer: CustomerId,
        from: Date,
        to: Option<Date>,
    ) -> Result<Vec<PurchaseId>, StoreError> {
        self.find_bought(customer, from, to)
    }

    fn unlinked(&self, receipt: &ReceiptNumber) -> Result<Vec<ReturnId>, StoreError> {
        let sql = "SELECT id FROM unlinked WHERE number = ?1 ORDER BY id LIMIT ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let key = (receipt.as_str(), WAITING_MAX);
        let ids = statement.query_map(key, |row| row.get::<_, i64>(0))?;
        ids.map(|id| ReturnId::new(id?).map_err(|_| StoreError::Malformed("unlinked.id")))
            .collect()
    }

    fn redeemed_by(&self, operator: OperatorId, date: Date) -> Result<Points, StoreError> {
        self.sum_redeemed(operator, date)
    }

    fn reserved(&self, asset: Asset, now_ms: i64) -> Result<Vec<Kept>, StoreError> {
        self.find_reserved(asset, now_ms)
    }

    fn reserving(&self, device: DeviceNo, now_ms: i64) -> Result<usize, StoreError> {
        self.count_reserving(device, now_ms)
    }

    fn of_person(
        &self,
        customer: CustomerId,
        kind: RowKind,
        most: usize,
    ) -> Result<Vec<WireRow>, StoreError> {
        self.find_of_person(customer, kind, most)
    }

    fn holder_request(&self, key: &RequestKey) -> Result<Option<Outcome>, StoreError> {
        self.find_holder_request(key)
    }

    fn holder_requests(&self, card: CardNumber, since_ms: i64) -> Result<usize, StoreError> {
        self.count_holder_requests(card, since_ms)
    }
}

/// A limit as SQLite takes it.
pub(super) fn count(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}
