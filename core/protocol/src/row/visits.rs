//! Visits that an outlet counted on a day (X7): the key says where and when.

use kartka_domain::ids::OutletId;
use kartka_domain::moment::date_of;
use kartka_domain::row::NotedVisits;

use super::{KEY, key_as};
use crate::WireError;
use crate::fields::Record;

const COUNT: u16 = 1;

pub(super) fn noted_record(noted: &NotedVisits) -> Record {
    let mut r = Record::new();
    r.put_unless(COUNT, noted.count.into(), 0);
    r
}

pub(super) fn read_noted(key: i64, r: &Record) -> Result<NotedVisits, WireError> {
    // The lower half is a day that may be before 1970.
    let day = key_as::<u32>(key & i64::from(u32::MAX))?;
    Ok(NotedVisits {
        outlet: OutletId(key_as(key >> 32)?),
        date: date_of(i64::from(day.cast_signed())).ok_or(WireError::OutOfRange(KEY))?,
        count: r.int_or(COUNT, 0)?,
    })
}
