//! This device's own ops, its outbox and its request ids.
//!
//! An op's bytes never change after its commit (sync §2). Nothing here is deleted by a pull, a reset or a restart.

use kartka_domain::ids::{BirthMark, CustomerId, Id, OpId, Seq};
use kartka_domain::money::Points;
use kartka_protocol::chain::{ChainValue, PersonalHash};
use kartka_protocol::op::OpBytes;
use rusqlite::{OptionalExtension as _, params};

use super::{Reader, StoreError, Tx};

/// The rows an op wrote, by kind and key.
pub(crate) type Touched = Vec<(u8, i64)>;

/// One own op as kept.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct OwnOp {
    /// Its first number.
    pub(crate) op: OpId,
    /// Its last number.
    pub(crate) last: Id,
    /// Its place in the authority's order, once known.
    pub(crate) seq: Option<Seq>,
    /// The chain's value after it.
    pub(crate) chain: ChainValue,
    /// Its bytes.
    pub(crate) bytes: OpBytes,
    /// What hides the personal section in the chain; gone with it after an erasure.
    pub(crate) nonce: Option<[u8; 16]>,
    /// Stands in the chain for the personal section that an erasure took.
    pub(crate) erased: Option<PersonalHash>,
    /// The rows it wrote.
    pub(crate) touched: Touched,
}

/// 16 random bytes made by the shell when the keypad opens: a repeat of them is answered, not done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub [u8; 16]);

/// One batch, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SealedBatch {
    /// First number of its first op.
    pub(crate) first_op: i64,
    /// Last number of its last op.
    pub(crate) last_op: i64,
    /// The bytes that go by any way.
    pub(crate) bytes: Vec<u8>,
}

fn pack_touched(touched: &[(u8, i64)]) -> Vec<u8> {
    touched
        .iter()
        .flat_map(|(kind, id)| std::iter::once(*kind).chain(id.to_be_bytes()))
        .collect()
}

fn unpack_touched(bytes: &[u8]) -> Touched {
    let (rows, _) = bytes.as_chunks::<9>();
    let number = |row: &[u8; 9]| {
        row[1..]
            .iter()
            .fold(0_i64, |n, byte| n << 8 | i64::from(*byte))
    };
    rows.iter().map(|row| (row[0], number(row))).collect()
}

const COLUMNS: &str = "op, last, seq, chain, facts, nonce, personal, touched, personal_hash";

fn own_op(row: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, i64, OwnOpRest)> {
    let rest = OwnOpRest {
        seq: row.get(2)?,
        chain: row.get(3)?,
        facts: row.get(4)?,
        nonce: row.get(5)?,
        personal: row.get(6)?,
        touched: unpack_touched(row.get_ref(7)?.as_blob().unwrap_or_default()),
        erased: row.get(8)?,
    };
    Ok((row.get(0)?, row.get(1)?, rest))
}

struct OwnOpRest {
    seq: Option<i64>,
    chain: [u8; 32],
    facts: Vec<u8>,
    nonce: Option<[u8; 16]>,
    personal: Option<Vec<u8>>,
    touched: Touched,
    erased: Option<[u8; 32]>,
}

fn checked((op, last, rest): (i64, i64, OwnOpRest)) -> Result<OwnOp, StoreError> {
    let bad = |_| StoreError::Malformed("own_op.op");
    Ok(OwnOp {
        op: OpId::new(op).map_err(bad)?,
        last: Id::new(last).map_err(bad)?,
        seq: rest.seq.map(Seq),
        chain: ChainValue(rest.chain),
        bytes: OpBytes {
            facts: rest.facts,
            personal: rest.personal,
        },
        nonce: rest.nonce,
        erased: rest.erased.map(PersonalHash),
        touched: rest.touched,
    })
}

impl Reader<'_> {
    /// Own ops whose first number is above `after`, in order, at most `limit`.
    pub(crate) fn own_ops(&self, after: i64, limit: u32) -> Result<Vec<OwnOp>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM own_op WHERE op > ?1 ORDER BY op LIMIT ?2");
        let mut statement = self.conn().prepare_cached(&sql)?;
        let rows = statement.query_map(params![after, limit], own_op)?;
        rows.map(|row| checked(row?)).collect()
    }

    /// How many own ops begin at `first` or after it and before `end`.
    pub(crate) fn own_ops_between(&self, first: i64, end: i64) -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM own_op WHERE op >= ?1 AND op < ?2";
        let mut statement = self.conn().prepare_cached(sql)?;
        Ok(statement.query_row([first, end], |row| row.get(0))?)
    }

    /// The chain's value after the op that ends at `last`.
    pub(crate) fn chain_at(&self, last: i64) -> Result<Option<ChainValue>, StoreError> {
        let sql = "SELECT chain FROM own_op WHERE last = ?1 AND op = (SELECT max(op) FROM own_op WHERE op <= ?1)";
        Ok(self
            .conn()
            .prepare_cached(sql)?
            .query_row([last], |row| row.get(0).map(ChainValue))
            .optional()?)
    }

    /// The birth mark of the own op that took the number `id`, while the authority has not ordered it.
    pub(crate) fn unordered_mark(&self, id: Id) -> Result<Option<BirthMark>, StoreError> {
        let sql = "SELECT chain FROM own_op
                   WHERE op = (SELECT max(op) FROM own_op WHERE op <= ?1) AND last >= ?1 AND seq IS NULL";
        let chain = self
            .conn()
            .prepare_cached(sql)?
            .query_row([id.get()], |row| row.get(0).map(ChainValue))
            .optional()?;
        Ok(chain.map(|chain| chain.birth_mark()))
    }

    /// How many own ops lie above `acked`: what the shop still has to send.
    pub(crate) fn outbox_len(&self, acked: i64) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM own_op WHERE op > ?1";
        let count: i64 = self
            .conn()
            .prepare_cached(sql)?
            .query_row([acked], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Sealed batches that reach above `acked`, in order.
    pub(crate) fn sealed(&self, acked: i64) -> Result<Vec<SealedBatch>, StoreError> {
        let sql =
            "SELECT first_op, last_op, bytes FROM sealed WHERE last_op > ?1 ORDER BY first_op";
        let mut statement = self.conn().prepare_cached(sql)?;
        let rows = statement.query_map([acked], |row| {
            Ok(SealedBatch {
                first_op: row.get(0)?,
                last_op: row.get(1)?,
                bytes: row.get(2)?,
            })
        })?;
        rows.map(|row| Ok(row?)).collect()
    }

    /// What a request id did before, if it was used.
    pub(crate) fn request(&self, id: RequestId) -> Result<Option<OpId>, StoreError> {
        let found: Option<i64> = self
            .conn()
            .prepare_cached("SELECT op FROM request WHERE id = ?1")?
            .query_row([id.0], |row| row.get(0))
            .optional()?;
        found
            .map(OpId::new)
            .transpose()
            .map_err(|_| StoreError::Malformed("request.op"))
    }

    /// Points of own redemptions: of one customer above the op `settled`, of one customer since `since_ms`, and
    /// of everybody above the op `acked`.
    pub(crate) fn redeemed(
        &self,
        customer: CustomerId,
        settled: i64,
        since_ms: i64,
        acked: i64,
    ) -> Result<(Points, Points, Points), StoreError> {
        let sql = "SELECT coalesce(sum(points) FILTER (WHERE op > ?2), 0),
                          coalesce(sum(points) FILTER (WHERE at_ms >= ?3), 0)
                   FROM redeemed WHERE customer = ?1";
        let (pending, recent) = self
            .conn()
            .prepare_cached(sql)?
            .query_row([customer.get(), settled, since_ms], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let all = self
            .conn()
            .prepare_cached("SELECT coalesce(sum(points), 0) FROM redeemed WHERE op > ?1")?
            .query_row([acked], |row| row.get(0))?;
        Ok((Points(pending), Points(recent), Points(all)))
    }
}

impl Tx<'_> {
    /// Keeps an own op; its number was never used before.
    pub(crate) fn add_own_op(&self, own: &OwnOp) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO own_op (op, last, seq, chain, facts, nonce, personal, touched)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                own.op.get(),
                own.last.get(),
                own.seq.map(|s| s.0),
                own.chain.0,
                own.bytes.facts,
                own.nonce,
                own.bytes.personal,
                pack_touched(&own.touched)
            ],
        )
    }

    /// Notes which rows an own op writes now.
    pub(crate) fn set_touched(&self, op: OpId, touched: &[(u8, i64)]) -> Result<(), StoreError> {
        self.execute(
            "UPDATE own_op SET touched = ?2 WHERE op = ?1",
            params![op.get(), pack_touched(touched)],
        )
    }

    /// Notes the authority's order of own ops.
    pub(crate) fn set_order(&self, op: OpId, seq: Seq) -> Result<(), StoreError> {
        self.execute(
            "UPDATE own_op SET seq = ?2 WHERE op = ?1",
            [op.get(), seq.0],
        )
    }

    /// Forgets the authority's order of own ops above `settled`: an authority that was put back gives another one.
    pub(crate) fn forget_order(&self, settled: i64) -> Result<(), StoreError> {
        self.execute("UPDATE own_op SET seq = NULL WHERE op > ?1", [settled])
    }

    /// Keeps a sealed batch.
    pub(crate) fn add_sealed(&self, batch: &SealedBatch) -> Result<(), StoreError> {
        let values = params![batch.first_op, batch.last_op, batch.bytes];
        self.execute("INSERT INTO sealed VALUES (?1, ?2, ?3)", values)
    }

    /// Lets go of batches that the authority holds.
    pub(crate) fn drop_sealed(&self, acked: i64) -> Result<(), StoreError> {
        self.execute("DELETE FROM sealed WHERE last_op <= ?1", [acked])
    }

    /// Lets go of own ops that are settled and older than the op `before`, and of old request ids.
    pub(crate) fn forget_old(
        &self,
        before: i64,
        requests_before_ms: i64,
    ) -> Result<(), StoreError> {
        self.execute("DELETE FROM own_op WHERE op < ?1", [before])?;
        self.execute(
            "DELETE FROM redeemed WHERE at_ms < ?1",
            [requests_before_ms],
        )?;
        self.execute("DELETE FROM request WHERE at_ms < ?1", [requests_before_ms])
    }

    /// Notes a request id with what it did.
    pub(crate) fn add_request(
        &self,
        id: RequestId,
        op: OpId,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO request VALUES (?1, ?2, ?3)",
            params![id.0, op.get(), at_ms],
        )
    }

    /// Notes a redemption against the limits of sync §6.
    pub(crate) fn add_redeemed(
        &self,
        op: OpId,
        customer: CustomerId,
        at_ms: i64,
        points: Points,
    ) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO redeemed VALUES (?1, ?2, ?3, ?4)",
            [op.get(), customer.get(), at_ms, points.0],
        )
    }
}
