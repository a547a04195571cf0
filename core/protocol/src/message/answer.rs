//! What the authority answers: what it holds of the device's ops, what is new, and where its order stands.

use kartka_domain::ids::{BirthMark, DeviceNo, Id, OpId, Seq};
use kartka_domain::moment::Month;

use super::incarnation::Incarnation;
use super::moved::Moved;
use super::order::SignedWord;
use super::refusal::Refusal;
use super::request::device_no;
use super::{Nonce, bounded, put_cursors, put_list, put_scopes, read_cursors, read_scopes};
use crate::chain::ChainValue;
use crate::digest::Digest;
use crate::error::{Measure, within};
use crate::fields::{Record, Shape, Value};
use crate::head::{Reign, SignedHead};
use crate::parts::{id, opt_id};
use crate::scope::{self, Scope};
use crate::{WireError, limits};

mod tag {
    pub(super) const NONCE: u16 = 1;
    pub(super) const DEVICE: u16 = 2;
    pub(super) const HEAD: u16 = 3;
    pub(super) const LINEAGE: u16 = 4;
    pub(super) const SERVER_TIME: u16 = 5;
    pub(super) const ACKED: u16 = 6;
    pub(super) const ACKED_HASH: u16 = 7;
    pub(super) const RUNS: u16 = 8;
    pub(super) const PAGES: u16 = 9;
    pub(super) const CURSORS: u16 = 10;
    pub(super) const OLDEST_MONTH: u16 = 11;
    pub(super) const DIGESTS: u16 = 12;
    pub(super) const WANT_PERSONAL: u16 = 13;
    pub(super) const CARRIED: u16 = 14;
    pub(super) const RESET: u16 = 15;
    pub(super) const FLAGS: u16 = 16;
    pub(super) const REFUSAL: u16 = 17;
    pub(super) const INCARNATION: u16 = 18;
    pub(super) const MOVED: u16 = 19;
    pub(super) const WORD: u16 = 20;
    /// Over everything before it: only the head is signed, and a bit that flips on the way must not pass for
    /// another history. Always the last field.
    pub(super) const CHECK: u16 = 65_535;
}

mod digest {
    pub(super) const SCOPE: u16 = 1;
    pub(super) const SEQ: u16 = 2;
    pub(super) const SUM: u16 = 3;
}

mod carried {
    pub(super) const DEVICE: u16 = 1;
    pub(super) const LAST: u16 = 2;
    pub(super) const CHAIN: u16 = 3;
}

mod run {
    pub(super) const FIRST: u16 = 1;
    pub(super) const LAST: u16 = 2;
    pub(super) const FIRST_SEQ: u16 = 3;
    pub(super) const MARK: u16 = 4;
    /// Absent = the ops are the first of their kind.
    pub(super) const ALIAS: u16 = 5;
}

/// How far the authority holds the device's own chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acked {
    /// The counter of the last number used by an op it holds; 0 = none.
    pub last: i64,
    /// The chain's value there.
    pub chain: ChainValue,
}

/// Ops of the device that stand one after the other in the authority's order.
///
/// The k-th op of the run has the seq `first_seq` + k, so a lost answer loses no seq: they come again by cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The first op.
    pub first_op: OpId,
    /// The last op's first number.
    pub last_op: OpId,
    /// The seq of the first op.
    pub first_seq: Seq,
    /// The birth mark of the first op, so that another history's op is not taken for it.
    pub mark: BirthMark,
    /// The op that had come before with the same birth mark: the run is one op, which has no effect and no rows
    /// of its own (sync §12).
    pub alias: Option<OpId>,
}

/// The sum over a scope's rows up to a seq.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeDigest {
    /// Of which rows.
    pub scope: Scope,
    /// Up to which seq.
    pub seq: Seq,
    /// The sum.
    pub digest: Digest,
}

/// A neighbour's batch that arrived: the carrier may drop its copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// Whose.
    pub device: DeviceNo,
    /// The batch's last number.
    pub last: Id,
    /// The chain there.
    pub chain: ChainValue,
}

/// One thing a device is told by a bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// Rows are left over for the next exchange.
    More = 0,
    /// A restored authority asks for others' rows (sync §12).
    Heal = 1,
    /// Delete everything when the outbox is empty, or the owner insists (sync §7).
    Wipe = 2,
}

/// A set of [`Flag`]s; unknown ones are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(u32);

impl Flags {
    /// The set with one more.
    #[must_use]
    pub const fn with(self, flag: Flag) -> Self {
        Self(self.0 | 1 << flag as u32)
    }

    /// Whether a flag is set.
    #[must_use]
    pub const fn has(self, flag: Flag) -> bool {
        self.0 >> flag as u32 & 1 == 1
    }
}

/// One exchange's answer; used only by the request whose nonce it names (sync §4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncAnswer {
    /// The request's.
    pub nonce: Nonce,
    /// The device that asked.
    pub device: DeviceNo,
    /// Where the order stands, signed; its epoch is the answer's epoch.
    pub head: SignedHead,
    /// The epochs up to now, oldest first.
    pub lineage: Vec<Reign>,
    /// The authority's clock, epoch ms.
    pub server_ms: i64,
    /// How far it holds the device's ops.
    pub acked: Acked,
    /// Seqs of the device's own ops after its cursor of `own`.
    pub runs: Vec<Run>,
    /// Packed pages, in the order in which they are applied.
    pub pages: Vec<Vec<u8>>,
    /// Where each asked scope ends, pages included or not; a month that was not asked for and may be stands at 0.
    pub cursors: Vec<(Scope, Seq)>,
    /// Months before this one are dropped on both sides.
    pub oldest_month: Option<Month>,
    /// The sums that were asked for.
    pub digests: Vec<ScopeDigest>,
    /// Own ops whose personal section the authority does not hold.
    pub want_personal: Vec<OpId>,
    /// Carried batches that arrived.
    pub carried: Vec<Carried>,
    /// Scopes to be pulled anew; the outbox stays.
    pub reset: Vec<Scope>,
    /// More of what the device is told.
    pub flags: Flags,
    /// Where this authority is reached from now on.
    pub moved: Option<Moved>,
    /// Why the request was not served; then nothing but this, head and lineage counts.
    pub refusal: Option<Refusal>,
    /// Under which numbers a copy goes on that has shown its branch; then nothing but this, head and lineage counts.
    pub incarnation: Option<Incarnation>,
    /// To a revoked device, signed.
    pub word: Option<SignedWord>,
}

impl SyncAnswer {
    /// An answer that says nothing yet.
    #[must_use]
    pub fn new(
        nonce: Nonce,
        device: DeviceNo,
        head: SignedHead,
        server_ms: i64,
        acked: Acked,
    ) -> Self {
        Self {
            nonce,
            device,
            head,
            lineage: Vec::new(),
            server_ms,
            acked,
            runs: Vec::new(),
            pages: Vec::new(),
            cursors: Vec::new(),
            oldest_month: None,
            digests: Vec::new(),
            want_personal: Vec::new(),
            carried: Vec::new(),
            reset: Vec::new(),
            flags: Flags::default(),
            moved: None,
            refusal: None,
            incarnation: None,
            word: None,
        }
    }

    /// The bytes of the answer.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(tag::NONCE, self.nonce);
        r.put(tag::DEVICE, self.device.get());
        r.put(tag::HEAD, self.head.to_record());
        r.put_records(tag::LINEAGE, self.lineage.iter().map(Reign::to_record));
        r.put(tag::SERVER_TIME, self.server_ms);
        r.put_unless(tag::ACKED, self.acked.last, 0);
        r.put(tag::ACKED_HASH, self.acked.chain.0);
        r.put_records(tag::RUNS, self.runs.iter().map(run_record));
        put_list(
            &mut r,
            tag::PAGES,
            self.pages
                .iter()
                .map(|page| Value::from(page.as_slice()))
                .collect(),
        );
        put_cursors(&mut r, tag::CURSORS, &self.cursors);
        r.put_opt(
            tag::OLDEST_MONTH,
            self.oldest_month.map(|month| i64::from(month.0)),
        );
        r.put_records(tag::DIGESTS, self.digests.iter().map(digest_record));
        put_list(
            &mut r,
            tag::WANT_PERSONAL,
            self.want_personal
                .iter()
                .map(|op| Value::Int(op.get()))
                .collect(),
        );
        r.put_records(tag::CARRIED, self.carried.iter().map(carried_record));
        put_scopes(&mut r, tag::RESET, &self.reset);
        r.put_unless(tag::FLAGS, i64::from(self.flags.0), 0);
        r.put_opt(tag::REFUSAL, self.refusal.map(Refusal::to_record));
        r.put_opt(
            tag::INCARNATION,
            self.incarnation.map(Incarnation::to_record),
        );
        r.put_opt(tag::MOVED, self.moved.as_ref().map(Moved::to_record));
        r.put_opt(tag::WORD, self.word.map(SignedWord::to_record));
        let mut r = r.open();
        r.put(tag::CHECK, check(&r));
        r.encode()
    }

    /// Reads an answer from bytes that nobody has checked; head and pages are not believed yet.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut r = Record::decode(bytes, Shape::ANSWER)?;
        let sum: [u8; 16] = r.array(tag::CHECK)?;
        r.remove(tag::CHECK);
        if sum != check(&r) {
            return Err(WireError::OutOfRange(tag::CHECK));
        }
        let lineage = bounded(&r, tag::LINEAGE, limits::LINEAGE)?;
        let runs = bounded(&r, tag::RUNS, limits::RUNS)?;
        let digests = bounded(&r, tag::DIGESTS, limits::SCOPES)?;
        let carried = bounded(&r, tag::CARRIED, limits::REQUEST_BATCHES)?;
        Ok(Self {
            nonce: r.array(tag::NONCE)?,
            device: id(&r, tag::DEVICE, device_no)?,
            head: SignedHead::from_record(r.record(tag::HEAD)?)?,
            lineage: lineage
                .into_iter()
                .map(Reign::from_record)
                .collect::<Result<_, _>>()?,
            server_ms: r.int(tag::SERVER_TIME)?,
            acked: Acked {
                last: r.int_or(tag::ACKED, 0)?,
                chain: ChainValue(r.array(tag::ACKED_HASH)?),
            },
            runs: runs.into_iter().map(read_run).collect::<Result<_, _>>()?,
            pages: read_pages(&r)?,
            cursors: read_cursors(&r, tag::CURSORS)?,
            oldest_month: read_month(&r)?,
            digests: digests
                .into_iter()
                .map(read_digest)
                .collect::<Result<_, _>>()?,
            want_personal: read_wanted(&r)?,
            carried: carried
                .into_iter()
                .map(read_carried)
                .collect::<Result<_, _>>()?,
            reset: read_scopes(&r, tag::RESET)?,
            flags: Flags(r.int_or(tag::FLAGS, 0)?),
            moved: r
                .opt_record(tag::MOVED)?
                .map(Moved::from_record)
                .transpose()?,
            refusal: r
                .opt_record(tag::REFUSAL)?
                .map(Refusal::from_record)
                .transpose()?,
            incarnation: r
                .opt_record(tag::INCARNATION)?
                .map(Incarnation::from_record)
                .transpose()?,
            word: r
                .opt_record(tag::WORD)?
                .map(SignedWord::from_record)
                .transpose()?,
        })
    }
}

/// The sum over an answer's other fields.
fn check(r: &Record) -> [u8; 16] {
    let hash = blake3::Hasher::new_derive_key("kartka 2026 answer check")
        .update(&r.encode())
        .finalize();
    let mut sum = [0; 16];
    sum.copy_from_slice(&hash.as_bytes()[..16]);
    sum
}

fn read_pages(r: &Record) -> Result<Vec<Vec<u8>>, WireError> {
    let list = r.list(tag::PAGES)?;
    within(Measure::Items, list.len(), limits::ANSWER_PAGES)?;
    let page = |value: &Value| match value {
        Value::Bytes(bytes) => Ok(bytes.clone()),
        _ => Err(WireError::WrongType(tag::PAGES)),
    };
    list.iter().map(page).collect()
}

fn read_month(r: &Record) -> Result<Option<Month>, WireError> {
    let code = r.opt_int::<i64>(tag::OLDEST_MONTH)?;
    code.map(|code| scope::month(code).ok_or(WireError::OutOfRange(tag::OLDEST_MONTH)))
        .transpose()
}

fn read_wanted(r: &Record) -> Result<Vec<OpId>, WireError> {
    let wanted = r.ints(tag::WANT_PERSONAL)?;
    within(Measure::Items, wanted.len(), limits::WANTED)?;
    let op = |raw| OpId::new(raw).map_err(|_| WireError::OutOfRange(tag::WANT_PERSONAL));
    wanted.into_iter().map(op).collect()
}

fn run_record(run: &Run) -> Record {
    let mut r = Record::new();
    r.put(run::FIRST, run.first_op.get());
    r.put(run::LAST, run.last_op.get());
    r.put(run::FIRST_SEQ, run.first_seq.0);
    r.put(run::MARK, run.mark.0);
    r.put_opt(run::ALIAS, run.alias.map(OpId::get));
    r
}

fn read_run(r: &Record) -> Result<Run, WireError> {
    Ok(Run {
        first_op: id(r, run::FIRST, OpId::new)?,
        last_op: id(r, run::LAST, OpId::new)?,
        first_seq: Seq(r.int(run::FIRST_SEQ)?),
        mark: BirthMark(r.array(run::MARK)?),
        alias: opt_id(r, run::ALIAS, OpId::new)?,
    })
}

fn digest_record(sum: &ScopeDigest) -> Record {
    let mut r = Record::new();
    r.put(digest::SCOPE, sum.scope.code());
    r.put(digest::SEQ, sum.seq.0);
    r.put(digest::SUM, sum.digest.to_bytes());
    r
}

fn read_digest(r: &Record) -> Result<ScopeDigest, WireError> {
    Ok(ScopeDigest {
        scope: Scope::from_code(r.int(digest::SCOPE)?, digest::SCOPE)?,
        seq: Seq(r.int(digest::SEQ)?),
        digest: Digest::from_bytes(r.array(digest::SUM)?),
    })
}

pub(super) fn carried_record(arrived: &Carried) -> Record {
    let mut r = Record::new();
    r.put(carried::DEVICE, arrived.device.get());
    r.put(carried::LAST, arrived.last.get());
    r.put(carried::CHAIN, arrived.chain.0);
    r
}

pub(super) fn read_carried(r: &Record) -> Result<Carried, WireError> {
    Ok(Carried {
        device: id(r, carried::DEVICE, device_no)?,
        last: id(r, carried::LAST, Id::new)?,
        chain: ChainValue(r.array(carried::CHAIN)?),
    })
}
