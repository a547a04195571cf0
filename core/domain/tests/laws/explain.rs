//! A balance that explains itself (T6): by hand, and against the fold in generated worlds.

use std::collections::BTreeMap;

use kartka_domain::authority::Book;
use kartka_domain::explain::{Account, Event, Explained, Lot, Move, Reach, Why, explain};
use kartka_domain::ids::{CustomerId, InstrumentId};
use kartka_domain::ledger::{Entry, EntryKind};
use kartka_domain::liability::{LiabilityMonth, PointsOwed};
use kartka_domain::moment::{Date, Month};
use kartka_domain::money::{Money, Points};
use kartka_domain::position::Position;
use kartka_domain::programme::{BonusCard, DiscountCard, Expiry};
use kartka_domain::row::Row;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::acts::{Act, BONUS, Knows, act, cases, plain, terms};
use crate::support::Shop;
use crate::support::words::{plain_bonus, plain_stamps};
use crate::world::World;

fn members(shop: &Shop, customer: CustomerId) -> Vec<(CustomerId, Position)> {
    let position = |id| {
        let Ok(position) = Book::position(shop, id);
        (id, position.unwrap_or_default())
    };
    shop.group_of(customer).into_iter().map(position).collect()
}

/// The story as a device tells it that holds what happened from `since` on.
fn told(
    shop: &Shop,
    customer: CustomerId,
    (instrument, today): (InstrumentId, Date),
    since: Option<Date>,
) -> Explained {
    let members = members(shop, customer);
    let one_of = |id: CustomerId| members.iter().any(|(member, _)| *member == id);
    let events = shop.story.iter().filter_map(|row| match row {
        Row::Entry(entry) if one_of(entry.customer) => since
            .is_none_or(|since| entry.date >= since)
            .then_some(Event::Entry(entry)),
        Row::Merge(merge) if one_of(merge.a) => Some(Event::Merged(merge.a, merge.b)),
        _ => None,
    });
    let events: Vec<Event<'_>> = events.collect();
    let account = Account {
        instrument,
        members: &members,
        events: &events,
        reach: since.map_or(Reach::Whole, |_| Reach::Recent),
        today,
    };
    explain(&account).unwrap()
}

/// `100 of 12-01 from Earn until 2028-02-29: -60 Redeem, +20 Restore = 60`
fn line(lot: &Lot) -> String {
    let from = lot
        .origin
        .map_or("before".to_owned(), |o| format!("{:?}", o.kind));
    let last = lot
        .expires_on
        .map_or("ever".to_owned(), |last| last.to_string());
    let moves: Vec<String> = lot.moves.iter().map(word).collect();
    let moves = if moves.is_empty() {
        "untouched".to_owned()
    } else {
        moves.join(", ")
    };
    format!(
        "{} {from} until {last}: {moves} = {}",
        lot.amount.0, lot.left.0
    )
}

fn word(step: &Move) -> String {
    let by = step
        .by
        .map_or("?".to_owned(), |by| format!("{:?}", by.kind));
    match step.why {
        Why::DebtRepaid => format!("{:+} debt", step.points.0),
        Why::Taken | Why::GivenBack => format!("{:+} {by}", step.points.0),
        Why::Settled => format!("{:+} settled", step.points.0),
    }
}

fn buy(amount: i64, spend: i64) -> Act {
    Act::Buy {
        who: 0,
        lines: vec![(amount, 1_000)],
        spend,
        knows: Knows::Everything,
    }
}

fn back(receipt: usize, part: i64) -> Act {
    Act::Back {
        receipt,
        parts: vec![part],
        knows: Knows::Everything,
    }
}

/// Five per cent back in points of 0.01 that live a month; half of a receipt may be paid with them.
fn card() -> BonusCard {
    let mut card = BonusCard {
        expiry: Expiry::Months(1),
        ..plain_bonus()
    };
    card.redeem.max_share = 5_000;
    card
}

#[test]
fn a_balance_told_by_hand() {
    let mut world = World::new((card(), plain_stamps(), DiscountCard::fixed(0)));
    let today = |world: &World| {
        let told = told(&world.shop, world.people[0], (BONUS, world.today), None);
        let lots: Vec<String> = told.lots.iter().map(line).collect();
        (lots, told.balance.0)
    };
    // 100.00 on 20 January: 500 points to the end of February.
    world.play(&buy(10_000, 0));
    // 6.00 a month later, half of it with 300 points: the rest earns 15 to the end of March.
    world.play(&Act::Wait(31));
    world.play(&buy(600, 100));
    assert_eq!(
        today(&world),
        (
            vec![
                "500 Earn until 2028-02-29: -300 Redeem = 200".to_owned(),
                "15 Earn until 2028-03-31: untouched = 15".to_owned(),
            ],
            215
        )
    );
    // Half of the second receipt comes back: 150 points to the lot they came from, 8 of the 15 are taken back.
    world.play(&back(1, 50));
    assert_eq!(
        today(&world),
        (
            vec![
                "500 Earn until 2028-02-29: -300 Redeem, +150 Restore = 350".to_owned(),
                "15 Earn until 2028-03-31: -8 Reverse = 7".to_owned(),
            ],
            357
        )
    );
    // The first receipt comes back whole: 350 of its points are there, 7 come from the other lot, 143 are owed.
    world.play(&back(0, 100));
    assert_eq!(
        today(&world),
        (
            vec![
                "500 Earn until 2028-02-29: -300 Redeem, +150 Restore, -350 Reverse = 0".to_owned(),
                "15 Earn until 2028-03-31: -8 Reverse, -7 Reverse = 0".to_owned(),
            ],
            -143
        )
    );
    // 40.00 earn 200: 143 repay what is owed.
    world.play(&buy(4_000, 0));
    let (lots, balance) = today(&world);
    assert_eq!(lots[2], "200 Earn until 2028-03-31: -143 debt = 57");
    assert_eq!(balance, 57);
    // A month after its last day the rest has ended.
    world.play(&Act::Wait(60));
    world.play(&Act::Sweep);
    let (lots, balance) = today(&world);
    assert_eq!(
        lots[2],
        "200 Earn until 2028-03-31: -143 debt, -57 Expire = 0"
    );
    assert_eq!(balance, 0);
}

/// Two lots of one bucket: what is given back goes to the one it was taken from, though the same return takes from the
/// other.
#[test]
fn what_is_given_back_goes_to_its_own_lot() {
    let mut world = World::new(plain());
    world.play(&buy(20_000, 0));
    world.play(&buy(10_000, 60));
    world.play(&back(1, 50));
    let told = told(&world.shop, world.people[0], (BONUS, world.today), None);
    let lots: Vec<String> = told.lots.iter().map(line).collect();
    assert_eq!(
        lots,
        [
            "1000 Earn until ever: -600 Redeem, +300 Restore = 700",
            "470 Earn until ever: -235 Reverse = 235",
        ]
    );
}

#[test]
fn a_staff_phone_shows_older_lots_as_one_line_per_bucket() {
    let mut world = World::new((card(), plain_stamps(), DiscountCard::fixed(0)));
    world.play(&buy(10_000, 0));
    world.play(&buy(6_000, 0));
    world.play(&Act::Wait(20));
    let since = world.today;
    world.play(&buy(200, 100));
    let seen = told(
        &world.shop,
        world.people[0],
        (BONUS, world.today),
        Some(since),
    );
    let lots: Vec<String> = seen.lots.iter().map(line).collect();
    assert_eq!(
        lots,
        [
            "800 before until 2028-02-29: -100 Redeem = 700",
            "5 Earn until 2028-03-31: untouched = 5",
        ]
    );
}

/// Σ lots − Σ debts = the balance of the position in force; every lot is its amount and its moves, and in no bucket is
/// more or less than the fold says.
fn adds_up(shop: &Shop, customer: CustomerId, today: Date, explained: &Explained) {
    let mut group = members(shop, customer);
    let mut buckets: BTreeMap<(CustomerId, Option<Date>), i64> = BTreeMap::new();
    let mut owed = 0;
    for (member, position) in &mut group {
        if let Some(wallet) = position.wallets.get_mut(&explained.instrument) {
            wallet.ripen(today).unwrap();
            for bucket in &wallet.buckets {
                *buckets.entry((*member, bucket.expires_on)).or_default() += bucket.points.0;
            }
            for pending in &wallet.pending {
                *buckets
                    .entry((*member, pending.lot.expires_on))
                    .or_default() += pending.points.0;
            }
            owed += wallet.debt.0;
        }
    }
    for lot in &explained.lots {
        let moved: i64 = lot.moves.iter().map(|m| m.points.0).sum();
        assert_eq!(lot.amount.0 + moved, lot.left.0, "{}", line(lot));
        assert!((0..=lot.amount.0).contains(&lot.left.0), "{}", line(lot));
        *buckets.entry((lot.member, lot.expires_on)).or_default() -= lot.left.0;
    }
    buckets.retain(|_, rest| *rest != 0);
    assert!(buckets.is_empty(), "{buckets:?} {explained:?}");
    for debt in &explained.debts {
        let repaid: i64 = debt.repaid.iter().map(|m| m.points.0).sum();
        assert_eq!(debt.amount.0 - repaid, debt.left.0);
    }
    let owes: i64 = explained.debts.iter().map(|debt| debt.left.0).sum();
    let left: i64 = explained.lots.iter().map(|lot| lot.left.0).sum();
    assert_eq!(owes, owed);
    assert_eq!(Points(left - owes), explained.balance);
    let balance = shop.person(customer).balance(explained.instrument).unwrap();
    assert_eq!(balance, explained.balance);
}

/// Without a merge the entries alone tell everything.
fn tells_everything(explained: &Explained) {
    assert!(
        explained.lots.iter().all(|lot| lot.origin.is_some()),
        "{explained:?}"
    );
    assert!(explained.debts.iter().all(|debt| debt.origin.is_some()));
    let moves = explained.lots.iter().flat_map(|lot| &lot.moves);
    let repaid = explained.debts.iter().flat_map(|debt| &debt.repaid);
    let settled = moves.chain(repaid).filter(|m| m.why == Why::Settled);
    assert_eq!(settled.count(), 0, "{explained:?}");
    let took = |m: &&Move| m.why == Why::Taken;
    for by in explained
        .lots
        .iter()
        .flat_map(|lot| &lot.moves)
        .filter(took)
    {
        let kind = by.by.unwrap().kind;
        let debit = matches!(
            kind,
            EntryKind::Redeem | EntryKind::Reverse | EntryKind::Expire
        );
        assert!(debit, "{kind:?} takes nothing");
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_lines_add_up_in_any_world(
        terms in terms(), acts in vec(act(), 1..40), cut in 0_u64..200,
    ) {
        let mut world = World::new(terms);
        let since = world.today + kartka_domain::chrono::Days::new(cut);
        for act in &acts {
            world.play(act);
        }
        let merged = !world.shop.merges().is_empty();
        for &customer in &world.people {
            for when in [None, Some(since)] {
                let explained = told(&world.shop, customer, (BONUS, world.today), when);
                adds_up(&world.shop, customer, world.today, &explained);
                if when.is_none() && !merged {
                    tells_everything(&explained);
                }
            }
        }
    }
}

/// The month's table and the ledger say the same, to the point (P3).
fn liability_reconciles(world: &World) -> Vec<LiabilityMonth> {
    let mut owed = PointsOwed::default();
    let ledger = world.shop.ledger();
    for entry in &ledger {
        owed.entry(entry).unwrap();
    }
    let mut in_hand = 0;
    let mut done = Vec::new();
    for &customer in &world.people {
        let first = world.shop.group_of(customer)[0];
        if done.contains(&first) {
            continue;
        }
        done.push(first);
        let explained = told(&world.shop, customer, (BONUS, world.today), None);
        in_hand += explained.lots.iter().map(|lot| lot.left.0).sum::<i64>();
        owed.account(&explained, world.today).unwrap();
    }
    let report = owed.report(Month::of(world.today), |_| Money(3)).unwrap();
    let months = report.get(&BONUS).cloned().unwrap_or_default();
    let mut standing = 0;
    for row in &months {
        let m = row.moves;
        standing += m.given.0 - m.taken_back.0 - m.spent.0 + m.given_back.0 - m.expired.0;
        assert_eq!(row.outstanding.0, standing, "{row:?}");
        let up_to = |e: &&Entry| e.instrument == BONUS && Month::of(e.date) <= row.month;
        let sum: i64 = ledger
            .iter()
            .filter(up_to)
            .map(|e| e.effect().points.0)
            .sum();
        assert_eq!(row.outstanding.0, sum, "{row:?}");
        assert_eq!(row.in_hand.0, row.outstanding.0 + row.debts.0);
        assert_eq!(row.liability.0, row.expected.0 * 3);
        assert!((0..=10_000).contains(&row.breakage));
    }
    let last = months.last().map_or(0, |month| month.in_hand.0);
    assert_eq!(last, in_hand, "lots in hand at the end");
    months
}

#[test]
fn points_of_a_year_tell_how_many_end_unused() {
    let mut world = World::new((card(), plain_stamps(), DiscountCard::fixed(0)));
    // Every month 100.00 earn 500 points that live to the end of the next month; every second month 250 are spent.
    for month in 0..14 {
        world.play(&buy(10_000, 0));
        if month % 2 == 1 {
            world.play(&buy(500, 100));
        }
        world.play(&Act::Wait(if month % 2 == 0 { 31 } else { 30 }));
        world.play(&Act::Sweep);
    }
    let months = liability_reconciles(&world);
    let young = months.iter().take(12);
    assert!(
        young.clone().all(|m| m.breakage == 0),
        "nothing is known in the first year"
    );
    let told = |at: usize| {
        (
            months[at].in_hand.0,
            months[at].expected.0,
            months[at].breakage,
        )
    };
    // Of 6 × 500 and 6 × 512 points 6 × 250 were spent in the month after: so will 124 of January's 500, and of
    // December's 512, which outlived their second month unspent, none.
    assert_eq!(
        [told(12), told(13)],
        [(1_012, 124, 8_774), (762, 137, 8_202)]
    );
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_months_of_any_world_reconcile(terms in terms(), acts in vec(act(), 1..40)) {
        let mut world = World::new(terms);
        for act in &acts {
            world.play(act);
        }
        liability_reconciles(&world);
    }
}
