//! How often a coupon with a total limit was used.

use kartka_domain::ids::InstrumentId;
use kartka_domain::row::CouponUses;

use super::key_as;
use crate::WireError;
use crate::fields::Record;

const COUNT: u16 = 1;

pub(super) fn uses_record(uses: CouponUses) -> Record {
    let mut r = Record::new();
    r.put_unless(COUNT, uses.count, 0);
    r
}

pub(super) fn read_uses(key: i64, r: &Record) -> Result<CouponUses, WireError> {
    Ok(CouponUses {
        instrument: InstrumentId(key_as(key)?),
        count: r.int_or(COUNT, 0)?,
    })
}
