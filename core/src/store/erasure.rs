//! What an erasure takes away on this device, and whether its traces are gone from the file (sync §8).
//!
//! Rows, names and numbers go with the rows of an answer; here go the personal sections and nonces of own ops and
//! of batches that wait. `secure_delete` overwrites what is deleted, but not the old copies that SQLite leaves in a
//! page when it moves cells to another one: only writing the file anew does (decision 30), in an idle moment.

use std::collections::BTreeSet;

use kartka_domain::customer::Customer;
use kartka_domain::ids::{CustomerId, OpId, Seq};
use kartka_domain::row::{Erasure, ErasureDone, Row, RowKind};
use kartka_protocol::batch::Batch;
use kartka_protocol::chain::PersonalHash;
use rusqlite::params;

use super::{Checkpoint, LogFile, Reader, Store, StoreError, Tx, meta};

/// What may still hold traces of erased people: nothing, [`IN_FILE`] or [`ASIDE`].
const TRACES: &str = "traces";
/// The file itself, and whatever lies beside it.
const IN_FILE: &[u8] = &[1];
/// Only a file that was moved aside: a damaged one, or one whose key was lost.
const ASIDE: &[u8] = &[2];
/// A damaged file that was moved aside may be all that is left of ops that were never sent: it is kept so long, also
/// after an erasure, and no "done" is said before it is gone. Later no authority would take its ops any more.
const KEEP_DAMAGED_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// When the authority was heard first while data whose key was lost lay beside these: epoch ms by its clock, big-endian.
const LOCKED_SINCE: &str = "locked_since";

impl Reader<'_> {
    /// Whether a person was erased, by the authority's word or by an own op that waits.
    pub(crate) fn is_erased(&self, id: CustomerId) -> Result<bool, StoreError> {
        Ok(self.stored(RowKind::Erasure as u8, id.get())?.is_some())
    }

    /// A customer who was not erased.
    pub(crate) fn living(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        if self.is_erased(id)? {
            return Ok(None);
        }
        self.customer(id)
    }

    /// All erasures in the authority's order, those that wait last.
    pub(crate) fn erasures(&self) -> Result<Vec<(Option<Seq>, Erasure)>, StoreError> {
        let rows = self.rules_of(RowKind::Erasure)?;
        let mut found: Vec<(Option<Seq>, Erasure)> = rows
            .into_iter()
            .filter_map(|(seq, row)| match row {
                Row::Erasure(erasure) => Some((seq, erasure)),
                _ => None,
            })
            .collect();
        found.sort_by_key(|(seq, erasure)| (seq.is_none(), *seq, erasure.customer));
        Ok(found)
    }

    /// Whether anybody was ever erased.
    pub(crate) fn has_erasures(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM rule WHERE kind = ?1)";
        Ok(self
            .conn()
            .prepare_cached(sql)?
            .query_row([RowKind::Erasure as u8], |row| row.get(0))?)
    }

    /// How far each device has wiped its traces, by the authority's word.
    pub(crate) fn erasures_done(&self) -> Result<Vec<ErasureDone>, StoreError> {
        let rows = self.rules_of(RowKind::ErasureDone)?;
        let done = rows.into_iter().filter_map(|(_, row)| match row {
            Row::ErasureDone(done) => Some(done),
            _ => None,
        });
        Ok(done.collect())
    }

    /// Whether the file may still hold traces of erased people.
    pub(crate) fn has_traces(&self) -> Result<bool, StoreError> {
        Ok(meta::get(self, TRACES)?.is_some_and(|set| !set.is_empty()))
    }

    /// Whether anything searchable or sendable of an erased person is left: the check before "done" is said.
    fn holds_erased(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (
            SELECT 1 FROM rule WHERE kind = ?1 AND seq IS NOT NULL AND (
                EXISTS (SELECT 1 FROM customer_phone WHERE customer = rule.id)
                OR EXISTS (SELECT 1 FROM customer_name WHERE customer = rule.id)))";
        let indexed: bool = self
            .conn()
            .prepare_cached(sql)?
            .query_row([RowKind::Erasure as u8], |row| row.get(0))?;
        Ok(indexed)
    }
}

impl Tx<'_> {
    /// Deletes the personal sections and nonces of own ops about these people, wherever they lie; chain and
    /// signatures stay checkable by the hashes left in their place.
    pub(crate) fn wipe_people(&self, people: &BTreeSet<CustomerId>) -> Result<(), StoreError> {
        let all = self.with_second_numbers(people)?;
        self.wipe_ops(&all)?;
        self.wipe_batches(&all)?;
        meta::put(self, TRACES, IN_FILE)
    }

    /// An own op turned out to stand for one that had come before: whom that one registered may be erased already.
    pub(crate) fn wipe_if_erased(&self, first: OpId, len: i64) -> Result<(), StoreError> {
        let mut people = BTreeSet::new();
        for id in first.get()..=first.get().saturating_add(len) {
            let Ok(person) = CustomerId::new(id) else {
                break;
            };
            if self.is_erased(person)? {
                people.insert(person);
            }
        }
        if people.is_empty() {
            return Ok(());
        }
        self.wipe_people(&people)
    }

    /// These people also under the numbers that own ops gave them which came to the authority a second time.
    fn with_second_numbers(
        &self,
        people: &BTreeSet<CustomerId>,
    ) -> Result<BTreeSet<CustomerId>, StoreError> {
        let sql = "SELECT op, last, alias FROM own_op WHERE alias IS NOT NULL ORDER BY op";
        let mut statement = self.conn().prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let mut all = people.clone();
        for row in rows {
            let (op, last, first): (i64, i64, i64) = row?;
            for person in people {
                let place = person.get().saturating_sub(first);
                if (0..=last.saturating_sub(op)).contains(&place) {
                    all.extend(CustomerId::new(op.saturating_add(place)));
                }
            }
        }
        Ok(all)
    }

    fn wipe_ops(&self, people: &BTreeSet<CustomerId>) -> Result<(), StoreError> {
        let sql = "SELECT op, facts, nonce, personal FROM own_op INDEXED BY own_op_personal
                   WHERE personal IS NOT NULL ORDER BY op";
        let mut found = Vec::new();
        {
            let mut statement = self.conn().prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let op = OpId::new(row.get(0)?).map_err(|_| StoreError::Malformed("own_op.op"))?;
                let facts: Vec<u8> = row.get(1)?;
                if is_about(op, &facts, people) {
                    let (nonce, section): ([u8; 16], Vec<u8>) = (row.get(2)?, row.get(3)?);
                    found.push((op, PersonalHash::of(&nonce, &section)));
                }
            }
        }
        for (op, hash) in found {
            self.execute(
                "UPDATE own_op SET personal = NULL, nonce = NULL, personal_hash = ?2 WHERE op = ?1",
                params![op.get(), hash.0],
            )?;
        }
        Ok(())
    }

    fn wipe_batches(&self, people: &BTreeSet<CustomerId>) -> Result<(), StoreError> {
        let bad = |_| StoreError::Malformed("sealed.bytes");
        for sealed in self.sealed(0)? {
            let batch = Batch::decode(&sealed.bytes).map_err(bad)?;
            let left = batch.erased(|op, facts| is_about(op, facts, people));
            if let Some(left) = left.map_err(bad)? {
                self.execute(
                    "UPDATE sealed SET bytes = ?2 WHERE first_op = ?1",
                    params![sealed.first_op, left.encode()],
                )?;
            }
        }
        Ok(())
    }
}

/// Whether an op's personal section is about one of these people.
fn is_about(op: OpId, facts: &[u8], people: &BTreeSet<CustomerId>) -> bool {
    kartka_protocol::op::decode(op, facts, None)
        .is_ok_and(|op| op.people().any(|person| people.contains(&person)))
}

/// What became of wiping the traces of erased people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wiped {
    /// There were none.
    Nothing,
    /// The file was written anew and the log cut to nothing: no byte of them is left.
    Done,
    /// A reader still looks at an older state, or a damaged file lies aside that is not 30 days old; try again.
    Later,
}

impl Store {
    /// Writes the file anew without the traces of erased people and cuts the log to nothing. For idle moments: takes
    /// about a second for 50 MB, and as much memory as the file has bytes.
    ///
    /// # Errors
    /// [`StoreError::Full`] when there is no room to write the file once more; nothing is lost, traces stay.
    ///
    /// `heard_ms` is when the authority was last heard, by its clock: data whose key was lost hold the only copy of sales
    /// that nobody has, so no clock of this device decides that their 30 days are over.
    pub(crate) fn wipe_traces(&self, heard_ms: Option<i64>) -> Result<Wiped, StoreError> {
        let traces = self.read(|r| meta::get(r, TRACES))?.unwrap_or_default();
        if traces.is_empty() {
            return Ok(Wiped::Nothing);
        }
        if traces != ASIDE {
            // The readers kept open would hold on to older pages.
            self.close_readers();
            self.writer().execute_batch("VACUUM")?;
            if self.checkpoint(LogFile::Truncate)? == Checkpoint::Partial {
                return Ok(Wiped::Later);
            }
        }
        let before_ms = self.clock().now_ms().saturating_sub(KEEP_DAMAGED_MS);
        let damaged = self.door().place.drop_damaged(before_ms)?;
        if self.keeps_locked(heard_ms)? || damaged {
            self.write(|tx| meta::put(tx, TRACES, ASIDE))?;
            return Ok(Wiped::Later);
        }
        self.write(|tx| {
            if tx.holds_erased()? {
                return Err(StoreError::Malformed(
                    "an index that names an erased person",
                ));
            }
            meta::put(tx, TRACES, &[])?;
            Ok(Wiped::Done)
        })
    }

    /// Whether data whose key was lost are still kept; deletes them 30 days after the authority was heard first beside them.
    fn keeps_locked(&self, heard_ms: Option<i64>) -> Result<bool, StoreError> {
        let locked = self.door().place.locked()?;
        if locked.is_empty() {
            return Ok(false);
        }
        let Some(heard_ms) = heard_ms else {
            return Ok(true);
        };
        let since = self.read(|r| meta::get(r, LOCKED_SINCE))?;
        let Some(since) = since.and_then(|since| <[u8; 8]>::try_from(since).ok()) else {
            self.write(|tx| meta::put(tx, LOCKED_SINCE, &heard_ms.to_be_bytes()))?;
            return Ok(true);
        };
        if heard_ms <= i64::from_be_bytes(since).saturating_add(KEEP_DAMAGED_MS) {
            return Ok(true);
        }
        let door = self.door();
        for folder in locked {
            door.place.vfs.remove_aside(&folder)?;
        }
        Ok(false)
    }
}
