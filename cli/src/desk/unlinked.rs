//! `return-unlinked`: goods that come back with a receipt that is not here, and what becomes of them.

use clap::{Args, Subcommand};
use kartka_core::domain::ids::{OutletId, PurchaseId, ReturnId};
use kartka_core::domain::moment::Date;
use kartka_core::domain::money::{Currency, Money};
use kartka_core::domain::op::Settlement;
use kartka_core::domain::row::{Unlinked, UnlinkedState};
use kartka_core::error::CoreError;
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::usecase::unlinked::ReceiptBack;
use serde_json::{Value, json};

use super::people::Whose;
use super::show::{self, Answer};
use crate::failure::Failure;
use crate::money;

/// Without a word more: lists them, those to be settled first.
#[derive(Debug, Args)]
pub(crate) struct UnlinkedArgs {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Gives money back for a receipt that is not here.
    Add(AddArgs),
    /// It belongs to this purchase.
    Link {
        /// The return's id.
        id: i64,
        /// The purchase's id.
        purchase: i64,
    },
    /// It stands as it was recorded.
    Accept {
        /// The return's id.
        id: i64,
    },
    /// Nothing of it counts.
    Refuse {
        /// The return's id.
        id: i64,
    },
}

#[derive(Debug, Args)]
struct AddArgs {
    /// Money that goes back.
    amount: String,
    /// The receipt's number, as printed.
    #[arg(long)]
    receipt: String,
    /// The date on it.
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Date,
    /// The outlet that sold it, if not this one.
    #[arg(long)]
    outlet: Option<u32>,
    #[command(flatten)]
    customer: Whose,
}

/// Does it and shows the list.
pub(crate) fn unlinked(
    shop: &Shop,
    request: RequestId,
    args: &UnlinkedArgs,
) -> Result<Answer, Failure> {
    match &args.what {
        None => {}
        Some(What::Add(add)) => give_back(shop, request, add)?,
        Some(What::Link { id, purchase }) => {
            let purchase = PurchaseId::new(*purchase).map_err(|_| CoreError::NotFound)?;
            settle(shop, request, *id, Settlement::Link(purchase))?;
        }
        Some(What::Accept { id }) => settle(shop, request, *id, Settlement::Accept)?,
        Some(What::Refuse { id }) => settle(shop, request, *id, Settlement::Refuse)?,
    }
    list(shop)
}

fn settle(shop: &Shop, request: RequestId, id: i64, how: Settlement) -> Result<(), Failure> {
    let of = ReturnId::new(id).map_err(|_| CoreError::NotFound)?;
    Ok(shop.settle_return(request, of, how)?)
}

fn give_back(shop: &Shop, request: RequestId, args: &AddArgs) -> Result<(), Failure> {
    let exponent = shop.business()?.currency.exponent();
    let ask = ReceiptBack {
        receipt: args.receipt.clone(),
        outlet: args.outlet.map(OutletId),
        date: args.date,
        amount: money::parse(&args.amount, exponent).map_err(Failure::input)?,
        customer: args.customer.find(shop)?,
    };
    shop.return_unlinked(request, &ask)?;
    Ok(())
}

fn list(shop: &Shop) -> Result<Answer, Failure> {
    let currency = shop.business()?.currency;
    let all = shop.unlinked_returns()?;
    let lines: Vec<String> = all.iter().map(|row| line(row, currency)).collect();
    let json: Vec<Value> = all.iter().map(|row| as_json(row, currency)).collect();
    Ok(Answer {
        json: json!({ "returns": json }),
        text: if lines.is_empty() {
            "no returns without their purchase".to_owned()
        } else {
            lines.join("\n")
        },
    })
}

fn line(row: &Unlinked, currency: Currency) -> String {
    let back = &row.back;
    format!(
        "{}  {}  {} of {}  {}",
        row.id.get(),
        row.at.date,
        shown(back.amount, currency),
        back.receipt.as_str(),
        match row.state {
            UnlinkedState::Waits => "to be settled".to_owned(),
            UnlinkedState::Linked(purchase) => format!("purchase {}", purchase.get()),
            UnlinkedState::Accepted => "accepted".to_owned(),
            UnlinkedState::Refused(code) => format!("refused: {}", code.name()),
        }
    )
}

fn as_json(row: &Unlinked, currency: Currency) -> Value {
    let back = &row.back;
    let (state, purchase, why) = match row.state {
        UnlinkedState::Waits => ("to_be_settled", None, None),
        UnlinkedState::Linked(purchase) => ("linked", Some(purchase), None),
        UnlinkedState::Accepted => ("accepted", None, None),
        UnlinkedState::Refused(code) => ("refused", None, Some(code.name())),
    };
    json!({
        "id": show::id(row.id.0),
        "receipt": back.receipt.as_str(),
        "outlet": back.outlet.0,
        "receipt_date": back.date.to_string(),
        "amount": shown(back.amount, currency),
        "customer": back.customer.map(|id| show::id(id.0)),
        "date": row.at.date.to_string(),
        "state": state,
        "purchase": purchase.map(|id| show::id(id.0)),
        "why": why,
    })
}

fn shown(amount: Money, currency: Currency) -> String {
    money::show(amount, currency.exponent())
}
