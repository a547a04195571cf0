//! The owner's day: finding the rows that `domain::report` folds, and the same weekday a week before.

use std::collections::{BTreeMap, BTreeSet};

use kartka_domain::business::Business;
use kartka_domain::ids::{CustomerId, PurchaseId};
use kartka_domain::ledger::Entry;
use kartka_domain::moment::Date;
use kartka_domain::money::{Money, Points};
use kartka_domain::outstanding;
use kartka_domain::programme::Programme;
use kartka_domain::purchase::{Purchase, Return};
use kartka_domain::refund::certificates_back;
use kartka_domain::report::{self, Change, Day, Moved, Returned, Today};
use kartka_domain::row::{Row, RowKind, Unlinked};
use kartka_protocol::rows::WireRow;

use super::{business, one};
use crate::authority::{Authority, Hold, hold};
use crate::store::{Reads, StoreError, read};

/// A week, in milliseconds.
const WEEK_MS: i64 = 7 * 86_400_000;

/// What the owner sees first.
pub(crate) struct Overview {
    pub(crate) business: Business,
    pub(crate) today: Today,
    /// The same weekday a week ago up to the same minute, and how today stands beside it.
    pub(crate) week_before: (Today, Change),
    /// Points of the day, all bonus cards together.
    pub(crate) moved: Moved,
    /// Points that customers hold.
    pub(crate) outstanding: Points,
    /// What they are worth.
    pub(crate) liability: Money,
    /// What certificates are still good for.
    pub(crate) certificates: Money,
    /// Everybody ever registered.
    pub(crate) customers: u64,
    /// Phones let in.
    pub(crate) phones: u64,
    /// What waits after a restore.
    pub(crate) hold: Option<Hold>,
}

impl Authority {
    /// The owner's page.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn overview(&self, now_ms: i64) -> Result<Overview, StoreError> {
        read(self.store(), |db| overview(db, now_ms))
    }

    /// How many phones were ever let in.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn phones(&self) -> Result<u64, StoreError> {
        read(self.store(), |db| db.count(RowKind::Device))
    }

    /// What the business came to on the business date of an instant (R1), folded from the server's rows by the same
    /// functions as on a phone.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn today(&self, now_ms: i64) -> Result<Today, StoreError> {
        read(self.store(), |db| fold(db, date_of(db, now_ms)?, i64::MAX))
    }
}

fn overview(db: &dyn Reads, now_ms: i64) -> Result<Overview, StoreError> {
    let date = date_of(db, now_ms)?;
    let today = fold(db, date, i64::MAX)?;
    let last_week = date_of(db, now_ms.saturating_sub(WEEK_MS))?;
    let before = fold(db, last_week, now_ms.saturating_sub(WEEK_MS))?;
    let change = today.beside(&before).map_err(overflow)?;
    let programme = newest_programme(db)?;
    let outstanding: BTreeMap<_, _> = db
        .totals()?
        .into_iter()
        .map(|total| (total.instrument, total.points))
        .collect();
    Ok(Overview {
        business: business(db)?,
        moved: moved(&today, &programme)?,
        outstanding: Points::total(outstanding.values().copied()).map_err(overflow)?,
        liability: report::liability(&outstanding, &programme).map_err(overflow)?,
        certificates: certificates(db)?,
        customers: db.count(RowKind::Customer)?,
        phones: db.count(RowKind::Device)?,
        hold: hold(db)?,
        week_before: (before, change),
        today,
    })
}

fn certificates(db: &dyn Reads) -> Result<Money, StoreError> {
    let mut all = Vec::new();
    for wire in db.rows_of(RowKind::Voucher)? {
        if let Row::Voucher(voucher) = wire.read()? {
            all.push(voucher);
        }
    }
    outstanding::outstanding(&all).map_err(overflow)
}

fn overflow(_: kartka_domain::money::Overflow) -> StoreError {
    StoreError::Malformed("a sum of the report")
}

fn date_of(db: &dyn Reads, now_ms: i64) -> Result<Date, StoreError> {
    let Some(Row::Outlet(outlet)) = one(db, RowKind::Outlet, 1)? else {
        return Err(StoreError::Malformed("the outlet row"));
    };
    let moment = kartka_protocol::civil::moment(now_ms, &outlet.zone, outlet.day_start);
    Ok(moment
        .map_err(|_| StoreError::Malformed("the outlet's time zone"))?
        .date)
}

fn newest_programme(db: &dyn Reads) -> Result<Programme, StoreError> {
    let versions = db.rows_of(RowKind::Programme)?;
    match versions.last().map(WireRow::read).transpose()? {
        Some(Row::Programme(programme)) => Ok(programme),
        _ => Err(StoreError::Malformed("the programme row")),
    }
}

/// Folds the part of a business day up to an instant.
fn fold(db: &dyn Reads, date: Date, until_ms: i64) -> Result<Today, StoreError> {
    let mut purchases = purchases_on(db, date)?;
    purchases.retain(|purchase| purchase.at.instant_ms <= until_ms);
    let entries: Vec<Entry> = rows_on(db, date, RowKind::Entry, |row| match row {
        Row::Entry(entry) => Some(entry),
        _ => None,
    })?;
    let returned = returned_on(db, date, until_ms)?;
    let known = known(db, &purchases, date)?;
    let noted = db.rows_of(RowKind::NotedVisits)?;
    let noted = noted.iter().map(|wire| Ok(wire.read()?));
    let noted = noted.filter_map(|row: Result<Row, StoreError>| match row {
        Ok(Row::NotedVisits(noted)) => Some(Ok(noted)),
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    });
    let noted = noted.collect::<Result<Vec<_>, _>>()?;
    let mut unlinked: Vec<Unlinked> = rows_on(db, date, RowKind::Unlinked, |row| match row {
        Row::Unlinked(unlinked) => Some(unlinked),
        _ => None,
    })?;
    unlinked.retain(|back| back.at.instant_ms <= until_ms);
    let registered = db.count_on(date, RowKind::Customer)?;
    let day = Day {
        date,
        purchases: &purchases,
        returned: &returned,
        entries: &entries,
        registered: i64::try_from(registered).unwrap_or(i64::MAX),
        known: &known,
        noted: &noted,
        unlinked: &unlinked,
    };
    report::today(&day).map_err(overflow)
}

fn rows_on<T>(
    db: &dyn Reads,
    date: Date,
    kind: RowKind,
    take: impl Fn(Row) -> Option<T>,
) -> Result<Vec<T>, StoreError> {
    let rows = db.day(date, kind)?;
    let read = rows.iter().map(|wire| Ok(take(wire.read()?)));
    read.filter_map(Result::transpose).collect()
}

fn purchases_on(db: &dyn Reads, date: Date) -> Result<Vec<Purchase>, StoreError> {
    rows_on(db, date, RowKind::Purchase, |row| match row {
        Row::Purchase(purchase) => Some(purchase),
        _ => None,
    })
}

/// Every purchase of which something came back on the day, with all its returns.
fn returned_on(db: &dyn Reads, date: Date, until_ms: i64) -> Result<Vec<Returned>, StoreError> {
    let back = |row| match row {
        Row::Return(back) => Some(back),
        _ => None,
    };
    let of_day: Vec<Return> = rows_on(db, date, RowKind::Return, back)?;
    let in_time = of_day.iter().filter(|r| r.at.instant_ms <= until_ms);
    let touched: BTreeSet<PurchaseId> = in_time.map(|r| r.purchase).collect();
    let mut returned = Vec::with_capacity(touched.len());
    for id in touched {
        let Some(Row::Purchase(purchase)) = one(db, RowKind::Purchase, id.get())? else {
            continue;
        };
        let all = db.returns(id)?;
        let returns = all.iter().map(|wire| Ok(back(wire.read()?)));
        let returns: Result<Vec<Return>, StoreError> =
            returns.filter_map(Result::transpose).collect();
        returned.push(Returned {
            purchase,
            returns: returns?,
            certificates: certificates_of(db, id)?,
        });
    }
    Ok(returned)
}

/// What of the certificates that a purchase sold came back with it.
fn certificates_of(
    db: &dyn Reads,
    purchase: PurchaseId,
) -> Result<BTreeMap<u16, Money>, StoreError> {
    let mut moves = Vec::new();
    let mut vouchers = Vec::new();
    for wire in db.moves(purchase)? {
        let Row::Moved(moved) = wire.read()? else {
            continue;
        };
        if let Some(Row::Voucher(voucher)) = one(db, RowKind::Voucher, moved.voucher.get())? {
            vouchers.push(voucher);
        }
        moves.push(moved);
    }
    certificates_back(purchase, &moves, &vouchers).map_err(overflow)
}

fn known(
    db: &dyn Reads,
    purchases: &[Purchase],
    date: Date,
) -> Result<BTreeSet<CustomerId>, StoreError> {
    let buyers: BTreeSet<CustomerId> = purchases.iter().filter_map(Purchase::earner).collect();
    let mut known = BTreeSet::new();
    for buyer in buyers {
        if db.bought_before(buyer, date)? {
            known.insert(buyer);
        }
    }
    Ok(known)
}

/// All bonus cards together; stamps are not points.
fn moved(today: &Today, programme: &Programme) -> Result<Moved, StoreError> {
    let mut sum = Moved::default();
    for (instrument, moved) in &today.points {
        if programme
            .instrument(*instrument)
            .is_none_or(|one| one.bonus().is_none())
        {
            continue;
        }
        sum.earned = sum.earned.plus(moved.earned).map_err(overflow)?;
        sum.spent = sum.spent.plus(moved.spent).map_err(overflow)?;
    }
    Ok(sum)
}
