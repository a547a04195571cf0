//! What no honest phone says of a voucher: it has no effect and is kept (L15, U3).

use kartka_domain::authority::Book;
use kartka_domain::ids::{DeviceNo, InstrumentId, OpId, PurchaseId, VoucherId};
use kartka_domain::money::{Money, Points};
use kartka_domain::op::{Fact, Sale};
use kartka_domain::purchase::{Line, Parts, Share, ShareKind};
use kartka_domain::row::Row;
use kartka_domain::voucher::{Act, Issued, Move, Origin, Voucher, VoucherReason, VoucherState};

use crate::support::noon;
use crate::vouchers::{COUPON, Deed, GIFTS, Market};

/// A certificate of 50.00, another of the same, one of another kind, and a coupon.
fn market() -> (Market, [VoucherId; 4]) {
    let mut market = Market::new();
    for gift in [0, 0, 1] {
        market.play(&Deed::Sell {
            gift,
            nominal: 5_000,
        });
    }
    market.play(&Deed::GiveCoupon);
    let ids: Vec<VoucherId> = market.shop.vouchers().iter().map(|one| one.id).collect();
    (market, ids.try_into().unwrap())
}

/// A receipt of 30.00 on which shares of these instruments stand.
fn paid(shares: &[(InstrumentId, ShareKind, i64)], certificate: i64) -> Fact {
    let mut line = Line::amount(Money(3_000));
    for (instrument, kind, value) in shares {
        line.shares.push(Share {
            instrument: *instrument,
            kind: *kind,
            value: Money(*value),
            points: Points::ZERO,
        });
    }
    let price = line.price().unwrap();
    Fact::Sale(Sale {
        customer: None,
        receipt: None,
        lines: vec![line],
        parts: Parts {
            certificate: Money(certificate),
            cash: Money(price.0 - certificate),
            ..Parts::default()
        },
        read: None,
        fiscal: None,
        confirmed: None,
    })
}

/// Each with its name: facts that must leave every voucher as it is.
fn forgeries([gift, _, single, coupon]: [VoucherId; 4]) -> Vec<(&'static str, Vec<Fact>)> {
    let moved = |voucher, act| Fact::Move(Move { voucher, act });
    let used = |voucher, paid: i64, taken: i64| {
        let (paid, taken) = (Money(paid), Money(taken));
        moved(voucher, Act::Use { paid, taken })
    };
    let by = |instrument, value| paid(&[(instrument, ShareKind::Certificate, value)], value);
    let issue = |instrument, nominal, origin| {
        Fact::Issue(Issued {
            instrument,
            number: None,
            holder: None,
            nominal: Money(nominal),
            origin,
        })
    };
    let sold = Origin::Sold { line: 0 };
    let selling = |gross| {
        Fact::Sale(Sale {
            customer: None,
            receipt: None,
            lines: vec![Line::amount(Money(gross))],
            parts: Parts {
                cash: Money(gross),
                ..Parts::default()
            },
            read: None,
            fiscal: None,
            confirmed: None,
        })
    };
    let nobody = VoucherId::new((9 << 40) | 9).unwrap();
    vec![
        ("a use without a sale", vec![used(gift, 100, 100)]),
        (
            "a use that no share accounts for",
            vec![by(GIFTS[0], 100), used(gift, 200, 200)],
        ),
        (
            "a use of another instrument's share",
            vec![by(GIFTS[1], 100), used(gift, 100, 100)],
        ),
        (
            "a use of no share at all",
            vec![paid(&[], 0), used(gift, 100, 100)],
        ),
        (
            "a use below zero",
            vec![by(GIFTS[0], 100), used(gift, -100, -100)],
        ),
        (
            "a use of the least there is",
            vec![by(GIFTS[0], 100), used(gift, 100, i64::MIN)],
        ),
        (
            "a use of the most there is",
            vec![by(GIFTS[0], 100), used(gift, i64::MAX, i64::MAX)],
        ),
        (
            "a voucher that never was",
            vec![by(GIFTS[0], 100), used(nobody, 100, 100)],
        ),
        (
            "a coupon that lowered nothing",
            vec![paid(&[], 0), used(coupon, 0, 0)],
        ),
        (
            "a coupon that pays",
            vec![by(COUPON, 100), used(coupon, 100, 100)],
        ),
        (
            "a certificate that lowers",
            vec![
                paid(&[(GIFTS[0], ShareKind::Discount, 100)], 0),
                used(gift, 100, 100),
            ],
        ),
        (
            "a restore without a return",
            vec![by(GIFTS[0], 100), moved(gift, Act::Restore(Money(100)))],
        ),
        (
            "a restore alone",
            vec![moved(gift, Act::Restore(Money(100)))],
        ),
        ("an expiry", vec![moved(gift, Act::Expire(Money(100)))]),
        ("a revival", vec![moved(gift, Act::Revive(Money(100)))]),
        (
            "a cancellation for a return that is not there",
            vec![moved(
                single,
                Act::Cancel(Money(5_000), VoucherReason::Returned),
            )],
        ),
        (
            "an issue that nobody bought",
            vec![selling(5_000), issue(GIFTS[0], 5_000, sold)],
        ),
        (
            "change out of nothing",
            vec![selling(5_000), issue(GIFTS[0], 100, Origin::Change(gift))],
        ),
        (
            "change alone",
            vec![issue(GIFTS[0], 100, Origin::Change(gift))],
        ),
        (
            "a gift below zero",
            vec![issue(GIFTS[0], -100, Origin::Given)],
        ),
        (
            "a gift too large",
            vec![issue(GIFTS[0], i64::MAX, Origin::Given)],
        ),
        (
            "a coupon worth money",
            vec![issue(COUPON, 100, Origin::Given)],
        ),
        (
            "a gift of nothing",
            vec![issue(InstrumentId(77), 100, Origin::Given)],
        ),
    ]
}

#[test]
fn a_forged_claim_on_a_voucher_moves_nothing_and_is_kept() {
    let (market, ids) = market();
    for (name, facts) in forgeries(ids) {
        let mut shop = market.shop.clone();
        let before = shop.vouchers();
        let op = shop.op(DeviceNo::new(3).unwrap(), noon(market.today), facts);
        let decided = shop.order(&op);
        let kept = decided.iter().any(|d| matches!(d.row, Row::Moved(_)));
        assert!(kept, "{name}: the fact is kept");
        let worth = |all: Vec<Voucher>| {
            let alive = all
                .into_iter()
                .filter(|v| v.balance.0 != 0 || v.instrument == COUPON);
            let alive = alive.filter(|v| v.state != VoucherState::Cancelled);
            alive.collect::<Vec<_>>()
        };
        assert_eq!(worth(shop.vouchers()), worth(before), "{name}");
    }
}

#[test]
fn one_voucher_counts_once_within_one_op() {
    let (mut market, [gift, ..]) = market();
    let used = |paid: i64| {
        let (paid, taken) = (Money(paid), Money(paid));
        let act = Act::Use { paid, taken };
        Fact::Move(Move { voucher: gift, act })
    };
    let share = [(GIFTS[0], ShareKind::Certificate, 3_000)];
    // The same share can't be accounted for twice.
    market.order(vec![paid(&share, 3_000), used(3_000), used(3_000)]);
    let Ok(Some(voucher)) = market.shop.voucher(gift) else {
        panic!("the voucher is there")
    };
    assert_eq!(voucher.balance, Money(2_000));
    // More than is left takes what is left, and the owner sees the rest.
    let (op, decided) = market.order(vec![paid(&share, 3_000), used(3_000)]);
    let Ok(Some(voucher)) = market.shop.voucher(gift) else {
        panic!("the voucher is there")
    };
    assert_eq!(
        (voucher.balance, voucher.state),
        (Money::ZERO, VoucherState::Used)
    );
    let Ok(Some(purchase)) = market.shop.purchase(PurchaseId(op.id.0)) else {
        panic!("the purchase is there")
    };
    assert!(!purchase.flags.is_empty() && purchase.refused.is_none());
    assert!(decided.iter().any(|d| matches!(d.row, Row::Inbox(_))));
    market.check();
}

#[test]
fn a_certificate_part_without_any_voucher_is_seen() {
    let (mut market, _) = market();
    let share = [(GIFTS[0], ShareKind::Certificate, 3_000)];
    let (op, decided) = market.order(vec![paid(&share, 3_000)]);
    let seen = decided
        .iter()
        .any(|d| matches!(&d.row, Row::Inbox(item) if item.id.0 == op.id.0));
    assert!(seen && OpId(op.id.0) == op.id);
}
