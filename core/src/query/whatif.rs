//! A draft over the shop's own purchases (P1, R6): read from one consistent state, customer by customer.

use kartka_domain::chrono::Days;
use kartka_domain::ids::{CustomerId, OutletId};
use kartka_domain::moment::{Date, DayOfYear, Moment};
use kartka_domain::money::{Currency, Money};
use kartka_domain::programme::{Instrument, Offer, Programme, Terms};
use kartka_domain::purchase::{GoodsId, Line, Purchase, Return};
use kartka_domain::redeem::CashStep;
use kartka_domain::rights::Permission;
use kartka_domain::whatif::{
    Assumptions, Forecast, Guest, Habit, Past, Replay, Replayed, forecast, kept_lines,
};

use crate::error::CoreError;
use crate::shop::{Shop, setting};
use crate::store::Reader;
use crate::task::Watch;
use crate::usecase::till::{FAVOURITES_OF, birthday, most_bought};

/// What is asked.
#[derive(Debug, Clone)]
pub struct WhatIfRequest {
    /// The draft in the place of the programme.
    pub draft: Programme,
    /// How customers are taken to spend.
    pub habit: Habit,
    /// What the replay can't know.
    pub assumed: Assumptions,
    /// Replay only so many days back from the last sale; none for all that is held.
    pub days: Option<u32>,
}

/// What the draft would have come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIfReport {
    /// First and last business date of the history; none without a purchase.
    pub days: Option<(Date, Date)>,
    /// The money of it.
    pub currency: Currency,
    /// Without assumptions.
    pub replayed: Replayed,
    /// With them.
    pub forecast: Forecast,
}

/// Purchases without a customer that are read at once.
const PAGE: u32 = 500;

impl Shop {
    /// Replays the purchases this device holds with a draft (P1). Changes nothing.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] without the right to reports, or when this device is no longer trusted;
    /// [`CoreError::Validation`] for assumptions that are no ranges; [`CoreError::Cancelled`],
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn what_if(
        &self,
        ask: &WhatIfRequest,
        watch: &mut Watch<'_>,
    ) -> Result<WhatIfReport, CoreError> {
        self.store.read(|r| {
            let setting = setting(r)?;
            setting.needs(Permission::Reports)?;
            self.trusted(r, &setting)?;
            let currency = setting.business.currency;
            // Ranges are checked before the long part.
            forecast(&Replayed::default(), &ask.assumed)?;
            let days = r.days_of_sales()?.map(|(first, last)| {
                let back = ask.days.map(|n| Days::new(u64::from(n.saturating_sub(1))));
                let from = back.and_then(|back| last.checked_sub_days(back));
                (from.map_or(first, |from| from.max(first)), last)
            });
            let replayed = match days {
                None => Replayed::default(),
                Some(days) => {
                    let cash = CashStep(Money(10_i64.pow(u32::from(currency.exponent()))));
                    let replay = Replay::new(&ask.draft, ask.habit, cash, days.1);
                    let replay = replay.where_points_are(setting.business.points_as);
                    let mut parts = Parts::of(&ask.draft);
                    let replayed = replay.all(|replay| {
                        parts.pass += 1;
                        let mut step = |done, all| {
                            let (done, all) = parts.of_all(done, all);
                            watch.step(done, all)
                        };
                        replay_all(r, (&ask.draft, replay), days.0, &mut step)
                    })?;
                    watch.step(1, 1)?;
                    replayed
                }
            };
            Ok(WhatIfReport {
                days,
                currency,
                forecast: forecast(&replayed, &ask.assumed)?,
                replayed,
            })
        })
    }
}

/// How far a replay is that may go through the history more than once: a budget that ends within it asks for another pass,
/// so while there are budgets each pass is half of what is left.
struct Parts {
    budgets: bool,
    /// The pass that goes on, from 1.
    pass: u32,
}

impl Parts {
    fn of(draft: &Programme) -> Self {
        let is_campaign = |of: &Instrument| matches!(of.terms, Terms::Campaign(_));
        Self {
            budgets: draft.instruments().iter().any(is_campaign),
            pass: 0,
        }
    }

    /// `done` of `all` of this pass as a part of all there may be.
    fn of_all(&self, done: usize, all: usize) -> (usize, usize) {
        if !self.budgets {
            return (done, all);
        }
        let whole = all.saturating_mul(1 << self.pass.min(16));
        let left = all.saturating_mul(2).saturating_sub(done);
        (whole.saturating_sub(left), whole)
    }
}

fn replay_all(
    reader: &Reader<'_>,
    (draft, replay): (&Programme, &mut Replay<'_>),
    from: Date,
    step: &mut dyn FnMut(usize, usize) -> Result<(), CoreError>,
) -> Result<(), CoreError> {
    let buyers = reader.buyers()?;
    let favours = |of: &Instrument| matches!(of.terms, Terms::Offer(Offer::Favourite { .. }));
    let asks_favourites = draft.instruments().iter().any(favours);
    let mut after = None;
    loop {
        step(0, buyers.len())?;
        let page = reader.bought_by_nobody(after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for purchase in page.iter().filter(|p| p.at.date >= from) {
            let back = reader.returns_of(purchase.id)?;
            let lines = kept_lines(purchase, &back)?;
            if !lines.is_empty() {
                replay.add(&Past {
                    customer: None,
                    at: purchase.at,
                    outlet: purchase.outlet,
                    lines: &lines,
                    guest: Guest::default(),
                })?;
            }
        }
    }
    for (done, buyer) in buyers.iter().enumerate() {
        step(done, buyers.len())?;
        let Some(group) = reader.persons(&buyers, *buyer)? else {
            continue;
        };
        let kept = kept_by(reader, &group, from)?;
        let birthday = birthday(reader, Some(*buyer))?;
        for (at, receipt) in kept.iter().enumerate() {
            let favourites = if asks_favourites {
                let before = &kept[at.saturating_sub(FAVOURITES_OF as usize)..at];
                most_bought(before.iter().flat_map(|before| &before.lines))
            } else {
                Vec::new()
            };
            replay.add(&receipt.past(*buyer, birthday, &favourites))?;
        }
    }
    Ok(())
}

/// What was kept of one receipt.
struct Receipt {
    at: Moment,
    outlet: OutletId,
    lines: Vec<Line>,
}

impl Receipt {
    fn past<'a>(
        &'a self,
        buyer: CustomerId,
        birthday: Option<DayOfYear>,
        favourites: &'a [GoodsId],
    ) -> Past<'a> {
        Past {
            customer: Some(buyer),
            at: self.at,
            outlet: self.outlet,
            lines: &self.lines,
            guest: Guest {
                birthday,
                relatives: &[],
                favourites,
            },
        }
    }
}

/// What a person bought and kept, oldest first.
fn kept_by(
    reader: &Reader<'_>,
    group: &[CustomerId],
    from: Date,
) -> Result<Vec<Receipt>, CoreError> {
    let mut bought: Vec<Purchase> = Vec::new();
    let mut returned: Vec<Return> = Vec::new();
    for member in group {
        bought.extend(reader.bought_by(*member)?);
        returned.extend(reader.returned_by(*member)?);
    }
    returned.sort_by_key(|back| back.purchase);
    bought.retain(|purchase| purchase.at.date >= from);
    bought.sort_by_key(|purchase| (purchase.at, purchase.id));
    let mut kept = Vec::with_capacity(bought.len());
    for purchase in bought {
        let start = returned.partition_point(|back| back.purchase < purchase.id);
        let end = returned.partition_point(|back| back.purchase <= purchase.id);
        let lines = kept_lines(&purchase, &returned[start..end])?;
        if !lines.is_empty() {
            kept.push(Receipt {
                at: purchase.at,
                outlet: purchase.outlet,
                lines,
            });
        }
    }
    Ok(kept)
}
