//! An undone merge restores what is each one's own, less the shares that were taken (I2, V).

use kartka_domain::card::CardNumber;
use kartka_domain::codes::Code;
use kartka_domain::customer::ProfileGroup;
use kartka_domain::ids::DeviceNo;
use kartka_domain::op::Fact;
use kartka_domain::row::{EdgeState, Row, RowKind};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::acts::{Act, BONUS, Knows, cases, plain};
use crate::support::{Shop, noon};
use crate::world::World;

#[derive(Debug, Clone, Copy)]
enum Step {
    /// So much is bought, in hundreds of minor units.
    Earn(usize, i64),
    /// Part of what may be spent, in percent.
    Spend(usize, i64),
    Join,
    Part,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0_usize..2, 1_i64..500).prop_map(|(who, amount)| Step::Earn(who, amount)),
        2 => (0_usize..2, 1_i64..=100).prop_map(|(who, part)| Step::Spend(who, part)),
        1 => Just(Step::Join),
        1 => Just(Step::Part),
    ]
}

fn balance(world: &World, who: usize) -> i64 {
    let positions = world.shop.positions();
    let found = positions.iter().find(|(id, _)| *id == world.people[who]);
    found.map_or(0, |(_, position)| position.balance(BONUS).unwrap().0)
}

fn is_joined(world: &World) -> bool {
    world
        .shop
        .group_of(world.people[0])
        .contains(&world.people[1])
}

proptest! {
    #![proptest_config(cases())]

    /// Against a model of two purses: a debit of one person takes from the first purse, then from the second, as points
    /// without an end are taken by the member's id; apart, each has their own.
    #[test]
    fn undo_restores_less_the_shares(steps in vec(step(), 1..40)) {
        let mut world = World::new(plain());
        let mut purses = [0_i64; 2];
        for step in steps {
            let before = [balance(&world, 0), balance(&world, 1)];
            prop_assert_eq!(before, purses);
            match step {
                Step::Earn(who, amount) => {
                    let lines = vec![(amount * 100, 1_000)];
                    world.play(&Act::Buy { who, lines, spend: 0, knows: Knows::Everything });
                    purses[who] += balance(&world, who) - before[who];
                }
                Step::Spend(who, part) => {
                    // More than all points are worth, so that the part is one of the points alone.
                    let lines = vec![(1_000_000, 1_000)];
                    let joined = is_joined(&world);
                    let receipts = world.receipts.len();
                    world.play(&Act::Buy { who, lines, spend: part, knows: Knows::Everything });
                    let Some(purchase) = world.receipts.get(receipts) else { continue };
                    let entries = world.shop.ledger();
                    let of = entries.iter().filter(|entry| entry.purchase == Some(*purchase) && entry.instrument == BONUS);
                    let (mut earned, mut spent) = (0, 0);
                    for entry in of {
                        let points = entry.effect().points.0;
                        if points > 0 { earned += points } else { spent -= points }
                    }
                    let order = if joined { vec![0, 1] } else { vec![who] };
                    for purse in order {
                        let taken = spent.min(purses[purse]);
                        purses[purse] -= taken;
                        spent -= taken;
                    }
                    prop_assert_eq!(spent, 0);
                    purses[who] += earned;
                }
                Step::Join => world.play(&Act::Join { who: 0, with: 1 }),
                Step::Part => world.play(&Act::Part { who: 0 }),
            }
            prop_assert_eq!([balance(&world, 0), balance(&world, 1)], purses);
        }
    }
}

/// Whoever may not decide joins nobody, and an edge that is off is not switched on by undoing it again.
#[test]
fn an_edge_is_switched_off_once() {
    let mut world = World::new(plain());
    world.play(&Act::Join { who: 0, with: 1 });
    assert!(is_joined(&world));
    let edge = world.shop.merges()[0];
    for _ in 0..2 {
        let undo = Fact::Unmerge {
            edge: edge.id,
            of: edge.b,
        };
        let at = crate::support::noon(world.today);
        let op = world.shop.op(World::owners(), at, vec![undo]);
        world.shop.order(&op);
    }
    let after = world.shop.merges()[0];
    assert_eq!(
        (after.state, after.undone_by.is_some()),
        (EdgeState::Off, true)
    );
    assert!(!is_joined(&world));
}

/// A restored authority that hears of a card before it hears of one of its holders: both have names.
fn after_a_restore(unheard: usize) -> Shop {
    let at = noon("2026-03-02".parse().unwrap());
    let mut shop = Shop::default();
    let named = |given: &str| ProfileGroup::Name {
        given: given.to_owned(),
        family: String::new(),
    };
    let people = ["Anna", "Bohdan"].map(|given| shop.register(at, vec![named(given)]));
    let of = people[unheard];
    let later = shop.rows.remove(&(RowKind::Customer, of.get())).unwrap();
    let number = CardNumber::parse_typed("3252170040").unwrap();
    for customer in people {
        let bind = Fact::Bind {
            card: number,
            customer,
        };
        let op = shop.op(DeviceNo::FOUNDER, at, vec![bind]);
        shop.order(&op);
    }
    assert!(matches!(&later, Row::Customer(known) if !known.is_provisional()));
    shop
}

#[test]
fn who_is_not_known_yet_is_not_taken_for_somebody_without_a_name() {
    for unheard in [0, 1] {
        let shop = after_a_restore(unheard);
        assert!(shop.merges().is_empty(), "two people");
        let asked = shop.all(|row| match row {
            Row::Inbox(item) => Some(item.code),
            _ => None,
        });
        assert_eq!(asked, [Code::TwoNamedPeople]);
    }
}
