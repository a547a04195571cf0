//! Today: what one business day came to (R1), the same fold for a phone's screen and the server's page.
//!
//! Pure: the caller brings the rows of the day; figures are integers, shares in hundredths of a percent.
//! Returns count on the day of the return. A receipt that was undone by a void on its own day vanishes,
//! with its return and its points. What the authority refused never counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::earn::kept;
use crate::ids::{CustomerId, DeviceNo, InstrumentId, OperatorId, OutletId, PurchaseId};
use crate::ledger::{Entry, EntryKind};
use crate::moment::Date;
use crate::money::{Money, Overflow, Points, Rounding, scale};
use crate::programme::{Kept, Programme, Terms};
use crate::purchase::{
    Line, Parts, Purchase, Return, ReturnKind, kept_back, returned_part, returned_so_far,
};
use crate::row::{NotedVisits, Unlinked, UnlinkedState};

/// A purchase of which something came back, with all its returns so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The purchase, of whatever day.
    pub purchase: Purchase,
    /// All its returns and voids, by id.
    pub returns: Vec<Return>,
    /// What of the certificates that it sold came back with it, by line
    /// ([`certificates_back`](crate::refund::certificates_back)).
    pub certificates: BTreeMap<u16, Money>,
}

impl Returned {
    /// What a line comes to when all of it came back: of a certificate that was used meanwhile, what was left (X4).
    fn value(&self, place: usize, of: Money) -> Money {
        let left = u16::try_from(place).ok();
        let left = left.and_then(|line| self.certificates.get(&line));
        left.map_or(of, |left| of.min(*left))
    }
}

/// The rows of one business date.
#[derive(Debug, Clone, Copy)]
pub struct Day<'a> {
    /// The date.
    pub date: Date,
    /// All purchases of that date.
    pub purchases: &'a [Purchase],
    /// Every purchase of which something came back on that date.
    pub returned: &'a [Returned],
    /// All ledger entries of that date.
    pub entries: &'a [Entry],
    /// How many customers were registered on that date.
    pub registered: i64,
    /// Who of the day's buyers had bought on an earlier date.
    pub known: &'a BTreeSet<CustomerId>,
    /// Visits that the outlets counted without money, if any did (X7).
    pub noted: &'a [NotedVisits],
    /// Returns without their purchase (X1); those of other dates do not count.
    pub unlinked: &'a [Unlinked],
}

/// Sums of a day, of one outlet, of one operator or of one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Sales of goods; a return is none, nor is a receipt on which certificates alone were sold.
    pub receipts: i64,
    /// Sales to a known customer.
    pub identified: i64,
    /// What the goods came to before returns, in minor units. A certificate is none: it counts when it pays (E4).
    pub sales: Money,
    /// What was paid for them with money, in minor units.
    pub taken: Money,
    /// Value of what came back, in minor units.
    pub returns: Money,
    /// Money given back for it and for certificates, in minor units.
    pub given_back: Money,
    /// Certificates sold, less those taken back, in minor units: money taken for goods that are owed (G1).
    pub certificates: Money,
    /// With what the receipts were paid, certificates on them too: what a till's own report says.
    pub paid: Parts,
}

impl Figures {
    /// Sales less returns, in minor units.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn revenue(&self) -> Result<Money, Overflow> {
        self.sales.minus(self.returns)
    }

    /// Money taken less money given back, in minor units.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn money(&self) -> Result<Money, Overflow> {
        self.taken.minus(self.given_back)
    }

    /// Sales ÷ receipts, a half up; none without a receipt.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn average(&self) -> Result<Option<Money>, Overflow> {
        if self.receipts == 0 {
            return Ok(None);
        }
        let average = scale(self.sales.0, 1, self.receipts, Rounding::HalfUp)?;
        Ok(Some(Money(average)))
    }
}

/// Points that moved on a day; every number but the last two is ≥ 0 in itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved {
    /// Earned.
    pub earned: Points,
    /// Earned points taken back after returns.
    pub taken_back: Points,
    /// Spent.
    pub spent: Points,
    /// Spent points given back after returns.
    pub given_back: Points,
    /// Expired, less what was revived; below zero on a day that only revived.
    pub expired: Points,
    /// Corrected by hand, given less taken (T4).
    pub adjusted: Points,
}

/// One business day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Today {
    /// Which.
    pub date: Date,
    /// The whole business.
    pub total: Figures,
    /// Distinct customer, outlet and day; a receipt without a customer is a visit of its own.
    pub visits: i64,
    /// Different customers who bought.
    pub buyers: i64,
    /// Those of them who had bought on an earlier date.
    pub returning: i64,
    /// Customers registered, whether they bought or not.
    pub registered: i64,
    /// Visits that the outlets counted without money, all together; none where nobody counted (X7).
    pub noted: Option<i64>,
    /// Points by instrument.
    pub points: BTreeMap<InstrumentId, Moved>,
    /// By outlet.
    pub outlets: BTreeMap<OutletId, Figures>,
    /// By operator: who sold, and who took back.
    pub operators: BTreeMap<OperatorId, Figures>,
    /// By device, where it sold and took back: its shift.
    pub devices: BTreeMap<DeviceNo, Figures>,
}

/// A day beside another, in hundredths of a percent; none where the other has nothing to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Sales less returns.
    pub revenue: Option<i64>,
    /// Receipts.
    pub receipts: Option<i64>,
    /// Visits.
    pub visits: Option<i64>,
    /// Average receipt.
    pub average: Option<i64>,
}

/// Folds one business date (R1).
///
/// # Errors
/// [`Overflow`].
pub fn today(day: &Day<'_>) -> Result<Today, Overflow> {
    let undone: BTreeSet<PurchaseId> = day
        .returned
        .iter()
        .filter(|returned| is_undone_at_once(returned))
        .map(|returned| returned.purchase.id)
        .collect();
    let mut report = Today {
        date: day.date,
        total: Figures::default(),
        visits: 0,
        buyers: 0,
        returning: 0,
        registered: day.registered,
        noted: noted(day),
        points: BTreeMap::new(),
        outlets: BTreeMap::new(),
        operators: BTreeMap::new(),
        devices: BTreeMap::new(),
    };
    let counts = |p: &&Purchase| p.refused.is_none() && !undone.contains(&p.id);
    let sold: Vec<&Purchase> = day.purchases.iter().filter(counts).collect();
    for purchase in &sold {
        report.sell(purchase)?;
    }
    report.count_people(&sold, day.known)?;
    let kept = |r: &&Returned| !undone.contains(&r.purchase.id);
    for returned in day.returned.iter().filter(kept) {
        report.take_back(returned)?;
    }
    for back in day.unlinked {
        report.take_back_unlinked(back)?;
    }
    for entry in day.entries {
        report.keep_deducted(entry, day.returned)?;
        if entry.purchase.is_none_or(|id| !undone.contains(&id)) {
            report.move_points(entry)?;
        }
    }
    Ok(report)
}

fn noted(day: &Day<'_>) -> Option<i64> {
    let of_day = day.noted.iter().filter(|noted| noted.date == day.date);
    let counts = of_day.map(|noted| i64::from(noted.count));
    counts.reduce(i64::saturating_add)
}

/// Undone within the allowed minutes: by a void of its own day. Where a certificate that it sold was used meanwhile, that
/// part of it was never undone: it counts as a return.
fn is_undone_at_once(returned: &Returned) -> bool {
    let lines = returned.purchase.lines.iter().enumerate();
    let mut certificates = lines.filter(|(_, line)| line.certificate.is_some());
    let whole = certificates.all(|(at, line)| returned.value(at, line.gross) == line.gross);
    let void = |back: &Return| {
        matches!(back.kind, ReturnKind::Void(_))
            && !back.effective().is_empty()
            && back.at.date == returned.purchase.at.date
    };
    whole && returned.returns.iter().any(void)
}

impl Today {
    fn add(
        &mut self,
        (outlet, operator, device): (OutletId, OperatorId, DeviceNo),
        part: impl Fn(&mut Figures) -> Result<(), Overflow>,
    ) -> Result<(), Overflow> {
        part(&mut self.total)?;
        part(self.outlets.entry(outlet).or_default())?;
        part(self.operators.entry(operator).or_default())?;
        part(self.devices.entry(device).or_default())
    }

    fn sell(&mut self, purchase: &Purchase) -> Result<(), Overflow> {
        let (total, certificates) = (goods(purchase)?, certificates(purchase)?);
        let money = purchase.parts.money()?;
        let receipts = i64::from(!purchase.lines.iter().all(|line| line.certificate.is_some()));
        let identified = i64::from(purchase.earner().is_some());
        let by = (purchase.outlet, purchase.operator, purchase.id.0.device());
        self.add(by, |sum| {
            sum.receipts = sum.receipts.checked_add(receipts).ok_or(Overflow)?;
            let known = identified.min(receipts);
            sum.identified = sum.identified.checked_add(known).ok_or(Overflow)?;
            sum.sales = sum.sales.plus(total)?;
            sum.taken = sum.taken.plus(money)?;
            sum.certificates = sum.certificates.plus(certificates)?;
            sum.paid = sum.paid.plus(&purchase.parts)?;
            Ok(())
        })
    }

    fn count_people(
        &mut self,
        sold: &[&Purchase],
        known: &BTreeSet<CustomerId>,
    ) -> Result<(), Overflow> {
        let mut visits = BTreeSet::new();
        let mut buyers = BTreeSet::new();
        let mut nameless = 0_usize;
        for purchase in sold {
            match purchase.earner() {
                Some(customer) => {
                    visits.insert((customer, purchase.outlet));
                    buyers.insert(customer);
                }
                None => nameless += 1,
            }
        }
        let count = |n: usize| i64::try_from(n).map_err(|_| Overflow);
        self.visits = count(visits.len())?
            .checked_add(count(nameless)?)
            .ok_or(Overflow)?;
        self.buyers = count(buyers.len())?;
        self.returning = count(buyers.intersection(known).count())?;
        Ok(())
    }

    /// What came back on this date: the difference of the cumulative amounts before and after each return,
    /// as the till gave it back (X2).
    fn take_back(&mut self, returned: &Returned) -> Result<(), Overflow> {
        let purchase = &returned.purchase;
        let mut by_day = returned.returns.clone();
        by_day.sort_by_key(|back| (back.at.date, back.id));
        for at in 0..by_day.len() {
            let back = &by_day[at];
            if back.at.date != self.date || back.effective().is_empty() {
                continue;
            }
            let (before, after) = (
                worth(returned, &by_day[..at])?,
                worth(returned, &by_day[..=at])?,
            );
            let mut gross = after.goods.minus(before.goods)?;
            let mut money = after.money.minus(before.money)?;
            let certificates = after.certificates.minus(before.certificates)?;
            let all = returned_so_far(purchase, &by_day[..=at])?;
            if matches!(back.kind, ReturnKind::Settled(_)) {
                // The money went back on the day of the unlinked return.
                (gross, money) = (gross.minus(money)?, Money::ZERO);
            } else if kept(&purchase.lines, &all) == Kept::Nothing {
                money = money.plus(kept_back(&by_day[..at])?)?;
            }
            self.add((back.outlet, back.operator, back.id.0.device()), |sum| {
                sum.returns = sum.returns.plus(gross)?;
                sum.given_back = sum.given_back.plus(money)?;
                sum.certificates = sum.certificates.minus(certificates)?;
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Money that did not go back, because it paid for points that were spent already (L10).
    fn keep_deducted(&mut self, entry: &Entry, returned: &[Returned]) -> Result<(), Overflow> {
        let by_return = |of: &&Returned| Some(of.purchase.id) == entry.purchase;
        let Some(of) = returned.iter().find(by_return) else {
            return Ok(());
        };
        let before = |back: &&Return| back.id.0 < entry.id.0;
        let back = of.returns.iter().filter(before).max_by_key(|back| back.id);
        let Some(back) = back.filter(|_| entry.kind == EntryKind::Cleared) else {
            return Ok(());
        };
        let kept = entry.effect().value;
        self.add((back.outlet, back.operator, back.id.0.device()), |sum| {
            sum.given_back = sum.given_back.minus(kept)?;
            Ok(())
        })
    }

    /// Money went back for goods whose purchase nobody knew: on the day it did, unless the owner said that nothing of it
    /// counts (X1).
    fn take_back_unlinked(&mut self, unlinked: &Unlinked) -> Result<(), Overflow> {
        if unlinked.at.date != self.date || matches!(unlinked.state, UnlinkedState::Refused(_)) {
            return Ok(());
        }
        let amount = unlinked.back.amount;
        let by = (unlinked.outlet, unlinked.operator, unlinked.id.0.device());
        self.add(by, |sum| {
            sum.returns = sum.returns.plus(amount)?;
            sum.given_back = sum.given_back.plus(amount)?;
            Ok(())
        })
    }

    fn move_points(&mut self, entry: &Entry) -> Result<(), Overflow> {
        let points = entry.effect().points;
        let moved = self.points.entry(entry.instrument).or_default();
        let (sum, points) = match entry.kind {
            EntryKind::Earn | EntryKind::Thank => (&mut moved.earned, points),
            EntryKind::Restore => (&mut moved.given_back, points),
            EntryKind::Redeem | EntryKind::Reward => (&mut moved.spent, points.negated()?),
            EntryKind::Reverse | EntryKind::Cleared | EntryKind::Unthank => {
                (&mut moved.taken_back, points.negated()?)
            }
            EntryKind::Expire | EntryKind::Revive => (&mut moved.expired, points.negated()?),
            EntryKind::Adjust => (&mut moved.adjusted, points),
            EntryKind::Use
            | EntryKind::Unuse
            | EntryKind::Join
            | EntryKind::Leave
            | EntryKind::Level => return Ok(()),
            // What a newer version posts is given or taken by its sign.
            EntryKind::Newer(_) if points.is_positive() => (&mut moved.given_back, points),
            EntryKind::Newer(_) => (&mut moved.taken_back, points.negated()?),
        };
        *sum = sum.plus(points)?;
        Ok(())
    }

    /// Returning buyers among all buyers, in hundredths of a percent; none without a buyer.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn repeat_share(&self) -> Result<Option<i64>, Overflow> {
        if self.buyers == 0 {
            return Ok(None);
        }
        scale(self.returning, 10_000, self.buyers, Rounding::HalfUp).map(Some)
    }

    /// Buyers whose first purchase was on this day.
    #[must_use]
    pub const fn new_buyers(&self) -> i64 {
        self.buyers.saturating_sub(self.returning)
    }

    /// This day beside another, usually the same weekday a week earlier; both up to the same minute.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn beside(&self, base: &Self) -> Result<Change, Overflow> {
        let average = match (self.total.average()?, base.total.average()?) {
            (Some(now), Some(then)) => change(now.0, then.0)?,
            _ => None,
        };
        Ok(Change {
            revenue: change(self.total.revenue()?.0, base.total.revenue()?.0)?,
            receipts: change(self.total.receipts, base.total.receipts)?,
            visits: change(self.visits, base.visits)?,
            average,
        })
    }
}

/// What the goods of a purchase cost.
fn goods(purchase: &Purchase) -> Result<Money, Overflow> {
    priced(purchase, |line| line.certificate.is_none())
}

/// What the certificates cost that a purchase sold.
fn certificates(purchase: &Purchase) -> Result<Money, Overflow> {
    priced(purchase, |line| line.certificate.is_some())
}

fn priced(purchase: &Purchase, which: impl Fn(&Line) -> bool) -> Result<Money, Overflow> {
    let lines = purchase.lines.iter().filter(|line| which(line));
    lines
        .map(Line::price)
        .try_fold(Money::ZERO, |sum, price| sum.plus(price?))
}

/// What came back of a purchase so far.
#[derive(Default)]
struct Worth {
    goods: Money,
    certificates: Money,
    money: Money,
}

/// Price and money value of everything that `returns` brought back.
fn worth(returned: &Returned, returns: &[Return]) -> Result<Worth, Overflow> {
    let purchase = &returned.purchase;
    let back = returned_so_far(purchase, returns)?;
    let part = |line: &Line, value: Money, place: usize| {
        returned_part(value.0, back[place], line.quantity).map(Money)
    };
    let mut worth = Worth::default();
    for (place, line) in purchase.lines.iter().enumerate() {
        let price = part(line, returned.value(place, line.price()?), place)?;
        let sum = match line.certificate {
            Some(_) => &mut worth.certificates,
            None => &mut worth.goods,
        };
        *sum = sum.plus(price)?;
        worth.money = worth
            .money
            .plus(part(line, returned.value(place, line.paid()?), place)?)?;
    }
    Ok(worth)
}

/// (now − base) ÷ base in hundredths of a percent, toward zero; none unless the base is above zero.
fn change(now: i64, base: i64) -> Result<Option<i64>, Overflow> {
    if base <= 0 {
        return Ok(None);
    }
    let difference = i128::from(now) - i128::from(base);
    let share = difference * 10_000 / i128::from(base);
    i64::try_from(share).map(Some).map_err(|_| Overflow)
}

/// What the business owes in points (P3): outstanding points × their value in the version in force, in
/// minor units. `outstanding` is Σ effects by instrument; breakage is not taken off yet.
///
/// # Errors
/// [`Overflow`].
pub fn liability(
    outstanding: &BTreeMap<InstrumentId, Points>,
    programme: &Programme,
) -> Result<Money, Overflow> {
    let worth = outstanding.iter().map(|(instrument, points)| {
        match programme.instrument(*instrument).map(|i| &i.terms) {
            Some(Terms::Bonus(card)) => card.value_of(*points),
            _ => Ok(Money::ZERO),
        }
    });
    worth
        .into_iter()
        .try_fold(Money::ZERO, |sum, value| sum.plus(value?))
}
