//! The facts of the counter: purchases, returns, ledger entries.

use kartka_domain::ids::{
    CustomerId, EntryId, Id, InstrumentId, OperatorId, OutletId, ProgrammeVersion, PurchaseId,
    ReturnId,
};
use kartka_domain::ledger::{Entry, Use};
use kartka_domain::moment::day_number;
use kartka_domain::money::{Money, Points};
use kartka_domain::purchase::{Purchase, Return, ReturnKind, Settled};

use super::KEY;
use crate::WireError;
use crate::fields::Record;
use crate::parts::{
    EffectTags, LotTags, id, opt_date, opt_id, put_about, put_code, put_effect, put_lot,
    put_moment, put_paper, put_receipt, put_return_kind, put_returned, read_about, read_code,
    read_date, read_effect, read_kind, read_lot, read_moment, read_paper, read_receipt,
    read_return_kind, read_returned,
};

/// Beside the receipt's own numbers 3–13.
mod purchase {
    pub(super) const CUSTOMER: u16 = 2;
    pub(super) const OUTLET: u16 = 14;
    pub(super) const OPERATOR: u16 = 15;
    pub(super) const AT: u16 = 16;
    pub(super) const AHEAD: u16 = 17;
    pub(super) const PROGRAMME: u16 = 18;
    pub(super) const ATTACHED: u16 = 19;
    pub(super) const REFUSED: u16 = 20;
    /// The first of them.
    pub(super) const FLAG: u16 = 21;
    /// 70–72 are how the card was read and the fiscal receipt. The other flags:
    pub(super) const FLAGS: u16 = 73;
    /// In each.
    pub(super) const CODE: u16 = 1;
}

mod back {
    pub(super) const PURCHASE: u16 = 1;
    /// Absent = goods came back.
    pub(super) const VOID: u16 = 2;
    pub(super) const OPERATOR: u16 = 3;
    pub(super) const OUTLET: u16 = 4;
    pub(super) const AT: u16 = 5;
    pub(super) const AHEAD: u16 = 6;
    pub(super) const CLAIMED: u16 = 7;
    /// What counts and why, where the authority decided otherwise.
    pub(super) const COUNTED: u16 = 8;
    pub(super) const CODE: u16 = 9;
    /// The unlinked return it settles, what of its amount counts, and what its lines are worth above that.
    pub(super) const SETTLES: u16 = 110;
    pub(super) const MONEY: u16 = 111;
    pub(super) const KEPT_BACK: u16 = 112;
}

mod entry {
    use super::{EffectTags, LotTags};

    pub(super) const CUSTOMER: u16 = 1;
    pub(super) const INSTRUMENT: u16 = 2;
    pub(super) const KIND: u16 = 3;
    /// The entry's id less the purchase's; absent = it belongs to none.
    pub(super) const PURCHASE: u16 = 4;
    pub(super) const DATE: u16 = 5;
    pub(super) const CLAIM: EffectTags = EffectTags {
        points: 6,
        stamps: 7,
        value: 8,
        status: 16,
        carry: 17,
    };
    pub(super) const LOT: LotTags = LotTags {
        wait: 9,
        expires: 10,
    };
    /// What counts and why, where the authority decided otherwise.
    pub(super) const SET: EffectTags = EffectTags {
        points: 11,
        stamps: 12,
        value: 13,
        status: 18,
        carry: 19,
    };
    pub(super) const CODE: u16 = 14;
    pub(super) const USES: u16 = 15;
    /// 16–19 are status points and carried parts, claimed and set.
    pub(super) const ABOUT: u16 = 20;
}

mod used {
    /// Absent = the entry's customer.
    pub(super) const MEMBER: u16 = 1;
    /// Absent = never.
    pub(super) const EXPIRES: u16 = 2;
    pub(super) const POINTS: u16 = 3;
}

pub(super) fn purchase_record(p: &Purchase) -> Record {
    let mut r = Record::new();
    r.put_opt(purchase::CUSTOMER, p.customer.map(CustomerId::get));
    put_receipt(&mut r, p.receipt.as_ref(), &p.lines, &p.parts);
    r.put(purchase::OUTLET, p.outlet.0);
    r.put(purchase::OPERATOR, p.operator.0);
    put_moment(&mut r, purchase::AT, purchase::AHEAD, p.at);
    r.put(purchase::PROGRAMME, p.programme.0);
    r.put_opt(purchase::ATTACHED, p.attached.map(CustomerId::get));
    put_code(&mut r, purchase::REFUSED, p.refused);
    put_paper(&mut r, p.read, p.fiscal.as_ref());
    let mut flags = p.flags.iter().copied();
    put_code(&mut r, purchase::FLAG, flags.next());
    let more = flags.map(|flag| {
        let mut r = Record::new();
        put_code(&mut r, purchase::CODE, Some(flag));
        r
    });
    r.put_records(purchase::FLAGS, more);
    r
}

pub(super) fn read_purchase(key: i64, r: &Record) -> Result<Purchase, WireError> {
    let (receipt, lines, parts) = read_receipt(r)?;
    let (read, fiscal) = read_paper(r)?;
    let mut flags = Vec::from_iter(read_code(r, purchase::FLAG)?);
    for more in r.records(purchase::FLAGS)? {
        flags.extend(read_code(more, purchase::CODE)?);
    }
    Ok(Purchase {
        id: PurchaseId::new(key).map_err(|_| WireError::OutOfRange(KEY))?,
        customer: opt_id(r, purchase::CUSTOMER, CustomerId::new)?,
        outlet: OutletId(r.int(purchase::OUTLET)?),
        operator: OperatorId(r.int(purchase::OPERATOR)?),
        at: read_moment(r, purchase::AT, purchase::AHEAD)?,
        programme: ProgrammeVersion(r.int(purchase::PROGRAMME)?),
        receipt,
        lines,
        parts,
        attached: opt_id(r, purchase::ATTACHED, CustomerId::new)?,
        refused: read_code(r, purchase::REFUSED)?,
        read,
        fiscal,
        flags,
    })
}

pub(super) fn return_record(b: &Return) -> Record {
    let mut r = Record::new();
    r.put(back::PURCHASE, b.purchase.get());
    put_return_kind(&mut r, back::VOID, b.kind);
    if let ReturnKind::Settled(settled) = b.kind {
        r.put(back::SETTLES, settled.of.get());
        r.put(back::MONEY, settled.money.0);
        r.put_unless(back::KEPT_BACK, settled.kept_back.0, 0);
    }
    r.put(back::OPERATOR, b.operator.0);
    r.put(back::OUTLET, b.outlet.0);
    put_moment(&mut r, back::AT, back::AHEAD, b.at);
    put_returned(&mut r, back::CLAIMED, &b.claimed);
    if let Some((counted, code)) = &b.verdict {
        put_returned(&mut r, back::COUNTED, counted);
        put_code(&mut r, back::CODE, Some(*code));
    }
    r
}

pub(super) fn read_return(key: i64, r: &Record) -> Result<Return, WireError> {
    let counted = read_returned(r, back::COUNTED)?;
    Ok(Return {
        id: ReturnId::new(key).map_err(|_| WireError::OutOfRange(KEY))?,
        purchase: id(r, back::PURCHASE, PurchaseId::new)?,
        kind: match opt_id(r, back::SETTLES, ReturnId::new)? {
            Some(of) => ReturnKind::Settled(Settled {
                of,
                money: Money(r.int(back::MONEY)?),
                kept_back: Money(r.int_or(back::KEPT_BACK, 0)?),
            }),
            None => read_return_kind(r, back::VOID)?,
        },
        operator: OperatorId(r.int(back::OPERATOR)?),
        outlet: OutletId(r.int(back::OUTLET)?),
        at: read_moment(r, back::AT, back::AHEAD)?,
        claimed: read_returned(r, back::CLAIMED)?,
        verdict: read_code(r, back::CODE)?.map(|code| (counted, code)),
    })
}

pub(super) fn entry_record(e: &Entry) -> Record {
    let mut r = Record::new();
    r.put(entry::CUSTOMER, e.customer.get());
    r.put(entry::INSTRUMENT, e.instrument.0);
    r.put(entry::KIND, i64::from(e.kind.number()));
    r.put_opt(entry::PURCHASE, e.purchase.map(|p| e.id.get() - p.get()));
    r.put(entry::DATE, day_number(e.date));
    put_effect(&mut r, entry::CLAIM, e.kind, e.claim);
    put_lot(&mut r, entry::LOT, e.lot, e.date);
    if let Some((effect, code)) = e.verdict {
        put_effect(&mut r, entry::SET, e.kind, effect);
        put_code(&mut r, entry::CODE, Some(code));
    }
    put_about(&mut r, entry::ABOUT, e.about);
    r.put_records(
        entry::USES,
        e.uses.iter().map(|u| use_record(e.customer, u)),
    );
    r
}

fn use_record(customer: CustomerId, u: &Use) -> Record {
    let mut r = Record::new();
    r.put_opt(used::MEMBER, (u.member != customer).then(|| u.member.get()));
    r.put_opt(used::EXPIRES, u.expires_on.map(day_number));
    r.put(used::POINTS, u.points.0);
    r
}

pub(super) fn read_entry(key: i64, r: &Record) -> Result<Entry, WireError> {
    let key = Id::new(key).map_err(|_| WireError::OutOfRange(KEY))?;
    let customer = id(r, entry::CUSTOMER, CustomerId::new)?;
    let date = read_date(r, entry::DATE)?;
    let kind = read_kind(r, entry::KIND)?;
    let set = read_effect(r, entry::SET, kind)?;
    let uses = r.records(entry::USES)?.into_iter().map(|u| {
        Ok(Use {
            member: opt_id(u, used::MEMBER, CustomerId::new)?.unwrap_or(customer),
            expires_on: opt_date(u, used::EXPIRES)?,
            points: Points(u.int(used::POINTS)?),
        })
    });
    Ok(Entry {
        id: EntryId(key),
        customer,
        instrument: InstrumentId(r.int(entry::INSTRUMENT)?),
        kind,
        purchase: read_purchase_id(key, r)?,
        date,
        claim: read_effect(r, entry::CLAIM, kind)?,
        lot: read_lot(r, entry::LOT, date)?,
        about: read_about(r, entry::ABOUT)?,
        verdict: read_code(r, entry::CODE)?.map(|code| (set, code)),
        uses: uses.collect::<Result<_, WireError>>()?,
    })
}

fn read_purchase_id(entry_id: Id, r: &Record) -> Result<Option<PurchaseId>, WireError> {
    opt_id(r, entry::PURCHASE, |back| {
        let purchase = entry_id
            .get()
            .checked_sub(back)
            .ok_or(WireError::OutOfRange(entry::PURCHASE))?;
        PurchaseId::new(purchase).map_err(|_| WireError::OutOfRange(entry::PURCHASE))
    })
}
