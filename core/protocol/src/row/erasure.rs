//! Who was erased, and which device has wiped its traces (sync §8): no names, no numbers, ids only.

use kartka_domain::ids::{CustomerId, DeviceNo, EntryId, Seq};
use kartka_domain::moment::day_number;
use kartka_domain::row::{Erasure, ErasureDone};

use super::{KEY, key_as};
use crate::WireError;
use crate::fields::Record;
use crate::parts::{id, read_date};

mod erased {
    pub(super) const BY: u16 = 1;
    pub(super) const DATE: u16 = 2;
}

mod done {
    pub(super) const UP_TO: u16 = 1;
}

pub(super) fn erasure_record(erasure: &Erasure) -> Record {
    let mut r = Record::new();
    r.put(erased::BY, erasure.by.get());
    r.put(erased::DATE, day_number(erasure.date));
    r
}

pub(super) fn read_erasure(key: i64, r: &Record) -> Result<Erasure, WireError> {
    Ok(Erasure {
        customer: CustomerId::new(key).map_err(|_| WireError::OutOfRange(KEY))?,
        by: id(r, erased::BY, EntryId::new)?,
        date: read_date(r, erased::DATE)?,
    })
}

pub(super) fn done_record(done: &ErasureDone) -> Record {
    let mut r = Record::new();
    r.put(done::UP_TO, done.up_to.0);
    r
}

pub(super) fn read_done(key: i64, r: &Record) -> Result<ErasureDone, WireError> {
    Ok(ErasureDone {
        device: DeviceNo::new(key_as(key)?).map_err(|_| WireError::OutOfRange(KEY))?,
        up_to: Seq(r.int(done::UP_TO)?),
    })
}
