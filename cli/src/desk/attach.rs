//! `attach` and `release`: a customer for a sale that had none (X7), and letting go of what is kept for a receipt (U2).

use clap::{Args, ValueEnum};
use kartka_core::domain::ids::PurchaseId;
use kartka_core::domain::limits::CardRead;
use kartka_core::query::recent::RecentSale;
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::usecase::attach::Attaching;
use serde_json::json;

use super::business::http;
use super::people::Whose;
use super::show::{self, Answer};
use super::till::{purchase_id, receipt};
use crate::failure::Failure;

/// Without a purchase: lists the last sales of today.
#[derive(Debug, Args)]
pub(crate) struct AttachArgs {
    /// The purchase's id, as `sell` showed it.
    purchase: Option<i64>,
    #[command(flatten)]
    customer: Whose,
    /// How the card was read; without it nothing is concluded from that.
    #[arg(long, value_enum, requires = "purchase")]
    read: Option<Read>,
}

/// How a customer's card was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Read {
    /// By a scanner.
    Scanned,
    /// Its number was typed.
    Typed,
    /// The customer was found by name or phone.
    Found,
}

impl From<Read> for CardRead {
    fn from(read: Read) -> Self {
        match read {
            Read::Scanned => Self::Scanned,
            Read::Typed => Self::Typed,
            Read::Found => Self::Found,
        }
    }
}

/// Lets go of a receipt that will not be sold.
#[derive(Debug, Args)]
pub(crate) struct ReleaseArgs {
    /// The request id under which `sell --keep` asked: 32 hexadecimal digits.
    #[arg(value_name = "HEX", value_parser = super::open::parse_request)]
    kept_for: RequestId,
}

/// Attaches a customer and shows the receipt.
pub(crate) fn attach(
    shop: &Shop,
    request: RequestId,
    args: &AttachArgs,
) -> Result<Answer, Failure> {
    let Some(purchase) = args.purchase else {
        let last = shop.recent_sales()?;
        let last: Result<_, _> = last.iter().map(|one| sale(shop, one)).collect();
        return Ok(Answer::list(last?, "nothing was sold here today"));
    };
    let purchase = purchase_id(purchase)?;
    let ask = Attaching {
        purchase,
        customer: args.customer.named(shop)?,
        read: args.read.map(CardRead::from),
    };
    shop.attach(request, ask)?;
    receipt(shop, purchase)
}

fn sale(shop: &Shop, sale: &RecentSale) -> Result<Answer, Failure> {
    let id: PurchaseId = sale.purchase;
    let customer = shop.purchase(id)?.purchase.earner();
    let json = json!({
        "purchase": show::id(id.0),
        "date": sale.at.date.to_string(),
        "paid_with_money": show::amount(sale.paid, sale.currency),
        "customer": customer.map(|customer| show::id(customer.0)),
    });
    let whose = match (&sale.customer, customer) {
        (Some(name), _) => name,
        (None, Some(_)) => "(no name)",
        (None, None) => "nobody yet",
    };
    let text = format!(
        "purchase {}  {}  paid {}  {whose}",
        id.get(),
        sale.at.date,
        show::priced(sale.paid, sale.currency)
    );
    Ok(Answer { json, text })
}

/// Has the server let go of what it keeps for a receipt.
pub(crate) fn release(shop: &Shop, args: &ReleaseArgs) -> Result<Answer, Failure> {
    shop.release(args.kept_for, &http()?)?;
    Ok(Answer {
        json: json!({ "released": true }),
        text: "nothing is kept for this receipt any more".to_owned(),
    })
}
