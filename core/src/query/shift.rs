//! My shift: what this device sold and took back today, part by part, to be held against the till's own Z-report.
//!
//! The arithmetic is `domain::report`. Whoever sells here may see it: it is what they did, not the shop's day.

use std::collections::BTreeSet;

use kartka_domain::ids::PurchaseId;
use kartka_domain::moment::Date;
use kartka_domain::refund::certificates_back;
use kartka_domain::report::{Day, Figures, Returned, today};

use crate::error::CoreError;
use crate::shop::{Shop, setting};

/// What one device did on one business date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// The date.
    pub date: Date,
    /// Its sums.
    pub sums: Figures,
}

impl Shop {
    /// The shift of this device on its business date of today.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn shift(&self) -> Result<Shift, CoreError> {
        self.store.read(|r| {
            let setting = setting(r)?;
            let here = setting.device.no;
            let date = self.now(&setting.outlet)?.date;
            let mut purchases = r.purchases_on(date)?;
            purchases.retain(|sale| sale.id.0.device() == here);
            let backs = r.returns_on(date)?;
            let backs = backs.iter().filter(|back| back.id.0.device() == here);
            let sold = purchases.iter().map(|sale| sale.id);
            // A sale of here that was undone elsewhere vanishes from this shift too.
            let touched: BTreeSet<PurchaseId> =
                backs.map(|back| back.purchase).chain(sold).collect();
            let (mut returned, mut entries) = (Vec::new(), Vec::new());
            for id in touched {
                let returns = r.returns_of(id)?;
                if let (Some(purchase), false) = (r.purchase(id)?, returns.is_empty()) {
                    entries.extend(r.entries_of(id)?.into_iter().filter(|e| e.date == date));
                    let moved = r.moves_of(id)?;
                    let vouchers = r.vouchers_in(&moved)?;
                    returned.push(Returned {
                        purchase,
                        returns,
                        certificates: certificates_back(id, &moved, &vouchers)?,
                    });
                }
            }
            let day = today(&Day {
                date,
                purchases: &purchases,
                returned: &returned,
                entries: &entries,
                registered: 0,
                known: &BTreeSet::new(),
                noted: &[],
                unlinked: &r.unlinked_returns()?,
            })?;
            let sums = day.devices.get(&here).copied().unwrap_or_default();
            Ok(Shift { date, sums })
        })
    }
}
