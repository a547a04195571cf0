//! Which scopes a phone asks for: base, own, this month and the three before, and whatever else it holds (sync §4).

use kartka_domain::authority::CLOCK_TOLERANCE_MS;
use kartka_domain::ids::{OutletId, Seq};
use kartka_domain::moment::Month;
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::civil;
use kartka_protocol::limits;
use kartka_protocol::scope::Scope;

use super::state::SyncState;
use crate::platform::Clock;
use crate::store::{Reader, StoreError};

/// Months before the current one.
const RECENT: i32 = 3;

/// The scopes and how far each was pulled; those to be pulled anew stand at 0.
pub(super) fn cursors(
    reader: &Reader<'_>,
    state: &SyncState,
    outlet: OutletId,
    clock: &dyn Clock,
) -> Result<Vec<(Scope, Seq)>, StoreError> {
    if state.healing.is_some() {
        // First the authority is told what it lost.
        return Ok(Vec::new());
    }
    let held = reader.scopes()?;
    let mut wanted = vec![Scope::Base, Scope::Own];
    let newest = this_month(reader, state, outlet, clock)?;
    let mut months: Vec<Month> = (0..=RECENT).map(|n| newest.back(n)).collect();
    if let Some(oldest) = state.oldest {
        // The authority's calendar counts, also where this phone's clock is years away.
        months.extend((0..=RECENT).map(|n| oldest.back(-n)));
        months.retain(|month| *month >= oldest);
    }
    months.extend(held.iter().filter_map(|(scope, _)| match scope {
        Scope::Month(month) if state.oldest.is_none_or(|oldest| *month >= oldest) => Some(*month),
        _ => None,
    }));
    months.retain(|month| Scope::from_code(i64::from(month.0), 0).is_ok());
    months.sort_unstable_by_key(|month| std::cmp::Reverse(*month));
    months.dedup();
    wanted.extend(months.into_iter().map(Scope::Month));
    wanted.truncate(limits::SCOPES);
    let cursor = |scope: Scope| {
        let known = held.iter().find(|(s, _)| *s == scope);
        match known {
            Some((_, seq)) if !state.reset.contains(&scope) => *seq,
            _ => Seq(0),
        }
    };
    Ok(wanted
        .into_iter()
        .map(|scope| (scope, cursor(scope)))
        .collect())
}

/// The business month at the outlet, by the authority's clock where this boot has a pair of it.
fn this_month(
    reader: &Reader<'_>,
    state: &SyncState,
    outlet: OutletId,
    clock: &dyn Clock,
) -> Result<Month, StoreError> {
    let now = authority_ms(state, clock);
    let outlet = reader.row(RowKind::Outlet, i64::from(outlet.0))?;
    let moment = match &outlet {
        Some(Row::Outlet(outlet)) => civil::moment(now, &outlet.zone, outlet.day_start),
        _ => civil::moment(now, "UTC", 0),
    };
    let moment = moment.or_else(|_| civil::moment(0, "UTC", 0));
    Ok(Month::of(
        moment
            .map_err(|_| StoreError::Malformed("the outlet's time zone"))?
            .date,
    ))
}

/// How far this device's clock is ahead of the authority's (behind: negative), where this boot has a pair of it and it is so
/// far off that the authority sets the times of sales (sync §5).
pub(super) fn clock_off_ms(state: &SyncState, clock: &dyn Clock) -> Option<i64> {
    let pair = state.anchors.last()?;
    let off = clock.now_ms().saturating_sub(authority_ms(state, clock));
    let wrong = off.unsigned_abs() > CLOCK_TOLERANCE_MS.unsigned_abs();
    (pair.boot == clock.boot_id() && wrong).then_some(off)
}

pub(super) fn authority_ms(state: &SyncState, clock: &dyn Clock) -> i64 {
    match state.anchors.last() {
        Some(pair) if pair.boot == clock.boot_id() => pair
            .server_ms
            .saturating_add(clock.monotonic_ms().saturating_sub(pair.monotonic_ms)),
        Some(pair) => clock.now_ms().max(pair.server_ms),
        None => clock.now_ms(),
    }
}
