//! Who is at this device: switching between members of staff, with a PIN where they have one (S1, sync §7).
//!
//! A switch changes nothing but who the next op names: the outbox, with what a colleague sold, goes on as it is. PINs
//! lie on this device alone, so the owner's is on no phone where the owner never typed it.

use kartka_domain::business::Employment;
use kartka_domain::codes::Code;
use kartka_domain::ids::OperatorId;
use kartka_domain::money::Points;
use kartka_domain::redeem::Confirmation;
use kartka_domain::rights::{Permission, Permissions, Role, Who};

use super::staff::role_in_force;
use crate::error::CoreError;
use crate::pin::{self, FREE};
use crate::shop::{Setting, Shop, setting};
use crate::store::{PinRow, Reader};
use crate::sync::signer::DeviceSigner;

/// How long a typed PIN stands for what asks for one, in milliseconds.
const CONFIRMED_MS: i64 = 2 * 60_000;

/// The last PIN that was typed rightly.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Confirmed {
    operator: OperatorId,
    boot: u64,
    at_ms: i64,
}

impl Shop {
    /// Who is at this device.
    ///
    /// # Errors
    /// [`CoreError::Store`].
    pub fn operator(&self) -> Result<OperatorId, CoreError> {
        Ok(self.store.read(|r| r.at_device())?)
    }

    /// Whether an operator has a PIN at this device.
    ///
    /// # Errors
    /// [`CoreError::Keys`], [`CoreError::Store`].
    pub fn has_pin(&self, operator: OperatorId) -> Result<bool, CoreError> {
        let key = self.pin_key()?.0;
        self.store.read(|r| Ok(known(r, operator, key)?.is_some()))
    }

    /// Gives an operator a PIN at this device: oneself, with the old one if there is one; or by somebody who keeps
    /// the staff, for a colleague who forgot theirs.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with [`Code::PinTooSimple`], [`Code::PinNeeded`], [`Code::WrongPin`],
    /// [`Code::PinLocked`] or the missing right; [`CoreError::NotFound`]; [`CoreError::Keys`]; [`CoreError::Store`].
    pub fn set_pin(
        &self,
        operator: OperatorId,
        old: Option<&str>,
        new: &str,
    ) -> Result<(), CoreError> {
        pin::check(new)?;
        let (key, secret) = self.pin_key()?;
        let (own, has, may) = self.store.read(|r| {
            let setting = setting(r)?;
            let target = self.target(r, operator)?;
            let below = target.permissions().is_within(setting.who.permissions());
            let staff = setting.needs(Permission::Staff);
            let may = if below {
                staff
            } else {
                Err(Code::OnlyTheOwner.into())
            };
            let own = setting.operator == operator;
            Ok::<_, CoreError>((own, known(r, operator, key)?.is_some(), may))
        })?;
        match (own, has, old) {
            (true, false, _) => {}
            (true, true, Some(old)) => self.verify(operator, old)?,
            (true, true, None) => return Err(Code::PinNeeded.into()),
            (false, ..) => may?,
        }
        let mut salt = [0; 16];
        self.platform.rng.fill(&mut salt);
        let row = PinRow {
            key,
            salt,
            verifier: self.pins.verifier(new.as_bytes(), &salt, &secret),
            failures: 0,
            boot: 0,
            at_ms: 0,
        };
        Ok(self.store.write(|tx| tx.set_pin(operator, &row))?)
    }

    /// Hands this device to another operator; nothing of the outbox changes.
    ///
    /// Without a PIN nobody comes to more rights than who is here has, and nobody leaves who could not come back.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with [`Code::OperatorDismissed`], [`Code::PinNeeded`], [`Code::WrongPin`] or
    /// [`Code::PinLocked`]; [`CoreError::NotFound`]; [`CoreError::Keys`]; [`CoreError::Store`].
    pub fn switch_operator(
        &self,
        operator: OperatorId,
        pin: Option<&str>,
    ) -> Result<(), CoreError> {
        let key = self.pin_key()?.0;
        let asks = self.store.read(|r| {
            let setting = setting(r)?;
            if setting.operator == operator {
                return Ok(known(r, operator, key)?.is_some());
            }
            let next = self.target(r, operator)?;
            let asks = known(r, operator, key)?.is_some();
            let (here, there) = (setting.who.permissions(), next.permissions());
            let back = known(r, setting.operator, key)?.is_some() || here.is_within(there);
            let working = setting
                .who
                .allowed(kartka_domain::rights::Action::Plain(Permission::Sell));
            let gone = working == Err(Code::OperatorDismissed);
            if !asks && !there.is_within(here) || !back && !gone {
                return Err(Code::PinNeeded.into());
            }
            Ok::<_, CoreError>(asks)
        })?;
        if asks {
            self.verify(operator, pin.ok_or(Code::PinNeeded)?)?;
        }
        Ok(self.store.write(|tx| tx.set_at_device(operator))?)
    }

    /// Confirms that the operator at this device is who they say, for what asks for it within two minutes.
    ///
    /// # Errors
    /// As [`switch_operator`](Self::switch_operator).
    pub fn confirm_pin(&self, pin: &str) -> Result<(), CoreError> {
        let operator = self.operator()?;
        self.verify(operator, pin)
    }

    /// Whether points above the role's threshold may leave now, and how that was confirmed (U5); nothing below it.
    pub(crate) fn confirmed(
        &self,
        setting: &Setting,
        points: Points,
    ) -> Result<Option<Confirmation>, CoreError> {
        let above = setting.who.limits().pin_above;
        if above.is_none_or(|above| points <= above) {
            return Ok(None);
        }
        let clock = self.platform.clock.as_ref();
        let last = *self
            .last_pin
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let fresh = last.is_some_and(|last| {
            let age = clock.monotonic_ms().saturating_sub(last.at_ms);
            last.operator == setting.operator
                && last.boot == clock.boot_id()
                && (0..=CONFIRMED_MS).contains(&age)
        });
        if fresh {
            Ok(Some(Confirmation::Pin))
        } else {
            Err(Code::PinNeeded.into())
        }
    }

    /// Checks a PIN. The attempt is counted durably before it is looked at: who pulls the plug has used it up.
    fn verify(&self, operator: OperatorId, typed: &str) -> Result<(), CoreError> {
        let (key, secret) = self.pin_key()?;
        let clock = self.platform.clock.as_ref();
        let now = (clock.boot_id(), clock.monotonic_ms());
        let row = self.store.write(|tx| {
            let row = known(tx, operator, key)?.ok_or(Code::PinNeeded)?;
            let wait_ms = pin::left_ms(row.failures, (row.boot, row.at_ms), now);
            if wait_ms > 0 {
                return Err(Code::PinLocked { wait_ms }.into());
            }
            let tried = PinRow {
                failures: row.failures.saturating_add(1),
                boot: now.0,
                at_ms: now.1,
                ..row
            };
            tx.set_pin(operator, &tried)?;
            Ok::<_, CoreError>(tried)
        })?;
        let typed = self.pins.verifier(typed.as_bytes(), &row.salt, &secret);
        if !same(&typed, &row.verifier) {
            let left = i64::from(FREE.saturating_sub(row.failures));
            return Err(match pin::wait_ms(row.failures) {
                0 => Code::WrongPin { left }.into(),
                wait_ms => Code::PinLocked { wait_ms }.into(),
            });
        }
        let right = PinRow { failures: 0, ..row };
        self.store.write(|tx| tx.set_pin(operator, &right))?;
        *self
            .last_pin
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Confirmed {
            operator,
            boot: now.0,
            at_ms: now.1,
        });
        Ok(())
    }

    /// Somebody who may come to this device.
    fn target(&self, reader: &Reader<'_>, id: OperatorId) -> Result<Who, CoreError> {
        let operator = reader.operator(id)?;
        if operator.is_none() && id != OperatorId(1) {
            return Err(CoreError::NotFound);
        }
        if operator
            .as_ref()
            .is_some_and(|o| o.state == Employment::Dismissed)
        {
            return Err(Code::OperatorDismissed.into());
        }
        let role: Option<Role> = match &operator {
            Some(operator) => role_in_force(reader, operator.role)?,
            None => None,
        };
        Ok(Who::new(id, operator, role).at(Permissions::all()))
    }

    /// What a verifier is bound to: the name of the device's key, and a secret made from it.
    fn pin_key(&self) -> Result<([u8; 8], zeroize::Zeroizing<[u8; 32]>), CoreError> {
        let signer = DeviceSigner::load_or_make(&self.platform)?;
        let mut name = [0; 8];
        name.copy_from_slice(&signer.public_key()[1..9]);
        Ok((name, pin::secret(signer.secret().as_ref())))
    }
}

/// An operator's PIN, if it was made under this device's key: another one verifies nothing here.
fn known(
    reader: &Reader<'_>,
    operator: OperatorId,
    key: [u8; 8],
) -> Result<Option<PinRow>, CoreError> {
    Ok(reader.pin(operator)?.filter(|row| row.key == key))
}

/// Compares in the same time wherever they differ.
fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}
