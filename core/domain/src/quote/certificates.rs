//! Gift certificates: sold by a line of their own, and the last way to pay (D1, step 5; G1).

use super::{Evaluation, QuoteError};
use crate::allocate::allocate;
use crate::codes::Code;
use crate::ids::CustomerId;
use crate::money::{Money, Overflow, Points};
use crate::programme::{Certificate, Instrument, Terms};
use crate::purchase::{Line, ONE, PurchaseError, Share, ShareKind};
use crate::voucher::{Act, Issued, Move, Origin, Voucher, VoucherNumber, spend};

/// Whether the authority has been asked about a voucher (U3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asked {
    /// This is the authority, or it keeps the voucher for this receipt.
    Yes,
    /// It can't be or was not asked.
    No,
}

/// A voucher that is laid on the counter.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// The voucher.
    pub voucher: &'a Voucher,
    /// Its instrument, under the version it was issued by (L9).
    pub of: &'a Instrument,
    /// At most so much of a certificate; none = as much as fits.
    pub most: Option<Money>,
    /// The number of the certificate that is given as change, if one is.
    pub change: Option<&'a VoucherNumber>,
    /// Whose it is is the customer, or anybody.
    pub whose: Whose,
    /// Whether the authority was asked.
    pub asked: Asked,
}

/// Who may use a voucher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// Whoever holds it, or it is this customer's own.
    Theirs,
    /// Another customer's.
    Anothers,
}

/// A certificate that is sold by a line of the receipt.
#[derive(Debug, Clone, Copy)]
pub struct Selling<'a> {
    /// The line, from 0.
    pub line: u16,
    /// The number that is printed on it.
    pub number: Option<&'a VoucherNumber>,
    /// For whom; none = whoever will hold it.
    pub holder: Option<CustomerId>,
}

/// Issues the certificates that the receipt sells.
pub(super) fn sell(on: &mut Evaluation<'_>) -> Result<(), QuoteError> {
    for selling in on.ask.selling {
        let line = on.bill.lines.get(usize::from(selling.line));
        let sold = line.and_then(|line| Some((line.certificate?, line)));
        let Some((id, line)) = sold else {
            return Err(PurchaseError::LineCount.into());
        };
        let (instrument, nominal) = (i64::from(id.0), line.gross);
        let of = on.ask.programme.instrument(id);
        let of = of.filter(|of| of.certificate().is_some() && of.issues(nominal));
        let Some(of) = of.filter(|_| line.quantity == ONE && line.tax.is_none()) else {
            return Err(QuoteError::Refused(Code::NominalNotIssued {
                instrument,
                nominal: nominal.0,
            }));
        };
        if let Some(code) = on.closed(of) {
            return Err(QuoteError::Refused(code));
        }
        if selling.number.is_none() && selling.holder.is_none() {
            return Err(QuoteError::Refused(Code::VoucherNumberNeeded {
                instrument,
            }));
        }
        on.issues.push(Issued {
            instrument: id,
            number: selling.number.cloned(),
            holder: selling.holder,
            nominal,
            origin: Origin::Sold { line: selling.line },
        });
        on.say(Code::CertificateSold {
            instrument,
            value: nominal.0,
        });
    }
    Ok(())
}

/// Pays with the certificates that were laid on the counter, one after the other; each says what it did or why not.
pub(super) fn apply(on: &mut Evaluation<'_>) -> Result<(), QuoteError> {
    for presented in on.ask.presented {
        if let Terms::Certificate(terms) = &presented.of.terms {
            match payable(on, presented)? {
                Ok(parts) => pay(on, presented, terms, &parts)?,
                Err(code) => on.say(code),
            }
        }
    }
    Ok(())
}

/// Why a voucher may not be used on this receipt, whatever it is worth.
pub(super) fn refusal(on: &Evaluation<'_>, presented: &Presented<'_>) -> Option<Code> {
    let voucher = presented.voucher;
    let instrument = i64::from(voucher.instrument.0);
    if let Err(code) = voucher.usable(on.ask.at.date) {
        return Some(code);
    }
    if presented.whose == Whose::Anothers {
        return Some(Code::NotForThisCustomer { instrument });
    }
    // One voucher is laid down once.
    let twice = on.moves.iter().any(|one| one.voucher == voucher.id);
    twice.then_some(Code::VoucherUsed { instrument })
}

/// What of each line a certificate would pay.
fn payable(
    on: &mut Evaluation<'_>,
    presented: &Presented<'_>,
) -> Result<Result<Vec<Money>, Code>, QuoteError> {
    let of = presented.of;
    if let Some(code) = refusal(on, presented).or_else(|| on.closed(of)) {
        return Ok(Err(code));
    }
    let part = |line: &Line| {
        let goods = line.certificate.is_none() && !of.rules.stacking.excluded.names(line);
        if goods { line.paid() } else { Ok(Money::ZERO) }
    };
    let room = on.bill.lines.iter().map(part);
    let room: Vec<Money> = room.collect::<Result<_, Overflow>>()?;
    let most = presented.most.unwrap_or(presented.voucher.left());
    let value = Money::total(room.iter().copied())?
        .min(presented.voucher.left())
        .min(most);
    if !value.is_positive() {
        return Ok(Err(Code::NothingToPay));
    }
    if !on.reaches_minimum(of)? {
        return Ok(Err(Code::NothingToPay));
    }
    if presented.asked == Asked::No && !of.voucher_offline().accepts(value) {
        let instrument = of.id.0.into();
        return Ok(Err(Code::AskServerFirst {
            instrument,
            value: value.0,
        }));
    }
    Ok(Ok(allocate(value, &room)?))
}

fn pay(
    on: &mut Evaluation<'_>,
    presented: &Presented<'_>,
    terms: &Certificate,
    parts: &[Money],
) -> Result<(), QuoteError> {
    let (voucher, instrument) = (presented.voucher, i64::from(presented.of.id.0));
    for (line, value) in on.bill.lines.iter_mut().zip(parts) {
        if value.is_positive() {
            line.shares.push(Share {
                instrument: presented.of.id,
                kind: ShareKind::Certificate,
                value: *value,
                points: Points::ZERO,
            });
        }
    }
    let paid = Money::total(parts.iter().copied())?;
    let spent = spend(terms, voucher.left(), paid)?;
    let taken = spent.taken;
    on.moves.push(Move {
        voucher: voucher.id,
        act: Act::Use { paid, taken },
    });
    on.say(Code::PaidByCertificate {
        instrument,
        value: paid.0,
        left: voucher.left().minus(taken)?.0,
    });
    if spent.lost.is_positive() {
        let value = spent.lost.0;
        on.say(Code::CertificateRestLost { instrument, value });
    }
    if spent.change.is_positive() {
        if presented.change.is_none() && voucher.holder.is_none() {
            return Err(QuoteError::Refused(Code::VoucherNumberNeeded {
                instrument,
            }));
        }
        on.issues.push(Issued {
            instrument: presented.of.id,
            number: presented.change.cloned(),
            holder: voucher.holder,
            nominal: spent.change,
            origin: Origin::Change(voucher.id),
        });
        let value = spent.change.0;
        on.say(Code::CertificateChange { instrument, value });
    }
    Ok(())
}
