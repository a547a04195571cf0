//! What a phone remembers from one exchange to the next beside its cursors: the last signed head, clock pairs, the
//! oldest month, scopes that are pulled anew.

use kartka_domain::ids::{BusinessId, Epoch, Seq};
use kartka_domain::moment::Month;
use kartka_protocol::WireError;
use kartka_protocol::fields::{Record, Shape, Value};
use kartka_protocol::head::{Reign, SignedHead, epoch_record, read_epoch};
use kartka_protocol::message::{Anchor, PairAnswer};
use kartka_protocol::scope::Scope;

use crate::error::CoreError;
use crate::platform::{Clock, KeyStore, SecretName};
use crate::store::{Reader, StoreError, Tx, meta};

/// Clock pairs of so many boots are kept.
const BOOTS: usize = 16;
/// How long those that were told are kept, in milliseconds: an op is kept for thirty days after it was acked, and may have
/// waited before.
const TOLD_MS: i64 = 60 * 24 * 60 * 60 * 1_000;

/// Where it lies among the facts about this file.
const KEY: &str = "sync";

mod tag {
    pub(super) const HEAD: u16 = 1;
    pub(super) const ANCHORS: u16 = 2;
    pub(super) const OLDEST: u16 = 3;
    pub(super) const RESET: u16 = 4;
    pub(super) const RENEWED: u16 = 5;
    pub(super) const LINEAGE: u16 = 6;
    pub(super) const FORK: u16 = 7;
    pub(super) const KEPT: u16 = 8;
    pub(super) const HEALING: u16 = 9;
    pub(super) const FORMER: u16 = 10;
    pub(super) const ACKED: u16 = 11;
    pub(super) const UNTOLD: u16 = 12;
    pub(super) const UNTOLD_WAITS: u16 = 13;
    pub(super) const LEFT: u16 = 14;
    pub(super) const TOLD: u16 = 161;
}

mod verdict {
    pub(super) const ID: u16 = 1;
    pub(super) const EPOCH: u16 = 2;
    pub(super) const INSIST: u16 = 3;
    pub(super) const STRANGER: u16 = 4;
}

mod epoch {
    pub(super) const BUSINESS: u16 = 1;
    pub(super) const EPOCH: u16 = 2;
}

mod former {
    pub(super) const ADDRESS: u16 = 1;
    pub(super) const MOVED: u16 = 2;
}

mod acked {
    pub(super) const DAY: u16 = 1;
    pub(super) const OP: u16 = 2;
}

mod anchor {
    pub(super) const BOOT: u16 = 1;
    pub(super) const MONOTONIC: u16 = 2;
    pub(super) const SERVER: u16 = 3;
}

/// That this copy of the data is not the one that the authority knows (sync §12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// What the copy calls itself when it asks.
    pub(super) id: [u8; 16],
    /// Whose authority says so; a verdict ends with its epoch.
    pub(super) epoch: Epoch,
    /// It was told before to keep its number, and still met another history.
    pub(super) insist: bool,
    /// The authority does not know this phone's number: it is shown what another one signed.
    pub(super) stranger: bool,
}

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SyncState {
    /// The newest head the authority signed for this phone.
    pub(super) head: Option<SignedHead>,
    /// One clock pair for each boot that may still have ops to send, newest last.
    pub(super) anchors: Vec<Anchor>,
    /// Clock pairs of earlier boots that the authority has: told again to one that lost what it was told.
    pub(super) told: Vec<Anchor>,
    /// Months before this one are not kept.
    pub(super) oldest: Option<Month>,
    /// Scopes to be asked for from the beginning.
    pub(super) reset: Vec<Scope>,
    /// Where the authority was before it moved.
    pub(super) former: Option<FormerAddress>,
    /// Scopes that are being pulled anew: rows not seen again are gone when the pull is complete.
    pub(super) renewed: Vec<Scope>,
    /// While a restored authority is told again what it lost: the last seq that it has in common with the rows here.
    pub(super) healing: Option<Seq>,
    /// This copy was rolled back or cloned: the next request shows its chain.
    pub(super) fork: Option<Verdict>,
    /// The authority said that it may keep its number, and no answer was used since.
    pub(super) kept: bool,
    /// Which own ops it had on which day, oldest first: they are kept for a while, whatever this device's clock says.
    pub(super) acked: Vec<AckedOn>,
    /// Since when each former number is left whose ops are still here: they are kept for a while as well.
    pub(super) left: Vec<LeftOn>,
    /// Of each former number whose ops a restored authority may have lost, the op behind which they have still to be told.
    pub(super) untold: Vec<i64>,
    /// The authority did not take what came first of them: it waits for something new from others.
    pub(super) untold_waits: bool,
}

/// Since when a number is not this device's any more, by the authority's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LeftOn {
    /// Days since 1970 in UTC.
    pub(super) day: i64,
    /// The device number.
    pub(super) number: i64,
}

/// Own ops that the authority had on a day of its own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AckedOn {
    /// Days since 1970 in UTC.
    pub(super) day: i64,
    /// The last number of the last of them.
    pub(super) op: i64,
}

/// The address this phone knew before the authority named another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FormerAddress {
    /// None when it was the same.
    pub(super) address: Option<String>,
    /// When the authority said so; epoch ms by its clock.
    pub(super) moved_ms: i64,
}

impl SyncState {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        match meta::get(reader, KEY)? {
            None => Ok(Self::default()),
            Some(bytes) => decode(&bytes).map_err(|_| StoreError::Malformed("meta.sync")),
        }
    }

    pub(super) fn write(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        meta::put(tx, KEY, &self.encode())
    }

    /// The authority may have lost the clock pairs that it was told: the next requests bring them again.
    pub(super) fn tell_clocks_again(&mut self) {
        let known = |pair: &Anchor| self.anchors.iter().any(|other| other.boot == pair.boot);
        let mut pairs = std::mem::take(&mut self.told);
        pairs.retain(|pair| !known(pair));
        pairs.append(&mut self.anchors);
        pairs.drain(..pairs.len().saturating_sub(BOOTS));
        self.anchors = pairs;
    }

    /// Notes the pair of this boot. Those of other boots wait while ops of them may; then they are kept as long as an
    /// authority may have to be told of those ops again.
    pub(super) fn note_clock(&mut self, here: Anchor, outbox: u64) {
        self.anchors.retain(|pair| pair.boot != here.boot);
        if outbox == 0 {
            self.told.append(&mut self.anchors);
        }
        let since = here.server_ms.saturating_sub(TOLD_MS);
        self.told
            .retain(|pair| pair.boot != here.boot && pair.server_ms > since);
        self.told.drain(..self.told.len().saturating_sub(BOOTS));
        self.anchors.push(here);
        let over = self.anchors.len().saturating_sub(BOOTS);
        self.anchors.drain(..over);
    }

    fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put_opt(tag::HEAD, self.head.map(|head| head.to_record()));
        r.put_records(tag::ANCHORS, self.anchors.iter().map(anchor_record));
        r.put_opt(tag::OLDEST, self.oldest.map(|month| i64::from(month.0)));
        put_scopes(&mut r, tag::RESET, &self.reset);
        put_scopes(&mut r, tag::RENEWED, &self.renewed);
        r.put_opt(tag::HEALING, self.healing.map(|seq| seq.0));
        r.put_opt(tag::FORMER, self.former.as_ref().map(former_record));
        r.put_opt(tag::FORK, self.fork.map(verdict_record));
        r.put_unless(tag::KEPT, i64::from(self.kept), 0);
        if !self.told.is_empty() {
            r.put_records(tag::TOLD, self.told.iter().map(anchor_record));
        }
        if !self.acked.is_empty() {
            r.put_records(
                tag::ACKED,
                self.acked.iter().map(|on| day_record(on.day, on.op)),
            );
        }
        if !self.left.is_empty() {
            let records = self.left.iter().map(|on| day_record(on.day, on.number));
            r.put_records(tag::LEFT, records);
        }
        let untold: Vec<Value> = self.untold.iter().copied().map(Value::Int).collect();
        r.put_opt(tag::UNTOLD, (!untold.is_empty()).then_some(untold));
        r.put_unless(tag::UNTOLD_WAITS, i64::from(self.untold_waits), 0);
        r.encode()
    }
}

fn decode(bytes: &[u8]) -> Result<SyncState, WireError> {
    let r = Record::decode(bytes, Shape::ENTITY)?;
    let head = r.opt_record(tag::HEAD)?;
    Ok(SyncState {
        head: head.map(SignedHead::from_record).transpose()?,
        anchors: r
            .records(tag::ANCHORS)?
            .into_iter()
            .map(read_anchor)
            .collect::<Result<_, _>>()?,
        told: r
            .records(tag::TOLD)?
            .into_iter()
            .map(read_anchor)
            .collect::<Result<_, _>>()?,
        oldest: r.opt_int(tag::OLDEST)?.map(Month),
        reset: read_scopes(&r, tag::RESET)?,
        renewed: read_scopes(&r, tag::RENEWED)?,
        former: r.opt_record(tag::FORMER)?.map(read_former).transpose()?,
        healing: r.opt_int(tag::HEALING)?.map(Seq),
        fork: r.opt_record(tag::FORK)?.map(read_verdict).transpose()?,
        kept: r.int_or::<i64>(tag::KEPT, 0)? != 0,
        acked: r
            .records(tag::ACKED)?
            .into_iter()
            .map(|r| read_day(r).map(|(day, op)| AckedOn { day, op }))
            .collect::<Result<_, _>>()?,
        left: r
            .records(tag::LEFT)?
            .into_iter()
            .map(|r| read_day(r).map(|(day, number)| LeftOn { day, number }))
            .collect::<Result<_, _>>()?,
        untold: r.ints(tag::UNTOLD)?,
        untold_waits: r.int_or::<i64>(tag::UNTOLD_WAITS, 0)? != 0,
    })
}

fn day_record(day: i64, of: i64) -> Record {
    let mut r = Record::new();
    r.put(acked::DAY, day);
    r.put(acked::OP, of);
    r
}

fn read_day(r: &Record) -> Result<(i64, i64), WireError> {
    Ok((r.int(acked::DAY)?, r.int(acked::OP)?))
}

fn verdict_record(fork: Verdict) -> Record {
    let mut r = Record::new();
    r.put(verdict::ID, fork.id);
    r.put(verdict::EPOCH, epoch_record(fork.epoch));
    r.put_unless(verdict::INSIST, i64::from(fork.insist), 0);
    r.put_unless(verdict::STRANGER, i64::from(fork.stranger), 0);
    r
}

fn read_verdict(r: &Record) -> Result<Verdict, WireError> {
    Ok(Verdict {
        id: r.array(verdict::ID)?,
        epoch: read_epoch(r.record(verdict::EPOCH)?)?,
        insist: r.int_or::<i64>(verdict::INSIST, 0)? != 0,
        stranger: r.int_or::<i64>(verdict::STRANGER, 0)? != 0,
    })
}

fn former_record(former: &FormerAddress) -> Record {
    let mut r = Record::new();
    r.put_opt(former::ADDRESS, former.address.as_deref());
    r.put(former::MOVED, former.moved_ms);
    r
}

fn read_former(r: &Record) -> Result<FormerAddress, WireError> {
    Ok(FormerAddress {
        address: r.opt_text(former::ADDRESS)?.map(str::to_owned),
        moved_ms: r.int(former::MOVED)?,
    })
}

fn anchor_record(pair: &Anchor) -> Record {
    let mut r = Record::new();
    r.put(anchor::BOOT, pair.boot.cast_signed());
    r.put(anchor::MONOTONIC, pair.monotonic_ms);
    r.put(anchor::SERVER, pair.server_ms);
    r
}

fn read_anchor(r: &Record) -> Result<Anchor, WireError> {
    Ok(Anchor {
        boot: r.int::<i64>(anchor::BOOT)?.cast_unsigned(),
        monotonic_ms: r.int(anchor::MONOTONIC)?,
        server_ms: r.int(anchor::SERVER)?,
    })
}

fn put_scopes(r: &mut Record, tag: u16, scopes: &[Scope]) {
    let codes: Vec<Value> = scopes.iter().map(|s| Value::Int(s.code())).collect();
    r.put_opt(tag, (!codes.is_empty()).then_some(codes));
}

fn read_scopes(r: &Record, tag: u16) -> Result<Vec<Scope>, WireError> {
    let codes = r.ints(tag)?.into_iter();
    codes.map(|code| Scope::from_code(code, tag)).collect()
}

/// What pairing tells: the first signed head and the first clock pair.
pub(crate) fn first_state(
    tx: &Tx<'_>,
    clock: &dyn Clock,
    answer: &PairAnswer,
) -> Result<(), StoreError> {
    let pair = Anchor {
        boot: clock.boot_id(),
        monotonic_ms: clock.monotonic_ms(),
        server_ms: answer.server_ms,
    };
    let state = SyncState {
        head: Some(answer.head),
        anchors: vec![pair],
        ..SyncState::default()
    };
    state.write(tx)
}

/// A lineage as the head's row keeps it.
pub(crate) fn lineage_bytes(lineage: &[Reign]) -> Vec<u8> {
    let mut r = Record::new();
    r.put_records(tag::LINEAGE, lineage.iter().map(Reign::to_record));
    r.encode()
}

/// A lineage from the head's row; a founding phone's has none.
pub(crate) fn read_lineage(bytes: &[u8]) -> Result<Vec<Reign>, StoreError> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let read = || -> Result<Vec<Reign>, WireError> {
        let r = Record::decode(bytes, Shape::ENTITY)?;
        let reigns = r.records(tag::LINEAGE)?.into_iter();
        reigns.map(Reign::from_record).collect()
    };
    read().map_err(|_| StoreError::Malformed("head.lineage"))
}

/// The highest epoch of a business that this device has seen: it lies beside the keys, so that an older copy of the
/// data does not hide it (sync §1).
pub(super) fn highest_epoch(
    keys: &dyn KeyStore,
    business: BusinessId,
) -> Result<Option<Epoch>, CoreError> {
    // An empty one was given up by a platform that had lost it.
    let kept = keys.load(SecretName::HighestEpoch)?;
    let Some(secret) = kept.filter(|secret| !secret.is_empty()) else {
        return Ok(None);
    };
    let r = Record::decode(&secret, Shape::ENTITY)?;
    // What another business left here before this one was paired says nothing.
    if r.array(epoch::BUSINESS) != Ok(business.0) {
        return Ok(None);
    }
    Ok(Some(read_epoch(r.record(epoch::EPOCH)?)?))
}

/// Whether this device has seen a higher epoch than one that an authority names: another one has taken its place.
pub(crate) fn is_overtaken(
    keys: &dyn KeyStore,
    business: BusinessId,
    epoch: Epoch,
) -> Result<bool, CoreError> {
    Ok(highest_epoch(keys, business)?.is_some_and(|seen| seen > epoch))
}

/// Notes an epoch beside the keys, if it is higher than the one there.
pub(crate) fn note_epoch(
    keys: &dyn KeyStore,
    business: BusinessId,
    seen: Epoch,
) -> Result<(), CoreError> {
    if highest_epoch(keys, business)?.is_none_or(|known| known < seen) {
        let mut r = Record::new();
        r.put(epoch::BUSINESS, business.0);
        r.put(epoch::EPOCH, epoch_record(seen));
        keys.store(SecretName::HighestEpoch, &r.encode())?;
    }
    Ok(())
}
