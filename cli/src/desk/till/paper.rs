//! Gift certificates and coupons with numbers on a receipt: those that are sold and those that pay (G1, G2).

use kartka_core::domain::codes::{Code, CodeKind};
use kartka_core::domain::ids::{CustomerId, Id, InstrumentId, PurchaseId, VoucherId};
use kartka_core::domain::money::Money;
use kartka_core::domain::quote::Quote;
use kartka_core::error::CoreError;
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::usecase::till::TillRequest;
use kartka_core::usecase::vouchers::{LaidDown, NewCertificate, VoucherView};
use serde_json::Value;

use super::SellArgs;
use crate::desk::show::Answer;
use crate::desk::vouchers::{by_number, shown};
use crate::failure::Failure;
use crate::money;

/// The certificates that are sold. One that is nobody's own and came without a number gets a new one.
pub(super) fn certificates(
    shop: &Shop,
    args: &SellArgs,
    customer: Option<CustomerId>,
) -> Result<Vec<NewCertificate>, Failure> {
    let theirs = customer.filter(|_| args.certificate_theirs);
    let certificate = |text: &String| {
        let (nominal, number) = split(shop, text)?;
        let number = match number {
            Some(number) => number.to_owned(),
            None if theirs.is_some() => String::new(),
            None => shop.fresh_voucher_number()?,
        };
        Ok(NewCertificate {
            instrument: of(shop, args, nominal)?,
            nominal,
            number,
            holder: theirs,
        })
    };
    args.certificates.iter().map(certificate).collect()
}

/// `50.00` or `50.00=G-0001`.
fn split<'a>(shop: &Shop, text: &'a str) -> Result<(Money, Option<&'a str>), Failure> {
    let (amount, number) = match text.split_once('=') {
        Some((amount, number)) => (amount, Some(number)),
        None => (text, None),
    };
    let exponent = shop.business()?.currency.exponent();
    let amount = money::parse(amount, exponent).map_err(Failure::input)?;
    Ok((amount, number))
}

fn of(shop: &Shop, args: &SellArgs, nominal: Money) -> Result<InstrumentId, Failure> {
    if let Some(number) = args.certificate_of {
        return Ok(InstrumentId(number));
    }
    let programme = shop.programme()?;
    let certificates = programme.instruments().iter();
    let mut issuing = certificates.filter(|of| of.certificate().is_some() && of.issues(nominal));
    match (issuing.next(), issuing.next()) {
        (Some(one), None) => Ok(one.id),
        (None, _) => Err(Failure::input(
            "no gift certificate of this amount is sold here: `programme` shows what is",
        )),
        (Some(_), Some(_)) => Err(Failure::input(
            "several gift certificates have this amount: name one with --certificate-of",
        )),
    }
}

/// The vouchers that pay. The rest of one that is used once is given as a certificate with a new number.
pub(super) fn vouchers(shop: &Shop, args: &SellArgs) -> Result<Vec<LaidDown>, Failure> {
    let mut laid = Vec::new();
    for text in &args.vouchers {
        let (number, most) = match text.split_once('=') {
            Some((number, most)) => (number, Some(most)),
            None => (text.as_str(), None),
        };
        let exponent = shop.business()?.currency.exponent();
        let most = most.map(|most| money::parse(most, exponent));
        let most = most.transpose().map_err(Failure::input)?;
        laid.push(lay_down(shop, &by_number(shop, number)?, most)?);
    }
    for id in &args.own_vouchers {
        let id = Id::new(*id).map_err(|_| CoreError::NotFound)?;
        laid.push(lay_down(shop, &shop.voucher(VoucherId(id))?, None)?);
    }
    Ok(laid)
}

fn lay_down(shop: &Shop, view: &VoucherView, most: Option<Money>) -> Result<LaidDown, Failure> {
    let voucher = &view.voucher;
    // A customer's own is found by them: its change needs no number either.
    let change = match voucher.holder {
        None if voucher.nominal.is_positive() => shop.fresh_voucher_number()?,
        _ => String::new(),
    };
    Ok(LaidDown {
        voucher: voucher.id,
        most,
        change,
    })
}

/// Sells, unless a voucher that was laid down would not pay: whoever typed it counts on it.
pub(super) fn sell(
    shop: &Shop,
    request: RequestId,
    ask: &TillRequest,
) -> Result<PurchaseId, Failure> {
    if ask.vouchers.is_empty() {
        return Ok(shop.sell(request, ask)?);
    }
    if let Some(sold) = shop.sold(request)? {
        return Ok(sold);
    }
    let (id, quote) = shop.quote(ask)?;
    for laid in &ask.vouchers {
        let used = quote.moves.iter().any(|one| one.voucher == laid.voucher);
        if !used {
            let view = shop.voucher(laid.voucher)?;
            let reason = view.refusal.unwrap_or_else(|| why(&quote, &view));
            return Err(CoreError::RuleRejected { reason }.into());
        }
    }
    Ok(shop.commit(request, id)?)
}

/// What the quote said of the voucher's instrument; nothing to pay where it said nothing.
fn why(quote: &Quote, view: &VoucherView) -> Code {
    let of = i64::from(view.voucher.instrument.0);
    let about = |code: &Code| code.args().contains(&("instrument", of));
    let refusal = |code: &Code| {
        let mut known = Code::CATALOGUE.iter();
        known.any(|&(_, name, kind, ..)| name == code.name() && kind == CodeKind::Refusal)
    };
    let said = quote.said.iter().copied();
    said.filter(about)
        .find(refusal)
        .unwrap_or(Code::NothingToPay)
}

/// The receipt's answer with the vouchers it was about, where there are any.
pub(super) fn with(shop: &Shop, sold: PurchaseId, receipt: Answer) -> Result<Answer, Failure> {
    let currency = shop.business()?.currency;
    let vouchers = shop.vouchers_of_sale(sold)?;
    let vouchers: Vec<Answer> = vouchers.iter().map(|one| shown(one, currency)).collect();
    let Answer { mut json, mut text } = receipt;
    for one in &vouchers {
        text.push_str("\n  ");
        text.push_str(&one.text);
    }
    let all: Vec<Value> = vouchers.into_iter().map(|one| one.json).collect();
    json["vouchers"] = Value::Array(all);
    Ok(Answer { json, text })
}
