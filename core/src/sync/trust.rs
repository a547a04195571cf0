//! How long this device is trusted without the authority (sync §7).
//!
//! Every exchange renews the capability. Past it and its grace, redemption, contact data and reports close;
//! scanning, recording and earning never do. Time is the authority's where this boot has measured it.

use kartka_domain::business::Lifetimes;
use kartka_domain::codes::Code;
use kartka_domain::row::{Row, RowKind};

use super::state::SyncState;
use super::wanted::{authority_ms, clock_off_ms};
use crate::error::CoreError;
use crate::platform::Clock;
use crate::store::{Reader, Standing, StoreError, Tx, meta};

/// Where a revocation is noted.
const REVOKED: &str = "revoked";
/// Where it is noted that everything was deleted.
const WIPING: &str = "wiping";
const HOUR_MS: i64 = 60 * 60 * 1_000;
/// A clock that is this much behind the last exchange was set back.
const BEHIND_MS: i64 = 24 * HOUR_MS;

/// How this device stands with the authority's trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trust {
    /// Why redemption, contact data and reports are closed, if they are.
    pub closed: Option<Code>,
    /// When they close if nothing is heard, epoch ms by the authority's clock; none on an authority.
    pub closes_ms: Option<i64>,
}

/// What is true now.
pub(crate) fn trust(
    reader: &Reader<'_>,
    standing: Standing,
    clock: &dyn Clock,
) -> Result<Trust, CoreError> {
    if standing == Standing::Authority {
        return Ok(Trust {
            closed: None,
            closes_ms: None,
        });
    }
    let lifetimes = lifetimes(reader)?;
    let lasts = lifetimes.capability_ms() + lifetimes.grace_ms();
    let state = SyncState::read(reader)?;
    let heard = state.anchors.last().map(|pair| (pair.boot, pair.server_ms));
    let Some((boot, heard_ms)) = heard else {
        return Err(CoreError::NotPaired);
    };
    let set_back = boot != clock.boot_id() && clock.now_ms() < heard_ms.saturating_sub(BEHIND_MS);
    let over = authority_ms(&state, clock).saturating_sub(heard_ms) > lasts || set_back;
    let over = over.then_some(Code::GraceOver {
        days: lifetimes.grace_days.into(),
    });
    let revoked = is_revoked(reader)?.then_some(Code::Revoked);
    Ok(Trust {
        closed: revoked.or(over),
        closes_ms: Some(heard_ms.saturating_add(lasts)),
    })
}

/// When the authority was last heard, by its clock, epoch ms; none before the first time.
pub(crate) fn heard_ms(
    reader: &Reader<'_>,
    standing: Standing,
    clock: &dyn Clock,
) -> Result<Option<i64>, StoreError> {
    if standing == Standing::Authority {
        return Ok(Some(clock.now_ms()));
    }
    let state = SyncState::read(reader)?;
    Ok(state.anchors.iter().map(|pair| pair.server_ms).max())
}

/// How wrong this device's clock is, as [`clock_off_ms`] has it; an authority has nobody to measure it by.
pub(crate) fn clock_off(
    reader: &Reader<'_>,
    standing: Standing,
    clock: &dyn Clock,
) -> Result<Option<i64>, StoreError> {
    if standing == Standing::Authority {
        return Ok(None);
    }
    Ok(clock_off_ms(&SyncState::read(reader)?, clock))
}

/// As the owner chose them; before the first pull as they come ready.
fn lifetimes(reader: &Reader<'_>) -> Result<Lifetimes, StoreError> {
    Ok(match reader.row(RowKind::Business, 0)? {
        Some(Row::Business(business)) => business.lifetimes,
        _ => Lifetimes::READY,
    })
}

/// Whether the authority said, under its signature, that this device was revoked.
pub(crate) fn is_revoked(reader: &Reader<'_>) -> Result<bool, StoreError> {
    Ok(meta::get(reader, REVOKED)?.is_some())
}

/// Whether everything here is deleted and the authority has not heard it yet.
pub(crate) fn is_wiping(reader: &Reader<'_>) -> Result<bool, StoreError> {
    Ok(meta::get(reader, WIPING)?.is_some())
}

/// Notes that everything here is deleted.
pub(super) fn note_wiping(tx: &Tx<'_>) -> Result<(), StoreError> {
    meta::put(tx, WIPING, &[1])
}

/// Notes it for good: nothing but a new pairing ends it.
pub(super) fn note_revoked(tx: &Tx<'_>) -> Result<(), StoreError> {
    meta::put(tx, REVOKED, &[1])
}
