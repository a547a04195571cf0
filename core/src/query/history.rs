//! A customer's purchases, newest first, page by page; and one receipt in full.

use kartka_domain::ids::{CustomerId, PurchaseId};
use kartka_domain::ledger::Entry;
use kartka_domain::moment::day_number;
use kartka_domain::money::{Money, Points};
use kartka_domain::purchase::{Purchase, Quantity, Return, returned_so_far};

use crate::error::CoreError;
use crate::shop::Shop;
use crate::store::Reader;

/// One purchase in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchaseView {
    /// The purchase.
    pub purchase: Purchase,
    /// Its returns and voids.
    pub returns: Vec<Return>,
    /// Its ledger entries.
    pub entries: Vec<Entry>,
    /// What has come back so far, per line.
    pub returned: Vec<Quantity>,
    /// Whether the authority has ordered it.
    pub order: Order,
}

/// Whether the authority has spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// In the authority's order.
    Confirmed,
    /// This device's claim, in its outbox or just acked.
    Queued,
}

impl PurchaseView {
    /// After discounts, in minor units.
    #[must_use]
    pub fn total(&self) -> Money {
        self.purchase.price().unwrap_or_default()
    }

    /// Σ points of all its entries: earned, spent, taken and given back.
    #[must_use]
    pub fn points(&self) -> Points {
        Points::total(self.entries.iter().map(|entry| entry.effect().points)).unwrap_or_default()
    }
}

/// Where the next page begins: after the last purchase of this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryKey {
    day: i64,
    id: i64,
}

impl HistoryKey {
    /// As a shell keeps it: (days since 1970, purchase id).
    #[must_use]
    pub const fn parts(&self) -> (i64, i64) {
        (self.day, self.id)
    }

    /// From what a shell kept.
    #[must_use]
    pub const fn from_parts(day: i64, id: i64) -> Self {
        Self { day, id }
    }
}

impl Shop {
    /// A page of at most `limit` (1–200) purchases of a person, newest first, and where the next one begins.
    /// A staff phone holds the recent months only.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn history(
        &self,
        customer: CustomerId,
        after: Option<HistoryKey>,
        limit: u32,
    ) -> Result<(Vec<PurchaseView>, Option<HistoryKey>), CoreError> {
        let limit = limit.clamp(1, 200);
        self.store.read(|r| {
            let mut purchases = Vec::new();
            for member in r.group_of(customer)? {
                purchases.extend(r.purchases_of(member, after.map(|k| (k.day, k.id)), limit)?);
            }
            purchases.sort_by_key(|p| std::cmp::Reverse((p.at.date, p.id)));
            let full = purchases.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
            purchases.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            let last = purchases.last().filter(|_| full);
            let next = last.map(|p| HistoryKey {
                day: day_number(p.at.date),
                id: p.id.get(),
            });
            let views = purchases
                .into_iter()
                .map(|p| view(r, p))
                .collect::<Result<_, _>>()?;
            Ok((views, next))
        })
    }

    /// One receipt.
    ///
    /// # Errors
    /// [`CoreError::NotFound`] when this device does not hold it; [`CoreError::Store`].
    pub fn purchase(&self, id: PurchaseId) -> Result<PurchaseView, CoreError> {
        self.store.read(|r| {
            let purchase = r.purchase(id)?.ok_or(CoreError::NotFound)?;
            view(r, purchase)
        })
    }
}

fn view(reader: &Reader<'_>, purchase: Purchase) -> Result<PurchaseView, CoreError> {
    let returns = reader.returns_of(purchase.id)?;
    let entries = reader.entries_of(purchase.id)?;
    let returned = returned_so_far(&purchase, &returns)?;
    let kind = kartka_domain::row::RowKind::Purchase as u8;
    let ordered = reader
        .stored(kind, purchase.id.get())?
        .is_some_and(|row| row.seq.is_some());
    let order = if ordered {
        Order::Confirmed
    } else {
        Order::Queued
    };
    Ok(PurchaseView {
        purchase,
        returns,
        entries,
        returned,
        order,
    })
}
