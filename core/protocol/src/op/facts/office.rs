//! Entries by which the office changes the business: roles, revoked devices, quarantine, the inbox (sync §7).

use kartka_domain::ids::{CustomerId, DeviceNo, EntryId, Id, InstrumentId, PurchaseId, ReturnId};
use kartka_domain::moment::day_number;
use kartka_domain::money::{Money, Points};
use kartka_domain::op::{Decision, Fact, Quarantine, Settlement};

use super::{CUSTOMER, INSTRUMENT, KEY, KIND, ROW, kind};
use crate::WireError;
use crate::fields::Record;
use crate::parts::{id, one_of, read_date};
use crate::row;

/// Of a revocation and of a settlement.
const DEVICE: u16 = 2;
const STATE: u16 = 3;
const UP_TO: u16 = 3;
const DECISION: u16 = 4;
const ITEM: u16 = 2;
/// Of a level that is not kept; absent = none is left.
const LEVEL: u16 = 4;
/// Of what waits in quarantine.
const FIRST: u16 = 2;
const UPTO: u16 = 3;
/// Absent = none, and the item is closed.
const OPS: u16 = 4;
const SOLD: u16 = 5;
const REDEEMED: u16 = 6;
const DATE: u16 = 7;

/// Of an unlinked return that is settled: which, how (1 linked, 2 as claimed, 3 refused), with which purchase.
const OF: u16 = 2;
const HOW: u16 = 3;
const TO: u16 = 4;
const LINK: i64 = 1;
const ACCEPT: i64 = 2;
const REFUSE: i64 = 3;

/// Of a merge: with whom; of an undone one: which edge.
const WITH: u16 = 170;
const EDGE: u16 = 171;

const DECISIONS: [(i64, Decision); 2] = [
    (Decision::Accept as i64, Decision::Accept),
    (Decision::Refuse as i64, Decision::Refuse),
];

pub(super) fn put(r: &mut Record, fact: &Fact) {
    match fact {
        Fact::Role(role) => {
            r.put(KIND, kind::ROLE);
            r.put(KEY, kartka_domain::row::role_key(role.id, role.version));
            r.put(ROW, row::role_record(role).open());
        }
        Fact::Revoke { device, state } => {
            r.put(KIND, kind::REVOKE);
            r.put(DEVICE, device.get());
            r.put(STATE, *state as i64);
        }
        Fact::Settle {
            device,
            up_to,
            decision,
        } => {
            r.put(KIND, kind::SETTLE);
            r.put(DEVICE, device.get());
            r.put(UP_TO, up_to.get());
            r.put(DECISION, *decision as i64);
        }
        Fact::Close(item) => {
            r.put(KIND, kind::CLOSE);
            r.put(ITEM, item.get());
        }
        Fact::Merge { a, b } => {
            r.put(KIND, kind::MERGE);
            r.put(CUSTOMER, a.get());
            r.put(WITH, b.get());
        }
        Fact::Unmerge { edge, of } => {
            r.put(KIND, kind::UNMERGE);
            r.put(CUSTOMER, of.get());
            r.put(EDGE, edge.get());
        }
        Fact::Agree(item) => {
            r.put(KIND, kind::AGREE);
            r.put(ITEM, item.get());
        }
        Fact::SettleReturn { of, how } => {
            r.put(KIND, kind::SETTLE_RETURN);
            r.put(OF, of.get());
            match how {
                Settlement::Link(purchase) => {
                    r.put(HOW, LINK);
                    r.put(TO, purchase.get());
                }
                Settlement::Accept => r.put(HOW, ACCEPT),
                Settlement::Refuse => r.put(HOW, REFUSE),
            }
        }
        Fact::LevelNotKept {
            customer,
            instrument,
            level,
        } => {
            r.put(KIND, kind::LEVEL_NOT_KEPT);
            r.put(CUSTOMER, customer.get());
            r.put(INSTRUMENT, instrument.0);
            r.put_unless(LEVEL, i64::from(*level), 0);
        }
        Fact::Quarantine(waiting) => {
            r.put(KIND, kind::QUARANTINE);
            r.put(FIRST, waiting.first.get());
            r.put(UPTO, waiting.upto.get());
            r.put_unless(OPS, waiting.ops.into(), 0);
            r.put_unless(SOLD, waiting.sold.0, 0);
            r.put_unless(REDEEMED, waiting.redeemed.0, 0);
            r.put(DATE, day_number(waiting.date));
        }
        _ => {}
    }
}

pub(super) fn read(r: &Record, number: i64) -> Result<Fact, WireError> {
    let device = || id(r, DEVICE, device_no);
    Ok(match number {
        kind::ROLE => Fact::Role(row::read_role(r.int(KEY)?, r.record(ROW)?)?),
        kind::REVOKE => Fact::Revoke {
            device: device()?,
            state: one_of(r, STATE, &row::DEVICE_STATES, None)?,
        },
        kind::SETTLE => Fact::Settle {
            device: device()?,
            up_to: id(r, UP_TO, Id::new)?,
            decision: one_of(r, DECISION, &DECISIONS, None)?,
        },
        kind::CLOSE => Fact::Close(id(r, ITEM, EntryId::new)?),
        kind::MERGE => Fact::Merge {
            a: id(r, CUSTOMER, CustomerId::new)?,
            b: id(r, WITH, CustomerId::new)?,
        },
        kind::UNMERGE => Fact::Unmerge {
            edge: id(r, EDGE, EntryId::new)?,
            of: id(r, CUSTOMER, CustomerId::new)?,
        },
        kind::AGREE => Fact::Agree(id(r, ITEM, EntryId::new)?),
        kind::SETTLE_RETURN => Fact::SettleReturn {
            of: id(r, OF, ReturnId::new)?,
            how: match r.int::<i64>(HOW)? {
                LINK => Settlement::Link(id(r, TO, PurchaseId::new)?),
                ACCEPT => Settlement::Accept,
                REFUSE => Settlement::Refuse,
                _ => return Err(WireError::OutOfRange(HOW)),
            },
        },
        kind::LEVEL_NOT_KEPT => Fact::LevelNotKept {
            customer: id(r, CUSTOMER, CustomerId::new)?,
            instrument: InstrumentId(r.int(INSTRUMENT)?),
            level: r.int_or(LEVEL, 0)?,
        },
        kind::QUARANTINE => Fact::Quarantine(Quarantine {
            first: id(r, FIRST, EntryId::new)?,
            upto: id(r, UPTO, Id::new)?,
            ops: r.int_or(OPS, 0)?,
            sold: Money(r.int_or(SOLD, 0)?),
            redeemed: Points(r.int_or(REDEEMED, 0)?),
            date: read_date(r, DATE)?,
        }),
        _ => return Err(WireError::OutOfRange(KIND)),
    })
}

fn device_no(raw: i64) -> Result<DeviceNo, WireError> {
    let out = WireError::OutOfRange(DEVICE);
    let number = u32::try_from(raw).map_err(|_| out)?;
    DeviceNo::new(number).map_err(|_| out)
}
