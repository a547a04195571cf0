//! This device's own ops, its outbox and its request ids.
//!
//! An op's bytes never change after its commit (sync §2). Nothing here is deleted by a pull, a reset or a restart.

use kartka_domain::ids::{BirthMark, CustomerId, DeviceNo, Id, OpId, OperatorId, Seq};
use kartka_domain::moment::{Moment, day_number};
use kartka_domain::money::Points;
use kartka_domain::op::Fact;
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
    /// The op that had come to the authority before with its birth mark: this one has no effect.
    pub(crate) alias: Option<OpId>,
    /// The birth mark it kept, when it is a re-issue.
    pub(crate) mark: Option<BirthMark>,
}

impl OwnOp {
    /// Its birth mark: the one it kept, else the first bytes of its chain value (sync §2).
    pub(crate) fn birth_mark(&self) -> BirthMark {
        self.mark.unwrap_or_else(|| self.chain.birth_mark())
    }
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

const COLUMNS: &str =
    "op, last, seq, chain, facts, nonce, personal, touched, alias, mark, personal_hash";

/// The ops of one incarnation above a number of it, 0 counted among its numbers.
const ABOVE: &str = "op > ?1 AND op < ((?1 >> 40) + 1) << 40";

fn own_op(row: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, i64, OwnOpRest)> {
    let rest = OwnOpRest {
        seq: row.get(2)?,
        chain: row.get(3)?,
        facts: row.get(4)?,
        nonce: row.get(5)?,
        personal: row.get(6)?,
        touched: unpack_touched(row.get_ref(7)?.as_blob().unwrap_or_default()),
        erased: row.get(10)?,
        alias: row.get(8)?,
        mark: row.get(9)?,
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
    alias: Option<i64>,
    mark: Option<[u8; 8]>,
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
        alias: rest.alias.map(OpId::new).transpose().map_err(bad)?,
        mark: rest.mark.map(BirthMark),
    })
}

impl Reader<'_> {
    /// Own ops of one incarnation whose first number is above `after`, in order, at most `limit`. `after` is a number of
    /// that incarnation; before its first op, the one with the counter 0.
    pub(crate) fn own_ops(&self, after: i64, limit: u32) -> Result<Vec<OwnOp>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM own_op WHERE {ABOVE} ORDER BY op LIMIT ?2");
        let mut statement = self.conn().prepare_cached(&sql)?;
        let rows = statement.query_map(params![after, limit], own_op)?;
        rows.map(|row| checked(row?)).collect()
    }

    /// Own ops of every incarnation that have their order, whose first number is above `after` and whose last one is at
    /// most `upto`, by number, at most `limit`.
    pub(crate) fn ordered_ops(
        &self,
        after: i64,
        upto: i64,
        limit: u32,
    ) -> Result<Vec<OwnOp>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM own_op WHERE op > ?1 AND op <= ?2 AND seq IS NOT NULL ORDER BY op LIMIT ?3"
        );
        let mut statement = self.conn().prepare_cached(&sql)?;
        let rows = statement.query_map(params![after, upto, limit], own_op)?;
        rows.map(|row| checked(row?)).collect()
    }

    /// The first fact of an own op, as it was written.
    pub(crate) fn own_op(&self, op: OpId) -> Result<Option<Fact>, StoreError> {
        let own = self.own_ops(op.get() - 1, 1)?.pop();
        let Some(own) = own.filter(|own| own.op == op) else {
            return Ok(None);
        };
        let personal = own.bytes.personal.as_deref();
        let read = kartka_protocol::op::decode(op, &own.bytes.facts, personal);
        let read = read.map_err(|_| StoreError::Malformed("own_op.facts"))?;
        Ok(read.facts.into_iter().next())
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
        let sql = format!(
            "SELECT {COLUMNS} FROM own_op
             WHERE op = (SELECT max(op) FROM own_op WHERE op <= ?1) AND last >= ?1 AND seq IS NULL"
        );
        let found = self
            .conn()
            .prepare_cached(&sql)?
            .query_row([id.get()], own_op)
            .optional()?;
        let own = found.map(checked).transpose()?;
        Ok(own.map(|own| own.birth_mark()))
    }

    /// The first op that is kept of every number but `now`, with its last number.
    pub(crate) fn former_starts(&self, now: DeviceNo) -> Result<Vec<(Id, Id)>, StoreError> {
        let sql = "SELECT min(op), last FROM own_op
                   WHERE op < ?1 << 40 OR op >= (?1 + 1) << 40 GROUP BY op >> 40";
        let mut statement = self.conn().prepare_cached(sql)?;
        let rows = statement.query_map([now.get()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let read = |id: i64| Id::new(id).map_err(|_| StoreError::Malformed("own_op.op"));
        rows.map(|row| {
            let (op, last) = row?;
            Ok((read(op)?, read(last)?))
        })
        .collect()
    }

    /// The last number and the chain's value of every own op of an incarnation above `after`, in order.
    pub(crate) fn own_chain(&self, after: i64) -> Result<Vec<(Id, ChainValue)>, StoreError> {
        let sql = format!("SELECT last, chain FROM own_op WHERE {ABOVE} ORDER BY op");
        let mut statement = self.conn().prepare_cached(&sql)?;
        let rows = statement.query_map([after], |row| {
            Ok((row.get::<_, i64>(0)?, ChainValue(row.get(1)?)))
        })?;
        rows.map(|row| {
            let (last, chain) = row?;
            let last = Id::new(last).map_err(|_| StoreError::Malformed("own_op.last"))?;
            Ok((last, chain))
        })
        .collect()
    }

    /// How many own ops lie above `acked`: what the shop still has to send.
    pub(crate) fn outbox_len(&self, acked: i64) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM own_op WHERE {ABOVE}");
        let count: i64 = self
            .conn()
            .prepare_cached(&sql)?
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
        let sql = "SELECT coalesce(sum(points) FILTER (WHERE op > ?2 AND op >> 40 = ?2 >> 40), 0),
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
            .prepare_cached(&format!(
                "SELECT coalesce(sum(points), 0) FROM redeemed WHERE {ABOVE}"
            ))?
            .query_row([acked], |row| row.get(0))?;
        Ok((Points(pending), Points(recent), Points(all)))
    }
}

impl Tx<'_> {
    /// Keeps an own op; its number was never used before.
    pub(crate) fn add_own_op(&self, own: &OwnOp) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO own_op (op, last, seq, chain, facts, nonce, personal, touched, alias, mark, personal_hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                own.op.get(),
                own.last.get(),
                own.seq.map(|s| s.0),
                own.chain.0,
                own.bytes.facts,
                own.nonce,
                own.bytes.personal,
                pack_touched(&own.touched),
                own.alias.map(OpId::get),
                own.mark.map(|mark| mark.0),
                own.erased.map(|hash| hash.0)
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

    /// Notes the authority's order of own ops, and the earlier op that one stands for.
    pub(crate) fn set_order(
        &self,
        op: OpId,
        seq: Seq,
        alias: Option<OpId>,
    ) -> Result<(), StoreError> {
        self.execute(
            "UPDATE own_op SET seq = ?2, alias = ?3 WHERE op = ?1",
            params![op.get(), seq.0, alias.map(OpId::get)],
        )
    }

    /// Notes the earlier op that an own one stands for.
    pub(crate) fn set_alias(&self, op: OpId, first: OpId) -> Result<(), StoreError> {
        let sql = "UPDATE own_op SET alias = ?2 WHERE op = ?1";
        self.execute(sql, [op.get(), first.get()])
    }

    /// These own ops stand for themselves.
    pub(crate) fn forget_aliases(&self, first: OpId, last: OpId) -> Result<(), StoreError> {
        let sql = "UPDATE own_op SET alias = NULL WHERE op BETWEEN ?1 AND ?2 AND alias IS NOT NULL";
        self.execute(sql, [first.get(), last.get()])
    }

    /// The order of own ops above `acked` is not known any more: their authority lost it.
    pub(crate) fn forget_order(&self, acked: i64) -> Result<(), StoreError> {
        let sql = format!("UPDATE own_op SET seq = NULL, alias = NULL WHERE {ABOVE}");
        self.execute(&sql, [acked])
    }

    /// Answers repeats of a request with the op that its own one stands for.
    pub(crate) fn follow_alias(&self, own: &OwnOp, first: OpId) -> Result<(), StoreError> {
        self.execute(
            "UPDATE request SET op = op - ?1 + ?3 WHERE op BETWEEN ?1 AND ?2",
            [own.op.get(), own.last.get(), first.get()],
        )
    }

    /// Lets go of own ops from a number of their incarnation on: they are made anew under other numbers.
    pub(crate) fn remove_own_ops(&self, from: OpId) -> Result<(), StoreError> {
        self.execute(
            "DELETE FROM own_op WHERE op >= ?1 AND op < ((?1 >> 40) + 1) << 40",
            [from.get()],
        )
    }

    /// Lets go of every sealed batch: they are of another branch than this device's now.
    pub(crate) fn drop_all_sealed(&self) -> Result<(), StoreError> {
        self.execute("DELETE FROM sealed", [])
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

    /// Lets go of own ops of an incarnation that are settled and older than its op `before`.
    pub(crate) fn forget_ops(&self, before: i64) -> Result<(), StoreError> {
        self.execute(
            "DELETE FROM own_op WHERE op < (SELECT max(op) FROM own_op WHERE op <= ?1) AND op >= (?1 >> 40) << 40",
            [before],
        )
    }

    /// Lets go of request ids and notes of redemptions that are older: it reads all of them, which are a week's.
    pub(crate) fn forget_requests(&self, before_ms: i64) -> Result<(), StoreError> {
        self.execute("DELETE FROM redeemed WHERE at_ms < ?1", [before_ms])?;
        self.execute("DELETE FROM request WHERE at_ms < ?1", [before_ms])
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

    /// Notes a redemption against the limits of sync §6 and of the operator's role.
    pub(crate) fn add_redeemed(&self, op: OpId, redeemed: &Redeemed) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO redeemed (op, customer, at_ms, points, operator, day)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                op.get(),
                redeemed.customer.get(),
                redeemed.at.instant_ms,
                redeemed.points.0,
                redeemed.operator.0,
                day_number(redeemed.at.date)
            ],
        )
    }
}

/// Points that left a balance by an own op.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Redeemed {
    /// Whose balance.
    pub(crate) customer: CustomerId,
    /// How many, above zero.
    pub(crate) points: Points,
    /// By whom.
    pub(crate) operator: OperatorId,
    /// When.
    pub(crate) at: Moment,
}
