//! The vouchers of a sale: which of its lines and payments account for them, penny by penny (G1, G2, U3).

use super::{Verdict, about_vouchers, given, instrument_of, issue, move_by, tell};
use crate::authority::work::Work;
use crate::authority::{Book, Echo, Standing, Stop, reserve};
use crate::codes::Code;
use crate::ids::{CustomerId, EntryId, InstrumentId, PurchaseId, VoucherId};
use crate::money::{AMOUNT_MAX, Money, Points};
use crate::op::Fact;
use crate::programme::{Instrument, Terms};
use crate::purchase::ShareKind;
use crate::row::{Row, RowKind};
use crate::voucher::{Act, Issued, Move, MoveKind, Origin, spend};

/// Vouchers that the sale before them issued or used; says how many facts that were.
pub(in crate::authority) fn apply_sold<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    id: PurchaseId,
) -> Result<usize, Stop<B::Error>> {
    let facts = about_vouchers(&work.op.facts, place);
    let mut sale = Sale::of(work, id);
    for (i, fact) in facts.iter().enumerate() {
        match fact {
            Fact::Issue(issued) => {
                let verdict = sale.issues(work, issued)?;
                issue(work, place + i, issued, (Some(id), verdict))?;
            }
            Fact::Move(Move { voucher, act }) => {
                let verdict = sale.uses(work, *voucher, *act)?;
                let moved = move_by(work, place + i, (*voucher, *act), (Some(id), verdict))?;
                tell(work, &moved, sale.customer);
            }
            _ => {}
        }
    }
    sale.tell_unasked(work);
    cover(work, id, facts.len())?;
    Ok(facts.len())
}

/// A sale while its vouchers are looked at.
struct Sale {
    id: PurchaseId,
    customer: Option<CustomerId>,
    /// What each instrument still accounts for on the lines: paid with certificates, taken off by a coupon.
    paid: Vec<(InstrumentId, Money)>,
    lowered: Vec<InstrumentId>,
    /// What the owner should see of vouchers that nobody was asked about (U3).
    unasked: Vec<Code>,
    /// Certificates on lines that no voucher was issued for yet.
    unissued: Vec<(u16, InstrumentId, Money)>,
    /// What is to be given as change.
    change: Vec<(VoucherId, Money)>,
}

impl Sale {
    fn of<B: Book>(work: &Work<'_, B>, id: PurchaseId) -> Self {
        let mut sale = Self {
            id,
            customer: None,
            paid: Vec::new(),
            lowered: Vec::new(),
            unasked: Vec::new(),
            unissued: Vec::new(),
            change: Vec::new(),
        };
        let Some(Row::Purchase(purchase)) = work.row(RowKind::Purchase, id.get()) else {
            return sale;
        };
        sale.customer = purchase.customer;
        for (line, number) in purchase.lines.iter().zip(0_u16..) {
            if let Some(instrument) = line.certificate {
                sale.unissued.push((number, instrument, line.gross));
            }
            for share in &line.shares {
                match share.kind {
                    ShareKind::Certificate => sale.paid.push((share.instrument, share.value)),
                    ShareKind::Discount => sale.lowered.push(share.instrument),
                    ShareKind::Points | ShareKind::PointsOff => {}
                }
            }
        }
        sale
    }

    /// The verdict on a voucher that the sale claims to issue.
    fn issues<B: Book>(
        &mut self,
        work: &Work<'_, B>,
        issued: &Issued,
    ) -> Result<Verdict, Stop<B::Error>> {
        let honest = match issued.origin {
            Origin::Sold { line } => {
                let sold = (line, issued.instrument, issued.nominal);
                let at = self.unissued.iter().position(|one| *one == sold);
                let here = instrument_of(work, work.op.programme, issued.instrument)?;
                let fits =
                    here.is_some_and(|of| of.certificate().is_some() && of.issues(issued.nominal));
                at.map(|at| self.unissued.remove(at)).is_some() && fits
            }
            Origin::Change(before) => {
                let due = (before, issued.nominal);
                let at = self.change.iter().position(|one| *one == due);
                let same = work.voucher(before)?;
                at.map(|at| self.change.remove(at)).is_some()
                    && same.is_some_and(|one| one.instrument == issued.instrument)
            }
            Origin::Given => return given(work, issued),
        };
        Ok((!honest).then_some((Money::ZERO, Code::MalformedFact)))
    }

    /// The verdict on a voucher that the sale claims to use.
    fn uses<B: Book>(
        &mut self,
        work: &mut Work<'_, B>,
        id: VoucherId,
        act: Act,
    ) -> Result<Verdict, Stop<B::Error>> {
        let nothing = |code| Ok(Some((Money::ZERO, code)));
        let Act::Use { paid, taken } = act else {
            return nothing(Code::MalformedFact);
        };
        let Some(voucher) = work.voucher(id)? else {
            return nothing(Code::UnknownVoucher);
        };
        let of = instrument_of(work, voucher.programme, voucher.instrument)?;
        let Some(of) = of.filter(|_| is_small(paid) && is_small(taken)) else {
            return nothing(Code::MalformedFact);
        };
        if let Some(holder) = voucher.holder
            && !self.is_held_by(work, holder)?
        {
            let instrument = voucher.instrument.0.into();
            return nothing(Code::NotForThisCustomer { instrument });
        }
        if !self.accounts_for(&of, paid) {
            return nothing(Code::MalformedFact);
        }
        if let Err(code) = voucher.usable(work.moment().0.date) {
            return nothing(code);
        }
        let Some(left) = reserve::open_part(work, &voucher)? else {
            let instrument = voucher.instrument.0.into();
            return nothing(Code::KeptElsewhere { instrument });
        };
        let value = self.value_of_use(work, &of, paid)?;
        let unasked = reserve::voucher_unasked(work, &voucher, (&of, value))?;
        self.unasked.extend(unasked);
        let Terms::Certificate(terms) = &of.terms else {
            return Ok((taken != Money::ZERO).then_some((Money::ZERO, Code::MalformedFact)));
        };
        let counted = spend(terms, left, paid.min(left))?;
        self.change.push((id, counted.change));
        if counted.taken == taken {
            return Ok(None);
        }
        let missing = paid.minus(paid.min(left))?.0;
        let code = match missing {
            0 => Code::MalformedFact,
            _ => Code::VoucherShort {
                instrument: voucher.instrument.0.into(),
                missing,
            },
        };
        Ok(Some((counted.taken.negated()?, code)))
    }

    /// What a use was worth on the receipt; of a coupon beside others at least so much.
    fn value_of_use<B: Book>(
        &self,
        work: &Work<'_, B>,
        of: &Instrument,
        paid: Money,
    ) -> Result<Money, Stop<B::Error>> {
        let Some(Row::Purchase(purchase)) = work.row(RowKind::Purchase, self.id.get()) else {
            return Ok(paid);
        };
        if of.certificate().is_some() {
            return Ok(paid);
        }
        let shares = purchase.lines.iter().flat_map(|line| &line.shares);
        let own = shares.filter(|s| s.instrument == of.id && s.kind == ShareKind::Discount);
        let total = Money::total(own.map(|share| share.value))?;
        let uses = work.op.facts.iter().filter(|fact| is_use(fact)).count();
        Ok(Money(
            total.0 / i64::try_from(uses.max(1)).unwrap_or(i64::MAX),
        ))
    }

    /// Marks the receipt where vouchers were used without the authority's word that needed it.
    fn tell_unasked<B: Book>(&mut self, work: &mut Work<'_, B>) {
        let flags = std::mem::take(&mut self.unasked);
        let purchase = match work.row(RowKind::Purchase, self.id.get()) {
            Some(Row::Purchase(purchase)) if work.refused.is_none() && !flags.is_empty() => {
                purchase.clone()
            }
            _ => return,
        };
        let mut flagged = purchase;
        flagged.flags.extend(flags);
        work.put(Row::Purchase(flagged), Echo::Changed);
    }

    fn is_held_by<B: Book>(
        &self,
        work: &mut Work<'_, B>,
        holder: CustomerId,
    ) -> Result<bool, Stop<B::Error>> {
        match self.customer {
            Some(customer) => Ok(work.group(customer)?.contains(&holder)),
            None => Ok(false),
        }
    }

    /// Whether the receipt says that this instrument paid so much, or lowered it; each penny counts once.
    fn accounts_for(&mut self, of: &Instrument, paid: Money) -> bool {
        if of.certificate().is_none() {
            let at = self.lowered.iter().position(|one| *one == of.id);
            return at.is_some() && paid == Money::ZERO;
        }
        let own = self.paid.iter_mut().filter(|(id, _)| *id == of.id);
        let mut open = paid.0;
        let mut take = Vec::new();
        for (_, value) in own {
            let part = value.0.min(open);
            open -= part;
            take.push((value, part));
        }
        if open > 0 || paid == Money::ZERO {
            return false;
        }
        for (value, part) in take {
            value.0 -= part;
        }
        true
    }
}

/// Whether a voucher is used by it.
fn is_use(fact: &Fact) -> bool {
    matches!(fact, Fact::Move(one) if one.act.kind() == MoveKind::Use)
}

/// Not larger than anything true, and not below zero.
fn is_small(value: Money) -> bool {
    value.0 >= 0 && value.0.unsigned_abs() <= AMOUNT_MAX
}

/// What a certificate part of a receipt is not covered by vouchers, the owner sees: a voucher that was used elsewhere
/// before, or none at all (U3).
fn cover<B: Book>(
    work: &mut Work<'_, B>,
    id: PurchaseId,
    facts: usize,
) -> Result<(), Stop<B::Error>> {
    let Some(Row::Purchase(purchase)) = work.row(RowKind::Purchase, id.get()).cloned() else {
        return Ok(());
    };
    let claimed = purchase.parts.certificate;
    let ordered = matches!(work.standing, Standing::Ordered { .. });
    if !ordered || work.refused.is_some() || !claimed.is_positive() {
        return Ok(());
    }
    let uses = work.rows_so_far().filter_map(|row| match row {
        Row::Moved(moved) if moved.purchase == Some(id) => Some(moved.covered()),
        _ => None,
    });
    let covered = Money::total(uses.collect::<Vec<_>>())?;
    let missing = claimed.minus(covered)?;
    if missing.is_positive() {
        let code = Code::CertificateUncovered { missing: missing.0 };
        let customer = purchase.customer;
        let mut flagged = purchase;
        flagged.flags.push(code);
        work.put(Row::Purchase(flagged), Echo::Changed);
        if facts == 0 {
            work.open_inbox(EntryId(id.0), code, (customer, None), Points::ZERO);
        }
    }
    Ok(())
}
