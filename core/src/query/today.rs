//! The owner's Today (R1): one business day beside the same weekday a week before, and what is owed in points.
//!
//! The arithmetic is `domain::report`; here its rows are found. It works offline and says what is not synced yet.

use std::collections::{BTreeMap, BTreeSet};

use kartka_domain::earn::kept;
use kartka_domain::ids::{CustomerId, InstrumentId, PurchaseId};
use kartka_domain::ledger::Entry;
use kartka_domain::moment::Date;
use kartka_domain::money::{Money, Points};
use kartka_domain::outstanding::outstanding as certificates;
use kartka_domain::programme::Kept;
use kartka_domain::purchase::{Purchase, returned_so_far};
use kartka_domain::refund::certificates_back;
use kartka_domain::report::{Change, Day, Returned, Today, liability, today};
use kartka_domain::rights::Permission;

use crate::error::CoreError;
use crate::shop::{Shop, setting};
use crate::store::Reader;

/// What the Today screen shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TodayReport {
    /// The day.
    pub day: Today,
    /// The same weekday a week before.
    pub week_before: Today,
    /// The day against that one, in hundredths of a percent.
    pub change: Change,
    /// Points outstanding, less debts, by instrument.
    pub outstanding: BTreeMap<InstrumentId, Points>,
    /// What they are worth, in minor units (P3).
    pub liability: Money,
    /// What certificates are still good for, in minor units (G1).
    pub certificates: Money,
    /// Ops of this device that the authority does not hold yet.
    pub outbox: u64,
    /// When the authority was last heard, epoch ms.
    pub synced_ms: i64,
}

impl Shop {
    /// The report of a business date; without one, of today at this device's outlet.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] without the right to reports, or when this device is no longer trusted;
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn today(&self, date: Option<Date>) -> Result<TodayReport, CoreError> {
        self.store.read(|r| {
            let setting = setting(r)?;
            setting.needs(Permission::Reports)?;
            self.trusted(r, &setting)?;
            let date = match date {
                Some(date) => date,
                None => self.now(&setting.outlet)?.date,
            };
            let week = kartka_domain::chrono::Days::new(7);
            let before = date.checked_sub_days(week).unwrap_or(date);
            let (day, week_before) = (report(r, date)?, report(r, before)?);
            let outstanding = outstanding(r)?;
            let head = r.head()?.ok_or(CoreError::NotPaired)?;
            Ok(TodayReport {
                change: day.beside(&week_before)?,
                day,
                week_before,
                liability: liability(&outstanding, &setting.programme)?,
                outstanding,
                certificates: certificates(&r.all_vouchers()?)?,
                outbox: r.outbox_len(head.acked_op)?,
                synced_ms: head.synced_ms,
            })
        })
    }
}

fn report(reader: &Reader<'_>, date: Date) -> Result<Today, CoreError> {
    let purchases = reader.purchases_on(date)?;
    let backs: BTreeSet<PurchaseId> = reader
        .returns_on(date)?
        .iter()
        .map(|r| r.purchase)
        .collect();
    let mut returned = Vec::new();
    for id in &backs {
        if let Some(purchase) = reader.purchase(*id)? {
            let moved = reader.moves_of(*id)?;
            let vouchers = reader.vouchers_in(&moved)?;
            returned.push(Returned {
                purchase,
                returns: reader.returns_of(*id)?,
                certificates: certificates_back(*id, &moved, &vouchers)?,
            });
        }
    }
    let mut entries = reader.lone_entries_on(date)?;
    let own = purchases.iter().map(|p| p.id).collect::<BTreeSet<_>>();
    for id in own.union(&backs) {
        entries.extend(
            reader
                .entries_of(*id)?
                .into_iter()
                .filter(|entry: &Entry| entry.date == date),
        );
    }
    let known = known_before(reader, &purchases, date)?;
    Ok(today(&Day {
        date,
        purchases: &purchases,
        returned: &returned,
        entries: &entries,
        registered: reader.registered_on(date)?,
        known: &known,
        noted: &reader.noted_visits()?,
        unlinked: &reader.unlinked_returns()?,
    })?)
}

/// Which of the day's buyers had bought on an earlier date: their visits are more than those since.
///
/// Counted from the position, because a staff phone holds the recent purchases only.
fn known_before(
    reader: &Reader<'_>,
    purchases: &[Purchase],
    date: Date,
) -> Result<BTreeSet<CustomerId>, CoreError> {
    let buyers: BTreeSet<CustomerId> = purchases.iter().filter_map(Purchase::earner).collect();
    let mut known = BTreeSet::new();
    for buyer in buyers {
        let visits = reader.group_position(buyer)?.visits;
        let mut since = 0;
        for member in reader.group_of(buyer)? {
            for purchase in reader.purchases_since(member, date)? {
                let back = returned_so_far(&purchase, &reader.returns_of(purchase.id)?)?;
                let counts =
                    purchase.refused.is_none() && kept(&purchase.lines, &back) == Kept::Something;
                since += i64::from(counts);
            }
        }
        if visits > since {
            known.insert(buyer);
        }
    }
    Ok(known)
}

/// Σ balances of all positions by instrument.
fn outstanding(reader: &Reader<'_>) -> Result<BTreeMap<InstrumentId, Points>, CoreError> {
    let mut sums: BTreeMap<InstrumentId, Points> = BTreeMap::new();
    for (_, position) in reader.positions()? {
        for (instrument, wallet) in &position.wallets {
            let sum = sums.entry(*instrument).or_default();
            *sum = sum.plus(wallet.balance()?)?;
        }
    }
    Ok(sums)
}
