//! Writing, always inside the writer's transaction.

use std::collections::BTreeSet;

use kartka_domain::authority::Echo;
use kartka_domain::card::CardNumber;
use kartka_domain::codes::Code;
use kartka_domain::ids::{BirthMark, CustomerId, DeviceNo, EntryId, OpId, OperatorId};
use kartka_domain::moment::{Date, day_number};
use kartka_domain::money::Points;
use kartka_domain::planted;
use kartka_domain::reservation::{Item, Receipt};
use kartka_domain::row::{Row, RowKind, Unlinked, UnlinkedState};

use kartka_protocol::batch::Personal;
use kartka_protocol::holder::{Outcome, RequestKey};

use super::View;
use super::lookups::{bits_of, columns_of};
use crate::store::types::scope_of;
use crate::store::{
    Anchored, Apart, Descent, DeviceState, Fact, NewRow, Quarantined, Run, ScopeDigest, StoreError,
    StoredOp, Token, Writes,
};

impl Writes for View<'_> {
    fn put_row(&self, new: &NewRow<'_>) -> Result<(), StoreError> {
        let changed = new.echo == Echo::Changed && new.row.kind().is_fact();
        self.conn
            .prepare_cached(
                "INSERT INTO row (kind, id, seq, scope, changed, record)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (kind, id) DO UPDATE SET
                 seq = excluded.seq, scope = excluded.scope, changed = excluded.changed,
                 record = excluded.record",
            )?
            .execute((
                new.wire.kind,
                new.wire.id,
                new.wire.seq.0,
                scope_of(new.row).code(),
                changed,
                &new.wire.record,
            ))?;
        self.index(new.row)
    }

    fn put_due(&self, customer: CustomerId, day: Option<i64>) -> Result<(), StoreError> {
        match day {
            Some(day) => self
                .conn
                .prepare_cached(
                    "INSERT INTO due (customer, day) VALUES (?1, ?2)
                     ON CONFLICT (customer) DO UPDATE SET day = excluded.day",
                )?
                .execute((customer.get(), day))?,
            None => self
                .conn
                .prepare_cached("DELETE FROM due WHERE customer = ?1")?
                .execute([customer.get()])?,
        };
        Ok(())
    }

    fn put_op(&self, op: &StoredOp) -> Result<(), StoreError> {
        let (section, nonce, hash) = columns_of(&op.personal);
        if planted!(LostAckReinserted) {
            self.conn
                .execute("DELETE FROM op WHERE id = ?1", [op.id.get()])?;
        }
        self.conn
            .prepare_cached(
                "INSERT INTO op (id, last, seq, at, request, chain, facts, personal, nonce, personal_hash, erased)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute((
                op.id.get(),
                op.last.get(),
                op.seq.0,
                op.at_ms,
                &op.request,
                op.chain,
                &op.facts,
                section,
                nonce,
                hash,
                matches!(op.personal, Personal::Erased(_)),
            ))?;
        Ok(())
    }

    fn put_run(&self, run: &Run) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO run (device, last_seq, first_seq, first_op, last_op, mark, alias)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                run.first_op.0.device().get(),
                run.last_seq.0,
                run.first_seq.0,
                run.first_op.get(),
                run.last_op.get(),
                run.mark.0,
                run.alias.map(OpId::get),
            ))?;
        Ok(())
    }

    fn put_digest(&self, digest: &ScopeDigest) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO digest (scope, sum) VALUES (?1, ?2)
                 ON CONFLICT (scope) DO UPDATE SET sum = excluded.sum",
            )?
            .execute((digest.scope.code(), digest.digest.to_bytes()))?;
        Ok(())
    }

    fn put_device(&self, device: &DeviceState) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO device (no, key, rights, acked, chain, earlier, forked)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (no) DO UPDATE SET
                 key = excluded.key, rights = excluded.rights, acked = excluded.acked,
                 chain = excluded.chain, earlier = excluded.earlier, forked = excluded.forked",
            )?
            .execute((
                device.no.get(),
                device.key,
                bits_of(device.rights),
                device.acked,
                device.chain,
                device.earlier_ms,
                device.forked,
            ))?;
        Ok(())
    }

    fn put_anchor(&self, anchored: &Anchored, most: usize) -> Result<(), StoreError> {
        let device = anchored.device.get();
        self.conn
            .prepare_cached(
                "INSERT INTO anchor (device, boot, monotonic, server) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
            )?
            .execute((
                device,
                anchored.anchor.boot.cast_signed(),
                anchored.anchor.monotonic_ms,
                anchored.anchor.server_ms,
            ))?;
        self.conn
            .prepare_cached(
                "DELETE FROM anchor WHERE device = ?1 AND server < (
                 SELECT server FROM anchor WHERE device = ?1 ORDER BY server DESC LIMIT 1 OFFSET ?2)",
            )?
            .execute((device, i64::try_from(most.saturating_sub(1)).unwrap_or(i64::MAX)))?;
        Ok(())
    }

    fn put_apart(&self, apart: &Apart<'_>) -> Result<bool, StoreError> {
        let new = self
            .conn
            .prepare_cached(
                "INSERT INTO apart (device, hash, received, batch, last, chain)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (device, hash) DO NOTHING",
            )?
            .execute((
                apart.device.get(),
                apart.hash,
                apart.received_ms,
                apart.batch,
                apart.last.get(),
                apart.chain,
            ))?;
        Ok(new > 0)
    }

    fn put_apart_item(&self, no: DeviceNo, item: EntryId) -> Result<(), StoreError> {
        self.note_apart_item(no, item)
    }

    fn move_apart(&self, no: DeviceNo, hash: &[u8; 32], to: DeviceNo) -> Result<(), StoreError> {
        self.note_apart_moved(no, hash, to)
    }

    fn put_descent(&self, descent: &Descent) -> Result<(), StoreError> {
        self.keep_descent(descent)
    }

    fn put_reissued(&self, root: DeviceNo, mark: BirthMark, op: OpId) -> Result<(), StoreError> {
        self.keep_reissued(root, mark, op)
    }

    fn put_alias(&self, op: OpId, first: OpId) -> Result<(), StoreError> {
        self.keep_alias(op, first)
    }

    fn put_token(&self, token: &Token, before_ms: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM token WHERE expires < ?1")?
            .execute([before_ms])?;
        self.conn
            .prepare_cached(
                "INSERT INTO token (hash, expires, rights, used_by, operator, outlet)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (hash) DO UPDATE SET used_by = excluded.used_by",
            )?
            .execute((
                token.hash,
                token.expires_ms,
                bits_of(token.rights),
                token.used_by.map(DeviceNo::get),
                token.operator.0,
                token.outlet.0,
            ))?;
        Ok(())
    }

    fn drop_tokens(&self) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM token WHERE used_by IS NULL")?
            .execute([])?;
        Ok(())
    }

    fn wipe_ops(&self, ops: &[OpId]) -> Result<(), StoreError> {
        self.erase_sections(ops)
    }

    fn wipe_apart(&self, people: &BTreeSet<CustomerId>) -> Result<(), StoreError> {
        self.wipe_quarantine(people)?;
        self.wipe_batches(people)
    }

    fn forget_everything(&self) -> Result<(), StoreError> {
        self.empty()
    }

    fn put_fact(&self, fact: Fact, value: &[u8]) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO meta (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?
            .execute((fact.name(), value))?;
        Ok(())
    }

    fn put_revoked(&self, key: &[u8; 33]) -> Result<(), StoreError> {
        self.add_revoked(key)
    }

    fn put_quarantined(&self, op: &Quarantined) -> Result<(), StoreError> {
        self.add_quarantined(op)
    }

    fn move_item(&self, item: EntryId) -> Result<Option<EntryId>, StoreError> {
        self.rename_item(item)
    }

    fn drop_quarantined(&self, id: OpId) -> Result<(), StoreError> {
        self.remove_quarantined(id)
    }

    fn add_redeemed(
        &self,
        operator: OperatorId,
        date: Date,
        points: Points,
    ) -> Result<(), StoreError> {
        self.add_to_day(operator, date, points)
    }

    fn put_reserved(
        &self,
        receipt: Receipt,
        items: &[Item],
        until_ms: i64,
    ) -> Result<(), StoreError> {
        self.add_reserved(receipt, items, until_ms)
    }

    fn drop_reserved(&self, receipt: Receipt) -> Result<(), StoreError> {
        self.remove_reserved(receipt)
    }

    fn drop_late_reserved(&self, now_ms: i64) -> Result<(), StoreError> {
        self.remove_late_reserved(now_ms)
    }

    fn put_holder_request(
        &self,
        of: (&RequestKey, CardNumber),
        outcome: Outcome,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        self.add_holder_request(of, outcome, at_ms)
    }

    fn drop_holder_requests(&self, before_ms: i64) -> Result<(), StoreError> {
        self.remove_holder_requests(before_ms)
    }
}

impl View<'_> {
    /// The tables by which a row is found and summed.
    fn index(&self, row: &Row) -> Result<(), StoreError> {
        match row {
            Row::Purchase(purchase) => {
                let day = day_number(purchase.at.date);
                self.index_day(day, RowKind::Purchase, purchase.id.get())?;
                let counts = purchase.refused.is_none();
                if let Some(customer) = purchase.earner().filter(|_| counts) {
                    self.conn
                        .prepare_cached(
                            "INSERT INTO purchase_of (customer, day, id) VALUES (?1, ?2, ?3)
                             ON CONFLICT DO NOTHING",
                        )?
                        .execute((customer.get(), day, purchase.id.get()))?;
                }
                if let Some(fiscal) = &purchase.fiscal {
                    self.conn
                        .prepare_cached(
                            "INSERT INTO fiscal (purchase, register, number) VALUES (?1, ?2, ?3)
                             ON CONFLICT DO NOTHING",
                        )?
                        .execute((
                            purchase.id.get(),
                            fiscal.register.as_str(),
                            fiscal.number.as_str(),
                        ))?;
                }
            }
            Row::Return(back) => {
                self.index_day(day_number(back.at.date), RowKind::Return, back.id.get())?;
                self.conn
                    .prepare_cached(
                        "INSERT INTO return_of (purchase, id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                    )?
                    .execute((back.purchase.get(), back.id.get()))?;
            }
            Row::Entry(entry) => {
                self.index_day(day_number(entry.date), RowKind::Entry, entry.id.get())?;
                self.index_entry(entry)?;
            }
            Row::Unlinked(unlinked) => self.index_unlinked(unlinked)?,
            Row::Brought(brought) => self.index_brought(brought)?,
            Row::Voucher(voucher) => {
                self.index_voucher(voucher)?;
                self.index_person(row)?;
            }
            Row::Consent(_) => self.index_person(row)?,
            Row::Moved(moved) => self.index_moved(moved)?,
            Row::Customer(customer) => {
                let day = day_number(customer.registered);
                self.index_day(day, RowKind::Customer, customer.id.get())?;
            }
            Row::Merge(merge) => {
                for end in [merge.a, merge.b] {
                    self.conn
                        .prepare_cached(
                            "INSERT INTO edge (customer, merge) VALUES (?1, ?2)
                             ON CONFLICT DO NOTHING",
                        )?
                        .execute((end.get(), merge.id.get()))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// By its day, and by its receipt as long as it waits.
    fn index_unlinked(&self, unlinked: &Unlinked) -> Result<(), StoreError> {
        let (id, day) = (unlinked.id.get(), day_number(unlinked.at.date));
        self.index_day(day, RowKind::Unlinked, id)?;
        if unlinked.state == UnlinkedState::Waits {
            self.conn
                .prepare_cached(
                    "INSERT INTO unlinked (id, number) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                )?
                .execute((id, unlinked.back.receipt.as_str()))?;
        } else {
            self.conn
                .prepare_cached("DELETE FROM unlinked WHERE id = ?1")?
                .execute([id])?;
        }
        Ok(())
    }

    fn index_day(&self, day: i64, kind: RowKind, id: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO day_row (day, kind, id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?
            .execute((day, kind as u8, id))?;
        Ok(())
    }

    fn index_entry(&self, entry: &kartka_domain::ledger::Entry) -> Result<(), StoreError> {
        let effect = entry.effect();
        if entry.purchase.is_some() && matches!(entry.verdict, Some((_, Code::ReturnSettled))) {
            // It was claimed before anybody knew whose purchase it belongs to.
            self.conn
                .prepare_cached("DELETE FROM ledger WHERE purchase = 0 AND entry = ?1")?
                .execute([entry.id.get()])?;
        }
        self.conn
            .prepare_cached(
                "INSERT INTO ledger (purchase, entry, customer, instrument, kind, points, stamps)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (purchase, entry) DO UPDATE SET
                 points = excluded.points, stamps = excluded.stamps",
            )?
            .execute((
                entry.purchase.map_or(0, |id| id.get()),
                entry.id.get(),
                entry.customer.get(),
                entry.instrument.0,
                entry.kind.number(),
                effect.points.0,
                effect.stamps.0,
            ))?;
        Ok(())
    }
}
