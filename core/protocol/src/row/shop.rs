//! The business's own rule sets: business, outlets, staff, devices, programme.
//!
//! An op that sets one carries the same record as the row.

use kartka_domain::business::{
    Business, Device, DeviceState, Employment, Lifetimes, Operator, Outlet, RecoveryHalf,
};
use kartka_domain::ids::{BusinessId, CustomerId, DeviceNo, OperatorId, OutletId, RoleId};
use kartka_domain::incarnation::Former;
use kartka_domain::money::{Currency, Points, Stamps};
use kartka_domain::newer::Newer;
use kartka_domain::programme::Programme;
use kartka_domain::purchase::PointsAs;
use kartka_domain::rights::{Limits, Permissions, Role};

use super::{KEY, key_as};
use crate::error::{Measure, within};
use crate::fields::{Record, Shape, Value};
use crate::parts::{one_of, opt_id, put_programme, read_programme, read_slot, slot_number};
use crate::{WireError, limits};

mod business {
    pub(super) const ID: u16 = 1;
    pub(super) const NAME: u16 = 2;
    pub(super) const COUNTRY: u16 = 3;
    pub(super) const CURRENCY: u16 = 4;
    pub(super) const POINT_SCALE: u16 = 5;
    pub(super) const PREFIX: u16 = 6;
    pub(super) const LETTERS: u16 = 7;
    /// Absent = 24 hours.
    pub(super) const CAPABILITY: u16 = 8;
    /// Absent = 30 days.
    pub(super) const GRACE: u16 = 9;
    // 70–73 are the limits on earning.
    /// Absent = the day of the sale.
    pub(super) const ATTACH_DAYS: u16 = 74;
    /// Absent = payment.
    pub(super) const POINTS_AS: u16 = 100;
    /// Absent = no sheet is on paper.
    pub(super) const RECOVERY: u16 = 170;
    /// All of them.
    pub(super) const KNOWN: [u16; 16] = [
        ID,
        NAME,
        COUNTRY,
        CURRENCY,
        POINT_SCALE,
        PREFIX,
        LETTERS,
        CAPABILITY,
        GRACE,
        70,
        71,
        72,
        73,
        ATTACH_DAYS,
        POINTS_AS,
        RECOVERY,
    ];
}

mod outlet {
    pub(super) const NAME: u16 = 1;
    pub(super) const ZONE: u16 = 2;
    /// Absent = midnight.
    pub(super) const DAY_START: u16 = 3;
    /// All of them.
    pub(super) const KNOWN: [u16; 3] = [NAME, ZONE, DAY_START];
}

mod operator {
    pub(super) const NAME: u16 = 1;
    pub(super) const ROLE: u16 = 2;
    /// Absent = works here.
    pub(super) const STATE: u16 = 3;
    /// The customer that they are; absent = nobody said.
    pub(super) const CUSTOMER: u16 = 70;
    /// Where the role counts; absent = everywhere.
    pub(super) const OUTLETS: u16 = 120;
    /// All of them.
    pub(super) const KNOWN: [u16; 5] = [NAME, ROLE, STATE, CUSTOMER, OUTLETS];
}

mod role {
    pub(super) const NAME: u16 = 1;
    pub(super) const PERMISSIONS: u16 = 2;
    /// Absent = no limit.
    pub(super) const REDEEM_RECEIPT: u16 = 3;
    pub(super) const REDEEM_DAY: u16 = 4;
    pub(super) const PIN_ABOVE: u16 = 5;
    pub(super) const VOID_MINUTES: u16 = 6;
    /// Absent = no limit.
    pub(super) const ADJUST_POINTS: u16 = 70;
    pub(super) const ADJUST_STAMPS: u16 = 71;
    /// All of them.
    pub(super) const KNOWN: [u16; 8] = [
        NAME,
        PERMISSIONS,
        REDEEM_RECEIPT,
        REDEEM_DAY,
        PIN_ABOVE,
        VOID_MINUTES,
        ADJUST_POINTS,
        ADJUST_STAMPS,
    ];
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
    /// Absent = the founder.
    pub(super) const HOLDER: u16 = 7;
    /// Absent = active.
    pub(super) const STATE: u16 = 8;
}

const INSTRUMENTS: u16 = 1;
/// Who holds a device that says nothing of it.
const FOUNDER: OperatorId = OperatorId(1);

const POINTS_AS: [(i64, PointsAs); 2] = [
    (PointsAs::Payment as i64, PointsAs::Payment),
    (PointsAs::Discount as i64, PointsAs::Discount),
];
const EMPLOYMENTS: [(i64, Employment); 2] = [
    (Employment::Active as i64, Employment::Active),
    (Employment::Dismissed as i64, Employment::Dismissed),
];
pub(crate) const DEVICE_STATES: [(i64, DeviceState); 5] = [
    (DeviceState::Active as i64, DeviceState::Active),
    (DeviceState::Revoked as i64, DeviceState::Revoked),
    (
        DeviceState::WipeWhenEmpty as i64,
        DeviceState::WipeWhenEmpty,
    ),
    (DeviceState::WipeNow as i64, DeviceState::WipeNow),
    (DeviceState::Wiped as i64, DeviceState::Wiped),
];

/// What a newer version wrote beside the fields that are known here: an edit by this version writes it again, so that
/// an old phone in the owner's hands does not take a newer phone's setting away (sync §9).
fn newer(r: &Record, known: &[u16]) -> Result<Option<Newer>, WireError> {
    let mut rest = Record::new();
    for (tag, value) in r.fields().filter(|(tag, _)| !known.contains(tag)) {
        rest.put(tag, value.clone());
    }
    if rest.is_empty() {
        return Ok(None);
    }
    let bytes = rest.encode();
    within(Measure::Record, bytes.len(), limits::NEWER)?;
    Ok(Some(Newer::new(bytes)))
}

fn put_newer(r: &mut Record, newer: Option<&Newer>) {
    let rest = newer.map(|kept| Record::decode(kept.bytes(), Shape::ENTITY));
    if let Some(Ok(rest)) = rest {
        for (tag, value) in rest.fields() {
            r.put(tag, value.clone());
        }
    }
}

pub(crate) fn business_record(business: &Business) -> Record {
    let mut r = Record::new();
    r.put(business::ID, business.id.0);
    r.put(business::NAME, business.name.as_str());
    r.put(business::COUNTRY, business.country.as_str());
    r.put(business::CURRENCY, business.currency.code());
    r.put_unless(business::POINT_SCALE, i64::from(business.point_scale), 0);
    r.put(business::PREFIX, business.phone_prefix.as_str());
    r.put(business::LETTERS, business.letters.as_str());
    let (lifetimes, ready) = (business.lifetimes, Lifetimes::READY);
    let (hours, days) = (ready.capability_hours.into(), ready.grace_days.into());
    r.put_unless(
        business::CAPABILITY,
        lifetimes.capability_hours.into(),
        hours,
    );
    r.put_unless(business::GRACE, lifetimes.grace_days.into(), days);
    super::limits::put(&mut r, business.earning);
    r.put_unless(business::ATTACH_DAYS, business.attach_days.into(), 0);
    let payment = PointsAs::Payment as i64;
    r.put_unless(business::POINTS_AS, business.points_as as i64, payment);
    r.put_opt(business::RECOVERY, business.recovery.map(|half| half.0));
    put_newer(&mut r, business.newer.as_ref());
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
        lifetimes: read_lifetimes(r)?,
        earning: super::limits::read(r)?,
        attach_days: r.int_or(business::ATTACH_DAYS, 0)?,
        points_as: one_of(r, business::POINTS_AS, &POINTS_AS, Some(PointsAs::Payment))?,
        recovery: r.opt_array(business::RECOVERY)?.map(RecoveryHalf),
        newer: newer(r, &business::KNOWN)?,
    })
}

fn read_lifetimes(r: &Record) -> Result<Lifetimes, WireError> {
    let ready = Lifetimes::READY;
    let hours = r.int_or(business::CAPABILITY, ready.capability_hours)?;
    let days = r.int_or(business::GRACE, ready.grace_days)?;
    Lifetimes::new(hours, days).ok_or(WireError::OutOfRange(business::GRACE))
}

pub(crate) fn outlet_record(outlet: &Outlet) -> Record {
    let mut r = Record::new();
    r.put(outlet::NAME, outlet.name.as_str());
    r.put(outlet::ZONE, outlet.zone.as_str());
    r.put_unless(outlet::DAY_START, i64::from(outlet.day_start), 0);
    put_newer(&mut r, outlet.newer.as_ref());
    r
}

pub(crate) fn read_outlet(key: i64, r: &Record) -> Result<Outlet, WireError> {
    Ok(Outlet {
        id: OutletId(key_as(key)?),
        name: r.text(outlet::NAME)?.to_owned(),
        zone: r.text(outlet::ZONE)?.to_owned(),
        day_start: r.int_or(outlet::DAY_START, 0)?,
        newer: newer(r, &outlet::KNOWN)?,
    })
}

pub(crate) fn operator_record(operator: &Operator) -> Record {
    let mut r = Record::new();
    r.put(operator::NAME, operator.name.as_str());
    r.put(operator::ROLE, operator.role.0);
    r.put_unless(
        operator::STATE,
        operator.state as i64,
        Employment::Active as i64,
    );
    r.put_opt(operator::CUSTOMER, operator.customer.map(CustomerId::get));
    let outlets: Vec<Value> = operator.outlets.iter().map(|o| Value::from(o.0)).collect();
    r.put_opt(operator::OUTLETS, (!outlets.is_empty()).then_some(outlets));
    put_newer(&mut r, operator.newer.as_ref());
    r
}

pub(crate) fn read_operator(key: i64, r: &Record) -> Result<Operator, WireError> {
    Ok(Operator {
        id: OperatorId(key_as(key)?),
        name: r.text(operator::NAME)?.to_owned(),
        role: RoleId(r.int(operator::ROLE)?),
        state: one_of(r, operator::STATE, &EMPLOYMENTS, Some(Employment::Active))?,
        customer: opt_id(r, operator::CUSTOMER, CustomerId::new)?,
        outlets: read_outlets(r)?,
        newer: newer(r, &operator::KNOWN)?,
    })
}

/// Ascending, each once.
fn read_outlets(r: &Record) -> Result<Vec<OutletId>, WireError> {
    let wrong = WireError::OutOfRange(operator::OUTLETS);
    let numbers = r.ints(operator::OUTLETS)?.into_iter().map(u32::try_from);
    let outlets: Vec<u32> = numbers.collect::<Result<_, _>>().map_err(|_| wrong)?;
    let rises = outlets.windows(2).all(|pair| pair[0] < pair[1]);
    let outlets = outlets.into_iter().map(OutletId).collect();
    rises.then_some(outlets).ok_or(wrong)
}

pub(crate) fn role_record(role: &Role) -> Record {
    let limits = &role.limits;
    let mut r = Record::new();
    r.put_opt(
        role::NAME,
        (!role.name.is_empty()).then_some(role.name.as_str()),
    );
    r.put_unless(role::PERMISSIONS, role.permissions.bits().cast_signed(), 0);
    r.put_opt(role::REDEEM_RECEIPT, limits.redeem_receipt.map(|p| p.0));
    r.put_opt(role::REDEEM_DAY, limits.redeem_day.map(|p| p.0));
    r.put_opt(role::PIN_ABOVE, limits.pin_above.map(|p| p.0));
    r.put(role::VOID_MINUTES, limits.void_minutes);
    r.put_opt(role::ADJUST_POINTS, limits.adjust_points.map(|p| p.0));
    r.put_opt(role::ADJUST_STAMPS, limits.adjust_stamps.map(|s| s.0));
    put_newer(&mut r, role.newer.as_ref());
    r
}

pub(crate) fn read_role(key: i64, r: &Record) -> Result<Role, WireError> {
    let name = r.opt_text(role::NAME)?;
    Ok(Role {
        id: RoleId(key_as(key >> 32)?),
        version: key_as(key & i64::from(u32::MAX))?,
        name: name.unwrap_or_default().to_owned(),
        permissions: Permissions::from_bits(r.int_or::<i64>(role::PERMISSIONS, 0)?.cast_unsigned()),
        limits: Limits {
            redeem_receipt: r.opt_int(role::REDEEM_RECEIPT)?.map(Points),
            redeem_day: r.opt_int(role::REDEEM_DAY)?.map(Points),
            pin_above: r.opt_int(role::PIN_ABOVE)?.map(Points),
            void_minutes: r.int(role::VOID_MINUTES)?,
            adjust_points: r.opt_int(role::ADJUST_POINTS)?.map(Points),
            adjust_stamps: r.opt_int(role::ADJUST_STAMPS)?.map(Stamps),
        },
        newer: newer(r, &role::KNOWN)?,
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
    r.put_unless(device::HOLDER, device.holder.0.into(), FOUNDER.0.into());
    r.put_unless(
        device::STATE,
        device.state as i64,
        DeviceState::Active as i64,
    );
    r
}

pub(crate) fn read_device(key: i64, r: &Record) -> Result<Device, WireError> {
    Ok(Device {
        no: DeviceNo::new(key_as(key)?).map_err(|_| WireError::OutOfRange(KEY))?,
        name: r.text(device::NAME)?.to_owned(),
        public_key: r.array(device::KEY)?,
        slot: read_slot(r, device::SLOT)?,
        former: read_former(r)?,
        holder: OperatorId(r.int_or(device::HOLDER, FOUNDER.0)?),
        state: one_of(r, device::STATE, &DEVICE_STATES, Some(DeviceState::Active))?,
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
