//! Campaigns in generated shops: the count is what the ledger says, a budget is never passed by one phone that sells with
//! the network, and small returns equal one big one to the last point (E3, X2).

use std::collections::BTreeMap;

use kartka_domain::authority::Book;
use kartka_domain::codes::Code;
use kartka_domain::earn::earned;
use kartka_domain::ids::{InstrumentId, ProgrammeVersion};
use kartka_domain::ledger::{Entry, EntryKind, Resolved};
use kartka_domain::money::Points;
use kartka_domain::programme::{Campaign, Instrument, ONCE, Programme, Terms, When};
use kartka_domain::purchase::{Purchase, returned_so_far};
use kartka_domain::row::Row;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::acts::{Act, All, BONUS, Knows, act, cases, programme, terms};
use crate::properties::{give_back, lines, pieces, total};
use crate::world::{World, accounts};

const CAMPAIGN: InstrumentId = InstrumentId(8);

fn campaign() -> impl Strategy<Value = Campaign> {
    let when = prop_oneof![
        Just(Vec::new()),
        Just(vec![When::Weekdays(0b101_0111)]),
        Just(vec![When::FirstPurchase]),
    ];
    (ONCE..60_000, 0_i64..40, 1_i64..4_000, when).prop_map(|(factor, receipt, budget, when)| {
        Campaign {
            per_receipt: Points(receipt + i64::from(factor == ONCE)),
            when,
            ..Campaign::plain(BONUS, factor, Points(budget))
        }
    })
}

fn with(campaign: Campaign, terms: All) -> Programme {
    let mut all = programme(1, terms).instruments().to_vec();
    all.push(Instrument::plain(
        CAMPAIGN,
        "More",
        Terms::Campaign(campaign),
    ));
    Programme::publish(ProgrammeVersion(1), all).unwrap()
}

fn shop(campaign: Campaign, terms: All) -> World {
    let mut world = World::new(terms.clone());
    world.play(&Act::Publish(with(campaign, terms)));
    world
}

fn spent(world: &World) -> i64 {
    let Ok(spent) = world.shop.campaign_spent(CAMPAIGN);
    spent.0
}

/// What the campaign has added to all purchases, from the ledger alone.
fn added(world: &World) -> i64 {
    let mut of_purchase: BTreeMap<_, Vec<Entry>> = BTreeMap::new();
    for entry in world.shop.ledger() {
        let own = matches!(entry.kind, EntryKind::Earn | EntryKind::Reverse);
        if let Some(purchase) = entry.purchase.filter(|_| own && entry.instrument == BONUS) {
            of_purchase.entry(purchase).or_default().push(entry);
        }
    }
    let mut sum = 0;
    for (id, entries) in of_purchase {
        let Ok(purchase) = world.shop.purchase(id);
        let purchase: Purchase = purchase.unwrap();
        let Ok(programme) = world.shop.programme(purchase.programme);
        let (programme, Ok(returns)) = (programme.unwrap(), world.shop.returns(id));
        let back = returned_so_far(&purchase, &returns).unwrap();
        // One that was refused (a second attaching) says what would have been.
        let raised =
            |e: &&Entry| e.about.resolved().raise.is_some() && e.effect().points.is_positive();
        let Some(earn) = entries.iter().find(raised) else {
            continue;
        };
        let plain = Resolved {
            raise: None,
            ..earn.about.resolved()
        };
        let card = programme.instrument(BONUS).unwrap();
        let plain = earned((&programme, card), &purchase.lines, &back, plain).unwrap();
        let own = entries.iter().filter(|e| e.customer == earn.customer);
        let counts: i64 = own.map(|e| e.effect().points.0).sum();
        sum += (counts - plain.effect.points.0).max(0);
    }
    sum
}

/// Receipts that the owner sees for the campaign's sake.
fn flagged(world: &World) -> usize {
    let above = |code: &Code| matches!(code, Code::CampaignAboveBudget { .. });
    let flags = world.shop.all(|row| match row {
        Row::Purchase(purchase) => Some(purchase.flags.iter().any(above)),
        _ => None,
    });
    flags.into_iter().filter(|flag| *flag).count()
}

proptest! {
    #![proptest_config(cases())]

    /// Whatever happens, by phones that know of each other or not: the count is what the ledger says, and who passes the
    /// budget is seen.
    #[test]
    fn the_count_of_a_budget_is_what_the_ledger_says(
        terms in terms(), campaign in campaign(), acts in vec(act(), 1..30),
    ) {
        let budget = campaign.budget.0;
        let mut world = shop(campaign, terms);
        for act in acts {
            // Another programme ends the campaign: that is the wizard's business.
            if !matches!(act, Act::Publish(_)) {
                world.play(&act);
            }
            prop_assert_eq!(spent(&world), added(&world));
            prop_assert!(spent(&world) <= budget || flagged(&world) > 0);
        }
    }

    /// One phone that sells with the network never passes it.
    #[test]
    fn a_budget_is_never_passed_by_who_knows_it(
        terms in terms(), campaign in campaign(), acts in vec(act(), 1..30),
    ) {
        let budget = campaign.budget.0;
        let mut world = shop(campaign, terms);
        for act in acts {
            let act = match act {
                Act::Buy { who, lines, spend, .. } => Act::Buy { who, lines, spend, knows: Knows::Everything },
                Act::Back { receipt, parts, .. } => Act::Back { receipt, parts, knows: Knows::Everything },
                Act::Attach { receipt, who, .. } => Act::Attach { receipt, who, knows: Knows::Everything },
                Act::Void { receipt, .. } => Act::Void { receipt, knows: Knows::Everything },
                Act::Publish(_) => continue,
                other => other,
            };
            world.play(&act);
            prop_assert!(spent(&world) <= budget, "{} of {budget}", spent(&world));
            prop_assert_eq!(flagged(&world), 0);
        }
    }

    /// Small returns equal one big one with a campaign too, at every step and where its budget was cut; nothing is left of
    /// the count.
    #[test]
    fn small_returns_of_a_campaign_equal_one_big_one(
        terms in terms(), campaign in campaign(), lines in lines(),
        cuts in vec(vec(0_i64..=100, 1..4), 1..4), knows in any::<bool>(),
    ) {
        let mut sold = shop(campaign, terms);
        sold.play(&Act::Buy { who: 0, lines: lines.clone(), spend: 0, knows: Knows::Everything });
        let mut often = sold.clone();
        let parts = pieces(&lines, &cuts);
        for (at, part) in parts.iter().enumerate() {
            let known = if knows { often.shop.clone() } else { sold.shop.clone() };
            let op = give_back(&mut often, &known, part.clone());
            often.order(&op);
            often.check();
            // All that came back so far, at once.
            let mut once = sold.clone();
            let mut so_far = BTreeMap::new();
            for line in parts[..=at].iter().flatten() {
                *so_far.entry(line.line).or_insert(0) += line.quantity.0;
            }
            let all = so_far.into_iter().map(|(line, quantity)| kartka_domain::purchase::ReturnedLine {
                line,
                quantity: kartka_domain::purchase::Quantity(quantity),
            });
            let op = give_back(&mut once, &sold.shop, all.collect());
            once.order(&op);
            prop_assert_eq!(total(&once), total(&often));
            prop_assert_eq!(spent(&once), spent(&often));
            prop_assert_eq!(accounts(&once.shop), accounts(&often.shop));
        }
        prop_assert_eq!(spent(&often), 0);
    }
}
