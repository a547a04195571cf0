//! `sell`, `return` and `void`.

mod paper;

use clap::{Args, ValueEnum};
use kartka_core::domain::ids::PurchaseId;
use kartka_core::domain::limits::CardRead;
use kartka_core::domain::money::Points;
use kartka_core::domain::purchase::{Line, ONE, Quantity, ReturnedLine, VoidReason};
use kartka_core::domain::quote::Tender;
use kartka_core::error::{CoreError, Field};
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::usecase::reserve::Reservation;
use kartka_core::usecase::till::TillRequest;
use serde_json::json;

use super::attach::Read;
use super::business::http;
use super::people::Whose;
use super::show::{self, Answer};
use crate::failure::Failure;
use crate::money;

/// Digits after the point of a quantity.
const THOUSANDTHS: u8 = 3;

/// Records a sale.
#[derive(Debug, Args)]
pub(crate) struct SellArgs {
    /// A line: what it costs, with its quantity if that is not 1: 12.50 or 12.50x3; may be repeated.
    #[arg(
        value_name = "AMOUNT[xQUANTITY]",
        required_unless_present_any = ["certificates", "fiscal"]
    )]
    lines: Vec<String>,
    #[command(flatten)]
    customer: Whose,
    /// How the card was read; without it nothing is concluded from that.
    #[arg(long, value_enum)]
    read: Option<Read>,
    /// Points to spend.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..))]
    spend: i64,
    /// Code of a coupon; may be given several times.
    #[arg(long, value_name = "CODE")]
    coupon: Vec<String>,
    /// A voucher that pays: its number, with the most it may pay if that is not all; may be repeated.
    #[arg(long = "voucher", value_name = "NUMBER[=MONEY]")]
    vouchers: Vec<String>,
    /// A voucher of the customer's own that has no number: its id; may be repeated.
    #[arg(long = "own-voucher", value_name = "ID")]
    own_vouchers: Vec<i64>,
    /// A gift certificate that is sold: what it costs, with the number on it if it has one; may be repeated.
    #[arg(long = "certificate", value_name = "MONEY[=NUMBER]")]
    certificates: Vec<String>,
    /// The instrument of the certificates that are sold; without it, the only one that issues them.
    #[arg(long, value_name = "NUMBER", requires = "certificates")]
    certificate_of: Option<u32>,
    /// The certificates that are sold are the customer's own and need no number.
    #[arg(long, requires = "certificates")]
    certificate_theirs: bool,
    /// How the money part is paid.
    #[arg(long, value_enum, default_value_t = Paid::Cash)]
    tender: Paid,
    /// The till's receipt number.
    #[arg(long, default_value = "")]
    receipt: String,
    /// The text of the fiscal receipt's QR code; without lines its sum is what was bought.
    #[arg(long, value_name = "TEXT")]
    fiscal: Option<String>,
    /// Ask the server first to keep the points, where the card lets them be spent online only.
    #[arg(long)]
    ask: bool,
    /// Only ask and sell nothing yet: the same command with `--ask` and the request id it shows sells then, `release` lets go.
    #[arg(long, conflicts_with = "ask")]
    keep: bool,
}

/// How the money part of a receipt is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Paid {
    /// Notes and coins.
    Cash,
    /// A bank card.
    Card,
    /// Anything else.
    Other,
}

/// Takes goods back.
#[derive(Debug, Args)]
pub(crate) struct ReturnArgs {
    /// The purchase's id.
    purchase: i64,
    /// A line from 1, with a quantity if that is not 1: 2 or 2x0.5; may be repeated. None takes everything back.
    #[arg(long = "line", value_name = "LINE[xQUANTITY]")]
    lines: Vec<String>,
}

/// Undoes a whole receipt.
#[derive(Debug, Args)]
pub(crate) struct VoidArgs {
    /// The purchase's id.
    purchase: i64,
    /// Why.
    #[arg(long, value_enum, default_value_t = Why::Mistake)]
    reason: Why,
}

/// Why a purchase is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Why {
    /// At once.
    Undo,
    /// Mistyped.
    Mistake,
    /// The customer changed their mind.
    Customer,
}

/// Sells and shows the receipt.
pub(crate) fn sell(shop: &Shop, request: RequestId, args: &SellArgs) -> Result<Answer, Failure> {
    let currency = shop.business()?.currency;
    let mut lines = args
        .lines
        .iter()
        .map(|text| line(text, currency.exponent()))
        .collect::<Result<Vec<_>, _>>()?;
    let slip = match &args.fiscal {
        // A repeat of a sale is answered, not refused because it has earned.
        Some(text) if shop.sold(request)?.is_none() => Some(shop.fiscal_slip(text)?),
        _ => None,
    };
    if let Some(slip) = slip.as_ref().filter(|_| lines.is_empty()) {
        lines.push(Line::amount(slip.amount));
    }
    let customer = args.customer.find(shop)?;
    let ask = TillRequest {
        fiscal: slip.map(|slip| slip.fiscal),
        customer,
        lines,
        spend: Points(args.spend),
        codes: args.coupon.clone(),
        certificates: paper::certificates(shop, args, customer)?,
        vouchers: paper::vouchers(shop, args)?,
        read: args.read.map(CardRead::from),
        tender: match args.tender {
            Paid::Cash => Tender::Cash,
            Paid::Card => Tender::Card,
            Paid::Other => Tender::Other,
        },
        receipt: args.receipt.clone(),
        reserved: (args.ask || args.keep).then_some(request),
        ..TillRequest::amount(None, kartka_core::domain::money::Money::ZERO)
    };
    if args.keep {
        return keep(shop, request, &ask);
    }
    let sold = if args.ask {
        sell_online(shop, request, &ask)?
    } else {
        paper::sell(shop, request, &ask)?
    };
    paper::with(shop, sold, receipt(shop, sold)?)
}

/// Asks for a receipt that will be sold a little later, and says under which id.
fn keep(shop: &Shop, request: RequestId, ask: &TillRequest) -> Result<Answer, Failure> {
    let kept = shop.reserve(request, ask, &http()?)?;
    let hex: String = request.0.iter().map(|b| format!("{b:02x}")).collect();
    let (needed, seconds) = match kept {
        Reservation::NotNeeded => (false, None),
        Reservation::Kept { for_ms } => (true, Some(for_ms / 1_000)),
    };
    let json = json!({ "request": hex, "kept": needed, "seconds": seconds });
    let text = match seconds {
        Some(seconds) => format!("kept for {seconds} s: sell with --ask --request {hex}"),
        None => "nothing on this receipt has to be kept: sell it".to_owned(),
    };
    Ok(Answer { json, text })
}

/// Sells what the server keeps for the receipt first; a repeat of a sale asks nobody.
fn sell_online(shop: &Shop, request: RequestId, ask: &TillRequest) -> Result<PurchaseId, Failure> {
    if let Some(sold) = shop.sold(request)? {
        return Ok(sold);
    }
    let http = http()?;
    shop.reserve(request, ask, &http)?;
    paper::sell(shop, request, ask).inspect_err(|_| {
        // Nobody waits for it any more; without a network its time lets go of it.
        let _ = shop.release(request, &http);
    })
}

/// Takes goods back and shows the receipt.
pub(crate) fn give_back(
    shop: &Shop,
    request: RequestId,
    args: &ReturnArgs,
) -> Result<Answer, Failure> {
    let purchase = purchase_id(args.purchase)?;
    let lines: Vec<ReturnedLine> = args
        .lines
        .iter()
        .map(|text| returned(text))
        .collect::<Result<_, _>>()?;
    shop.give_back(request, purchase, &lines)?;
    receipt(shop, purchase)
}

/// Undoes a receipt and shows it.
pub(crate) fn void(shop: &Shop, request: RequestId, args: &VoidArgs) -> Result<Answer, Failure> {
    let purchase = purchase_id(args.purchase)?;
    let reason = match args.reason {
        Why::Undo => VoidReason::Undo,
        Why::Mistake => VoidReason::Mistake,
        Why::Customer => VoidReason::Customer,
    };
    shop.void(request, purchase, reason)?;
    receipt(shop, purchase)
}

pub(super) fn receipt(shop: &Shop, purchase: PurchaseId) -> Result<Answer, Failure> {
    let currency = shop.business()?.currency;
    Ok(show::purchase(&shop.purchase(purchase)?, currency))
}

pub(super) fn purchase_id(id: i64) -> Result<PurchaseId, Failure> {
    PurchaseId::new(id).map_err(|_| CoreError::NotFound.into())
}

/// `12.50` or `12.50x3`.
fn line(text: &str, exponent: u8) -> Result<Line, Failure> {
    let (gross, quantity) = split_quantity(text)?;
    let gross = money::parse(gross, exponent).map_err(Failure::input)?;
    Ok(Line {
        quantity,
        ..Line::amount(gross)
    })
}

/// `2` or `2x0.5`, lines counted from 1.
fn returned(text: &str) -> Result<ReturnedLine, Failure> {
    let (number, quantity) = split_quantity(text)?;
    let line = number
        .parse::<u16>()
        .ok()
        .and_then(|number| number.checked_sub(1));
    let line = line.ok_or(CoreError::Validation {
        field: Field::Lines,
    })?;
    Ok(ReturnedLine { line, quantity })
}

fn split_quantity(text: &str) -> Result<(&str, Quantity), Failure> {
    let Some((before, quantity)) = text.split_once('x') else {
        return Ok((text, ONE));
    };
    let quantity = money::parse(quantity, THOUSANDTHS).map_err(|_| {
        Failure::input("a quantity looks like 3 or 0.250, with at most 3 digits after the point")
    })?;
    Ok((before, Quantity(quantity.0)))
}

#[cfg(test)]
mod tests {
    use kartka_core::domain::money::Money;

    use super::*;

    #[test]
    fn a_typed_line_is_an_amount_with_a_quantity() {
        for (text, expected) in [
            ("12.50", Some((1_250, 1_000))),
            ("12.50x3", Some((1_250, 3_000))),
            ("0x0.250", Some((0, 250))),
            ("-1", None),
            ("1x", None),
            ("x1", None),
            ("1x-1", None),
            ("1x0.0001", None),
        ] {
            let found = line(text, 2).ok().map(|line| (line.gross, line.quantity));
            assert_eq!(
                found,
                expected.map(|(gross, n)| (Money(gross), Quantity(n))),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_returned_line_counts_from_one() {
        for (text, expected) in [
            ("1", Some((0, 1_000))),
            ("2x0.5", Some((1, 500))),
            ("0", None),
            ("x", None),
            ("70000", None),
        ] {
            let found = returned(text).ok().map(|part| (part.line, part.quantity.0));
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
