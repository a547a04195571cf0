//! Rows of returns whose purchase their author did not hold (X1).

use kartka_domain::ids::{OperatorId, OutletId, PurchaseId, ReturnId};
use kartka_domain::row::{Unlinked, UnlinkedState};

use super::KEY;
use crate::WireError;
use crate::fields::Record;
use crate::parts::{id, put_code, put_moment, put_unlinked, read_code, read_moment, read_unlinked};

/// Beside the numbers 2–6 of what its author knew.
const OPERATOR: u16 = 10;
const COUNTER: u16 = 11;
const AT: u16 = 12;
const AHEAD: u16 = 13;
/// Absent = none.
const CLAIMS: u16 = 14;
/// Absent = it waits.
const STATE: u16 = 15;
const PURCHASE: u16 = 16;
const CODE: u16 = 17;

/// Values of [`STATE`].
const WAITS: i64 = 0;
const LINKED: i64 = 1;
const ACCEPTED: i64 = 2;
const REFUSED: i64 = 3;

pub(super) fn unlinked_record(unlinked: &Unlinked) -> Record {
    let mut r = Record::new();
    put_unlinked(&mut r, &unlinked.back);
    r.put(OPERATOR, unlinked.operator.0);
    r.put(COUNTER, unlinked.outlet.0);
    put_moment(&mut r, AT, AHEAD, unlinked.at);
    r.put_unless(CLAIMS, unlinked.claims.into(), 0);
    match unlinked.state {
        UnlinkedState::Waits => {}
        UnlinkedState::Linked(purchase) => {
            r.put(STATE, LINKED);
            r.put(PURCHASE, purchase.get());
        }
        UnlinkedState::Accepted => r.put(STATE, ACCEPTED),
        UnlinkedState::Refused(code) => {
            r.put(STATE, REFUSED);
            put_code(&mut r, CODE, Some(code));
        }
    }
    r
}

pub(super) fn read_unlinked_row(key: i64, r: &Record) -> Result<Unlinked, WireError> {
    Ok(Unlinked {
        id: ReturnId::new(key).map_err(|_| WireError::OutOfRange(KEY))?,
        back: read_unlinked(r)?,
        operator: OperatorId(r.int(OPERATOR)?),
        outlet: OutletId(r.int(COUNTER)?),
        at: read_moment(r, AT, AHEAD)?,
        claims: r.int_or(CLAIMS, 0)?,
        state: match r.int_or(STATE, WAITS)? {
            WAITS => UnlinkedState::Waits,
            LINKED => UnlinkedState::Linked(id(r, PURCHASE, PurchaseId::new)?),
            ACCEPTED => UnlinkedState::Accepted,
            REFUSED => UnlinkedState::Refused(read_code(r, CODE)?.ok_or(WireError::Missing(CODE))?),
            _ => return Err(WireError::OutOfRange(STATE)),
        },
    })
}
