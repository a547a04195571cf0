//! Whether authority and phone still share one history (sync §12, detecting only).
//!
//! Two findings stop the exchange until a person acts: this copy of the data was rolled back or cloned, or the
//! authority lost what it had signed. Nothing is sent, changed or thrown away then.

use kartka_domain::ids::BirthMark;
use kartka_protocol::chain::ChainValue;
use kartka_protocol::message::{Refusal, SyncAnswer};

use super::state::SyncState;
use crate::error::CoreError;
use crate::store::{DeviceRow, HeadRow, Reader, StoreError};

/// Why exchanges stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// This copy was rolled back or cloned.
    Forked,
    /// The authority's data is older than what this phone has seen.
    ServerWentBack,
}

impl Stop {
    /// As the head's row keeps it: the protocol's number of the situation.
    pub(super) const fn code(self) -> u16 {
        match self {
            Self::Forked => Refusal::Fork { acked: 0 }.number(),
            Self::ServerWentBack => Refusal::EpochBehind.number(),
        }
    }

    /// What a kept code means.
    pub(super) fn from_code(code: u16) -> Self {
        if code == Self::ServerWentBack.code() {
            Self::ServerWentBack
        } else {
            Self::Forked
        }
    }
}

impl From<Stop> for CoreError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Forked => Self::Forked,
            Stop::ServerWentBack => Self::ServerWentBack,
        }
    }
}

/// What this phone knows of the common history.
pub(super) struct Known<'a> {
    pub(super) device: &'a DeviceRow,
    pub(super) head: &'a HeadRow,
    pub(super) state: &'a SyncState,
}

/// Compares an answer, whose head's signature was checked, with what is known here.
pub(super) fn judge(
    reader: &Reader<'_>,
    known: &Known<'_>,
    answer: &SyncAnswer,
) -> Result<Option<Stop>, StoreError> {
    if went_back(known, answer) {
        return Ok(Some(Stop::ServerWentBack));
    }
    match answer.refusal {
        Some(Refusal::Fork { .. }) => return Ok(Some(Stop::Forked)),
        Some(Refusal::EpochBehind | Refusal::EpochUnknown) => {
            return Ok(Some(Stop::ServerWentBack));
        }
        _ => {}
    }
    own_chain(reader, known, answer)
}

fn went_back(known: &Known<'_>, answer: &SyncAnswer) -> bool {
    let now = answer.head.head;
    // A lower epoch was refused before, and what a higher epoch lost is told again (`heal`).
    known.state.head.is_some_and(|signed| {
        let seen = signed.head;
        let same = now.epoch == seen.epoch;
        same && (now.seq < seen.seq || now.seq == seen.seq && now.log != seen.log)
    })
}

/// The chain of this phone's own ops, at the number up to which the authority holds them.
fn own_chain(
    reader: &Reader<'_>,
    known: &Known<'_>,
    answer: &SyncAnswer,
) -> Result<Option<Stop>, StoreError> {
    let Known { device, head, .. } = known;
    let acked = answer.acked;
    if acked.last >= device.next_n {
        return Ok(Some(Stop::Forked));
    }
    let here = if acked.last == 0 {
        Some(ChainValue::birth(device.business, device.no))
    } else {
        match device.no.id(acked.last) {
            Ok(last) if last.get() < head.acked_op => return Ok(Some(Stop::ServerWentBack)),
            Ok(last) => reader.chain_at(last.get())?,
            Err(_) => None,
        }
    };
    if acked.last == 0 && head.acked_op > 0 {
        return Ok(Some(Stop::ServerWentBack));
    }
    if here != Some(acked.chain) {
        return Ok(Some(Stop::Forked));
    }
    runs(reader, answer)
}

/// Each run's first op must be the one this phone made under that number.
fn runs(reader: &Reader<'_>, answer: &SyncAnswer) -> Result<Option<Stop>, StoreError> {
    for run in &answer.runs {
        let first = reader.own_ops(run.first_op.get() - 1, 1)?.pop();
        let mark: Option<BirthMark> = first
            .filter(|own| own.op == run.first_op)
            .map(|own| own.chain.birth_mark());
        // An op that was let go of after 30 days can't be compared any more.
        if mark.is_some_and(|mark| mark != run.mark) {
            return Ok(Some(Stop::Forked));
        }
    }
    Ok(None)
}
