//! Offers, coupons and greetings: answers → terms, and back.

use super::{Pairs, Values, one_of};
use crate::moment::{date_of, day_number};
use crate::programme::{
    Benefit, BundlePrice, Counting, Coupon, Gift, Goods, Greeting, GreetingFor, Instrument, Offer,
    Part, Rules, Terms,
};
use crate::wizard::Kind;

pub(super) fn offer(values: &Values<'_>, base: Option<&Terms>) -> Terms {
    let base = match base {
        Some(Terms::Offer(offer)) => Some(offer),
        _ => None,
    };
    let rate = values.small("rate");
    let same = |keys: &[&str]| values.same(&["what"]) && values.same(keys);
    Terms::Offer(match (values.get("what"), base) {
        (0, base) => {
            let (buy, gift) = match base {
                Some(Offer::Gift { buy, gift }) => (Some(&buy.goods), Some(&gift.goods)),
                _ => (None, None),
            };
            Offer::Gift {
                buy: part(values, buy),
                gift: gift_of(values, gift),
            }
        }
        // Several parts, or a price that is no percentage, are kept until what is asked of them changes.
        (1, Some(bundle @ Offer::Bundle { .. })) if same(&["rate", "pieces", "goods"]) => {
            bundle.clone()
        }
        (1, Some(Offer::Bundle { parts, .. })) if same(&["pieces", "goods"]) => Offer::Bundle {
            parts: parts.clone(),
            price: BundlePrice::Rate(rate),
        },
        (1, _) => Offer::Bundle {
            parts: vec![part(values, None)],
            price: BundlePrice::Rate(rate),
        },
        _ => Offer::Favourite { rate },
    })
}

fn part(values: &Values<'_>, before: Option<&Goods>) -> Part {
    Part {
        goods: values.goods("goods", before),
        pieces: values.small("pieces"),
    }
}

fn gift_of(values: &Values<'_>, before: Option<&Goods>) -> Gift {
    Gift {
        goods: values.goods("gift_goods", before),
        pieces: values.small("gift_pieces"),
        rate: values.small("rate"),
    }
}

pub(super) fn coupon(values: &Values<'_>, base: Option<&Terms>) -> Terms {
    let base = match base {
        Some(Terms::Coupon(coupon)) => Some(coupon),
        _ => None,
    };
    Terms::Coupon(Coupon {
        code: values.text("code"),
        gives: benefit(values, base.map(|coupon| &coupon.gives)),
        per_customer: values.limit("per_customer"),
        per_day: values.limit("per_day"),
        total: values.limit("total"),
        counting: match (values.limit("total"), values.get("counting")) {
            (Some(_), 1) => Counting::First,
            _ => Counting::Afterwards,
        },
    })
}

pub(super) fn greeting(values: &Values<'_>, base: Option<&Terms>) -> Terms {
    let base = match base {
        Some(Terms::Greeting(greeting)) => Some(greeting),
        _ => None,
    };
    Terms::Greeting(Greeting {
        on: match values.get("on") {
            0 => GreetingFor::Birthday,
            1 => GreetingFor::Relative,
            _ => GreetingFor::FirstVisit,
        },
        before: values.small("before"),
        after: values.small("after"),
        gives: benefit(values, base.map(|greeting| &greeting.gives)),
    })
}

pub(super) fn benefit(values: &Values<'_>, before: Option<&Benefit>) -> Benefit {
    match values.get("gives") {
        0 => Benefit::Percent(values.small("rate")),
        1 => Benefit::Amount(values.money("amount")),
        _ => {
            let goods = match before {
                Some(Benefit::Gift(gift)) => Some(&gift.goods),
                _ => None,
            };
            Benefit::Gift(gift_of(values, goods))
        }
    }
}

/// Whether a kind asks for the least receipt and the last day.
pub(super) const fn is_bounded(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Offer
            | Kind::Coupon
            | Kind::Greeting
            | Kind::Numbered
            | Kind::Campaign
            | Kind::Referral
    )
}

/// Sets the least receipt and the last day of kinds that ask for them.
pub(super) fn bounded(values: &Values<'_>, kind: Kind, made: &mut Instrument) {
    if is_bounded(kind) {
        let last = Some(values.get("last_day")).filter(|day| *day > 0);
        made.rules.stacking.minimum = values.money("minimum");
        made.rules.scope.last_day = last.and_then(date_of);
    }
}

pub(super) fn of_bounds(rules: &Rules) -> Pairs {
    let last = rules.scope.last_day.map_or(0, day_number);
    vec![
        ("minimum", rules.stacking.minimum.0),
        ("last_day", last.max(0)),
    ]
}

pub(super) fn of_offer(offer: &Offer) -> Pairs {
    match offer {
        Offer::Gift { buy, gift } => {
            let mut pairs = vec![("what", 0)];
            pairs.extend(of_part(buy));
            pairs.extend(of_gift(gift));
            pairs
        }
        Offer::Bundle { parts, price } => {
            let mut pairs = vec![("what", 1)];
            if let BundlePrice::Rate(rate) = price {
                pairs.push(("rate", i64::from(*rate)));
            }
            pairs.extend(parts.first().map(of_part).into_iter().flatten());
            pairs
        }
        Offer::Favourite { rate } => vec![("what", 2), ("rate", i64::from(*rate))],
    }
}

fn of_part(part: &Part) -> [(&'static str, i64); 2] {
    [
        ("pieces", i64::from(part.pieces)),
        ("goods", one_of(&part.goods)),
    ]
}

fn of_gift(gift: &Gift) -> [(&'static str, i64); 3] {
    [
        ("gift_pieces", i64::from(gift.pieces)),
        ("gift_goods", one_of(&gift.goods)),
        ("rate", i64::from(gift.rate)),
    ]
}

pub(super) fn of_benefit(gives: &Benefit) -> Pairs {
    match gives {
        Benefit::Percent(rate) => vec![("gives", 0), ("rate", i64::from(*rate))],
        Benefit::Amount(amount) => vec![("gives", 1), ("amount", amount.0)],
        Benefit::Gift(gift) => {
            let mut pairs = vec![("gives", 2)];
            pairs.extend(of_gift(gift));
            pairs
        }
    }
}

pub(super) fn of_coupon(coupon: &Coupon) -> Pairs {
    let mut pairs = of_benefit(&coupon.gives);
    let limit = |limit: Option<u32>| i64::from(limit.unwrap_or(0));
    pairs.push(("per_customer", limit(coupon.per_customer)));
    pairs.push(("per_day", limit(coupon.per_day)));
    pairs.push(("total", limit(coupon.total)));
    let first = coupon.counting == Counting::First;
    pairs.push(("counting", i64::from(first)));
    pairs
}

pub(super) fn of_greeting(greeting: &Greeting) -> Pairs {
    let mut pairs = of_benefit(&greeting.gives);
    let on = match greeting.on {
        GreetingFor::Birthday => 0,
        GreetingFor::Relative => 1,
        GreetingFor::FirstVisit => 2,
    };
    pairs.push(("on", on));
    pairs.push(("before", i64::from(greeting.before)));
    pairs.push(("after", i64::from(greeting.after)));
    pairs
}
