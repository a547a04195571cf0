//! Vouchers and their moves.

use kartka_domain::ids::{
    CustomerId, EntryId, Id, InstrumentId, ProgrammeVersion, PurchaseId, VoucherId,
};
use kartka_domain::moment::day_number;
use kartka_domain::money::Money;
use kartka_domain::voucher::{Moved, Voucher, VoucherState};

use super::KEY;
use crate::WireError;
use crate::fields::Record;
use crate::parts::{
    NumberTags, OriginTags, id, one_of, opt_date, opt_id, put_code, put_number, put_origin,
    read_code, read_date, read_move_kind, read_number, read_origin, read_why,
};

mod state {
    use super::{NumberTags, OriginTags};

    pub(super) const INSTRUMENT: u16 = 1;
    pub(super) const PROGRAMME: u16 = 2;
    pub(super) const NUMBER: NumberTags = NumberTags { card: 3, code: 4 };
    pub(super) const HOLDER: u16 = 5;
    pub(super) const NOMINAL: u16 = 6;
    pub(super) const BALANCE: u16 = 7;
    pub(super) const LAPSED: u16 = 8;
    pub(super) const LAST: u16 = 9;
    /// Absent = issued.
    pub(super) const STATE: u16 = 10;
    pub(super) const ORIGIN: OriginTags = OriginTags {
        line: 11,
        change: 12,
    };
    /// Its id less the purchase's; absent = it belongs to none.
    pub(super) const PURCHASE: u16 = 13;
}

mod moved {
    pub(super) const VOUCHER: u16 = 1;
    pub(super) const KIND: u16 = 2;
    /// As in a voucher.
    pub(super) const PURCHASE: u16 = 3;
    pub(super) const DATE: u16 = 4;
    pub(super) const CLAIM: u16 = 5;
    pub(super) const PAID: u16 = 6;
    pub(super) const UNTIL: u16 = 7;
    pub(super) const WHY: u16 = 8;
    /// What counts and why, where the authority decided otherwise.
    pub(super) const SET: u16 = 9;
    pub(super) const CODE: u16 = 10;
}

const STATES: [(i64, VoucherState); 4] = [
    (VoucherState::Issued as i64, VoucherState::Issued),
    (VoucherState::Used as i64, VoucherState::Used),
    (VoucherState::Expired as i64, VoucherState::Expired),
    (VoucherState::Cancelled as i64, VoucherState::Cancelled),
];

pub(super) fn voucher_record(of: &Voucher) -> Record {
    let mut r = Record::new();
    r.put(state::INSTRUMENT, of.instrument.0);
    r.put(state::PROGRAMME, of.programme.0);
    put_number(&mut r, state::NUMBER, of.number.as_ref());
    r.put_opt(state::HOLDER, of.holder.map(CustomerId::get));
    r.put_unless(state::NOMINAL, of.nominal.0, 0);
    r.put_unless(state::BALANCE, of.balance.0, 0);
    r.put_unless(state::LAPSED, of.lapsed.0, 0);
    r.put_opt(state::LAST, of.last_day.map(day_number));
    r.put_unless(state::STATE, of.state as i64, VoucherState::Issued as i64);
    put_origin(&mut r, state::ORIGIN, of.origin);
    let back = of.purchase.map(|p| of.id.get() - p.get());
    r.put_opt(state::PURCHASE, back);
    r
}

pub(super) fn read_voucher(key: i64, r: &Record) -> Result<Voucher, WireError> {
    let key = Id::new(key).map_err(|_| WireError::OutOfRange(KEY))?;
    Ok(Voucher {
        id: VoucherId(key),
        instrument: InstrumentId(r.int(state::INSTRUMENT)?),
        programme: ProgrammeVersion(r.int(state::PROGRAMME)?),
        number: read_number(r, state::NUMBER)?,
        holder: opt_id(r, state::HOLDER, CustomerId::new)?,
        nominal: Money(r.int_or(state::NOMINAL, 0)?),
        balance: Money(r.int_or(state::BALANCE, 0)?),
        lapsed: Money(r.int_or(state::LAPSED, 0)?),
        last_day: opt_date(r, state::LAST)?,
        state: one_of(r, state::STATE, &STATES, Some(VoucherState::Issued))?,
        origin: read_origin(r, state::ORIGIN)?,
        purchase: read_purchase(key, r, state::PURCHASE)?,
    })
}

pub(super) fn moved_record(of: &Moved) -> Record {
    let mut r = Record::new();
    r.put(moved::VOUCHER, of.voucher.get());
    r.put(moved::KIND, of.kind as i64);
    let back = of.purchase.map(|p| of.id.get() - p.get());
    r.put_opt(moved::PURCHASE, back);
    r.put(moved::DATE, day_number(of.date));
    r.put_unless(moved::CLAIM, of.claim.0, 0);
    r.put_unless(moved::PAID, of.paid.0, 0);
    r.put_opt(moved::UNTIL, of.until.map(day_number));
    r.put_opt(moved::WHY, of.why.map(|why| why as i64));
    if let Some((effect, code)) = of.verdict {
        r.put_unless(moved::SET, effect.0, 0);
        put_code(&mut r, moved::CODE, Some(code));
    }
    r
}

pub(super) fn read_moved(key: i64, r: &Record) -> Result<Moved, WireError> {
    let key = Id::new(key).map_err(|_| WireError::OutOfRange(KEY))?;
    let set = Money(r.int_or(moved::SET, 0)?);
    Ok(Moved {
        id: EntryId(key),
        voucher: id(r, moved::VOUCHER, VoucherId::new)?,
        kind: read_move_kind(r, moved::KIND)?,
        purchase: read_purchase(key, r, moved::PURCHASE)?,
        date: read_date(r, moved::DATE)?,
        claim: Money(r.int_or(moved::CLAIM, 0)?),
        paid: Money(r.int_or(moved::PAID, 0)?),
        until: opt_date(r, moved::UNTIL)?,
        why: read_why(r, moved::WHY)?,
        verdict: read_code(r, moved::CODE)?.map(|code| (set, code)),
    })
}

fn read_purchase(own: Id, r: &Record, tag: u16) -> Result<Option<PurchaseId>, WireError> {
    opt_id(r, tag, |back| {
        let purchase = own.get().checked_sub(back);
        PurchaseId::new(purchase.ok_or(WireError::OutOfRange(tag))?)
            .map_err(|_| WireError::OutOfRange(tag))
    })
}
