//! Devices of the business: which there are, revoking and wiping a lost one, what to do with what it sent (S1, sync §7).

use kartka_domain::business::{Device, DeviceState, Lifetimes};
use kartka_domain::codes::Code;
use kartka_domain::ids::{DeviceNo, Id};
use kartka_domain::money::{Money, Points};
use kartka_domain::op::{Decision, Fact};
use kartka_domain::programme::{OfflinePolicy, Terms};
use kartka_domain::rights::Permission;

use crate::error::{CoreError, Field};
use crate::shop::{Shop, setting};
use crate::store::RequestId;

/// What a lost phone can cost, beside the lifetimes that bound it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LostPhone {
    /// How long it is trusted without the authority.
    pub lifetimes: Lifetimes,
    /// Most points it can let redeem before it must exchange; none = no limit is set.
    pub points: Option<Points>,
    /// What they are worth, in minor units.
    pub worth: Option<Money>,
    /// Days within which it shows contact data that it holds.
    pub days: u32,
}

impl Shop {
    /// All devices the business ever had, by number.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with the missing right; [`CoreError::NotPaired`]; [`CoreError::Store`].
    pub fn devices(&self) -> Result<Vec<Device>, CoreError> {
        self.store.read(|r| {
            setting(r)?.needs(Permission::Devices)?;
            Ok(r.device_rows()?)
        })
    }

    /// Revokes a device with every number its key has; `state` says whether it is also to delete everything, at once
    /// or when what it holds has arrived.
    ///
    /// # Errors
    /// [`Code::NotYourself`] for this device; [`CoreError::NotFound`]; [`CoreError::RuleRejected`] with the missing
    /// right; [`CoreError::Store`].
    pub fn revoke(
        &self,
        request: RequestId,
        device: DeviceNo,
        state: DeviceState,
    ) -> Result<(), CoreError> {
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Devices)?;
            let meant = tx.device_row(device)?.ok_or(CoreError::NotFound)?;
            let own = tx.device_row(setting.device.no)?;
            if own.is_some_and(|own| own.public_key == meant.public_key) {
                return Err(Code::NotYourself.into());
            }
            Ok(vec![Fact::Revoke { device, state }].into())
        })?;
        Ok(())
    }

    /// Takes in or refuses what a revoked device sent, up to one of its numbers as an inbox item names it.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with the missing right; [`CoreError::NotFound`]; [`CoreError::Store`].
    pub fn settle(
        &self,
        request: RequestId,
        up_to: Id,
        decision: Decision,
    ) -> Result<(), CoreError> {
        let device = up_to.device();
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Devices)?;
            let known = tx.device_row(device)?.ok_or(CoreError::NotFound)?;
            if !known.state.is_revoked() {
                return Err(CoreError::NotFound);
            }
            Ok(vec![Fact::Settle {
                device,
                up_to,
                decision,
            }]
            .into())
        })?;
        Ok(())
    }

    /// Sets how long a phone is trusted without the authority: 1–168 hours and 7–365 days.
    ///
    /// # Errors
    /// [`CoreError::Validation`] outside that range; [`CoreError::RuleRejected`] with the missing right;
    /// [`CoreError::Store`].
    pub fn set_lifetimes(
        &self,
        request: RequestId,
        capability_hours: u16,
        grace_days: u16,
    ) -> Result<(), CoreError> {
        let lifetimes = Lifetimes::new(capability_hours, grace_days);
        let lifetimes = lifetimes.ok_or(CoreError::Validation {
            field: Field::Amount,
        })?;
        self.once(request, |_, setting, _| {
            setting.needs(Permission::Programme)?;
            let business = kartka_domain::business::Business {
                lifetimes,
                ..setting.business.clone()
            };
            Ok(vec![Fact::Business(business)].into())
        })?;
        Ok(())
    }

    /// What a lost phone can cost until it is revoked, and for how long.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn lost_phone(&self) -> Result<LostPhone, CoreError> {
        let setting = self.store.read(setting)?;
        let lifetimes = setting.business.lifetimes;
        let mut bound = Some((Points::ZERO, Money::ZERO));
        for instrument in setting.programme.instruments() {
            let Terms::Bonus(card) = &instrument.terms else {
                continue;
            };
            let budget = match card.redeem.offline {
                OfflinePolicy::None | OfflinePolicy::Online => Some(Points::ZERO),
                OfflinePolicy::Capped { device_budget, .. } => device_budget,
            };
            bound = match (bound, budget) {
                (Some((points, worth)), Some(budget)) => {
                    Some((points.plus(budget)?, worth.plus(card.value_of(budget)?)?))
                }
                _ => None,
            };
        }
        Ok(LostPhone {
            lifetimes,
            points: bound.map(|(points, _)| points),
            worth: bound.map(|(_, worth)| worth),
            days: u32::from(lifetimes.capability_hours.div_ceil(24))
                + u32::from(lifetimes.grace_days),
        })
    }
}
