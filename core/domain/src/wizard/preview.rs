//! The draft on a sample receipt, through the evaluator and the authority (C2): what a new customer sees on the first
//! visit, and on the first one that gives them something.

use super::{Draft, Problem, Trade, Wrong};
use crate::ids::{CustomerId, DeviceNo, InstrumentId, OutletId, ProgrammeVersion};
use crate::ledger::EntryKind;
use crate::moment::{Date, Moment, day_number};
use crate::money::Money;
use crate::programme::Programme;
use crate::purchase::Line;
use crate::quote::Quote;
use crate::redeem::CashStep;
use crate::whatif::{Habit, Past, Replay};

/// Visits after which a draft that has given nothing is taken to give nothing.
const VISITS_MAX: u32 = 120;

/// What the sample comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The first visit.
    pub first: Quote,
    /// The first visit, counted from 1, on which something is given, and its receipt; none within 120 weekly visits.
    pub gives: Option<(u32, Quote)>,
}

/// A receipt of the trade, in whole units of the currency.
const fn sample(trade: Trade) -> &'static [i64] {
    match trade {
        Trade::Coffee => &[65, 45],
        Trade::Clothes => &[1_200, 450],
        Trade::Beauty => &[700, 150],
        Trade::Grocery => &[95, 60, 145],
        Trade::Services => &[900],
    }
}

/// Plays weekly visits with the sample receipt of the draft's trade; `exponent` is the currency's, `today` the first
/// day.
///
/// # Errors
/// The draft's problems.
pub fn preview(draft: &Draft, exponent: u8, today: Date) -> Result<Preview, Vec<Problem>> {
    let instrument = draft.build(InstrumentId(1), None, exponent)?;
    // Ranges are checked above; a receipt of the sample is far from any end.
    let failed = || {
        vec![Problem {
            field: super::NAME.to_owned(),
            why: Wrong::Together,
        }]
    };
    let programme =
        Programme::publish(ProgrammeVersion(1), vec![instrument]).map_err(|_| failed())?;
    let customer = DeviceNo::FOUNDER.id(1).map_err(|_| failed())?;
    let major = 10_i64.pow(u32::from(exponent.min(4)));
    let lines: Vec<Line> = sample(draft.trade)
        .iter()
        .map(|amount| Line::amount(Money(amount * major)))
        .collect();
    let cash = CashStep(Money(major));
    let mut replay = Replay::new(&programme, Habit::default(), cash, today);
    let mut first = None;
    for visit in 0..VISITS_MAX {
        let days = chrono::Days::new(u64::from(visit) * 7);
        let date = today.checked_add_days(days).ok_or_else(failed)?;
        let past = Past {
            customer: Some(CustomerId(customer)),
            at: noon(date),
            outlet: OutletId(1),
            lines: &lines,
        };
        let shown = replay.show(&past).map_err(|_| failed())?;
        let shown = shown.ok_or_else(failed)?;
        let gives = gives(&shown).then(|| (visit + 1, shown.clone()));
        let first = first.get_or_insert(shown);
        if gives.is_some() {
            return Ok(Preview {
                first: first.clone(),
                gives,
            });
        }
    }
    let first = first.ok_or_else(failed)?;
    Ok(Preview { first, gives: None })
}

/// Whether the customer pays less or takes a reward.
fn gives(shown: &Quote) -> bool {
    let reward = |kind| matches!(kind, EntryKind::Reward | EntryKind::Redeem);
    shown.due < shown.total || shown.claims.iter().any(|claim| reward(claim.kind))
}

fn noon(date: Date) -> Moment {
    Moment {
        instant_ms: day_number(date) * 86_400_000 + 43_200_000,
        date,
        minute: 720,
    }
}
