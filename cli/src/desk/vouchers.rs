//! `vouchers`: gift certificates and coupons with numbers: shows them, gives them away, extends and cancels them (G1, G2).
//!
//! Selling one and paying with one is part of `sell`.

use clap::{Args, Subcommand, ValueEnum};
use kartka_core::domain::ids::{Id, InstrumentId, VoucherId};
use kartka_core::domain::moment::Date;
use kartka_core::domain::money::{Currency, Money};
use kartka_core::domain::op::ENTRIES_MAX;
use kartka_core::domain::voucher::{VoucherNumber, VoucherReason, VoucherState};
use kartka_core::error::CoreError;
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::usecase::vouchers::{Gift, VoucherView};
use serde_json::json;

use super::people::Whose;
use super::show::{self, Answer};
use crate::failure::Failure;
use crate::money;

/// Vouchers.
#[derive(Debug, Args)]
pub(crate) struct VouchersArgs {
    #[command(subcommand)]
    command: VouchersCommand,
}

#[derive(Debug, Subcommand)]
enum VouchersCommand {
    /// One voucher by its number or id, or all of a customer's own.
    Show(ShowArgs),
    /// A number that no voucher bears yet, to print or write on one.
    Number,
    /// Gives vouchers away; needs the right to adjust.
    Give(GiveArgs),
    /// Gives a voucher another last day; what had expired comes back.
    Extend(ExtendArgs),
    /// Takes a voucher back with what is left of it.
    Cancel(CancelArgs),
}

#[derive(Debug, Args)]
#[group(id = "shown", required = true)]
struct ShowArgs {
    /// The number on it.
    #[arg(group = "shown")]
    number: Option<String>,
    /// Its id.
    #[arg(long, group = "shown")]
    id: Option<i64>,
    /// All of this customer's own: their id.
    #[arg(long, value_name = "ID", group = "shown")]
    customer: Option<i64>,
    /// All of their own: their card's code or number.
    #[arg(long, value_name = "CODE", group = "shown")]
    card: Option<String>,
}

#[derive(Debug, Args)]
struct GiveArgs {
    /// The number of the instrument, as `programme` shows it.
    instrument: u32,
    /// What each certificate is worth; a coupon is worth nothing by itself.
    #[arg(long, value_name = "MONEY", default_value = "0")]
    worth: String,
    #[command(flatten)]
    holder: Whose,
    /// How many, where no numbers are given.
    #[arg(long, default_value_t = 1, conflicts_with = "numbers")]
    count: u16,
    /// The number on each; may be repeated. Without: none for a customer's own, else new ones.
    #[arg(long = "number", value_name = "NUMBER")]
    numbers: Vec<String>,
}

#[derive(Debug, Args)]
struct ExtendArgs {
    #[command(flatten)]
    which: Which,
    /// The new last day.
    #[arg(long, value_name = "YYYY-MM-DD", required_unless_present = "for_ever")]
    until: Option<Date>,
    /// It never expires.
    #[arg(long, conflicts_with = "until")]
    for_ever: bool,
    /// Why.
    #[arg(long, value_enum)]
    why: Why,
}

#[derive(Debug, Args)]
struct CancelArgs {
    #[command(flatten)]
    which: Which,
    /// Why.
    #[arg(long, value_enum)]
    why: Why,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The number on it.
    number: Option<String>,
    /// Its id, for one without a number.
    #[arg(long)]
    id: Option<i64>,
}

/// Why somebody with the right changes a voucher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Why {
    /// Out of kindness.
    Goodwill,
    /// Something was mistyped.
    Mistake,
    /// The customer lost it.
    Lost,
    /// The shop was to blame.
    Complaint,
}

impl From<Why> for VoucherReason {
    fn from(why: Why) -> Self {
        match why {
            Why::Goodwill => Self::Goodwill,
            Why::Mistake => Self::Mistake,
            Why::Lost => Self::Lost,
            Why::Complaint => Self::Complaint,
        }
    }
}

impl Which {
    fn find(&self, shop: &Shop) -> Result<VoucherView, Failure> {
        match (&self.number, self.id) {
            (Some(number), _) => by_number(shop, number),
            (None, Some(id)) => by_id(shop, id),
            (None, None) => Err(CoreError::NotFound.into()),
        }
    }
}

/// Does what was asked and shows the vouchers that it was about.
pub(crate) fn vouchers(
    shop: &Shop,
    request: RequestId,
    args: &VouchersArgs,
) -> Result<Answer, Failure> {
    match &args.command {
        VouchersCommand::Show(args) => show_them(shop, args),
        VouchersCommand::Number => {
            let number = shop.fresh_voucher_number()?;
            let json = json!({ "number": number });
            Ok(Answer { json, text: number })
        }
        VouchersCommand::Give(args) => give(shop, request, args),
        VouchersCommand::Extend(args) => {
            let id = args.which.find(shop)?.voucher.id;
            shop.extend_voucher(request, id, args.until, args.why.into())?;
            one(shop, id)
        }
        VouchersCommand::Cancel(args) => {
            let id = args.which.find(shop)?.voucher.id;
            shop.cancel_voucher(request, id, args.why.into())?;
            one(shop, id)
        }
    }
}

fn show_them(shop: &Shop, args: &ShowArgs) -> Result<Answer, Failure> {
    let currency = shop.business()?.currency;
    let whose = Whose {
        customer: args.customer,
        card: args.card.clone(),
    };
    let all = match (&args.number, args.id, whose.find(shop)?) {
        (Some(number), ..) => vec![by_number(shop, number)?],
        (None, Some(id), _) => vec![by_id(shop, id)?],
        (None, None, Some(customer)) => shop.vouchers_of(customer)?,
        (None, None, None) => Vec::new(),
    };
    let all = all.iter().map(|view| shown(view, currency)).collect();
    Ok(Answer::list(all, "no vouchers"))
}

fn give(shop: &Shop, request: RequestId, args: &GiveArgs) -> Result<Answer, Failure> {
    let currency = shop.business()?.currency;
    let holder = args.holder.find(shop)?;
    let count = usize::from(args.count);
    let numbers = if !args.numbers.is_empty() {
        args.numbers.clone()
    } else if count > ENTRIES_MAX {
        return Err(Failure::input(format!(
            "at most {ENTRIES_MAX} vouchers are given at once: give the rest with a second command"
        )));
    } else if holder.is_some() {
        vec![String::new(); count]
    } else {
        let fresh = (0..count).map(|_| shop.fresh_voucher_number());
        fresh.collect::<Result<_, _>>()?
    };
    let gift = Gift {
        instrument: InstrumentId(args.instrument),
        nominal: money::parse(&args.worth, currency.exponent()).map_err(Failure::input)?,
        holder,
        numbers,
    };
    let first = shop.give_vouchers(request, &gift)?;
    // A repeat of the request is answered with what was given then, by whatever numbers.
    let ids = (first.get()..).take(gift.numbers.len());
    let given = ids.map_while(|id| by_id(shop, id).ok());
    let given = given.map(|view| shown(&view, currency)).collect();
    Ok(Answer::list(given, "no vouchers"))
}

fn one(shop: &Shop, id: VoucherId) -> Result<Answer, Failure> {
    let currency = shop.business()?.currency;
    Ok(Answer::list(
        vec![shown(&shop.voucher(id)?, currency)],
        "no vouchers",
    ))
}

/// A voucher that somebody holds in the hand.
pub(super) fn by_number(shop: &Shop, number: &str) -> Result<VoucherView, Failure> {
    Ok(shop.voucher_by_number(number)?)
}

fn by_id(shop: &Shop, id: i64) -> Result<VoucherView, Failure> {
    let id = Id::new(id).map_err(|_| CoreError::NotFound)?;
    Ok(shop.voucher(VoucherId(id))?)
}

/// A voucher and what can be done with it.
pub(super) fn shown(view: &VoucherView, currency: Currency) -> Answer {
    let voucher = &view.voucher;
    let number = voucher.number.as_ref().map(VoucherNumber::shown);
    let state = match voucher.state {
        VoucherState::Issued => "issued",
        VoucherState::Used => "used",
        VoucherState::Expired => "expired",
        VoucherState::Cancelled => "cancelled",
    };
    let amount = |amount: Money| show::amount(amount, currency);
    let certificate = voucher.nominal.is_positive();
    let json = json!({
        "voucher": show::id(voucher.id.0),
        "number": number,
        "instrument": voucher.instrument.0,
        "name": view.name,
        "customer": voucher.holder.map(|holder| show::id(holder.0)),
        "worth": certificate.then(|| amount(voucher.nominal)),
        "left": certificate.then(|| amount(voucher.balance)),
        "last_day": voucher.last_day.map(|day| day.to_string()),
        "state": state,
        "refusal": view.refusal.map(|code| code.name()),
    });
    let left = if certificate {
        let (left, worth) = (voucher.balance, voucher.nominal);
        format!(
            "  {} of {}",
            money::show(left, currency.exponent()),
            show::priced(worth, currency)
        )
    } else {
        String::new()
    };
    let until = match voucher.last_day {
        Some(day) => format!("until {day}"),
        None => "for ever".to_owned(),
    };
    let refusal = view.refusal.map(crate::words::english);
    let text = format!(
        "{}  {}{left}  {until}  {state}{}{}",
        number.unwrap_or_else(|| format!("id {}", voucher.id.get())),
        view.name,
        if refusal.is_some() { ": " } else { "" },
        refusal.unwrap_or_default()
    );
    Answer { json, text }
}
