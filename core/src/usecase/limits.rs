//! The owner's limits on earning: what a till asks of them, how they are set, and what they have caught (T7, X8).

use kartka_domain::authority::has_earned;
use kartka_domain::business::{ATTACH_DAYS_MAX, Business, Operator};
use kartka_domain::codes::Code;
use kartka_domain::ids::{CustomerId, OperatorId, PurchaseId};
use kartka_domain::limits::{CardRead, EarnLimits, Occasion, Then};
use kartka_domain::moment::{Date, Moment};
use kartka_domain::money::Money;
use kartka_domain::op::Fact;
use kartka_domain::purchase::{Fiscal, PointsAs};
use kartka_domain::rights::Permission;

use crate::error::{CoreError, Field};
use crate::shop::{Setting, Shop, setting};
use crate::store::{Reader, RequestId};

/// A sale that the owner should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlaggedSale {
    /// Which.
    pub purchase: PurchaseId,
    /// By whom.
    pub operator: OperatorId,
    /// When.
    pub at: Moment,
    /// What it came to after discounts, in minor units.
    pub price: Money,
    /// Whose points they are.
    pub customer: Option<CustomerId>,
    /// What there is to see.
    pub flags: Vec<Code>,
    /// So many more sales of the same phone and day say only that its clock was wrong: this one stands for them.
    pub more: u32,
}

impl FlaggedSale {
    /// Whether nothing but the phone's clock is to be looked at, which one of the day's sales says as well as all.
    fn is_of_a_clock(&self) -> bool {
        let of_a_clock = |flag: &Code| matches!(flag, Code::ClockCorrected { .. });
        self.flags.iter().all(of_a_clock)
    }
}

impl Shop {
    /// Sets the limits on earning.
    ///
    /// # Errors
    /// [`CoreError::Validation`] for a number outside 1–1,440; [`CoreError::RuleRejected`] with the missing right;
    /// [`CoreError::Store`].
    pub fn set_earn_limits(
        &self,
        request: RequestId,
        earning: EarnLimits,
    ) -> Result<(), CoreError> {
        if !earning.is_sound() {
            let field = Field::Amount;
            return Err(CoreError::Validation { field });
        }
        self.once(request, |_, setting, _| {
            setting.needs(Permission::Programme)?;
            let business = Business {
                earning,
                ..setting.business.clone()
            };
            Ok(vec![Fact::Business(business)].into())
        })?;
        Ok(())
    }

    /// Sets for how many business days after that of a sale a customer may be attached to it: 0–30 (X7).
    ///
    /// # Errors
    /// As [`set_earn_limits`](Self::set_earn_limits).
    pub fn set_attach_days(&self, request: RequestId, attach_days: u16) -> Result<(), CoreError> {
        if attach_days > ATTACH_DAYS_MAX {
            let field = Field::Amount;
            return Err(CoreError::Validation { field });
        }
        self.once(request, |_, setting, _| {
            setting.needs(Permission::Programme)?;
            let business = Business {
                attach_days,
                ..setting.business.clone()
            };
            Ok(vec![Fact::Business(business)].into())
        })?;
        Ok(())
    }

    /// Sets what points are to the business: a means of payment, or a discount (D5). Receipts before it stay as they
    /// are.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with the missing right; [`CoreError::Store`].
    pub fn set_points_as(&self, request: RequestId, points_as: PointsAs) -> Result<(), CoreError> {
        self.once(request, |_, setting, _| {
            setting.needs(Permission::Programme)?;
            let business = Business {
                points_as,
                ..setting.business.clone()
            };
            Ok(vec![Fact::Business(business)].into())
        })?;
        Ok(())
    }

    /// The limits on earning in force.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn earn_limits(&self) -> Result<EarnLimits, CoreError> {
        Ok(self.store.read(setting)?.business.earning)
    }

    /// Says which customer a member of staff is, or that nobody knows: what they earn at their own till is seen then.
    ///
    /// # Errors
    /// [`CoreError::NotFound`]; [`Code::NotYourself`]; [`CoreError::RuleRejected`] with the missing right;
    /// [`CoreError::Store`].
    pub fn link_operator(
        &self,
        request: RequestId,
        operator: OperatorId,
        customer: Option<CustomerId>,
    ) -> Result<(), CoreError> {
        if let Some(customer) = customer {
            let known = self.store.read(|r| r.living(customer))?;
            if known.is_none() {
                return Err(CoreError::NotFound);
            }
        }
        self.change(request, operator, |before| Operator { customer, ..before })
    }

    /// The sales of a business date that bear a flag, by anybody or by one member of staff, newest first. A phone whose
    /// clock was wrong is told once, with its newest sale.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] without the right to reports; [`CoreError::NotPaired`]; [`CoreError::Store`].
    pub fn flagged_sales(
        &self,
        date: Option<Date>,
        operator: Option<OperatorId>,
    ) -> Result<Vec<FlaggedSale>, CoreError> {
        self.store.read(|r| {
            let setting = setting(r)?;
            setting.needs(Permission::Reports)?;
            self.trusted(r, &setting)?;
            let date = match date {
                Some(date) => date,
                None => self.now(&setting.outlet)?.date,
            };
            let mut flagged: Vec<FlaggedSale> = Vec::new();
            for sale in r.purchases_on(date)?.into_iter().rev() {
                if sale.flags.is_empty() || operator.is_some_and(|one| one != sale.operator) {
                    continue;
                }
                let sale = FlaggedSale {
                    purchase: sale.id,
                    operator: sale.operator,
                    at: sale.at,
                    price: sale.price()?,
                    customer: sale.earner(),
                    flags: sale.flags,
                    more: 0,
                };
                let device = sale.purchase.0.device();
                let mut told = flagged.iter_mut().filter(|one| one.is_of_a_clock());
                match told.find(|one| one.purchase.0.device() == device) {
                    Some(told) if sale.is_of_a_clock() => told.more += 1,
                    _ => flagged.push(sale),
                }
            }
            Ok(flagged)
        })
    }
}

/// What an earn by this receipt would break, as far as this device knows; a fiscal receipt that earned before is
/// refused here.
pub(super) fn broken(
    reader: &Reader<'_>,
    setting: &Setting,
    (customer, (read, fiscal)): (Option<CustomerId>, (Option<CardRead>, Option<&Fiscal>)),
    at: Moment,
) -> Result<Vec<(Code, Then)>, CoreError> {
    if let Some(fiscal) = fiscal
        && has_earned(reader, fiscal, None)?
    {
        return Err(Code::FiscalEarned.into());
    }
    let Some(customer) = customer else {
        return Ok(Vec::new());
    };
    let group = reader.group_of(customer)?;
    let own = setting.who.operator.as_ref().and_then(|who| who.customer);
    let occasion = Occasion {
        before: reader.group_position(customer)?.earns,
        own: own.is_some_and(|own| group.contains(&own)),
        read,
    };
    Ok(setting.business.earning.broken(occasion, at))
}
