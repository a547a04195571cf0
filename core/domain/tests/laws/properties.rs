//! The invariants of the loyalty rules (V) on generated shops.

use std::collections::BTreeMap;

use chrono::Days;
use kartka_domain::allocate::allocate;
use kartka_domain::authority::expiry;
use kartka_domain::codes::Code;
use kartka_domain::ids::{CustomerId, EntryId, InstrumentId};
use kartka_domain::ledger::{About, Effect, Entry, EntryKind, LotTerms, Use};
use kartka_domain::moment::{Date, Month, date_of, month_end, plus_months};
use kartka_domain::money::{Money, Points, Stamps};
use kartka_domain::op::{Fact, Op};
use kartka_domain::position::{
    Bucket, Group, Membership, MonthSum, Pending, Position, Uses, Wallet,
};
use kartka_domain::programme::{Expiry, Programme};
use kartka_domain::purchase::{Line, Quantity, ReturnKind, ReturnedLine};
use kartka_domain::quote::{Paper, Question, Tender, quote};
use kartka_domain::redeem::CashStep;
use kartka_domain::row::Row;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::acts::{Act, All, BONUS, CARD, Knows, STAMPS, act, cases, plain, programme, terms};
use crate::invariants::was_on;
use crate::support::scenario::refunded;
use crate::support::words::plain_bonus;
use crate::support::{Shop, noon};
use crate::world::{World, accounts, asked, state};

/// Quantities of a receipt's lines in some pieces.
pub(crate) fn lines() -> impl Strategy<Value = Vec<(i64, i64)>> {
    vec((0_i64..30_000, 1_i64..6_000), 1..5)
}

fn date() -> impl Strategy<Value = Date> {
    // 2026 to 2036: two leap days at least.
    (20_454_i64..24_106).prop_map(|day| date_of(day).unwrap())
}

/// What somebody has become, with the sums of more months than are kept.
fn standing() -> impl Strategy<Value = Position> {
    let used = (1_i64..5, date(), 1_i64..3);
    let until = proptest::option::of(date());
    let months = vec((24_000_i32..24_040, 1_i64..900, 0_i64..4), 0..30);
    (used, until, 0_u8..4, months, proptest::option::of(date())).prop_map(
        |((count, last, on_last), until, level, months, first_visit)| {
            let mut position = Position {
                first_visit,
                ..Position::default()
            };
            let uses = Uses {
                count,
                last: Some(last),
                on_last,
            };
            position.uses.insert(STAMPS, uses);
            let membership = until.map_or(Membership::Lasting, Membership::Until);
            position.memberships.insert(CARD, membership);
            position.levels.extend((level > 0).then_some((CARD, level)));
            for (month, spent, visits) in months {
                let part = MonthSum {
                    spent: Money(spent),
                    visits,
                    status: Points(1),
                };
                position.add_to_month(Month(month), part).unwrap();
            }
            position
        },
    )
}

fn position() -> impl Strategy<Value = Position> {
    let bucket = (proptest::option::weighted(0.95, date()), 1_i64..1_000);
    let pending = (date(), proptest::option::of(date()), 1_i64..1_000);
    let wallet = (vec(bucket, 0..64), vec(pending, 0..5), 0_i64..500);
    let numbers = (
        0_i64..9,
        -5_i64..9,
        0_i64..9_000,
        proptest::option::of(date()),
        any::<bool>(),
    );
    (wallet, numbers, standing()).prop_map(|((buckets, pending, debt), numbers, standing)| {
        let mut wallet = Wallet {
            debt: Points(debt),
            ..Wallet::default()
        };
        for (last, points) in buckets {
            wallet.add_to_bucket(last, Points(points)).unwrap();
        }
        for (available_on, expires_on, points) in pending {
            let lot = LotTerms {
                available_on,
                expires_on,
            };
            wallet.pending.push(Pending {
                lot,
                points: Points(points),
            });
        }
        wallet.pending.sort();
        wallet.pending.dedup_by_key(|p| p.lot);
        let (visits, stamps, spent, last_visit, held) = numbers;
        let mut position = Position {
            visits,
            spent: Money(spent),
            last_visit,
            held,
            ..standing
        };
        position.wallets.insert(BONUS, wallet);
        position.stamps.insert(STAMPS, Stamps(stamps));
        position
    })
}

/// A shop where `lines` were sold for points that were earned before, and the receipt's number.
/// A shop after all of this has happened.
fn played(terms: All, acts: &[Act]) -> World {
    let mut world = World::new(terms);
    acts.iter().for_each(|act| world.play(act));
    world
}

fn sold(terms: All, lines: &[(i64, i64)], spend: i64) -> World {
    let mut world = World::new(terms);
    let buy = |lines: &[(i64, i64)], spend| Act::Buy {
        who: 0,
        lines: lines.to_vec(),
        spend,
        knows: Knows::Everything,
    };
    world.play(&buy(&[(500_000, 1_000)], 0));
    world.play(&Act::Wait(20));
    world.play(&buy(lines, spend));
    world
}

/// A return of `lines` of the last receipt, its claims made from what `known` knows.
pub(crate) fn give_back(world: &mut World, known: &Shop, lines: Vec<ReturnedLine>) -> Op {
    let purchase = *world.receipts.last().unwrap();
    let claims = refunded(known, purchase, &lines).claims;
    let back = Fact::Return {
        purchase,
        kind: ReturnKind::Goods,
        lines,
    };
    let claims = claims.into_iter().map(|(claim, _)| Fact::Claim(claim));
    world.make(std::iter::once(back).chain(claims).collect())
}

/// `lines` cut into returns: piece i of each line is what lies between its cuts.
pub(crate) fn pieces(lines: &[(i64, i64)], cuts: &[Vec<i64>]) -> Vec<Vec<ReturnedLine>> {
    let marks = |place: usize, total: i64| {
        let mut marks: Vec<i64> = cuts
            .iter()
            .map(|cut| cut[place % cut.len()] * total / 100)
            .collect();
        marks.sort_unstable();
        marks.push(total);
        marks
    };
    let piece = |at: usize| {
        let of_line = lines.iter().enumerate().map(|(place, (_, total))| {
            let marks = marks(place, *total);
            let from = if at == 0 { 0 } else { marks[at - 1] };
            ReturnedLine {
                line: u16::try_from(place).unwrap(),
                quantity: Quantity(marks[at] - from),
            }
        });
        of_line.filter(|part| part.quantity.0 > 0).collect()
    };
    (0..=cuts.len()).map(piece).collect()
}

/// Σ effects of everything but expiry: what the ledger of a shop comes to.
pub(crate) fn total(world: &World) -> (i128, i128) {
    let sums = world.reference().of_person.into_values();
    sums.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
}

/// Money that the shop gave back in all.
fn money_back(world: &World) -> i64 {
    let id = *world.receipts.last().unwrap();
    let (mut seen, mut sum) = (world.shop.clone(), 0);
    let returns = world.shop.all(|row| match row {
        Row::Return(back) => Some(back.clone()),
        _ => None,
    });
    seen.rows.retain(|_, row| !matches!(row, Row::Return(_)));
    for back in returns {
        sum += refunded(&seen, id, back.effective()).money.0;
        let row = Row::Return(back);
        seen.rows.insert((row.kind(), row.key()), row);
    }
    sum
}

proptest! {
    #![proptest_config(cases())]

    /// Σ buckets + Σ pending − debt = balance = Σ effects; returned ≤ sold; reversed ≤ granted; restored ≤
    /// spent; one void; no debt beside points; own claims stand: `World::play` checks all after each op.
    #[test]
    fn every_law_holds_after_every_op(terms in terms(), acts in vec(act(), 1..40)) {
        let mut world = World::new(terms);
        for act in &acts {
            world.play(act);
        }
    }

    #[test]
    fn small_returns_equal_one_big_return(
        terms in terms(), lines in lines(), spend in 0_i64..=100,
        cuts in vec(vec(0_i64..=100, 1..4), 1..4), knows in any::<bool>(),
    ) {
        let sold = sold(terms, &lines, spend);
        let (mut once, mut often) = (sold.clone(), sold.clone());
        let all = pieces(&lines, &[]).remove(0);
        let op = give_back(&mut once, &sold.shop, all);
        once.order(&op);
        once.check();
        for part in pieces(&lines, &cuts) {
            // Phones that know of each other's returns, or do not: the authority's order decides.
            let known = if knows { often.shop.clone() } else { sold.shop.clone() };
            let op = give_back(&mut often, &known, part);
            often.order(&op);
            often.check();
        }
        prop_assert_eq!(total(&once), total(&often));
        prop_assert_eq!(money_back(&once), money_back(&often));
        prop_assert_eq!(accounts(&once.shop), accounts(&often.shop));
    }

    /// X3, X4: after everything came back the account is what it was before the purchase.
    #[test]
    fn a_full_return_restores_all(terms in terms(), lines in lines(), spend in 0_i64..=100) {
        let mut world = sold(terms, &[(500, 1_000)], 0);
        world.play(&Act::Back { receipt: 1, parts: vec![100], knows: Knows::Everything });
        let account = |world: &World| {
            let mut person = world.shop.person(world.people[0]);
            for wallet in person.wallets.values_mut() {
                wallet.ripen(world.today).unwrap();
            }
            // Points that came and went leave a wallet that says nothing.
            person.wallets.retain(|_, wallet| *wallet != Wallet::default());
            person
        };
        let before = account(&world);
        world.play(&Act::Buy { who: 0, lines, spend, knows: Knows::Everything });
        world.play(&Act::Back { receipt: 2, parts: vec![100], knows: Knows::Everything });
        prop_assert_eq!(account(&world), before);
    }

    /// L9: whatever is published between, a return takes and gives by the terms of the purchase.
    #[test]
    fn old_terms_survive_rule_changes(
        old in terms(), lines in lines(), spend in 0_i64..=100, new in vec(terms(), 1..4),
    ) {
        let (mut kept, mut changed) = (sold(old.clone(), &lines, spend), sold(old, &lines, spend));
        for terms in new {
            changed.play(&Act::Publish(programme(1, terms)));
        }
        for world in [&mut kept, &mut changed] {
            world.play(&Act::Back { receipt: 1, parts: vec![50], knows: Knows::Everything });
            world.play(&Act::Back { receipt: 1, parts: vec![100], knows: Knows::Everything });
        }
        prop_assert_eq!(accounts(&kept.shop), accounts(&changed.shop));
    }

    /// Sales of phones that did not know of each other: the sums are the same in any order.
    #[test]
    fn sums_of_claims_are_the_same_in_any_order(
        terms in terms(),
        sales in vec((0_usize..4, lines(), 0_i64..=100), 1..7),
        order in Just((0_usize..7).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let mut start = sold(terms, &[(500, 1_000)], 0);
        start.play(&Act::Buy { who: 1, lines: vec![(90_000, 1_000)], spend: 0, knows: Knows::Everything });
        let mut ops = Vec::new();
        for (who, lines, spend) in &sales {
            let customer = Some(start.people[*who]);
            let answer = start.quote(customer, lines, *spend, Knows::Everything).unwrap();
            ops.push(start.make(answer.into_facts(Tender::Card, Paper::default()).unwrap()));
        }
        let (mut straight, mut shuffled) = (start.clone(), start.clone());
        for op in &ops {
            straight.order(op);
        }
        for op in order.iter().filter_map(|at| ops.get(*at)) {
            shuffled.order(op);
        }
        shuffled.check();
        prop_assert_eq!(straight.reference(), shuffled.reference());
        // The same authority order gives the same full state.
        let mut again = start.clone();
        for op in &ops {
            again.order(op);
        }
        prop_assert_eq!(state(&straight.shop), state(&again.shop));
    }

    /// A quote is what commit writes, to the row.
    #[test]
    fn a_quote_is_what_commit_writes(
        terms in terms(), before in lines(), lines in lines(), spend in 0_i64..=100,
    ) {
        let mut world = sold(terms, &before, 0);
        let customer = Some(world.people[0]);
        let answer = world.quote(customer, &lines, spend, Knows::Everything).unwrap();
        let asked_before = asked(&world.shop).len();
        let op = world.make(answer.clone().into_facts(Tender::Card, Paper::default()).unwrap());
        let mut entries = Vec::new();
        for decided in world.order(&op) {
            match decided.row {
                Row::Purchase(purchase) => {
                    prop_assert_eq!(purchase.check(), Ok(()));
                    prop_assert_eq!(purchase.parts.money(), Ok(answer.due));
                    prop_assert_eq!(purchase.total(), Ok(answer.total));
                    let paid = purchase.lines.iter().map(|line| line.paid().unwrap());
                    prop_assert_eq!(Money::total(paid), Ok(answer.due));
                    prop_assert_eq!(&purchase.lines, &answer.lines);
                }
                Row::Entry(entry) => entries.push(entry),
                _ => {}
            }
        }
        let written: Vec<Effect> = entries.iter().map(|e| e.effect()).collect();
        let quoted: Vec<Effect> = answer.claims.iter().map(|c| c.effect).collect();
        prop_assert_eq!(written, quoted);
        prop_assert_eq!(asked(&world.shop).len(), asked_before, "an overdraft out of a quote");
    }

    /// What a phone shows of its own op is what the authority makes of it, if nothing else happened.
    #[test]
    fn a_phone_shows_what_the_authority_decides(terms in terms(), lines in lines(), spend in 0_i64..=100) {
        let mut world = sold(terms, &[(500, 1_000)], 0);
        let customer = Some(world.people[0]);
        let answer = world.quote(customer, &lines, spend, Knows::Everything).unwrap();
        let op = world.make(answer.into_facts(Tender::Cash, Paper::default()).unwrap());
        let (mut phone, mut authority) = (world.shop.clone(), world.shop.clone());
        phone.show(&op);
        authority.order(&op);
        prop_assert_eq!(state(&phone), state(&authority));
    }

    /// D3: the shares are the discount, and none is more than its line.
    #[test]
    fn allocation_sums_to_the_discount(weights in vec(0_i64..1_000_000, 1..40), part in 0_i64..=1000) {
        let weights: Vec<Money> = weights.into_iter().map(Money).collect();
        let total = Money::total(weights.iter().copied()).unwrap();
        let amount = Money(total.0 / 1_000 * part);
        let shares = allocate(amount, &weights).unwrap();
        prop_assert_eq!(Money::total(shares.iter().copied()), Ok(amount));
        prop_assert!(shares.iter().zip(&weights).all(|(s, w)| s <= w && s.0 >= 0));
    }

    /// A second op with the same request has no effect (sync §2).
    #[test]
    fn a_repeated_request_has_no_effect(terms in terms(), lines in lines(), spend in 0_i64..=100) {
        let mut world = sold(terms, &[(500, 1_000)], 0);
        let customer = Some(world.people[0]);
        let answer = world.quote(customer, &lines, spend, Knows::Everything).unwrap();
        let facts = answer.into_facts(Tender::Cash, Paper::default()).unwrap();
        let first = world.make(facts.clone());
        world.order(&first);
        let before = (accounts(&world.shop), world.reference());
        let second = Op { request: first.request, ..world.make(facts) };
        let decided = world.order(&second);
        prop_assert_eq!((accounts(&world.shop), world.reference()), before);
        let refused = |row: &Row| matches!(row, Row::Purchase(p) if p.refused == Some(Code::DuplicateRequest));
        prop_assert!(decided.iter().any(|d| refused(&d.row)));
        world.check();
    }

    /// D4: whatever order the file names the rules in, the quote has the same bytes.
    #[test]
    fn the_order_of_rules_does_not_matter(terms in terms(), lines in lines(), turn in 0_usize..3, spend in 0_i64..=100) {
        let world = sold(terms, &[(500, 1_000)], 0);
        let customer = Some(world.people[0]);
        let answer = world.quote(customer, &lines, spend, Knows::Everything).unwrap();
        let mut turned = world.clone();
        let programme = world.shop.programme_now().unwrap();
        let mut instruments = programme.instruments().to_vec();
        instruments.rotate_left(turn);
        let again = Programme::publish(programme.version(), instruments).unwrap();
        turned.shop.own(noon(turned.today), vec![Fact::Programme(again)]);
        prop_assert_eq!(turned.quote(customer, &lines, spend, Knows::Everything), Some(answer));
    }

    /// L12: a build that knows no kind at all sums the same balances, in any order.
    #[test]
    fn an_older_build_sums_the_same(terms in terms(), acts in vec(act(), 1..20)) {
        let world = played(terms, &acts);
        let mut sums: BTreeMap<CustomerId, Group> = BTreeMap::new();
        for entry in world.shop.ledger() {
            let newer = Entry { kind: EntryKind::Newer(99), about: About::Nothing, ..entry };
            let own = sums.entry(newer.customer).or_insert_with(|| Group::new(Vec::new()));
            own.fold(&newer).unwrap();
        }
        for (customer, own) in sums {
            let known = world.reference().of_person;
            if world.shop.connected(customer, was_on).len() > 1 {
                continue;
            }
            let position = own.combined().unwrap();
            for (&instrument, wallet) in &position.wallets {
                let want = known.get(&(customer.get(), i64::from(instrument.0)));
                prop_assert_eq!(i128::from(wallet.balance().unwrap().0), want.map_or(0, |s| s.0));
            }
        }
    }

    /// L11, E2: status points and carried parts are the sums of what the entries say.
    #[test]
    fn carried_and_status_points_are_sums(terms in terms(), acts in vec(act(), 1..20)) {
        let world = played(terms, &acts);
        let mut want: BTreeMap<(CustomerId, InstrumentId), (i64, i64)> = BTreeMap::new();
        for entry in world.shop.ledger() {
            let sums = want.entry((entry.customer, entry.instrument)).or_default();
            let effect = entry.effect();
            *sums = (sums.0 + effect.status.0, sums.1 + effect.carry);
        }
        for (customer, position) in world.shop.positions() {
            for (&instrument, wallet) in &position.wallets {
                let sums = want.remove(&(customer, instrument)).unwrap_or_default();
                prop_assert_eq!((wallet.status.0, wallet.carry), sums);
                prop_assert!(wallet.status.0 >= 0, "never more taken back than given");
            }
        }
        prop_assert!(want.values().all(|sums| *sums == (0, 0)), "{:?}", want);
    }

    #[test]
    fn combine_is_commutative_and_associative(a in position(), b in position(), c in position()) {
        let sum = |a: &Position, b: &Position| a.clone().combine(b).unwrap();
        prop_assert_eq!(sum(&a, &b), sum(&b, &a));
        prop_assert_eq!(sum(&sum(&a, &b), &c), sum(&a, &sum(&b, &c)));
        prop_assert_eq!(sum(&a, &Position::default()), a);
    }

    /// L3: however many last days there are, a wallet keeps 64 and loses nothing, and no point ends earlier.
    #[test]
    fn a_wallet_that_is_full_of_buckets_loses_nothing(lots in vec((proptest::option::of(date()), 1_i64..99), 1..150)) {
        let mut wallet = Wallet::default();
        for (last, points) in &lots {
            wallet.add_to_bucket(*last, Points(*points)).unwrap();
        }
        prop_assert!(wallet.buckets.len() <= 64);
        prop_assert_eq!(wallet.balance().unwrap().0, lots.iter().map(|l| l.1).sum::<i64>());
        let until = |buckets: &[Bucket], day: Date| -> i64 {
            let ended = buckets.iter().filter(|b| b.expires_on.is_some_and(|last| last < day));
            ended.map(|b| b.points.0).sum()
        };
        let exact: Vec<Bucket> = lots.iter().map(|(expires_on, points)| Bucket { expires_on: *expires_on, points: Points(*points) }).collect();
        for (last, _) in &lots {
            let day = last.unwrap_or_else(|| date_of(24_200).unwrap());
            prop_assert!(until(&wallet.buckets, day) <= until(&exact, day), "something ends earlier");
        }
    }

    /// L5, L7: a lot lives to the end of its last month, 29 February included, and not a day longer.
    #[test]
    fn the_last_day_is_fully_usable(day in date(), months in 1_u16..=24, pending in 0_u16..40) {
        let card = kartka_domain::programme::BonusCard {
            expiry: Expiry::Months(months),
            pending_days: pending,
            ..plain_bonus()
        };
        let lot = card.lot(day);
        let last = lot.expires_on.unwrap();
        prop_assert_eq!(lot.available_on, day + Days::new(u64::from(pending)));
        prop_assert_eq!(month_end(last), Some(last));
        prop_assert!(last >= plus_months(lot.available_on, u32::from(months)).unwrap());
        let wallet = Wallet { pending: vec![Pending { lot, points: Points(9) }], ..Wallet::default() };
        let can = |day: Date| wallet.spendable(day).unwrap().0;
        prop_assert_eq!(can(lot.available_on), 9);
        prop_assert_eq!(can(last), 9);
        prop_assert_eq!(can(last + Days::new(1)), 0);
        if pending > 0 {
            prop_assert_eq!(can(lot.available_on - Days::new(1)), 0);
        }
    }
}

/// A till that hands in lines of another quote gets the same answer.
#[test]
fn shares_in_a_question_are_not_looked_at() {
    let world = sold(plain(), &[(500, 1_000)], 0);
    let position = world.shop.person(world.people[0]);
    let programme = world.shop.programme_now().unwrap();
    let ask = |lines: &[Line]| {
        quote(&Question {
            customer: Some((world.people[0], &position)),
            spend: Points(100),
            cash: CashStep(Money(100)),
            ..Question::plain(lines, &programme, noon(world.today))
        })
    };
    let first = ask(&[Line::amount(Money(300))]).unwrap();
    assert_ne!(first.lines[0].shares, []);
    assert_eq!(ask(&first.lines), Ok(first));
}

/// L5: a debit gets back only what it took later than the lot it should have found first.
#[test]
fn a_counter_entry_fills_later_buckets_only() {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let ann = CustomerId::new((1 << 40) | 1).unwrap();
    let entry = |n: i64, kind, points, lot, uses| Entry {
        id: EntryId::new((1 << 40) | n).unwrap(),
        customer: ann,
        instrument: BONUS,
        kind,
        purchase: None,
        date: day("2026-02-20"),
        claim: Effect::points(Points(points), Money(points)),
        lot,
        about: About::Nothing,
        verdict: None,
        uses,
    };
    let used = |last: &str, points| Use {
        member: ann,
        expires_on: Some(day(last)),
        points: Points(points),
    };
    let lot = LotTerms {
        available_on: day("2026-02-28"),
        expires_on: Some(day("2026-02-28")),
    };
    let gone = entry(7, EntryKind::Expire, -90, Some(lot), Vec::new());
    let uses = vec![
        used("2026-02-25", 30),
        used("2026-03-31", 40),
        used("2026-04-30", 20),
    ];
    let debit = entry(9, EntryKind::Redeem, -90, None, uses);
    let programme = programme(1, plain());
    let today = day("2026-03-05");
    let claims = expiry::revive(&[&debit], &[gone], &programme, today).unwrap();
    let filled: Vec<_> = claims
        .iter()
        .map(|c| {
            (
                c.lot.unwrap().expires_on.unwrap(),
                c.effect.points.0,
                c.effect.value.0,
            )
        })
        .collect();
    assert_eq!(
        filled,
        [(day("2026-04-30"), 20, 20), (day("2026-03-31"), 40, 40)]
    );
}
