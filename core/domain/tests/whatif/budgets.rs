//! Budgets of campaigns in a what-if: spent in the order of time, whoever is replayed first (E3, P1).

use kartka_domain::ids::{InstrumentId, ProgrammeVersion};
use kartka_domain::money::{Money, Points};
use kartka_domain::programme::{Campaign, Expiry, Instrument, Programme, Terms};
use kartka_domain::whatif::{CampaignCost, Habit};
use proptest::prelude::*;

use super::{CARD, day, replay, tenth};

/// A tenth back and campaigns of it, each with its factor in ten-thousandths and its budget.
fn tenth_with(campaigns: &[(u32, i64)]) -> Programme {
    let mut all = tenth(Expiry::Never).instruments().to_vec();
    for (id, (factor, budget)) in (2..).zip(campaigns) {
        let campaign = Campaign::plain(CARD, *factor, Points(*budget));
        let terms = Terms::Campaign(campaign);
        all.push(Instrument::plain(InstrumentId(id), "More", terms));
    }
    Programme::publish(ProgrammeVersion(7), all).unwrap()
}

/// Who comes late gets nothing of a budget that others have spent by then, though they are replayed first.
#[test]
fn a_budget_is_spent_in_the_order_of_time_over_all_customers() {
    let bought = [
        (1, "2026-02-10", 10_000),
        (2, "2026-01-05", 10_000),
        (2, "2026-02-12", 10_000),
        (3, "2026-01-06", 10_000),
    ];
    let habit = Habit { spends: 0 };
    let campaign = |budget, points, ended: Option<&str>| {
        let found = replay(
            &tenth_with(&[(20_000, budget)]),
            habit,
            "2026-02-28",
            &bought,
        );
        let cost = CampaignCost {
            campaign: InstrumentId(2),
            points: Points(points),
            value: Money(points),
            budget: Points(budget),
            ended: ended.map(day),
        };
        assert_eq!(found.campaigns, [cost], "{budget}");
        // A tenth of 400.00, and what the campaign adds.
        assert_eq!(found.issued, Money(4_000 + points), "{budget}");
        assert_eq!(found.outstanding, found.issued, "{budget}");
    };
    campaign(10_000, 4_000, None);
    // Twice in January; the third is the one of 10 February, the fourth comes too late.
    campaign(3_000, 3_000, Some("2026-02-10"));
    campaign(2_500, 2_500, Some("2026-02-10"));
    campaign(2_000, 2_000, Some("2026-01-06"));
    campaign(1_500, 1_500, Some("2026-01-06"));
    campaign(1, 1, Some("2026-01-05"));
}

/// When the better of two campaigns ends the other one takes over, from its own whole budget.
#[test]
fn a_campaign_takes_over_where_a_better_one_ends() {
    let bought = [
        (1, "2026-01-07", 10_000),
        (2, "2026-01-05", 10_000),
        (3, "2026-01-06", 10_000),
        (4, "2026-01-08", 10_000),
    ];
    let draft = tenth_with(&[(30_000, 4_000), (20_000, 1_500)]);
    let found = replay(&draft, Habit { spends: 0 }, "2026-01-31", &bought);
    let of: Vec<_> = found
        .campaigns
        .iter()
        .map(|c| (c.points.0, c.ended))
        .collect();
    let (sixth, eighth) = (Some(day("2026-01-06")), Some(day("2026-01-08")));
    assert_eq!(of, [(4_000, sixth), (1_500, eighth)]);
}

proptest! {
    /// The purchases one after the other, as if one customer had made them all, come to the same of a budget as those of
    /// many customers: the order of time is what counts, not the order of the replay.
    #[test]
    fn a_budget_knows_no_order_of_customers(
        bought in proptest::collection::vec((1..5_i64, 1..40_000_i64), 1..30),
        budget in 1..40_000_i64,
    ) {
        let dates: Vec<String> = (0..bought.len() as u64).map(|n| (day("2026-01-01") + kartka_domain::chrono::Days::new(n)).to_string()).collect();
        let draft = tenth_with(&[(20_000, budget)]);
        let habit = Habit { spends: 0 };
        let of = |whose: &dyn Fn(i64) -> i64| {
            let mut all: Vec<_> = bought.iter().zip(&dates).map(|(&(who, amount), date)| (whose(who), date.as_str(), amount)).collect();
            all.sort_unstable();
            replay(&draft, habit, "2026-02-28", &all).campaigns
        };
        prop_assert_eq!(of(&|_| 1), of(&|who| who));
        prop_assert_eq!(of(&|_| 1), of(&|who| 10 - who));
    }
}
