//! L12: what an older build does with rules that only a newer one knows. It sums the same, it says so, it loses nothing.

use kartka_domain::authority::Book;
use kartka_domain::codes::Code;
use kartka_domain::ids::{InstrumentId, ProgrammeVersion, PurchaseId};
use kartka_domain::ledger::{About, Resolved};
use kartka_domain::moment::Date;
use kartka_domain::money::{Money, Points};
use kartka_domain::op::{Fact, Op};
use kartka_domain::position::{Position, Wallet};
use kartka_domain::programme::{
    BonusCard, Campaign, DiscountCard, Instrument, Newer, Programme, ProgrammeError, Remainder,
    Terms,
};
use kartka_domain::purchase::Line;
use kartka_domain::quote::{Paper, Question, Tender, quote};
use kartka_domain::row::{Row, RowKind};
use kartka_domain::wizard::{Draft, Ground, Trade};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::acts::{Act, All, BONUS, CARD, Knows, STAMPS, act, cases, plain, programme, terms};
use crate::support::words::plain_bonus;
use crate::support::{Shop, noon};
use crate::world::World;

const NEWS: InstrumentId = InstrumentId(9);

/// An instrument of a kind that this version does not know.
fn news() -> Instrument {
    Instrument {
        newer: Some(Newer::new(vec![0xa1, 0x01, 0x09])),
        ..Instrument::plain(NEWS, "Subscription", Terms::Newer)
    }
}

fn with(more: impl IntoIterator<Item = Instrument>) -> Programme {
    let mut all = programme(1, plain()).instruments().to_vec();
    all.extend(more);
    Programme::publish(ProgrammeVersion(1), all).unwrap()
}

/// The same programme as a build sees it that has none of its kinds.
fn unread(programme: &Programme) -> Programme {
    let unread = |of: &Instrument| Instrument {
        terms: Terms::Newer,
        newer: Some(Newer::new(vec![1])),
        ..of.clone()
    };
    let all = programme.instruments().iter().map(unread).collect();
    Programme::publish(programme.version(), all).unwrap()
}

fn today() -> Date {
    "2028-01-20".parse().unwrap()
}

fn said(programme: &Programme) -> Vec<Code> {
    let lines = [Line::amount(Money(10_000))];
    quote(&Question::plain(&lines, programme, noon(today())))
        .unwrap()
        .said
}

#[test]
fn a_rule_of_a_newer_version_is_said_and_the_others_work() {
    let (known, more) = (with([]), with([news()]));
    let lines = [Line::amount(Money(10_000))];
    let ask = |programme| quote(&Question::plain(&lines, programme, noon(today()))).unwrap();
    let newer = Code::NewerRule { instrument: 9 };
    assert_eq!(
        ask(&more).said,
        [&[Code::NoCustomer, newer][..], &ask(&known).said[1..]].concat()
    );
    assert_eq!(
        (ask(&more).due, ask(&more).claims),
        (ask(&known).due, ask(&known).claims)
    );
}

#[test]
fn a_rule_of_a_newer_version_that_is_closed_today_is_not_spoken_of() {
    let mut closed = news();
    closed.rules.scope.last_day = Some("2028-01-19".parse().unwrap());
    assert!(!said(&with([closed])).contains(&Code::NewerRule { instrument: 9 }));
}

#[test]
fn a_card_whose_terms_are_read_in_part_works_by_that_part() {
    let rate = |rate| Instrument {
        newer: Some(Newer::new(vec![1])),
        ..Instrument::plain(NEWS, "Card", Terms::Discount(DiscountCard::fixed(rate)))
    };
    let customer = Position::default();
    let lines = [Line::amount(Money(10_000))];
    let all = with([rate(500)]);
    let who = World::new(plain()).people[0];
    let ask = Question {
        customer: Some((who, &customer)),
        ..Question::plain(&lines, &all, noon(today()))
    };
    let answer = quote(&ask).unwrap();
    assert_eq!(answer.due, Money(9_500));
    assert!(answer.said.contains(&Code::NewerTerms { instrument: 9 }));
}

#[test]
fn an_older_owner_who_edits_a_programme_drops_no_newer_rule() {
    let mut partly = programme(1, plain()).instruments()[0].clone();
    partly.newer = Some(Newer::new(vec![7]));
    let others = programme(1, plain()).instruments()[1..].to_vec();
    let all = [vec![partly.clone()], others, vec![news()]].concat();
    let current = Programme::publish(ProgrammeVersion(4), all).unwrap();
    // By the wizard, one instrument.
    let ground = Ground {
        exponent: 2,
        programme: &current,
        edits: Some(BONUS),
    };
    let mut draft = Draft::of(&partly, Trade::Coffee).unwrap();
    draft.name = "Points".to_owned();
    let next = draft.publish(&ground).unwrap();
    assert_eq!(next.version(), ProgrammeVersion(5));
    assert_eq!(next.instrument(NEWS), Some(&news()));
    let edited = next.instrument(BONUS).unwrap();
    assert_eq!(
        (edited.name.as_str(), &edited.newer),
        ("Points", &partly.newer)
    );
    // By a file that holds the whole programme as far as this version knows it.
    let file = vec![Instrument::plain(
        BONUS,
        "Points",
        Terms::Bonus(plain_bonus()),
    )];
    let next = current.next(file).unwrap();
    let ids: Vec<_> = next.instruments().iter().map(|of| of.id).collect();
    assert_eq!(ids, [BONUS, NEWS]);
    assert_eq!(next.instrument(BONUS).unwrap().newer, partly.newer);
    assert_eq!(next.instrument(NEWS), Some(&news()));
}

#[test]
fn a_newer_rule_is_not_overwritten_by_one_with_its_number() {
    let own = Instrument::plain(NEWS, "Mine", Terms::Discount(DiscountCard::fixed(500)));
    assert_eq!(
        with([news()]).next(vec![own]),
        Err(ProgrammeError::TooNew(9))
    );
    assert_eq!(
        Programme::publish(
            ProgrammeVersion(1),
            vec![Instrument {
                newer: None,
                ..news()
            }]
        ),
        Err(ProgrammeError::TooNew(9)),
    );
}

#[test]
fn what_an_older_authority_could_not_judge_is_flagged() {
    let mut world = World::new(plain());
    let lines = [(10_000, 1_000)];
    let answer = world
        .quote(Some(world.people[0]), &lines, 0, Knows::Everything)
        .unwrap();
    let op = world.make(answer.into_facts(Tender::Cash, Paper::default()).unwrap());
    let older = Row::Programme(unread(&programme(1, plain())));
    world.shop.rows.insert((RowKind::Programme, 1), older);
    let decided = world.shop.order(&op);
    let flags = decided.iter().find_map(|d| match &d.row {
        Row::Purchase(purchase) => Some(purchase.flags.clone()),
        _ => None,
    });
    let newer = |of: InstrumentId| Code::NewerRule {
        instrument: of.0.into(),
    };
    assert_eq!(flags, Some(vec![newer(BONUS), newer(STAMPS)]));
}

/// The programme as a build sees it that knows no campaigns.
fn without_campaigns(programme: &Programme) -> Programme {
    let unread = |of: &Instrument| match of.terms {
        Terms::Campaign(_) => Instrument {
            terms: Terms::Newer,
            newer: Some(Newer::new(vec![1])),
            ..of.clone()
        },
        _ => of.clone(),
    };
    let all = programme.instruments().iter().map(unread).collect();
    Programme::publish(programme.version(), all).unwrap()
}

/// The op as such a build reads it: what a campaign adds is a field that it does not know.
fn unraised(op: &Op) -> Op {
    let mut read = op.clone();
    for fact in &mut read.facts {
        if let Fact::Claim(claim) = fact
            && let About::Earned(resolved) = claim.about
        {
            let plain = Resolved {
                raise: None,
                ..resolved
            };
            claim.about = plain.about();
        }
    }
    read
}

/// A shop with a campaign, and the same shop under an authority that knows none.
fn with_campaign(terms: All) -> (World, Shop) {
    let mut world = World::new(terms.clone());
    let campaign = Campaign::plain(BONUS, 20_000, Points(100_000));
    let campaign = Instrument::plain(NEWS, "Twice", Terms::Campaign(campaign));
    let mut all = programme(1, terms).instruments().to_vec();
    all.push(campaign);
    let known = Programme::publish(ProgrammeVersion(1), all).unwrap();
    let key = (RowKind::Programme, 1);
    let mut older = world.shop.clone();
    world.shop.rows.insert(key, Row::Programme(known.clone()));
    older
        .rows
        .insert(key, Row::Programme(without_campaigns(&known)));
    (world, older)
}

fn flags_of(shop: &Shop, op: &Op) -> Vec<Code> {
    let Ok(purchase) = shop.purchase(PurchaseId(op.id.0));
    purchase.unwrap().flags
}

/// What a customer was shown counts, with a flag; what they give back of it goes by its part of the price, and all of it goes
/// when all comes back (decision 55).
#[test]
fn an_authority_that_knows_no_campaigns_counts_their_points_as_claimed() {
    for read in [unraised, Op::clone] {
        let (mut world, mut older) = with_campaign(plain());
        let (ann, lines) = (world.people[0], [(10_000, 2_000)]);
        let answer = world.quote(Some(ann), &lines, 0, Knows::Everything);
        let facts = answer.unwrap().into_facts(Tender::Cash, Paper::default());
        let op = world.make(facts.unwrap());
        world.receipts.push(PurchaseId(op.id.0));
        world.shop.order(&op);
        older.order(&read(&op));
        let has = |shop: &Shop| shop.person(ann).balance(BONUS).unwrap().0;
        let promised = has(&world.shop);
        assert_eq!(has(&older), promised);
        assert_eq!(flags_of(&world.shop, &op), []);
        let newer = Code::NewerRule {
            instrument: NEWS.0.into(),
        };
        assert_eq!(flags_of(&older, &op), [newer]);
        for left in [promised / 2, 0] {
            let back = Act::Back {
                receipt: 0,
                parts: vec![50 + 50 * i64::from(left == 0)],
                knows: Knows::Everything,
            };
            let op = world.op_of(&back).unwrap();
            world.shop.order(&op);
            older.order(&op);
            assert_eq!((has(&world.shop), has(&older)), (left, left));
        }
    }
}

#[test]
fn an_authority_without_a_kind_still_knows_a_liar_by_the_rules_that_it_reads() {
    let (mut world, mut older) = with_campaign(plain());
    // The newer rule works in another outlet only: it can't be the reason.
    let mut all = older.programme_now().unwrap().instruments().to_vec();
    let last = all.last_mut().unwrap();
    last.rules.scope.outlets = vec![kartka_domain::ids::OutletId(9)];
    let there = Programme::publish(ProgrammeVersion(1), all).unwrap();
    older
        .rows
        .insert((RowKind::Programme, 1), Row::Programme(there));
    let ann = world.people[0];
    let answer = world.quote(Some(ann), &[(10_000, 1_000)], 0, Knows::Everything);
    let facts = answer.unwrap().into_facts(Tender::Cash, Paper::default());
    let op = unraised(&world.make(facts.unwrap()));
    older.order(&op);
    let flags = flags_of(&older, &op);
    assert!(
        matches!(flags[..], [Code::EarnAboveRules { .. }]),
        "{flags:?}"
    );
}

/// Who is attached to a receipt of which a part came back gets what the newer phone promised.
#[test]
fn attaching_after_a_return_counts_at_an_authority_without_the_kinds() {
    let mut world = World::new(plain());
    let mut older = world.shop.clone();
    let known = older.programme_now().unwrap();
    older
        .rows
        .insert((RowKind::Programme, 1), Row::Programme(unread(&known)));
    let acts = [
        Act::Buy {
            who: 9,
            lines: vec![(10_000, 2_000)],
            spend: 0,
            knows: Knows::Everything,
        },
        Act::Back {
            receipt: 0,
            parts: vec![50],
            knows: Knows::Everything,
        },
        Act::Attach {
            receipt: 0,
            who: 1,
            knows: Knows::Everything,
        },
    ];
    for act in acts {
        let op = world.op_of(&act).unwrap();
        world.shop.order(&op);
        older.order(&op);
    }
    let bob = world.people[1];
    let has = |shop: &Shop| shop.person(bob).balance(BONUS).unwrap();
    assert!(has(&world.shop) > Points::ZERO);
    assert_eq!(has(&older), has(&world.shop));
}

/// What a wallet holds, owes and counts towards a level. Where a rest is carried these are told to the last part of a point:
/// of a receipt that comes back whole, whose rest has made a point elsewhere meanwhile, only the terms say whether a point
/// or a rest goes.
fn worth(wallet: &Wallet, card: &BonusCard) -> [i128; 3] {
    let fine = match card.remainder {
        Remainder::Dropped => 0,
        Remainder::Carried => i128::from(card.point_value.0) * 100_000_000,
    };
    let of = |points: i64| i128::from(points) * fine.max(1) + i128::from(wallet.carry);
    let owed = if fine == 0 { wallet.debt.0 } else { 0 };
    [
        of(wallet.balance().unwrap().0),
        of(wallet.status.0),
        owed.into(),
    ]
}

proptest! {
    #![proptest_config(cases())]

    /// An authority that has none of the kinds comes to the same balances, debts and stamps.
    #[test]
    fn an_authority_without_the_kinds_sums_the_same(terms in terms(), acts in vec(act(), 1..20)) {
        let card = terms.0.clone();
        let mut world = World::new(terms);
        let mut older = world.shop.clone();
        let known = older.programme_now().unwrap();
        older.rows.insert((RowKind::Programme, 1), Row::Programme(unread(&known)));
        for act in acts {
            let act = match act {
                // Members are compared one by one.
                Act::Publish(_) | Act::Sweep | Act::Bind { .. } | Act::Join { .. } => continue,
                // How much a part of a receipt would have earned only the terms say.
                Act::Back { receipt, .. } => Act::Back { receipt, parts: vec![100], knows: Knows::Everything },
                Act::Attach { receipt, who, .. } => Act::Attach { receipt, who, knows: Knows::Everything },
                Act::Buy { who, lines, spend, .. } => Act::Buy { who, lines, spend, knows: Knows::Everything },
                other => other,
            };
            if let Act::Wait(days) = act {
                world.today = world.today + chrono::Days::new(days);
            } else if let Some(op) = world.op_of(&act) {
                world.shop.order(&op);
                older.order(&op);
            }
        }
        for (customer, position) in world.shop.positions() {
            let summed = older.person(customer);
            prop_assert_eq!(&summed.stamps, &position.stamps);
            for instrument in [BONUS, CARD] {
                let (was, is) = (position.wallet(instrument), summed.wallet(instrument));
                prop_assert_eq!(is.map(|w| worth(w, &card)), was.map(|w| worth(w, &card)));
            }
        }
    }
    /// An authority that knows no campaigns comes to the same balances as one that does, while goods come back whole.
    #[test]
    fn an_authority_without_campaigns_sums_the_same(terms in terms(), acts in vec(act(), 1..20)) {
        let card = terms.0.clone();
        let (mut world, mut older) = with_campaign(terms);
        for act in acts {
            let act = match act {
                Act::Publish(_) | Act::Sweep | Act::Bind { .. } | Act::Join { .. } => continue,
                // What a campaign added to a part of a receipt only its terms say.
                Act::Back { receipt, .. } => Act::Back { receipt, parts: vec![100], knows: Knows::Everything },
                Act::Attach { receipt, who, .. } => Act::Attach { receipt, who, knows: Knows::Everything },
                Act::Buy { who, lines, spend, .. } => Act::Buy { who, lines, spend, knows: Knows::Everything },
                other => other,
            };
            if let Act::Wait(days) = act {
                world.today = world.today + chrono::Days::new(days);
            } else if let Some(op) = world.op_of(&act) {
                world.shop.order(&op);
                older.order(&unraised(&op));
            }
        }
        for (customer, position) in world.shop.positions() {
            let summed = older.person(customer);
            prop_assert_eq!(&summed.stamps, &position.stamps);
            let (was, is) = (position.wallet(BONUS), summed.wallet(BONUS));
            prop_assert_eq!(is.map(|w| worth(w, &card)), was.map(|w| worth(w, &card)));
        }
    }
}
