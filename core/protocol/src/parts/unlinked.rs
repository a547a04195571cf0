//! A return of which the phone knows the receipt only (X1): the same numbers in an op's entry and in a row.

use kartka_domain::ids::{CustomerId, OutletId};
use kartka_domain::moment::day_number;
use kartka_domain::money::Money;
use kartka_domain::op::ReturnUnlinked;
use kartka_domain::purchase::ReceiptNumber;

use super::{opt_id, read_date};
use crate::WireError;
use crate::fields::Record;

const CUSTOMER: u16 = 2;
const RECEIPT: u16 = 3;
const OUTLET: u16 = 4;
const DATE: u16 = 5;
const AMOUNT: u16 = 6;

pub(crate) fn put_unlinked(r: &mut Record, back: &ReturnUnlinked) {
    r.put_opt(CUSTOMER, back.customer.map(CustomerId::get));
    r.put(RECEIPT, back.receipt.as_str());
    r.put(OUTLET, back.outlet.0);
    r.put(DATE, day_number(back.date));
    r.put(AMOUNT, back.amount.0);
}

pub(crate) fn read_unlinked(r: &Record) -> Result<ReturnUnlinked, WireError> {
    let number = |text: &str| ReceiptNumber::new(text).map_err(|_| WireError::OutOfRange(RECEIPT));
    Ok(ReturnUnlinked {
        receipt: number(r.text(RECEIPT)?)?,
        outlet: OutletId(r.int(OUTLET)?),
        date: read_date(r, DATE)?,
        amount: Money(r.int(AMOUNT)?),
        customer: opt_id(r, CUSTOMER, CustomerId::new)?,
    })
}
