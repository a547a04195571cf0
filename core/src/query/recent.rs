//! The last sales of this device, for the Scan screen: was that one written, and whose was it?

use kartka_domain::ids::PurchaseId;
use kartka_domain::moment::Moment;
use kartka_domain::money::{Currency, Money};
use kartka_domain::purchase::Purchase;

use crate::error::CoreError;
use crate::shop::{Shop, setting};
use crate::store::Reader;

/// More than this the screen has no room for.
const SHOWN: usize = 3;

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentSale {
    /// The purchase.
    pub purchase: PurchaseId,
    /// When.
    pub at: Moment,
    /// What was paid with money, in minor units.
    pub paid: Money,
    /// In this currency.
    pub currency: Currency,
    /// The customer's name, if they gave one.
    pub customer: Option<String>,
}

impl Shop {
    /// The last three sales made on this device on its business date of today, newest first; undone ones are in it.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn recent_sales(&self) -> Result<Vec<RecentSale>, CoreError> {
        self.store.read(|r| {
            let setting = setting(r)?;
            let today = self.now(&setting.outlet)?.date;
            let mut sales = r.purchases_on(today)?;
            sales.retain(|sale| sale.id.0.device() == setting.device.no);
            sales.sort_by_key(|sale| std::cmp::Reverse(sale.id));
            sales.truncate(SHOWN);
            let line = |sale| line(r, sale, setting.business.currency);
            sales.into_iter().map(line).collect()
        })
    }
}

fn line(reader: &Reader<'_>, sale: Purchase, currency: Currency) -> Result<RecentSale, CoreError> {
    let customer = match sale.earner() {
        Some(id) => reader.customer(id)?.and_then(|c| c.display_name()),
        None => None,
    };
    Ok(RecentSale {
        purchase: sale.id,
        at: sale.at,
        paid: sale.parts.money()?,
        currency,
        customer,
    })
}
