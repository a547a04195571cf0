//! Whether authority and phone still share one history (sync §12).
//!
//! Two findings end an exchange: this copy of the data was rolled back or cloned, and goes on under a new number
//! (`incarnation`); or the authority lost what it had signed, which stops everything until a person acts. The answer
//! that shows either is used for nothing else.

use kartka_domain::ids::BirthMark;
use kartka_domain::planted;
use kartka_protocol::chain::ChainValue;
use kartka_protocol::message::{Refusal, SyncAnswer};

use super::state::SyncState;
use crate::error::CoreError;
use crate::store::{DeviceRow, HeadRow, Reader, StoreError};

/// Why an answer is not used.
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
    if let Some(stop) = judge_epoch(known, answer) {
        return Ok(Some(stop));
    }
    match answer.refusal {
        Some(Refusal::Fork { .. }) => Ok(Some(Stop::Forked)),
        _ => own_chain(reader, known, answer),
    }
}

/// Only whether the authority's order is the one this phone knows.
pub(super) fn judge_epoch(known: &Known<'_>, answer: &SyncAnswer) -> Option<Stop> {
    let refused = matches!(
        answer.refusal,
        Some(Refusal::EpochBehind | Refusal::EpochUnknown)
    );
    (refused || went_back(known, answer)).then_some(Stop::ServerWentBack)
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
    if planted!(AckedHashIgnored) {
        return Ok(None);
    }
    let Known { device, head, .. } = known;
    let acked = answer.acked;
    if acked.last >= device.next_n {
        return Ok(Some(Stop::Forked));
    }
    let less = i64::from(device.no.get()) << 40 | acked.last.max(0);
    let here = if acked.last == 0 {
        Some(ChainValue::birth(device.business, device.no))
    } else {
        reader.chain_at(less)?
    };
    if less < head.acked_op {
        // What a later epoch lost is told again before it comes to this (`heal`).
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
