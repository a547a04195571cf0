//! Staff, roles, devices and the inbox as they lie here, and who is at this device.

use kartka_domain::business::{Device, Operator};
use kartka_domain::ids::{DeviceNo, OperatorId, RoleId};
use kartka_domain::moment::{Date, day_number};
use kartka_domain::money::Points;
use kartka_domain::rights::Role;
use kartka_domain::row::{Inbox, Row, RowKind, role_key};

use super::{Reader, StoreError, Tx, meta};

/// Where the operator at this device is noted: 4 bytes, big-endian.
const OPERATOR: &str = "operator";

impl Reader<'_> {
    /// Who is at this device; the founder until somebody else was.
    pub(crate) fn at_device(&self) -> Result<OperatorId, StoreError> {
        let Some(bytes) = meta::get(self, OPERATOR)? else {
            return Ok(OperatorId(1));
        };
        let bytes = bytes.try_into();
        let bytes = bytes.map_err(|_| StoreError::Malformed("meta.operator"))?;
        Ok(OperatorId(u32::from_be_bytes(bytes)))
    }

    /// A member of staff.
    pub(crate) fn operator(&self, id: OperatorId) -> Result<Option<Operator>, StoreError> {
        Ok(match self.row(RowKind::Operator, i64::from(id.0))? {
            Some(Row::Operator(operator)) => Some(operator),
            _ => None,
        })
    }

    /// All members of staff, by id, dismissed ones included.
    pub(crate) fn operators(&self) -> Result<Vec<Operator>, StoreError> {
        let rows = self.rules(RowKind::Operator, 0, i64::MAX)?;
        Ok(rows
            .into_iter()
            .filter_map(|row| match row {
                Row::Operator(operator) => Some(operator),
                _ => None,
            })
            .collect())
    }

    /// The newest published version of a role.
    pub(crate) fn newest_role(&self, id: RoleId) -> Result<Option<Role>, StoreError> {
        let newest = self.rules(RowKind::Role, role_key(id, 0), role_key(id, u32::MAX))?;
        Ok(match newest.into_iter().next_back() {
            Some(Row::Role(role)) => Some(role),
            _ => None,
        })
    }

    /// All published versions of all roles, by role and version.
    pub(crate) fn roles(&self) -> Result<Vec<Role>, StoreError> {
        let rows = self.rules(RowKind::Role, 0, i64::MAX)?;
        Ok(rows
            .into_iter()
            .filter_map(|row| match row {
                Row::Role(role) => Some(role),
                _ => None,
            })
            .collect())
    }

    /// An enrolled device.
    pub(crate) fn device_row(&self, no: DeviceNo) -> Result<Option<Device>, StoreError> {
        Ok(match self.row(RowKind::Device, i64::from(no.get()))? {
            Some(Row::Device(device)) => Some(device),
            _ => None,
        })
    }

    /// All enrolled devices, by number.
    pub(crate) fn device_rows(&self) -> Result<Vec<Device>, StoreError> {
        let rows = self.rules(RowKind::Device, 0, i64::MAX)?;
        Ok(rows
            .into_iter()
            .filter_map(|row| match row {
                Row::Device(device) => Some(device),
                _ => None,
            })
            .collect())
    }

    /// All inbox items, by id.
    pub(crate) fn inbox_items(&self) -> Result<Vec<Inbox>, StoreError> {
        let rows = self.rules(RowKind::Inbox, 0, i64::MAX)?;
        Ok(rows
            .into_iter()
            .filter_map(|row| match row {
                Row::Inbox(item) => Some(item),
                _ => None,
            })
            .collect())
    }

    /// Points that an operator has let redeem at this device on a business date.
    pub(crate) fn redeemed_on(
        &self,
        operator: OperatorId,
        date: Date,
    ) -> Result<Points, StoreError> {
        let sql = "SELECT coalesce(sum(points), 0) FROM redeemed WHERE operator = ?1 AND day = ?2";
        let mut statement = self.conn().prepare_cached(sql)?;
        let values = [i64::from(operator.0), day_number(date)];
        Ok(Points(statement.query_row(values, |row| row.get(0))?))
    }
}

impl Tx<'_> {
    /// Notes who is at this device from now on.
    pub(crate) fn set_at_device(&self, operator: OperatorId) -> Result<(), StoreError> {
        meta::put(self, OPERATOR, &operator.0.to_be_bytes())
    }
}
