//! `register` and `find`.

use clap::Args;
use kartka_core::domain::card::{CardNumber, Carrier};
use kartka_core::domain::ids::CustomerId;
use kartka_core::error::{CoreError, Field};
use kartka_core::query::customer::CustomerSheet;
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::usecase::cards::Recognised;
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};

use super::show::{self, Answer};
use crate::failure::Failure;

/// Registers a customer.
#[derive(Debug, Args)]
pub(crate) struct RegisterArgs {
    /// Given name.
    #[arg(long, default_value = "")]
    given: String,
    /// Family name.
    #[arg(long, default_value = "")]
    family: String,
    /// A phone number; may be repeated.
    #[arg(long = "phone")]
    phones: Vec<String>,
    /// An email address; may be repeated.
    #[arg(long = "email")]
    emails: Vec<String>,
    /// MM-DD or YYYY-MM-DD.
    #[arg(long)]
    birthday: Option<String>,
    /// A note.
    #[arg(long, default_value = "")]
    note: String,
    /// They agreed to news and offers by this version of the wording.
    #[arg(long, value_name = "WORDING")]
    consent: Option<u32>,
    /// Give them this card: its code or its number.
    #[arg(long, value_name = "CODE", conflicts_with = "issue")]
    card: Option<String>,
    /// Give them the next card of this device.
    #[arg(long)]
    issue: bool,
    /// They were brought by the holder of this card: its code or its number.
    #[arg(long, value_name = "CODE")]
    brought_by: Option<String>,
}

/// Finds customers.
#[derive(Debug, Args)]
pub(crate) struct FindArgs {
    /// A card's code or number, the end of a phone number, or the start of a name.
    text: String,
    /// At most so many.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
    limit: u32,
}

/// A customer by id or by card; nobody where neither is given.
#[derive(Debug, Default, Args)]
#[group(id = "whose", multiple = false)]
pub(crate) struct Whose {
    /// The customer's id.
    #[arg(long, value_name = "ID")]
    pub(super) customer: Option<i64>,
    /// The customer's card: its code or its number.
    #[arg(long, value_name = "CODE")]
    pub(super) card: Option<String>,
}

impl Whose {
    /// Who it is.
    ///
    /// # Errors
    /// [`CoreError::NotFound`]; says what a card that is nobody's is instead.
    pub(crate) fn find(&self, shop: &Shop) -> Result<Option<CustomerId>, Failure> {
        match (&self.card, self.customer) {
            (Some(text), _) => holder(shop, text).map(Some),
            (None, Some(id)) => {
                let id = CustomerId::new(id).map_err(|_| CoreError::NotFound)?;
                Ok(Some(id))
            }
            (None, None) => Ok(None),
        }
    }

    /// Who it is, where somebody must be named.
    ///
    /// # Errors
    /// As [`find`](Self::find); says how to name somebody.
    pub(crate) fn named(&self, shop: &Shop) -> Result<CustomerId, Failure> {
        let nobody = || Failure::input("say who it is: with --customer ID or --card CODE");
        self.find(shop)?.ok_or_else(nobody)
    }
}

/// Registers and shows the customer.
pub(crate) fn register(
    shop: &Shop,
    request: RequestId,
    args: &RegisterArgs,
) -> Result<Answer, Failure> {
    let card = match (&args.card, args.issue) {
        (Some(text), _) => NewCard::Bind(blank_card(shop, text)?),
        (None, true) => NewCard::Issue,
        (None, false) => NewCard::None,
    };
    let referrer = args.brought_by.as_deref();
    let referrer = referrer.map(|card| holder(shop, card)).transpose()?;
    let form = Registration {
        profile: ProfileForm {
            given: args.given.clone(),
            family: args.family.clone(),
            phones: args.phones.clone(),
            emails: args.emails.clone(),
            birthday: args.birthday.as_deref().map(birthday).transpose()?,
            note: args.note.clone(),
        },
        marketing_consent: args.consent,
        card,
        referrer,
    };
    let customer = shop.register(request, &form)?;
    one(shop, customer)
}

/// Whoever has the card, or everybody whose phone or name fits.
pub(crate) fn find(shop: &Shop, args: &FindArgs) -> Result<Answer, Failure> {
    match shop.recognise(Carrier::Text, &args.text)? {
        Recognised::Customer { customer, .. } => {
            let found = one(shop, customer)?;
            Ok(Answer::list(vec![found], ""))
        }
        Recognised::NotOurs => {
            let sheets = shop.find(&args.text, args.limit)?;
            let found: Result<_, _> = sheets.iter().map(|sheet| shown(shop, sheet)).collect();
            Ok(Answer::list(found?, "nobody found"))
        }
        other => Err(not_a_customer(other)),
    }
}

/// The customer that a card's code or number names.
///
/// # Errors
/// Says what the card is instead.
pub(crate) fn holder(shop: &Shop, text: &str) -> Result<CustomerId, Failure> {
    match shop.recognise(Carrier::Text, text)? {
        Recognised::Customer { customer, .. } => Ok(customer),
        Recognised::NotOurs if CardNumber::parse_typed(text).is_ok() => {
            let held = shop.find(text, 1)?;
            held.first()
                .map(|sheet| sheet.id)
                .ok_or_else(|| CoreError::NotFound.into())
        }
        other => Err(not_a_customer(other)),
    }
}

/// A card that may be given out.
fn blank_card(shop: &Shop, text: &str) -> Result<CardNumber, Failure> {
    match shop.recognise(Carrier::Text, text)? {
        Recognised::NewCard { card } | Recognised::Customer { card, .. } => Ok(card),
        Recognised::NotOurs => CardNumber::parse_typed(text)
            .map_err(|_| CoreError::Validation { field: Field::Card }.into()),
        other => Err(not_a_customer(other)),
    }
}

fn not_a_customer(found: Recognised) -> Failure {
    Failure::input(match found {
        Recognised::Customer { .. } => "this card is a customer's",
        Recognised::NewCard { .. } => {
            "nobody has this card yet: give it to a customer with register --card"
        }
        Recognised::Blocked { .. } => "this card is blocked: give the customer another one",
        Recognised::OtherShop => "this card belongs to another shop that uses Kartka",
        Recognised::UnknownKey => "this card is newer than this device's keys: sync, then repeat",
        Recognised::BadCode => {
            "this looks like a card of this shop but is mistyped or forged: type it again"
        }
        Recognised::NotOurs => "this is no card of this shop",
    })
}

/// One customer.
pub(crate) fn one(shop: &Shop, customer: CustomerId) -> Result<Answer, Failure> {
    shown(shop, &shop.customer(customer)?)
}

fn shown(shop: &Shop, sheet: &CustomerSheet) -> Result<Answer, Failure> {
    let currency = shop.business()?.currency;
    let codes = sheet.cards.iter().map(|card| shop.card_code(*card));
    let codes: Vec<String> = codes.collect::<Result<_, _>>()?;
    Ok(show::customer(sheet, &codes, currency))
}

/// `MM-DD` or `YYYY-MM-DD`; whether the calendar has the day is the domain's question.
fn birthday(text: &str) -> Result<(u8, u8, Option<i32>), Failure> {
    let bad = || {
        Failure::from(CoreError::Validation {
            field: Field::Birthday,
        })
    };
    let parts: Vec<&str> = text.split('-').collect();
    let small = |part: &str| part.parse::<u8>().map_err(|_| bad());
    match parts.as_slice() {
        [month, day] => Ok((small(month)?, small(day)?, None)),
        [year, month, day] => {
            let year = year.parse().map_err(|_| bad())?;
            Ok((small(month)?, small(day)?, Some(year)))
        }
        _ => Err(bad()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birthday_is_typed_with_or_without_its_year() {
        for (text, expected) in [
            ("03-09", Some((3, 9, None))),
            ("1814-03-09", Some((3, 9, Some(1814)))),
            ("9.3.", None),
            ("", None),
            ("1814-03", None),
            ("-03-09", None),
            ("1814-03-09-1", None),
        ] {
            assert_eq!(birthday(text).ok(), expected, "{text:?}");
        }
    }
}
