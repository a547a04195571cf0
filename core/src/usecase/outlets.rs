//! Outlets: one programme for all, each its own terms, and staff whose role counts in some of them (S4).
//!
//! Where a device stands is its own: every op names it. Terms by outlet stand in the programme.

use kartka_domain::business::{Operator, Outlet};
use kartka_domain::ids::{OperatorId, OutletId};
use kartka_domain::op::Fact;
use kartka_domain::rights::Permission;
use kartka_domain::row::{Row, RowKind};

use crate::error::{CoreError, Field};
use crate::shop::{Setting, Shop, setting};
use crate::store::{DeviceRow, Reader, RequestId};

/// Characters of an outlet's name.
const NAME: usize = 64;
/// Numbers of outlets that one device gives: two owners who open one at once never give the same.
const GIVEN_BITS: u32 = 9;

/// An outlet as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The outlet.
    pub outlet: Outlet,
    /// Whether this device stands there.
    pub here: bool,
}

impl Shop {
    /// All outlets, by number.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn outlets(&self) -> Result<Vec<Place>, CoreError> {
        self.store.read(|r| {
            let here = setting(r)?.device.outlet;
            let all = outlets(r)?.into_iter().map(|outlet| Place {
                here: outlet.id == here,
                outlet,
            });
            Ok(all.collect())
        })
    }

    /// Opens an outlet with the zone and the day start of the one where this device stands.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] without the right to change outlets; [`CoreError::Validation`] for a name;
    /// [`CoreError::Store`].
    pub fn open_outlet(&self, request: RequestId, name: &str) -> Result<OutletId, CoreError> {
        let name = named(name)?;
        let op = self.once(request, |tx, setting, _| {
            setting.needs(Permission::Programme)?;
            let outlet = Outlet {
                id: next(tx, setting)?,
                name,
                newer: None,
                ..setting.outlet.clone()
            };
            Ok(vec![Fact::Outlet(outlet)].into())
        })?;
        self.store.read(|r| match r.own_op(op)? {
            Some(Fact::Outlet(outlet)) => Ok(outlet.id),
            _ => Err(CoreError::NotFound),
        })
    }

    /// Gives an outlet another name; what was sold there stays there.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] without the right to change outlets; [`CoreError::Validation`] for a name;
    /// [`CoreError::NotFound`]; [`CoreError::Store`].
    pub fn rename_outlet(
        &self,
        request: RequestId,
        outlet: OutletId,
        name: &str,
    ) -> Result<(), CoreError> {
        let name = named(name)?;
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Programme)?;
            let all = outlets(tx)?;
            let known = all.into_iter().find(|one| one.id == outlet);
            let known = known.ok_or(CoreError::NotFound)?;
            Ok(vec![Fact::Outlet(Outlet { name, ..known })].into())
        })?;
        Ok(())
    }

    /// This device stands in another outlet from now on.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] without the right to change outlets; [`CoreError::NotFound`]; [`CoreError::Store`].
    pub fn stand_in(&self, outlet: OutletId) -> Result<(), CoreError> {
        self.store.write(|tx| {
            let setting = setting(tx)?;
            setting.needs(Permission::Programme)?;
            if !outlets(tx)?.iter().any(|one| one.id == outlet) {
                return Err(CoreError::NotFound);
            }
            let device = setting.device;
            Ok(tx.set_device(&DeviceRow { outlet, ..device })?)
        })
    }

    /// The role of a member of staff counts in these outlets only; none named = everywhere.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with the missing right; [`CoreError::NotFound`] for an outlet or somebody who is not
    /// there; [`CoreError::Store`].
    pub fn limit_to_outlets(
        &self,
        request: RequestId,
        operator: OperatorId,
        only: &[OutletId],
    ) -> Result<(), CoreError> {
        let mut only = only.to_vec();
        only.sort_unstable();
        only.dedup();
        let known = self.store.read(outlets)?;
        let is_there = |id: &OutletId| known.iter().any(|one| one.id == *id);
        if !only.iter().all(is_there) {
            return Err(CoreError::NotFound);
        }
        self.change(request, operator, |before| Operator {
            outlets: only,
            ..before
        })
    }
}

fn named(name: &str) -> Result<String, CoreError> {
    let name = name.trim();
    match (1..=NAME).contains(&name.chars().count()) {
        true => Ok(name.to_owned()),
        false => Err(CoreError::Validation { field: Field::Name }),
    }
}

fn outlets(reader: &Reader<'_>) -> Result<Vec<Outlet>, CoreError> {
    let rows = reader.rules_of(RowKind::Outlet)?.into_iter();
    let outlet = |(_, row)| match row {
        Row::Outlet(outlet) => Some(outlet),
        _ => None,
    };
    Ok(rows.filter_map(outlet).collect())
}

/// The next number that this device gives.
fn next(reader: &Reader<'_>, setting: &Setting) -> Result<OutletId, CoreError> {
    let first = setting.device.no.get() << GIVEN_BITS;
    let last = first | ((1 << GIVEN_BITS) - 1);
    let given = outlets(reader)?.into_iter().map(|outlet| outlet.id.0);
    let newest = given.filter(|id| (first..=last).contains(id)).max();
    match newest.unwrap_or(first) + 1 {
        next if next <= last => Ok(OutletId(next)),
        _ => Err(kartka_domain::codes::Code::OutOfDate.into()),
    }
}
