//! What no honest phone sends: it has no effect on anybody's balance and blocks nothing (L15).

use kartka_domain::authority::Decided;
use kartka_domain::business::{Employment, Operator};
use kartka_domain::card::CardNumber;
use kartka_domain::codes::Code;
use kartka_domain::ids::{
    CustomerId, DeviceNo, Id, OpId, OperatorId, OutletId, PurchaseId, RoleId,
};
use kartka_domain::ledger::{About, Effect, EntryKind, LotTerms};
use kartka_domain::moment::date_of;
use kartka_domain::money::{AMOUNT_MAX, Money, Points};
use kartka_domain::op::{Claim, Fact, ReturnUnlinked, Sale};
use kartka_domain::purchase::{
    Line, Parts, Quantity, ReceiptNumber, ReturnKind, ReturnedLine, Share, ShareKind, VoidReason,
};
use kartka_domain::quote::{Paper, Tender};
use kartka_domain::row::Row;

use crate::acts::{Act, BONUS, Knows, plain, programme};
use crate::support::noon;
use crate::world::{World, accounts, asked};

/// Ann bought for 50.00 and for 20.00 with 100 points, somebody for 10.00.
fn shop() -> World {
    let mut world = World::new(plain());
    for (who, gross, spend) in [(0, 5_000, 0), (0, 2_000, 40), (9, 1_000, 0)] {
        world.play(&Act::Buy {
            who,
            lines: vec![(gross, 1_000)],
            spend,
            knows: Knows::Everything,
        });
    }
    world
}

fn claim(customer: CustomerId, kind: EntryKind, points: i64) -> Fact {
    Fact::Claim(Claim {
        customer,
        instrument: BONUS,
        kind,
        effect: Effect::points(Points(points), Money(points)),
        lot: None,
        about: About::Nothing,
    })
}

pub(crate) fn sale(customer: Option<CustomerId>, lines: Vec<Line>, cash: i64) -> Fact {
    Fact::Sale(Sale {
        customer,
        receipt: None,
        lines,
        parts: Parts {
            cash: Money(cash),
            ..Parts::default()
        },
        read: None,
        fiscal: None,
        confirmed: None,
    })
}

pub(crate) fn back(purchase: PurchaseId, kind: ReturnKind, parts: &[(u16, i64)]) -> Fact {
    let part = |&(line, quantity): &(u16, i64)| ReturnedLine {
        line,
        quantity: Quantity(quantity),
    };
    Fact::Return {
        purchase,
        kind,
        lines: parts.iter().map(part).collect(),
    }
}

pub(crate) fn unlinked(customer: CustomerId, amount: i64) -> Fact {
    Fact::ReturnUnlinked(ReturnUnlinked {
        receipt: ReceiptNumber::new("A-17").unwrap(),
        outlet: OutletId(1),
        date: date_of(20_500).unwrap(),
        amount: Money(amount),
        customer: Some(customer),
    })
}

/// Each with its name: facts that must not move a single point of anybody.
fn forgeries(world: &World) -> Vec<(&'static str, Vec<Fact>)> {
    let (ann, bob) = (world.people[0], world.people[1]);
    let bought = world.receipts[0];
    let one = |gross: i64| vec![Line::amount(Money(gross))];
    let honest = || sale(Some(ann), one(100), 100);
    let with = |fact| vec![honest(), fact];
    let void = ReturnKind::Void(VoidReason::Undo);
    let too_much = i64::try_from(AMOUNT_MAX).unwrap() + 1;
    let shared = |value: i64, points: i64| {
        let mut line = Line::amount(Money(100));
        line.shares.push(Share {
            instrument: BONUS,
            kind: ShareKind::Points,
            value: Money(value),
            points: Points(points),
        });
        vec![line]
    };
    let earn = |points| claim(ann, EntryKind::Earn, points);
    vec![
        ("an earn that takes", with(earn(-50))),
        (
            "a redemption that gives",
            with(claim(ann, EntryKind::Redeem, 50)),
        ),
        ("an earn for another", with(claim(bob, EntryKind::Earn, 50))),
        (
            "a redemption from another",
            with(claim(bob, EntryKind::Redeem, -50)),
        ),
        ("an expiry", vec![claim(ann, EntryKind::Expire, -50)]),
        ("a counter-entry", vec![claim(ann, EntryKind::Revive, 50)]),
        (
            "an expiry after a sale",
            with(claim(ann, EntryKind::Expire, -50)),
        ),
        (
            "a reversal after a sale",
            with(claim(ann, EntryKind::Reverse, -50)),
        ),
        (
            "a restore after a sale",
            with(claim(ann, EntryKind::Restore, 50)),
        ),
        (
            "an earn that is worth less than nothing",
            with(Fact::Claim(Claim {
                customer: ann,
                instrument: BONUS,
                kind: EntryKind::Earn,
                effect: Effect::points(Points(50), Money(-50)),
                lot: None,
                about: About::Nothing,
            })),
        ),
        ("an earn without a sale", vec![earn(50)]),
        (
            "an earn after a registration",
            vec![Fact::Register, earn(50)],
        ),
        (
            "an earn without a customer",
            vec![sale(None, one(100), 100), earn(50)],
        ),
        ("an earn too large to be true", with(earn(too_much))),
        ("the largest earn there is", with(earn(i64::MAX))),
        (
            "the largest debit there is",
            with(claim(ann, EntryKind::Redeem, i64::MIN)),
        ),
        (
            "a receipt too large to be true",
            vec![sale(Some(ann), one(too_much), too_much), earn(50)],
        ),
        (
            "a receipt that overflows",
            vec![
                sale(Some(ann), vec![Line::amount(Money(i64::MAX)); 2], -2),
                earn(50),
            ],
        ),
        (
            "501 lines",
            vec![
                sale(Some(ann), vec![Line::amount(Money(1)); 501], 501),
                earn(50),
            ],
        ),
        ("no lines", vec![sale(Some(ann), Vec::new(), 0), earn(50)]),
        (
            "a negative line",
            vec![sale(Some(ann), one(-100), -100), earn(50)],
        ),
        (
            "a payment that is not the receipt",
            vec![sale(Some(ann), one(100), 99), earn(50)],
        ),
        (
            "a line of nothing",
            vec![
                sale(
                    Some(ann),
                    vec![Line {
                        quantity: Quantity(0),
                        ..Line::amount(Money(100))
                    }],
                    100,
                ),
                earn(50),
            ],
        ),
        (
            "a line discounted below zero",
            vec![sale(Some(ann), shared(101, 1), 100), earn(50)],
        ),
        (
            "a negative share",
            vec![sale(Some(ann), shared(-1, 1), 100), earn(50)],
        ),
        (
            "a return of a line that was not sold",
            vec![
                back(bought, ReturnKind::Goods, &[(65_535, 1_000)]),
                claim(ann, EntryKind::Restore, 50),
            ],
        ),
        (
            "a negative return",
            vec![
                back(bought, ReturnKind::Goods, &[(0, -1_000)]),
                claim(ann, EntryKind::Reverse, -50),
            ],
        ),
        (
            "a return that overflows",
            vec![
                back(bought, ReturnKind::Goods, &[(0, i64::MAX), (0, i64::MAX)]),
                claim(ann, EntryKind::Reverse, -250),
            ],
        ),
        (
            "a return of nothing",
            vec![
                back(bought, ReturnKind::Goods, &[]),
                claim(ann, EntryKind::Restore, 50),
            ],
        ),
        (
            "a void of nothing",
            vec![back(bought, void, &[]), claim(ann, EntryKind::Restore, 50)],
        ),
        (
            "a return of an unknown purchase",
            vec![
                back(PurchaseId(unknown()), ReturnKind::Goods, &[(0, 1_000)]),
                claim(ann, EntryKind::Restore, 50),
            ],
        ),
        (
            "points that a refund pays for, though no rule says so",
            vec![
                back(bought, ReturnKind::Goods, &[]),
                claim(ann, EntryKind::Cleared, 50),
            ],
        ),
        (
            "a debt that is let go of",
            vec![claim(ann, EntryKind::Cleared, 50)],
        ),
        (
            "goods without their purchase that give points",
            vec![unlinked(ann, 1_000), claim(ann, EntryKind::Reverse, 50)],
        ),
        (
            "goods without their purchase that take too much",
            vec![unlinked(ann, 1_000), claim(ann, EntryKind::Reverse, -51)],
        ),
        (
            "goods without their purchase that take another's points",
            vec![unlinked(ann, 1_000), claim(bob, EntryKind::Reverse, -50)],
        ),
        (
            "goods without their purchase that give back what was spent",
            vec![unlinked(ann, 1_000), claim(ann, EntryKind::Restore, 50)],
        ),
        (
            "nothing without its purchase",
            vec![unlinked(ann, 0), claim(ann, EntryKind::Reverse, 0)],
        ),
        (
            "more money than can be true without its purchase",
            vec![unlinked(ann, too_much), claim(ann, EntryKind::Reverse, -50)],
        ),
        (
            "attaching to another's purchase",
            vec![
                Fact::Attach {
                    purchase: bought,
                    customer: bob,
                    read: None,
                },
                claim(bob, EntryKind::Earn, 50),
            ],
        ),
        (
            "attaching to an unknown purchase",
            vec![
                Fact::Attach {
                    purchase: PurchaseId(unknown()),
                    customer: bob,
                    read: None,
                },
                claim(bob, EntryKind::Earn, 50),
            ],
        ),
        (
            "rules of its own",
            vec![
                Fact::Programme(programme(7, plain())),
                Fact::Operator(boss()),
            ],
        ),
    ]
}

fn unknown() -> Id {
    Id::new((77 << 40) | 1).unwrap()
}

fn boss() -> Operator {
    Operator {
        id: OperatorId(9),
        name: "Mallory".to_owned(),
        role: RoleId::OWNER,
        customer: None,
        outlets: Vec::new(),
        state: Employment::Active,
        newer: None,
    }
}

fn balances(world: &World) -> Vec<((i64, i64), (i128, i128))> {
    let sums = world.reference().of_person.into_iter();
    sums.filter(|(_, sums)| *sums != (0, 0)).collect()
}

/// An honest day after the forgery: what it comes to.
fn honest_day(world: &mut World) -> Vec<String> {
    let mut said = Vec::new();
    let customer = Some(world.people[0]);
    let lines = [(3_000, 1_000)];
    let answer = world
        .quote(customer, &lines, 30, Knows::Everything)
        .unwrap();
    let op = world.make(answer.into_facts(Tender::Cash, Paper::default()).unwrap());
    said.extend(effects(&world.order(&op)));
    for (receipt, part) in [(1, 50), (1, 100), (0, 100)] {
        world.play(&Act::Back {
            receipt,
            parts: vec![part],
            knows: Knows::Everything,
        });
    }
    world.play(&Act::Attach {
        receipt: 2,
        who: 1,
        knows: Knows::Everything,
    });
    said.push(format!("{:?}", balances(world)));
    said
}

fn effects(decided: &[Decided]) -> Vec<String> {
    let effect = |row: &Row| match row {
        Row::Entry(entry) => Some(format!("{:?} {:?}", entry.effect(), entry.verdict)),
        _ => None,
    };
    decided.iter().filter_map(|d| effect(&d.row)).collect()
}

#[test]
fn a_forged_fact_moves_nothing_and_blocks_nothing() {
    let expected = honest_day(&mut shop());
    for (name, facts) in forgeries(&shop()) {
        let mut world = shop();
        let before = balances(&world);
        let op = world.make(facts);
        let decided = world.order(&op);
        assert!(
            op.facts.iter().all(|f| !keeps(f)) || !decided.is_empty(),
            "{name}: the fact is kept"
        );
        assert_eq!(balances(&world), before, "{name}");
        let rules = |row: &Row| matches!(row, Row::Programme(_) | Row::Operator(_));
        assert!(!decided.iter().any(|d| rules(&d.row)), "{name}");
        world.check();
        assert_eq!(honest_day(&mut world), expected, "after {name}");
    }
}

/// Whether a fact of a device leaves a row.
fn keeps(fact: &Fact) -> bool {
    !matches!(fact, Fact::Programme(_) | Fact::Operator(_))
}

/// One op can't return a sale twice, attach it twice, or give one card to two people.
#[test]
fn what_counts_once_counts_once_within_one_op() {
    let mut world = shop();
    let (ann, bob) = (world.people[0], world.people[1]);
    let (bought, anonymous) = (world.receipts[1], world.receipts[2]);
    let full = || back(bought, ReturnKind::Goods, &[(0, 1_000)]);
    let restore = || claim(ann, EntryKind::Restore, 100);
    let before = balances(&world);
    let op = world.make(vec![full(), restore(), full(), restore()]);
    world.order(&op);
    world.check();
    let gained = balances(&world)[0].1.0 - before[0].1.0;
    assert_eq!(gained, 100, "spent points come back once");

    let attach = |customer| Fact::Attach {
        purchase: anonymous,
        customer,
        read: None,
    };
    let earn = |customer| claim(customer, EntryKind::Earn, 50);
    let op = world.make(vec![attach(ann), earn(ann), attach(bob), earn(bob)]);
    let decided = world.order(&op);
    world.check();
    let moved: Vec<i64> = decided
        .iter()
        .filter_map(|d| match &d.row {
            Row::Entry(entry) => Some(entry.effect().points.0),
            _ => None,
        })
        .collect();
    assert_eq!(moved, [50, 0], "attached once");

    let card = CardNumber::parse_typed("3252170040").unwrap();
    let bind = |customer| Fact::Bind { card, customer };
    let op = world.make(vec![bind(bob), bind(ann)]);
    let decided = world.order(&op);
    let holder = decided.iter().find_map(|d| match &d.row {
        Row::Card(card) => Some(card.customer),
        _ => None,
    });
    assert_eq!(holder, Some(bob), "the first binding wins");
    assert_eq!(world.shop.merges().len(), 1);
    world.check();
}

/// What a return gives back goes to who paid with it, whoever the phone names.
#[test]
fn a_return_gives_nothing_to_another() {
    let mut world = shop();
    let (bob, bought) = (world.people[1], world.receipts[1]);
    let all = back(bought, ReturnKind::Goods, &[(0, 1_000)]);
    let op = world.make(vec![all, claim(bob, EntryKind::Restore, 100)]);
    world.order(&op);
    assert_eq!(world.shop.person(bob).balance(BONUS), Ok(Points::ZERO));
    world.check();
}

/// A card that is given to everybody does not make one person of everybody.
#[test]
fn a_group_has_an_end() {
    let mut world = shop();
    let card = CardNumber::parse_typed("3252170040").unwrap();
    let day = noon(world.today);
    let guests: Vec<CustomerId> = (0..70)
        .map(|_| world.shop.register(day, Vec::new()))
        .collect();
    for &customer in &guests {
        let op = world.make(vec![Fact::Bind { card, customer }]);
        world.order(&op);
    }
    assert_eq!(world.shop.group_of(guests[0]).len(), 64);
    assert_eq!(asked(&world.shop), vec![Code::TwoNamedPeople; 6]);
}

/// The authority's own expiry takes what is left in its bucket, whatever it claims (L5).
#[test]
fn an_expiry_never_makes_a_debt() {
    let mut world = shop();
    let ann = world.people[0];
    let before = world.shop.person(ann).balance(BONUS).unwrap();
    let Fact::Claim(claim) = claim(ann, EntryKind::Expire, -before.0 - 1) else {
        panic!("a claim");
    };
    let lot = LotTerms {
        available_on: world.today,
        expires_on: None,
    };
    let lot = Some(lot);
    world
        .shop
        .own(noon(world.today), vec![Fact::Claim(Claim { lot, ..claim })]);
    let after = world.shop.person(ann).wallet(BONUS).cloned().unwrap();
    assert_eq!(
        (after.balance(), after.debt),
        (Ok(Points::ZERO), Points::ZERO)
    );
    world.check();
}

/// An op at the end of a device's numbers is kept out without stopping anything.
#[test]
fn a_device_without_numbers_blocks_nothing() {
    let mut world = shop();
    let ann = world.people[0];
    let mut op = world.make(vec![sale(Some(ann), vec![Line::amount(Money(9))], 9); 3]);
    op.id = OpId(DeviceNo::new(2).unwrap().id((1 << 40) - 2).unwrap());
    let before = accounts(&world.shop);
    assert!(world.order(&op).is_empty());
    assert_eq!(accounts(&world.shop), before);
}
