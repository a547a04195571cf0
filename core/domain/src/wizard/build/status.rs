//! Clubs, cards for a receipt and tiers: answers → terms, and back.

use super::{Pairs, Values, instrument_id};
use crate::moment::PeriodEnd;
use crate::money::{Money, Rounding, scale};
use crate::programme::{Club, Demotion, Issue, Joining, Level, Need, Terms, Tiers, WHOLE, Window};
use crate::purchase::GoodsId;
use crate::wizard::{Problem, Wrong};

/// The fields of each level: from which sum, from how many visits, the discount.
const LEVELS: [[&str; 3]; 3] = [
    ["first_from", "first_visits", "first_rate"],
    ["second_from", "second_visits", "second_rate"],
    ["third_from", "third_visits", "third_rate"],
];

pub(super) fn club(values: &Values<'_>) -> Result<Terms, Vec<Problem>> {
    let joining = match values.get("joining") {
        0 => Joining::Receipt(values.money("threshold")),
        1 => Joining::Spent(values.money("threshold")),
        2 => Joining::Invitation,
        _ => match values.get("fee_goods") {
            0 => return Err(vec![Problem::at("fee_goods", Wrong::Together)]),
            goods => Joining::Fee(GoodsId(goods)),
        },
    };
    Ok(Terms::Club(Club {
        joining,
        months: Some(values.small("months")).filter(|months| *months > 0),
        rate: values.small("rate"),
    }))
}

pub(super) fn of_club(club: &Club) -> Pairs {
    let mut pairs = match club.joining {
        Joining::Receipt(least) => vec![("joining", 0), ("threshold", least.0)],
        Joining::Spent(least) => vec![("joining", 1), ("threshold", least.0)],
        Joining::Invitation => vec![("joining", 2)],
        Joining::Fee(goods) => vec![("joining", 3), ("fee_goods", goods.0)],
    };
    pairs.push(("months", i64::from(club.months.unwrap_or(0))));
    pairs.push(("rate", i64::from(club.rate)));
    pairs
}

pub(super) fn issue(values: &Values<'_>) -> Terms {
    Terms::Issue(Issue {
        card: instrument_id(values.get("card")),
        receipt: values.money("receipt"),
    })
}

pub(super) fn of_issue(issue: &Issue) -> Pairs {
    vec![
        ("card", i64::from(issue.card.0)),
        ("receipt", issue.receipt.0),
    ]
}

pub(super) fn tiers(values: &Values<'_>, base: Option<&Terms>) -> Result<Terms, Vec<Problem>> {
    let base = match base {
        Some(Terms::Tiers(tiers)) => Some(tiers),
        _ => None,
    };
    let months = u8::try_from(values.get("months")).unwrap_or(u8::MAX);
    Ok(Terms::Tiers(Tiers {
        window: match values.get("window") {
            0 => Window::Rolling(months),
            1 => Window::Calendar(PeriodEnd::Month),
            2 => Window::Calendar(PeriodEnd::Quarter),
            _ => Window::Calendar(PeriodEnd::Year),
        },
        levels: levels(values, base.map_or(&[], |tiers| &tiers.levels))?,
        grace_days: values.small("grace_days"),
        demotion: match values.get("demotion") {
            0 => Demotion::Automatic,
            _ => Demotion::OwnerConfirms,
        },
    }))
}

/// Levels that ask for nothing are left out; each asks for more than the one before. Levels above the third are kept.
fn levels(values: &Values<'_>, base: &[Level]) -> Result<Vec<Level>, Vec<Problem>> {
    let mut levels: Vec<Level> = Vec::new();
    let (mut from, mut visits) = (0, 0);
    for (at, [from_key, visits_key, rate]) in LEVELS.into_iter().enumerate() {
        let before = base.get(at);
        let next = (values.get(from_key), values.get(visits_key));
        let kept = before.filter(|_| values.same(&[from_key, visits_key, "keep"]));
        if next == (0, 0) && kept.is_none() {
            continue;
        }
        let rises = |now: i64, last: i64| now == 0 || now > last;
        for (key, rises) in [
            (from_key, rises(next.0, from)),
            (visits_key, rises(next.1, visits)),
        ] {
            if !rises {
                return Err(vec![Problem::at(key, Wrong::Together)]);
            }
        }
        (from, visits) = (next.0.max(from), next.1.max(visits));
        let rate = values.small(rate);
        levels.push(match kept {
            Some(kept) => Level {
                rate,
                ..kept.clone()
            },
            None => level(next, values.get("keep"), rate)?,
        });
    }
    levels.extend(base.iter().skip(LEVELS.len()).cloned());
    Ok(levels)
}

/// A level of one or two alternatives, kept with so much of them.
fn level((from, visits): (i64, i64), keep: i64, rate: u16) -> Result<Level, Vec<Problem>> {
    let needs = |share: i64| -> Option<Vec<Need>> {
        let of = |least: i64| scale(least, share, WHOLE.into(), Rounding::Up).ok();
        let mut needs = Vec::new();
        if from > 0 {
            needs.push(Need {
                spent: Some(Money(of(from)?)),
                ..Need::default()
            });
        }
        if visits > 0 {
            needs.push(Need {
                visits: Some(of(visits)?),
                ..Need::default()
            });
        }
        Some(needs)
    };
    let whole = i64::from(WHOLE);
    let wrong = || vec![Problem::at("keep", Wrong::Together)];
    Ok(Level {
        join: needs(whole).ok_or_else(wrong)?,
        keep: match keep {
            keep if keep == whole => Vec::new(),
            keep => needs(keep).ok_or_else(wrong)?,
        },
        rate,
    })
}

pub(super) fn of_tiers(tiers: &Tiers) -> Pairs {
    let mut pairs = match tiers.window {
        Window::Rolling(months) => vec![("window", 0), ("months", i64::from(months))],
        Window::Calendar(PeriodEnd::Month) => vec![("window", 1)],
        Window::Calendar(PeriodEnd::Quarter) => vec![("window", 2)],
        Window::Calendar(PeriodEnd::Year) => vec![("window", 3)],
    };
    pairs.push(("grace_days", i64::from(tiers.grace_days)));
    pairs.push(("demotion", i64::from(tiers.demotion as u8) - 1));
    for (at, [from, visits, rate]) in LEVELS.into_iter().enumerate() {
        let level = tiers.levels.get(at);
        let (spent, count) = level.map_or((None, None), |level| asked(&level.join));
        pairs.push((from, spent.map_or(0, |money| money.0)));
        pairs.push((visits, count.unwrap_or(0)));
        pairs.push((rate, level.map_or(0, |level| i64::from(level.rate))));
    }
    pairs.push((
        "keep",
        tiers.levels.first().map_or(i64::from(WHOLE), kept_part),
    ));
    pairs
}

/// The first sum and the first number of visits that alternatives ask for.
fn asked(needs: &[Need]) -> (Option<Money>, Option<i64>) {
    (
        needs.iter().find_map(|need| need.spent),
        needs.iter().find_map(|need| need.visits),
    )
}

/// Which part of what joining asks for keeps a level, in hundredths of a percent.
fn kept_part(level: &Level) -> i64 {
    let whole = i64::from(WHOLE);
    let part = match (asked(&level.join), asked(&level.keep)) {
        ((Some(join), _), (Some(keep), _)) => scale(keep.0, whole, join.0, Rounding::Down),
        ((_, Some(join)), (_, Some(keep))) => scale(keep, whole, join, Rounding::Down),
        _ => return whole,
    };
    part.unwrap_or(whole).clamp(100, whole)
}
