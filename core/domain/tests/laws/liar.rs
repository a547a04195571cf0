//! What an enrolled phone that lies gets out of an earn: what the rule version it names gives, and not a point more
//! (L15).

use kartka_domain::authority::Book;
use kartka_domain::codes::Code;
use kartka_domain::ids::{CustomerId, InstrumentId, ProgrammeVersion};
use kartka_domain::ledger::{About, Effect, Entry, EntryKind, LotTerms, Resolved};
use kartka_domain::money::{AMOUNT_MAX, Money, Points, Stamps};
use kartka_domain::op::{Claim, Fact};
use kartka_domain::programme::{BonusCard, FACTOR_MAX, Instrument, Programme, Scope, Terms};
use kartka_domain::purchase::Line;
use kartka_domain::row::Row;

use crate::forged::sale;
use crate::support::{Shop, noon};

const BONUS: InstrumentId = InstrumentId(1);
const ELSEWHERE: InstrumentId = InstrumentId(2);

/// 5 % in whole points that live a year, and the same card in another outlet only.
fn shop() -> (Shop, CustomerId) {
    let today = "2028-01-20".parse().unwrap();
    let card = || Terms::Bonus(BonusCard::plain(500, Money(1)));
    let mut elsewhere = Instrument::plain(ELSEWHERE, "Elsewhere", card());
    elsewhere.rules.scope = Scope {
        outlets: vec![kartka_domain::ids::OutletId(9)],
        ..Scope::default()
    };
    let all = vec![Instrument::plain(BONUS, "Bonus", card()), elsewhere];
    let programme = Programme::publish(ProgrammeVersion(1), all).unwrap();
    let mut shop = Shop::default();
    shop.own(noon(today), vec![Fact::Programme(programme)]);
    let ann = shop.register(noon(today), Vec::new());
    (shop, ann)
}

/// What an honest phone claims for 100.00.
fn honest(customer: CustomerId) -> Claim {
    Claim {
        customer,
        instrument: BONUS,
        kind: EntryKind::Earn,
        effect: Effect {
            status: Points(500),
            ..Effect::points(Points(500), Money(500))
        },
        lot: Some(LotTerms {
            available_on: "2028-01-20".parse().unwrap(),
            expires_on: None,
        }),
        about: About::Nothing,
    }
}

/// What comes of 100.00 sold with these claims: the entries, and what the owner sees.
fn sold(claims: &[Claim], version: u32) -> (Vec<Entry>, Vec<Code>, i64) {
    let (mut shop, ann) = shop();
    let today = "2028-01-20".parse().unwrap();
    let facts = std::iter::once(sale(Some(ann), vec![Line::amount(Money(10_000))], 10_000))
        .chain(claims.iter().copied().map(Fact::Claim));
    let mut op = shop.op(
        kartka_domain::ids::DeviceNo::FOUNDER,
        noon(today),
        facts.collect(),
    );
    op.programme = ProgrammeVersion(version);
    let decided = shop.order(&op);
    let entries = decided.iter().filter_map(|d| match &d.row {
        Row::Entry(entry) => Some(entry.clone()),
        _ => None,
    });
    let flags = decided.iter().find_map(|d| match &d.row {
        Row::Purchase(purchase) => Some(purchase.flags.clone()),
        _ => None,
    });
    let Ok(position) = Book::position(&shop, ann);
    let balance = position.unwrap_or_default().balance(BONUS).unwrap().0;
    (entries.collect(), flags.unwrap(), balance)
}

#[test]
fn an_earn_is_what_its_rules_give_and_the_owner_sees_who_claimed_more() {
    let (_, ann) = shop();
    let honest = honest(ann);
    assert_eq!(sold(&[honest], 1).1, []);
    let most = i64::try_from(AMOUNT_MAX).unwrap();
    let effect = honest.effect;
    let liars = [
        Effect {
            points: Points(501),
            ..effect
        },
        Effect {
            points: Points(most),
            ..effect
        },
        Effect {
            value: Money(most),
            ..effect
        },
        Effect {
            status: Points(most),
            ..effect
        },
        Effect {
            stamps: Stamps(1),
            ..effect
        },
        Effect { carry: 1, ..effect },
    ];
    for effect in liars {
        let (entries, flags, balance) = sold(&[Claim { effect, ..honest }], 1);
        assert_eq!(entries[0].effect(), honest.effect, "{effect:?}");
        assert_eq!(entries[0].claim, effect, "what was claimed stays");
        assert!(matches!(
            flags[..],
            [Code::EarnAboveRules { counted: 500, .. }]
        ));
        assert_eq!(balance, 500);
    }
}

#[test]
fn no_multiplier_that_the_rules_do_not_have_and_no_carried_point_that_is_not_there() {
    let (_, ann) = shop();
    for about in [
        About::Earned(Resolved {
            factor: FACTOR_MAX,
            carried: 0,
            raise: None,
        }),
        About::Earned(Resolved {
            factor: 10_000,
            carried: 900_000_000_000_000,
            raise: None,
        }),
    ] {
        let points = Points(50_000);
        let claim = Claim {
            about,
            effect: Effect {
                status: points,
                ..Effect::points(points, Money(50_000))
            },
            ..honest(ann)
        };
        assert_eq!(sold(&[claim], 1).2, 500, "{about:?}");
    }
}

#[test]
fn one_earn_per_card_where_it_works_and_by_rules_that_exist() {
    let (_, ann) = shop();
    let honest = honest(ann);
    assert_eq!(sold(&[honest, honest, honest], 1).2, 500);
    let elsewhere = Claim {
        instrument: ELSEWHERE,
        ..honest
    };
    let (entries, ..) = sold(&[elsewhere], 1);
    assert_eq!(entries[0].effect(), Effect::NONE);
    assert_eq!(sold(&[honest], 77).2, 0, "a version that nobody published");
}

#[test]
fn a_lot_lives_as_long_as_its_rules_say() {
    let (_, ann) = shop();
    let later = Claim {
        lot: Some(LotTerms {
            available_on: "2028-01-20".parse().unwrap(),
            expires_on: Some("2099-01-01".parse().unwrap()),
        }),
        ..honest(ann)
    };
    let (entries, flags, balance) = sold(&[later], 1);
    assert_eq!(entries[0].lot, honest(ann).lot);
    assert_eq!((flags.len(), balance), (1, 500));
}
