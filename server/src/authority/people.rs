//! Staff, roles and devices as the authority's book has them: read once per turn, since every op names an operator.

use std::collections::BTreeMap;

use kartka_domain::authority::Decided;
use kartka_domain::business::{Device, Operator};
use kartka_domain::ids::{DeviceNo, OperatorId, RoleId};
use kartka_domain::ledger::EntryKind;
use kartka_domain::money::Points;
use kartka_domain::op::Op;
use kartka_domain::rights::Role;
use kartka_domain::row::{Row, RowKind};

use super::turn::{Revoked, Turn};
use crate::store::StoreError;

/// What was looked up so far; forgotten when one of them changes.
#[derive(Default)]
pub(super) struct People {
    operators: BTreeMap<OperatorId, Option<Operator>>,
    roles: Option<BTreeMap<RoleId, Role>>,
    devices: BTreeMap<DeviceNo, Option<Device>>,
}

impl Turn<'_> {
    pub(super) fn find_operator(&self, id: OperatorId) -> Result<Option<Operator>, StoreError> {
        if let Some(found) = self.people.borrow().operators.get(&id) {
            return Ok(found.clone());
        }
        let wire = self.db.row(RowKind::Operator, i64::from(id.0))?;
        let found = match wire.map(|wire| wire.read()).transpose()? {
            Some(Row::Operator(operator)) => Some(operator),
            _ => None,
        };
        let mut people = self.people.borrow_mut();
        people.operators.insert(id, found.clone());
        Ok(found)
    }

    pub(super) fn find_role(&self, id: RoleId) -> Result<Option<Role>, StoreError> {
        if let Some(roles) = &self.people.borrow().roles {
            return Ok(roles.get(&id).cloned());
        }
        let mut roles = BTreeMap::new();
        for wire in self.db.rows_of(RowKind::Role)? {
            // By key, so by version: the newest one stays.
            if let Row::Role(role) = wire.read()? {
                roles.insert(role.id, role);
            }
        }
        let found = roles.get(&id).cloned();
        self.people.borrow_mut().roles = Some(roles);
        Ok(found)
    }

    pub(super) fn find_device(&self, no: DeviceNo) -> Result<Option<Device>, StoreError> {
        if let Some(found) = self.people.borrow().devices.get(&no) {
            return Ok(found.clone());
        }
        let wire = self.db.row(RowKind::Device, i64::from(no.get()))?;
        let found = match wire.map(|wire| wire.read()).transpose()? {
            Some(Row::Device(device)) => Some(device),
            _ => None,
        };
        let mut people = self.people.borrow_mut();
        people.devices.insert(no, found.clone());
        Ok(found)
    }

    /// Keeps the key of a device that this row revokes, and forgets what was looked up before it changed.
    pub(super) fn note_people(&self, row: &Row) -> Result<(), StoreError> {
        match row {
            Row::Operator(_) | Row::Role(_) => {}
            Row::Device(device) if device.state.is_revoked() => {
                self.db.put_revoked(&device.public_key)?;
                // It may have asked for codes: none that nobody has used yet lets anybody in.
                self.db.drop_tokens()?;
                self.revoked.set(Revoked::Yes);
            }
            Row::Device(_) => {}
            _ => return Ok(()),
        }
        *self.people.borrow_mut() = People::default();
        Ok(())
    }

    /// Adds what an op let redeem to its operator's day.
    pub(super) fn note_redeemed(&self, op: &Op, rows: &[Decided]) -> Result<(), StoreError> {
        let mut points = Points::ZERO;
        let mut date = None;
        for decided in rows {
            if let Row::Entry(entry) = &decided.row
                && entry.kind == EntryKind::Redeem
            {
                points = Points(points.0.saturating_sub(entry.effect().points.0));
                date = Some(entry.date);
            }
        }
        match date {
            Some(date) if points.is_positive() => self.db.add_redeemed(op.operator, date, points),
            _ => Ok(()),
        }
    }
}
