//! Gift certificates and coupons with a number each: answers → terms, and back.

use super::benefits::{benefit, of_benefit};
use super::{Pairs, Values};
use crate::moment::PeriodEnd;
use crate::money::Money;
use crate::programme::{
    Certificate, Life, Nominals, NumberedCoupon, Spending, Terms, VoucherOffline,
};
use crate::wizard::{Problem, Wrong};

const SPENDINGS: [Spending; 3] = [Spending::Many, Spending::OnceLost, Spending::OnceKept];
const ENDS: [PeriodEnd; 3] = [PeriodEnd::Month, PeriodEnd::Quarter, PeriodEnd::Year];

pub(super) fn certificate(
    values: &Values<'_>,
    base: Option<&Terms>,
) -> Result<Terms, Vec<Problem>> {
    Ok(Terms::Certificate(Certificate {
        nominals: nominals(values, base)?,
        spending: of_list(&SPENDINGS, values.get("spending")),
        life: life(values),
        offline: offline(values),
    }))
}

pub(super) fn numbered(values: &Values<'_>, base: Option<&Terms>) -> Terms {
    let before = match base {
        Some(Terms::Numbered(coupon)) => Some(&coupon.gives),
        _ => None,
    };
    Terms::Numbered(NumberedCoupon {
        gives: benefit(values, before),
        life: life(values),
        offline: offline(values),
    })
}

/// Amounts that are not asked (0) are left out; they rise. More than three are kept until one of them changes.
fn nominals(values: &Values<'_>, base: Option<&Terms>) -> Result<Nominals, Vec<Problem>> {
    let wrong = |key: &str| Err(vec![Problem::at(key, Wrong::Together)]);
    let least = values.money("least");
    if values.get("sold") != 0 {
        let most = values.money("most");
        return if most < least {
            wrong("most")
        } else {
            Ok(Nominals::Between(least, most))
        };
    }
    if let Some(Terms::Certificate(before)) = base
        && values.same(&["sold", "least", "second", "third"])
    {
        return Ok(before.nominals.clone());
    }
    let mut all = vec![least];
    for key in ["second", "third"] {
        let amount = values.money(key);
        if amount == Money::ZERO {
            continue;
        }
        if all.last().is_some_and(|last| amount <= *last) {
            return wrong(key);
        }
        all.push(amount);
    }
    Ok(Nominals::Fixed(all))
}

fn life(values: &Values<'_>) -> Life {
    Life {
        months: Some(values.small("months")).filter(|months| *months > 0),
        ends: of_list(&ENDS, values.get("ends")),
    }
}

fn offline(values: &Values<'_>) -> VoucherOffline {
    match values.get("offline") {
        0 => VoucherOffline::Accept,
        1 => VoucherOffline::UpTo(values.money("offline_most")),
        _ => VoucherOffline::Ask,
    }
}

/// The choice at a place; a field's range keeps it in the list.
fn of_list<T: Copy + Default>(all: &[T], place: i64) -> T {
    let found = usize::try_from(place).ok().and_then(|place| all.get(place));
    found.copied().unwrap_or_default()
}

fn place_in<T: PartialEq>(all: &[T], one: &T) -> i64 {
    let place = all.iter().position(|other| other == one);
    place
        .and_then(|place| i64::try_from(place).ok())
        .unwrap_or(0)
}

pub(super) fn of_certificate(of: &Certificate) -> Pairs {
    let mut pairs = match &of.nominals {
        Nominals::Fixed(all) => {
            let amount = |place: usize| all.get(place).map_or(0, |amount| amount.0);
            let (second, third) = (amount(1), amount(2));
            vec![
                ("sold", 0),
                ("least", amount(0)),
                ("second", second),
                ("third", third),
            ]
        }
        Nominals::Between(least, most) => vec![("sold", 1), ("least", least.0), ("most", most.0)],
    };
    pairs.push(("spending", place_in(&SPENDINGS, &of.spending)));
    pairs.extend(of_life(of.life));
    pairs.extend(of_offline(of.offline));
    pairs
}

pub(super) fn of_numbered(of: &NumberedCoupon) -> Pairs {
    let mut pairs = of_benefit(&of.gives);
    pairs.extend(of_life(of.life));
    pairs.extend(of_offline(of.offline));
    pairs
}

fn of_life(of: Life) -> [(&'static str, i64); 2] {
    [
        ("months", of.months.unwrap_or(0).into()),
        ("ends", place_in(&ENDS, &of.ends)),
    ]
}

fn of_offline(of: VoucherOffline) -> Pairs {
    match of {
        VoucherOffline::Accept => vec![("offline", 0)],
        VoucherOffline::UpTo(most) => vec![("offline", 1), ("offline_most", most.0)],
        VoucherOffline::Ask => vec![("offline", 2)],
    }
}
