//! Rows of who brought whom, and what came of it (G3).

use kartka_domain::brought::{Brought, Counted, Thanks};
use kartka_domain::ids::{
    CustomerId, EntryId, InstrumentId, OperatorId, OutletId, ProgrammeVersion, PurchaseId,
};
use kartka_domain::ledger::EntryKind;
use kartka_domain::moment::day_number;

use super::KEY;
use crate::WireError;
use crate::fields::Record;
use crate::parts::{
    EffectTags, LotTags, id, opt_id, put_code, put_effect, put_lot, read_code, read_date,
    read_effect, read_lot,
};

const FRIEND: u16 = 1;
const REFERRER: u16 = 2;
const OPERATOR: u16 = 3;
const COUNTER: u16 = 4;
const DATE: u16 = 5;
const PROGRAMME: u16 = 6;
/// Absent = it has an effect.
const REFUSED: u16 = 7;
/// What the friend has done for it; absent = nothing yet.
const COUNTED: u16 = 8;

mod counted {
    /// Absent = registered.
    pub(super) const PURCHASE: u16 = 1;
    pub(super) const ON: u16 = 2;
    pub(super) const REWARD: u16 = 3;
    pub(super) const WELCOME: u16 = 4;
    pub(super) const UNPAID: u16 = 5;
}

const INSTRUMENT: u16 = 1;
const EFFECT: EffectTags = EffectTags {
    points: 2,
    stamps: 3,
    value: 4,
    status: 5,
    carry: 6,
};
const LOT: LotTags = LotTags {
    wait: 7,
    expires: 8,
};

pub(super) fn brought_record(of: &Brought) -> Record {
    let mut r = Record::new();
    r.put(FRIEND, of.friend.get());
    r.put(REFERRER, of.referrer.get());
    r.put(OPERATOR, of.operator.0);
    r.put(COUNTER, of.outlet.0);
    r.put(DATE, day_number(of.date));
    r.put(PROGRAMME, of.programme.0);
    put_code(&mut r, REFUSED, of.refused);
    r.put_opt(COUNTED, of.counted.as_ref().map(counted_record));
    r
}

fn counted_record(of: &Counted) -> Record {
    let mut r = Record::new();
    r.put_opt(counted::PURCHASE, of.purchase.map(PurchaseId::get));
    r.put(counted::ON, day_number(of.on));
    let thanks = |thanks: &Option<Thanks>| thanks.as_ref().map(|one| thanks_record(one, of));
    r.put_opt(counted::REWARD, thanks(&of.reward));
    r.put_opt(counted::WELCOME, thanks(&of.welcome));
    put_code(&mut r, counted::UNPAID, of.unpaid);
    r
}

fn thanks_record(thanks: &Thanks, of: &Counted) -> Record {
    let mut r = Record::new();
    r.put(INSTRUMENT, thanks.instrument.0);
    put_effect(&mut r, EFFECT, EntryKind::Thank, thanks.effect);
    put_lot(&mut r, LOT, Some(thanks.lot), of.on);
    r
}

pub(super) fn read_brought(key: i64, r: &Record) -> Result<Brought, WireError> {
    let counted = r.opt_record(COUNTED)?;
    Ok(Brought {
        id: EntryId::new(key).map_err(|_| WireError::OutOfRange(KEY))?,
        friend: id(r, FRIEND, CustomerId::new)?,
        referrer: id(r, REFERRER, CustomerId::new)?,
        operator: OperatorId(r.int(OPERATOR)?),
        outlet: OutletId(r.int(COUNTER)?),
        date: read_date(r, DATE)?,
        programme: ProgrammeVersion(r.int(PROGRAMME)?),
        refused: read_code(r, REFUSED)?,
        counted: counted.map(read_counted).transpose()?,
    })
}

fn read_counted(r: &Record) -> Result<Counted, WireError> {
    let on = read_date(r, counted::ON)?;
    let thanks = |tag| {
        let record = r.opt_record(tag)?;
        record.map(|r| read_thanks(r, on)).transpose()
    };
    Ok(Counted {
        purchase: opt_id(r, counted::PURCHASE, PurchaseId::new)?,
        on,
        reward: thanks(counted::REWARD)?,
        welcome: thanks(counted::WELCOME)?,
        unpaid: read_code(r, counted::UNPAID)?,
    })
}

fn read_thanks(r: &Record, on: kartka_domain::moment::Date) -> Result<Thanks, WireError> {
    Ok(Thanks {
        instrument: InstrumentId(r.int(INSTRUMENT)?),
        effect: read_effect(r, EFFECT, EntryKind::Thank)?,
        lot: read_lot(r, LOT, on)?.ok_or(WireError::Missing(LOT.wait))?,
    })
}
