//! A small shop: rows of every kind and ops of every fact, bare and with everything filled in.

use super::loyalty::consent;
pub(crate) use super::loyalty::paid;
use super::position::full_position;
use kartka_domain::business::*;
use kartka_domain::card::{CardNumber, EmitterSlot, NumberLength};
use kartka_domain::codes::Code;
use kartka_domain::customer::*;
use kartka_domain::ids::*;
use kartka_domain::ledger::{About, Effect, Entry, EntryKind, LotTerms, Use};
use kartka_domain::limits::EarnLimits;
use kartka_domain::moment::{Date, Moment};
use kartka_domain::money::{Currency, Money, Points, Rounding, Stamps};
use kartka_domain::op::{Claim, Fact, Op, OpTime, Sale, Seen};
use kartka_domain::position::Position;
use kartka_domain::programme::*;
use kartka_domain::purchase::*;
use kartka_domain::row::*;

pub(crate) fn id(device: u32, n: i64) -> Id {
    DeviceNo::new(device).unwrap().id(n).unwrap()
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn customer(n: i64) -> CustomerId {
    CustomerId(id(1, n))
}

/// A Tuesday evening in Kyiv, `seconds` after 21:33.
pub(crate) fn evening(seconds: i64) -> Moment {
    let minute = 21 * 60 + 33 + u16::try_from(seconds / 60).unwrap();
    Moment {
        instant_ms: 1_765_913_580_123 + seconds * 1_000,
        date: date("2025-12-16"),
        minute,
    }
}

pub(crate) fn lot() -> LotTerms {
    LotTerms {
        available_on: date("2025-12-17"),
        expires_on: Some(date("2026-12-31")),
    }
}

pub(crate) fn business() -> Business {
    Business {
        id: BusinessId(*b"0123456789abcdef"),
        name: "Кав'ярня «Їжак»".to_owned(),
        country: "UA".to_owned(),
        currency: Currency::new("UAH").unwrap(),
        point_scale: 2,
        phone_prefix: "380".to_owned(),
        letters: "K7QX".to_owned(),
        lifetimes: Lifetimes::READY,
        earning: EarnLimits::READY,
        attach_days: 0,
        points_as: PointsAs::Payment,
        recovery: None,
        newer: None,
    }
}

pub(crate) fn outlet() -> Outlet {
    Outlet {
        id: OutletId(1),
        name: "Поділ".to_owned(),
        zone: "Europe/Kyiv".to_owned(),
        day_start: 240,
        newer: None,
    }
}

pub(crate) fn operator(role: RoleId) -> Operator {
    Operator {
        id: OperatorId(2),
        name: "Оля".to_owned(),
        role,
        state: Employment::Active,
        customer: None,
        outlets: Vec::new(),
        newer: None,
    }
}

pub(crate) fn device(slot: Option<EmitterSlot>) -> Device {
    Device {
        no: DeviceNo::new(3).unwrap(),
        name: "Каса 2".to_owned(),
        public_key: [2; 33],
        slot,
        former: None,
        holder: OperatorId(1),
        state: DeviceState::Active,
    }
}

pub(crate) fn programme() -> Programme {
    let redeem = |offline| RedeemPolicy {
        minimum: Points(50),
        step: Points(10),
        max_share: 5_000,
        offline,
    };
    let capped = OfflinePolicy::Capped {
        per_customer: Some(Points(500)),
        device_budget: None,
        snapshot_age_ms: Some(86_400_000),
    };
    let bonus = |offline, expiry| {
        Terms::Bonus(BonusCard {
            rounding: Rounding::HalfUp,
            base: EarnBase::BeforeDiscounts,
            pending_days: 1,
            expiry,
            redeem: redeem(offline),
            ..BonusCard::plain(500, Money(1))
        })
    };
    let stamps = |per| Terms::Stamps(StampCard::plain(per, Stamps(6), Money(6_500)));
    let terms = [
        bonus(capped, Expiry::Months(12)),
        bonus(OfflinePolicy::None, Expiry::Never),
        stamps(StampFor::Visit),
        stamps(StampFor::Amount(Money(10_000))),
    ];
    let instruments = (1u32..)
        .zip(terms)
        .map(|(n, terms)| Instrument::plain(InstrumentId(n), &format!("Картка {n}"), terms));
    Programme::publish(ProgrammeVersion(3), instruments.collect()).unwrap()
}

pub(crate) fn groups() -> Vec<ProfileGroup> {
    vec![
        ProfileGroup::Name {
            given: "Ївга".to_owned(),
            family: String::new(),
        },
        ProfileGroup::Phones(vec![
            Phone::from_digits("380441234567").unwrap(),
            Phone::from_digits("00491234567").unwrap(),
        ]),
        ProfileGroup::Emails(vec!["yivha@example.org".to_owned()]),
        ProfileGroup::Birthday(Birthday::new(2, 29, None).unwrap()),
        ProfileGroup::Note("любить какао".to_owned()),
    ]
}

fn full_customer() -> Customer {
    let versions = [Some(Seq(7)), None, Some(Seq(9)), Some(Seq(7)), Some(Seq(8))];
    let profile = groups().into_iter().zip(versions).map(|(group, seq)| {
        (
            group,
            Version {
                seq,
                at_ms: 1_765_913_580_123,
                device: DeviceNo::new(2).unwrap(),
            },
        )
    });
    Customer {
        profile: profile.collect(),
        ..bare_customer()
    }
}

fn bare_customer() -> Customer {
    Customer {
        id: customer(17),
        registered: date("2025-12-16"),
        outlet: OutletId(1),
        profile: Vec::new(),
    }
}

pub(crate) fn full_lines() -> Vec<Line> {
    let share = |points| Share {
        instrument: InstrumentId(1),
        kind: ShareKind::Points,
        value: Money(100),
        points: Points(points),
    };
    vec![
        Line {
            goods: Some(GoodsId(77)),
            group: None,
            quantity: Quantity(1_250),
            gross: Money(4_990),
            tax: Some(TaxRate(2_000)),
            certificate: None,
            shares: vec![share(100), share(0)],
        },
        Line::amount(Money(10)),
    ]
}

pub(crate) fn bare_purchase() -> Purchase {
    Purchase {
        id: PurchaseId(id(2, 100)),
        customer: None,
        outlet: OutletId(1),
        operator: OperatorId(2),
        at: evening(0),
        programme: ProgrammeVersion(3),
        receipt: None,
        lines: vec![Line::amount(Money(4_550))],
        parts: paid(4_550, 0, 0, 0, 0),
        attached: None,
        refused: None,
        read: None,
        fiscal: None,
        flags: Vec::new(),
    }
}

fn full_purchase() -> Purchase {
    Purchase {
        customer: Some(customer(17)),
        receipt: Some(ReceiptNumber::new("A-12/7").unwrap()),
        lines: full_lines(),
        parts: paid(1_000, 3_000, 300, 500, 200),
        attached: Some(customer(18)),
        refused: Some(Code::MaxShare { most: 7 }),
        ..bare_purchase()
    }
}

pub(crate) fn bare_return() -> Return {
    Return {
        id: ReturnId(id(2, 200)),
        purchase: PurchaseId(id(2, 100)),
        kind: ReturnKind::Goods,
        operator: OperatorId(2),
        outlet: OutletId(1),
        at: evening(600),
        claimed: returned(),
        verdict: None,
    }
}

pub(crate) fn returned() -> Vec<ReturnedLine> {
    vec![
        ReturnedLine {
            line: 0,
            quantity: ONE,
        },
        ReturnedLine {
            line: 3,
            quantity: Quantity(500),
        },
    ]
}

pub(super) fn bare_entry() -> Entry {
    Entry {
        id: EntryId(id(2, 101)),
        customer: customer(17),
        instrument: InstrumentId(1),
        kind: EntryKind::Expire,
        purchase: None,
        date: date("2025-12-16"),
        claim: Effect::NONE,
        lot: None,
        about: About::Nothing,
        verdict: None,
        uses: Vec::new(),
    }
}

fn full_entry() -> Entry {
    let effect = Effect {
        points: Points(-120),
        stamps: Stamps(2),
        value: Money(-120),
        ..Effect::NONE
    };
    Entry {
        kind: EntryKind::Redeem,
        purchase: Some(PurchaseId(id(2, 100))),
        claim: effect,
        lot: Some(lot()),
        verdict: Some((
            Effect::points(Points(-100), Money(-100)),
            Code::NotEnoughPoints {
                balance: 100,
                required: 120,
            },
        )),
        uses: vec![
            Use {
                member: customer(17),
                expires_on: Some(date("2026-06-30")),
                points: Points(60),
            },
            Use {
                member: customer(18),
                expires_on: None,
                points: Points(40),
            },
        ],
        ..bare_entry()
    }
}

/// At least one row of each kind, with a name for the failure message.
pub(crate) fn rows() -> Vec<(&'static str, Row)> {
    let card = |state| Card {
        number: CardNumber::from_value(1_234_567_890).unwrap(),
        customer: customer(17),
        state,
        bound_by: EntryId(id(2, 80)),
    };
    let merge = |state| Merge {
        id: EntryId(id(2, 81)),
        a: customer(17),
        b: customer(18),
        reason: MergeReason::SameCard,
        state,
        undone_by: None,
    };
    let slot = EmitterSlot::new(NumberLength::Eight, 12).unwrap();
    let inbox = |customer, other| Inbox {
        id: EntryId(id(2, 82)),
        code: Code::AlreadyVoided,
        customer,
        other,
        points: Points(0),
        date: date("2025-12-16"),
        state: InboxState::Open,
    };
    let void = Return {
        kind: ReturnKind::Void(VoidReason::Mistake),
        verdict: Some((Vec::new(), Code::AlreadyVoided)),
        ..bare_return()
    };
    let mut rows = vec![
        ("business", Row::Business(business())),
        ("outlet", Row::Outlet(outlet())),
        ("owner", Row::Operator(operator(RoleId::OWNER))),
        ("cashier", Row::Operator(operator(RoleId::CASHIER))),
        ("device", Row::Device(device(None))),
        ("emitting-device", Row::Device(device(Some(slot)))),
        ("programme", Row::Programme(programme())),
        ("anonymous-customer", Row::Customer(bare_customer())),
        ("customer", Row::Customer(full_customer())),
        (
            "new-position",
            Row::Position(customer(17), Position::default()),
        ),
        ("position", Row::Position(customer(17), full_position())),
        ("card", Row::Card(card(CardState::Active))),
        ("blocked-card", Row::Card(card(CardState::Blocked))),
        ("merge", Row::Merge(merge(EdgeState::On))),
        ("undone-merge", Row::Merge(merge(EdgeState::Off))),
        (
            "undone-merge-by-hand",
            Row::Merge(Merge {
                reason: MergeReason::ByHand,
                undone_by: Some(EntryId(id(2, 83))),
                ..merge(EdgeState::Off)
            }),
        ),
        ("consent", Row::Consent(consent(Will::Given))),
        ("withdrawal", Row::Consent(consent(Will::Withdrawn))),
        (
            "emission",
            Row::Emission(Emission {
                id: EntryId(id(2, 83)),
                slot,
                first: 100,
                count: 20,
            }),
        ),
        (
            "inbox",
            Row::Inbox(inbox(Some(customer(17)), Some(customer(18)))),
        ),
        ("inbox-of-nobody", Row::Inbox(inbox(None, None))),
        super::erasure::row(),
        super::erasure::done_row(),
        ("purchase", Row::Purchase(bare_purchase())),
        ("full-purchase", Row::Purchase(full_purchase())),
        ("return", Row::Return(bare_return())),
        ("void", Row::Return(void)),
        ("expiry", Row::Entry(bare_entry())),
        ("redemption", Row::Entry(full_entry())),
    ];
    rows.extend(super::loyalty::rows());
    rows
}

/// A sale of `gross` to a customer who earns 5 %.
pub(crate) fn sale(op: OpId, who: CustomerId, gross: i64, seconds: i64) -> Op {
    let earned = Points(gross / 20);
    let claim = Claim {
        customer: who,
        instrument: InstrumentId(1),
        kind: EntryKind::Earn,
        effect: Effect {
            status: earned,
            ..Effect::points(earned, Money(earned.0))
        },
        lot: Some(lot()),
        about: About::Nothing,
    };
    let sale = Sale {
        customer: Some(who),
        receipt: None,
        lines: vec![Line::amount(Money(gross))],
        parts: paid(gross, 0, 0, 0, 0),
        read: None,
        fiscal: None,
        confirmed: None,
    };
    op_of(op, seconds, vec![Fact::Sale(sale), Fact::Claim(claim)])
}

/// An op of these facts.
pub(crate) fn op_of(id: OpId, seconds: i64, facts: Vec<Fact>) -> Op {
    let wall = evening(seconds);
    Op {
        id,
        request: RequestMark(scatter(id.get()).to_be_bytes()),
        operator: OperatorId(2),
        outlet: OutletId(1),
        programme: ProgrammeVersion(3),
        time: OpTime {
            boot: 1 << 63 | 5,
            monotonic_ms: 3_600_000 + seconds * 1_000,
            wall,
        },
        seen: Seen {
            epoch: Epoch {
                number: 1,
                random: u64::MAX - 7,
            },
            seq: Seq(4_711),
        },
        marks: Vec::new(),
        born: None,
        facts,
        personal: Vec::new(),
    }
}

/// Numbers without a pattern.
pub(crate) fn scatter(n: i64) -> u64 {
    let mut x = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x51_7c_c1_b7;
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ x >> 32
}

/// Ops with every kind of fact.
pub(crate) fn ops() -> Vec<(&'static str, Op)> {
    let op = |n, facts| op_of(OpId(id(2, n)), n, facts);
    let slot = EmitterSlot::founder(NumberLength::Ten);
    let found = vec![
        Fact::Business(business()),
        Fact::Outlet(outlet()),
        Fact::Operator(operator(RoleId::OWNER)),
        Fact::Programme(programme()),
        Fact::Device(device(Some(slot))),
        Fact::Emission {
            slot,
            first: 0,
            count: 500,
        },
    ];
    let who = CustomerId(id(2, 10));
    let register = vec![
        Fact::Register,
        Fact::Bind {
            card: CardNumber::from_value(42).unwrap(),
            customer: who,
        },
        Fact::Consent {
            customer: who,
            purpose: Purpose::Programme,
            channel: Channel::Any,
            wording: 1,
            will: Will::Given,
        },
    ];
    let mut registration = op(10, register);
    registration.personal = vec![(0, groups())];
    let mut edit = op(20, vec![Fact::Edit(customer(17))]);
    edit.personal = vec![(0, groups()[..1].to_vec())];
    edit.marks = vec![(id(1, 17), BirthMark(*b"birthday"))];
    let claim = |who, kind, lot| {
        let earns = matches!(kind, EntryKind::Earn | EntryKind::Reverse);
        let effect = Effect {
            points: Points(-5),
            stamps: Stamps(1),
            value: Money(-5),
            status: Points(if earns { -5 } else { 0 }),
            carry: 0,
        };
        Fact::Claim(Claim {
            customer: who,
            instrument: InstrumentId(2),
            kind,
            effect,
            lot,
            about: About::Nothing,
        })
    };
    let anonymous = Sale {
        customer: None,
        receipt: None,
        lines: full_lines(),
        parts: paid(0, 0, 5_000, 0, 0),
        read: None,
        fiscal: None,
        confirmed: None,
    };
    let all_claims = vec![
        Fact::Sale(Sale {
            customer: Some(who),
            ..anonymous.clone()
        }),
        claim(who, EntryKind::Redeem, None),
        claim(customer(17), EntryKind::Earn, Some(lot())),
        Fact::Sale(anonymous),
        claim(who, EntryKind::Reward, None),
    ];
    let purchase = PurchaseId(id(3, 7));
    let back = vec![
        Fact::Return {
            purchase,
            kind: ReturnKind::Goods,
            lines: returned(),
        },
        claim(who, EntryKind::Reverse, Some(lot())),
        claim(who, EntryKind::Restore, None),
    ];
    let void = vec![Fact::Return {
        purchase,
        kind: ReturnKind::Void(VoidReason::Undo),
        lines: Vec::new(),
    }];
    let attach = vec![Fact::Attach {
        purchase,
        customer: who,
        read: None,
    }];
    vec![
        ("founding", op(1, found)),
        ("registration", registration),
        ("edit", edit),
        ("sale", sale(OpId(id(2, 30)), who, 4_550, 30)),
        ("claims", op(40, all_claims)),
        ("return", op(50, back)),
        ("void", op(60, void)),
        ("attach", op(70, attach)),
        ("erase", op(80, vec![Fact::Erase(customer(17))])),
        ("erasure-done", op(90, vec![super::erasure::done_fact()])),
        ("vouchers", op(130, super::vouchers::facts())),
    ]
}
