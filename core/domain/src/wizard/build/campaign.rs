//! Campaigns: answers → terms, and back.

use super::{Pairs, Values, instrument_id, one_of};
use crate::moment::{date_of, day_number};
use crate::money::Points;
use crate::programme::{Campaign, Instrument, ONCE, Terms, When};

/// Saturday and Sunday; bit 0 is Monday.
const WEEKEND: u8 = 0b110_0000;
/// Monday to Friday.
const WORKDAYS: u8 = 0b001_1111;

pub(super) fn campaign(values: &Values<'_>, base: Option<&Terms>) -> Terms {
    let base = match base {
        Some(Terms::Campaign(campaign)) => Some(campaign),
        _ => None,
    };
    let more = u32::try_from(values.get("more")).unwrap_or(u32::MAX);
    Terms::Campaign(Campaign {
        card: instrument_id(values.get("card")),
        factor: ONCE.saturating_add(more),
        per_receipt: Points(values.get("per_receipt")),
        goods: values.goods("goods", base.map(|campaign| &campaign.goods)),
        when: when(values, base.map_or(&[], |campaign| &campaign.when)),
        budget: Points(values.get("budget")),
    })
}

/// Conditions that are not asked are kept.
fn when(values: &Values<'_>, before: &[When]) -> Vec<When> {
    if values.same(&["days"]) && !before.is_empty() {
        return before.to_vec();
    }
    let days = match values.get("days") {
        0 => None,
        1 => Some(When::Weekdays(WEEKEND)),
        _ => Some(When::Weekdays(WORKDAYS)),
    };
    let others = before
        .iter()
        .filter(|when| !matches!(when, When::Weekdays(_)));
    days.into_iter().chain(others.cloned()).collect()
}

/// Sets the first day.
pub(super) fn begins(values: &Values<'_>, made: &mut Instrument) {
    let first = Some(values.get("first_day")).filter(|day| *day > 0);
    made.rules.scope.first_day = first.and_then(date_of);
}

pub(super) fn of_campaign(campaign: &Campaign, of: &Instrument) -> Pairs {
    let days = campaign.when.iter().find_map(|when| match when {
        When::Weekdays(WEEKEND) => Some(1),
        When::Weekdays(WORKDAYS) => Some(2),
        _ => None,
    });
    let first = of.rules.scope.first_day.map_or(0, day_number);
    vec![
        ("card", i64::from(campaign.card.0)),
        ("more", i64::from(campaign.factor.saturating_sub(ONCE))),
        ("per_receipt", campaign.per_receipt.0),
        ("goods", one_of(&campaign.goods)),
        ("budget", campaign.budget.0),
        ("days", days.unwrap_or(0)),
        ("first_day", first.max(0)),
    ]
}
