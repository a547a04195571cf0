//! Samples of vouchers: every state, move and option of their instruments.

use kartka_domain::card::CardNumber;
use kartka_domain::codes::Code;
use kartka_domain::ids::{EntryId, InstrumentId, ProgrammeVersion, PurchaseId, VoucherId};
use kartka_domain::moment::PeriodEnd;
use kartka_domain::money::Money;
use kartka_domain::op::Fact;
use kartka_domain::programme::*;
use kartka_domain::purchase::{Line, Parts, Purchase};
use kartka_domain::row::Row;
use kartka_domain::voucher::*;

use super::samples::{bare_purchase, customer, date, id};

const GIFT: InstrumentId = InstrumentId(3);

fn voucher(n: i64) -> VoucherId {
    VoucherId(id(2, n))
}

fn code(text: &str) -> Option<VoucherNumber> {
    VoucherCode::new(text).map(VoucherNumber::Code)
}

fn card() -> Option<VoucherNumber> {
    let number = CardNumber::from_value(1_234_567_890).unwrap();
    Some(VoucherNumber::Card(number))
}

fn sold() -> Voucher {
    Voucher {
        id: voucher(101),
        instrument: GIFT,
        programme: ProgrammeVersion(4),
        number: card(),
        holder: None,
        nominal: Money(50_000),
        balance: Money(12_345),
        lapsed: Money::ZERO,
        last_day: Some(date("2026-12-31")),
        state: VoucherState::Issued,
        origin: Origin::Sold { line: 2 },
        purchase: Some(PurchaseId(id(2, 98))),
    }
}

fn coupon() -> Voucher {
    Voucher {
        id: voucher(103),
        instrument: InstrumentId(4),
        number: code("SAVE-0001"),
        holder: Some(customer(17)),
        nominal: Money::ZERO,
        balance: Money::ZERO,
        last_day: None,
        state: VoucherState::Used,
        origin: Origin::Given,
        purchase: None,
        ..sold()
    }
}

fn expired_change() -> Voucher {
    Voucher {
        id: voucher(104),
        number: None,
        nominal: Money(700),
        balance: Money::ZERO,
        lapsed: Money(700),
        state: VoucherState::Expired,
        origin: Origin::Change(voucher(101)),
        ..sold()
    }
}

fn moved(kind: MoveKind, claim: i64) -> Moved {
    Moved {
        id: EntryId(id(2, 110)),
        voucher: voucher(101),
        kind,
        purchase: Some(PurchaseId(id(2, 107))),
        date: date("2025-12-17"),
        claim: Money(claim),
        paid: Money::ZERO,
        until: None,
        why: None,
        verdict: None,
    }
}

/// Each with the name of its golden file.
pub(crate) fn rows() -> Vec<(&'static str, Row)> {
    let used = Moved {
        paid: Money(30_000),
        verdict: Some((
            Money(-12_345),
            Code::VoucherShort {
                instrument: 3,
                missing: 17_655,
            },
        )),
        ..moved(MoveKind::Use, -50_000)
    };
    let extended = Moved {
        purchase: None,
        until: Some(date("2027-01-31")),
        why: Some(VoucherReason::Goodwill),
        ..moved(MoveKind::Extend, 700)
    };
    vec![
        ("certificates", Row::Programme(instruments())),
        ("certificate", Row::Voucher(sold())),
        ("numbered-coupon", Row::Voucher(coupon())),
        ("expired-certificate", Row::Voucher(expired_change())),
        ("certificate-sold", Row::Purchase(purchase())),
        ("voucher-issued", Row::Moved(moved(MoveKind::Issue, 50_000))),
        ("voucher-used", Row::Moved(used)),
        ("voucher-extended", Row::Moved(extended)),
    ]
}

fn purchase() -> Purchase {
    Purchase {
        lines: vec![Line::certificate(GIFT, Money(50_000))],
        parts: Parts {
            cash: Money(50_000),
            ..Parts::default()
        },
        ..bare_purchase()
    }
}

fn instruments() -> Programme {
    let life = Life {
        months: Some(12),
        ends: PeriodEnd::Year,
    };
    let certificate = |nominals, spending, life, offline| {
        Terms::Certificate(Certificate {
            nominals,
            spending,
            life,
            offline,
        })
    };
    let fixed = Nominals::Fixed(vec![Money(10_000), Money(50_000)]);
    let between = || Nominals::Between(Money(100), Money(100_000));
    let terms = [
        certificate(fixed, Spending::Many, life, VoucherOffline::Accept),
        certificate(
            between(),
            Spending::OnceLost,
            Life::default(),
            VoucherOffline::Ask,
        ),
        certificate(
            between(),
            Spending::OnceKept,
            life,
            VoucherOffline::UpTo(Money(20_000)),
        ),
        Terms::Numbered(NumberedCoupon {
            gives: Benefit::Percent(1_000),
            life,
            offline: VoucherOffline::Ask,
        }),
    ];
    let made = (1_u32..).zip(terms);
    let made = made.map(|(n, terms)| Instrument::plain(InstrumentId(n), "x", terms));
    Programme::publish(ProgrammeVersion(4), made.collect()).unwrap()
}

/// Every act, and every way to be issued.
pub(crate) fn facts() -> Vec<Fact> {
    let issue = |number, holder, nominal, origin| {
        Fact::Issue(Issued {
            instrument: GIFT,
            number,
            holder,
            nominal: Money(nominal),
            origin,
        })
    };
    let acts = [
        Act::Use {
            paid: Money(300),
            taken: Money(300),
        },
        Act::Use {
            paid: Money(300),
            taken: Money(500),
        },
        Act::Restore(Money(300)),
        Act::Cancel(Money(300), VoucherReason::Returned),
        Act::Extend {
            until: Some(date("2027-01-31")),
            revived: Money(300),
            why: VoucherReason::Lost,
        },
        Act::Extend {
            until: None,
            revived: Money::ZERO,
            why: VoucherReason::Complaint,
        },
        Act::Expire(Money(300)),
        Act::Revive(Money(300)),
    ];
    let moves = acts.map(|act| {
        Fact::Move(Move {
            voucher: voucher(101),
            act,
        })
    });
    vec![
        issue(card(), None, 50_000, Origin::Sold { line: 0 }),
        issue(code("SAVE-0001"), Some(customer(17)), 0, Origin::Given),
        issue(None, None, 700, Origin::Change(voucher(101))),
    ]
    .into_iter()
    .chain(moves)
    .collect()
}
