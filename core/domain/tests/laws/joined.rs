//! L3, X3: what was joined because a wallet was full of buckets is found under the day it had.

use chrono::Days;
use kartka_domain::ids::{CustomerId, EntryId};
use kartka_domain::ledger::{About, Effect, Entry, EntryKind, LotTerms, Use};
use kartka_domain::moment::{Date, date_of};
use kartka_domain::money::{Money, Points};
use kartka_domain::position::{Group, Position, Wallet};

use crate::acts::BONUS;

fn day(n: u64) -> Date {
    date_of(20_000).unwrap() + Days::new(n)
}

fn entry(customer: CustomerId, kind: EntryKind, points: i64, expires_on: Date) -> Entry {
    Entry {
        id: EntryId::new((2 << 40) | 1).unwrap(),
        customer,
        instrument: BONUS,
        kind,
        purchase: None,
        date: day(0),
        claim: Effect::points(Points(points), Money(points)),
        lot: Some(LotTerms {
            available_on: day(0),
            expires_on: Some(expires_on),
        }),
        about: About::Nothing,
        verdict: None,
        uses: Vec::new(),
    }
}

#[test]
fn a_lot_whose_bucket_was_joined_is_still_found() {
    let mut wallet = Wallet::default();
    // The two nearest days are the second and the third; all others are two days apart.
    for n in [0, 2, 3].into_iter().chain((5..).step_by(2).take(62)) {
        wallet.add_to_bucket(Some(day(n)), Points(10)).unwrap();
    }
    assert_eq!(wallet.buckets.len(), 64);
    assert_eq!(wallet.home(Some(day(2))), Some(day(3)));
    let who = CustomerId::new((1 << 40) | 1).unwrap();
    let mut position = Position::default();
    position.wallets.insert(BONUS, wallet);
    let mut group = Group::new(vec![(who, position)]);
    let taken = entry(who, EntryKind::Reverse, -10, day(2));
    let uses = group.fold(&taken).unwrap().uses;
    let last_days: Vec<_> = uses.iter().map(|one| one.expires_on).collect();
    assert_eq!(last_days, [Some(day(3))], "not what ends soonest");
    // What comes back under the day it had lies where it was taken from.
    let back = Entry {
        uses: vec![Use {
            expires_on: Some(day(2)),
            ..uses[0]
        }],
        ..entry(who, EntryKind::Restore, 10, day(2))
    };
    group.fold(&back).unwrap();
    let wallet = &group.member(who).wallets[&BONUS];
    assert_eq!(wallet.buckets.len(), 64);
    let joined = wallet.buckets.iter().find(|b| b.expires_on == Some(day(3)));
    assert_eq!(joined.unwrap().points, Points(20));
}

#[test]
fn a_day_that_was_joined_twice_leads_to_the_last_one() {
    let mut wallet = Wallet::default();
    for n in (0..).step_by(4).take(64) {
        wallet.add_to_bucket(Some(day(n)), Points(1)).unwrap();
    }
    wallet.add_to_bucket(Some(day(1)), Points(1)).unwrap();
    assert_eq!(wallet.home(Some(day(0))), Some(day(1)));
    wallet.add_to_bucket(Some(day(2)), Points(1)).unwrap();
    let homes = [day(0), day(1), day(2)].map(|last| wallet.home(Some(last)));
    assert_eq!(homes, [Some(day(2)); 3]);
    wallet.add_to_bucket(Some(day(0)), Points(1)).unwrap();
    assert_eq!(wallet.buckets.len(), 64);
    assert_eq!(wallet.balance().unwrap(), Points(67));
}

/// However long it goes on, the days that are remembered stay few.
#[test]
fn what_is_remembered_stays_small() {
    let mut wallet = Wallet::default();
    for n in 0..1_000 {
        wallet.add_to_bucket(Some(day(n)), Points(1)).unwrap();
    }
    assert!(wallet.joined.len() <= 64 && wallet.buckets.len() <= 64);
    assert_eq!(wallet.balance().unwrap(), Points(1_000));
}
