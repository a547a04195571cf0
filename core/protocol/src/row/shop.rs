//! The business's own rule sets: business, outlets, staff, devices, programme.
//!
//! An op that sets one carries the same record as the row.

use kartka_domain::business::{Business, Device, Operator, Outlet, Role};
use kartka_domain::ids::{BusinessId, DeviceNo, OperatorId, OutletId};
use kartka_domain::incarnation::Former;
use kartka_domain::money::Currency;
use kartka_domain::programme::Programme;

use super::{KEY, key_as};
use crate::WireError;
use crate::fields::Record;
use crate::parts::{one_of, put_programme, read_programme, read_slot, slot_number};

mod business {
    pub(super) const ID: u16 = 1;
    pub(super) const NAME: u16 = 2;
    pub(super) const COUNTRY: u16 = 3;
    pub(super) const CURRENCY: u16 = 4;
    pub(super) const POINT_SCALE: u16 = 5;
    pub(super) const PREFIX: u16 = 6;
    pub(super) const LETTERS: u16 = 7;
}

mod outlet {
    pub(super) const NAME: u16 = 1;
    pub(super) const ZONE: u16 = 2;
    /// Absent = midnight.
    pub(super) const DAY_START: u16 = 3;
}

mod operator {
    pub(super) const NAME: u16 = 1;
    pub(super) const ROLE: u16 = 2;
}

mod device {
    pub(super) const NAME: u16 = 1;
    pub(super) const KEY: u16 = 2;
    /// Absent = it makes no numbers.
    pub(super) const SLOT: u16 = 3;
    /// Absent = its first number.
    pub(super) const FORMER: u16 = 4;
    pub(super) const FORK: u16 = 5;
    pub(super) const LAST: u16 = 6;
}

const INSTRUMENTS: u16 = 1;

const ROLES: [(i64, Role); 2] = [
    (Role::Owner as i64, Role::Owner),
    (Role::Cashier as i64, Role::Cashier),
];

pub(crate) fn business_record(business: &Business) -> Record {
    let mut r = Record::new();
    r.put(business::ID, business.id.0);
    r.put(business::NAME, business.name.as_str());
    r.put(business::COUNTRY, business.country.as_str());
    r.put(business::CURRENCY, business.currency.code());
    r.put_unless(business::POINT_SCALE, i64::from(business.point_scale), 0);
    r.put(business::PREFIX, business.phone_prefix.as_str());
    r.put(business::LETTERS, business.letters.as_str());
    r
}

pub(crate) fn read_business(r: &Record) -> Result<Business, WireError> {
    let currency = Currency::new(r.text(business::CURRENCY)?);
    Ok(Business {
        id: BusinessId(r.array(business::ID)?),
        name: r.text(business::NAME)?.to_owned(),
        country: r.text(business::COUNTRY)?.to_owned(),
        currency: currency.ok_or(WireError::OutOfRange(business::CURRENCY))?,
        point_scale: r.int_or(business::POINT_SCALE, 0)?,
        phone_prefix: r.text(business::PREFIX)?.to_owned(),
        letters: r.text(business::LETTERS)?.to_owned(),
    })
}

pub(crate) fn outlet_record(outlet: &Outlet) -> Record {
    let mut r = Record::new();
    r.put(outlet::NAME, outlet.name.as_str());
    r.put(outlet::ZONE, outlet.zone.as_str());
    r.put_unless(outlet::DAY_START, i64::from(outlet.day_start), 0);
    r
}

pub(crate) fn read_outlet(key: i64, r: &Record) -> Result<Outlet, WireError> {
    Ok(Outlet {
        id: OutletId(key_as(key)?),
        name: r.text(outlet::NAME)?.to_owned(),
        zone: r.text(outlet::ZONE)?.to_owned(),
        day_start: r.int_or(outlet::DAY_START, 0)?,
    })
}

pub(crate) fn operator_record(operator: &Operator) -> Record {
    let mut r = Record::new();
    r.put(operator::NAME, operator.name.as_str());
    r.put(operator::ROLE, operator.role as i64);
    r
}

pub(crate) fn read_operator(key: i64, r: &Record) -> Result<Operator, WireError> {
    Ok(Operator {
        id: OperatorId(key_as(key)?),
        name: r.text(operator::NAME)?.to_owned(),
        role: one_of(r, operator::ROLE, &ROLES, None)?,
    })
}

pub(crate) fn device_record(device: &Device) -> Record {
    let mut r = Record::new();
    r.put(device::NAME, device.name.as_str());
    r.put(device::KEY, device.public_key);
    r.put_opt(device::SLOT, device.slot.map(slot_number));
    if let Some(former) = &device.former {
        r.put(device::FORMER, former.device.get());
        r.put(device::FORK, former.fork);
        r.put(device::LAST, former.last);
    }
    r
}

pub(crate) fn read_device(key: i64, r: &Record) -> Result<Device, WireError> {
    Ok(Device {
        no: DeviceNo::new(key_as(key)?).map_err(|_| WireError::OutOfRange(KEY))?,
        name: r.text(device::NAME)?.to_owned(),
        public_key: r.array(device::KEY)?,
        slot: read_slot(r, device::SLOT)?,
        former: read_former(r)?,
    })
}

fn read_former(r: &Record) -> Result<Option<Former>, WireError> {
    let Some(no) = r.opt_int(device::FORMER)? else {
        return Ok(None);
    };
    Ok(Some(Former {
        device: DeviceNo::new(no).map_err(|_| WireError::OutOfRange(device::FORMER))?,
        fork: r.int(device::FORK)?,
        last: r.int(device::LAST)?,
    }))
}

pub(crate) fn programme_record(programme: &Programme) -> Record {
    let mut r = Record::new();
    put_programme(&mut r, INSTRUMENTS, programme);
    r
}

pub(crate) fn read_programme_row(key: i64, r: &Record) -> Result<Programme, WireError> {
    read_programme(r, INSTRUMENTS, key_as(key)?)
}
