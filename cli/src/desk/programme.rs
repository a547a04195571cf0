//! `programme` and `adjust`: the instruments of the business, and corrections of a balance by hand (T4).

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use kartka_core::domain::adjust::{AdjustReason, Amount};
use kartka_core::domain::ids::InstrumentId;
use kartka_core::domain::money::{Points, Stamps};
use kartka_core::domain::programme::Terms;
use kartka_core::exchange::read_programme;
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use serde_json::json;

use super::people::{self, Whose};
use super::show::Answer;
use crate::failure::Failure;

/// Without a word more: shows the instruments in force.
#[derive(Debug, Args)]
pub(crate) struct ProgrammeArgs {
    #[command(subcommand)]
    command: Option<ProgrammeCommand>,
}

#[derive(Debug, Subcommand)]
enum ProgrammeCommand {
    /// Publishes the instruments of a programme file in the place of those in force; what was issued keeps its terms.
    Publish {
        /// The programme (TOML).
        file: PathBuf,
    },
}

/// Corrects a balance by hand.
#[derive(Debug, Args)]
#[group(id = "amount", required = true)]
pub(crate) struct AdjustArgs {
    #[command(flatten)]
    whose: Whose,
    /// Points to give, or to take with a minus.
    #[arg(long, allow_negative_numbers = true, group = "amount")]
    points: Option<i64>,
    /// Stamps to give, or to take with a minus.
    #[arg(long, allow_negative_numbers = true, group = "amount")]
    stamps: Option<i64>,
    /// The number of the instrument, as `programme` shows it; without it, the only one that has such a balance.
    #[arg(long)]
    instrument: Option<u32>,
    /// Why.
    #[arg(long, value_enum)]
    reason: Reason,
}

/// Why a balance is corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Reason {
    /// A mistake at the counter is put right.
    Mistake,
    /// The customer complained.
    Complaint,
    /// Brought along from another programme.
    Moved,
    /// A gift of the house.
    Gift,
    /// Something else.
    Other,
}

impl From<Reason> for AdjustReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Mistake => Self::Mistake,
            Reason::Complaint => Self::Complaint,
            Reason::Moved => Self::Moved,
            Reason::Gift => Self::Gift,
            Reason::Other => Self::Other,
        }
    }
}

/// Does what was asked and shows the instruments in force.
pub(crate) fn programme(
    shop: &Shop,
    request: RequestId,
    args: &ProgrammeArgs,
) -> Result<Answer, Failure> {
    if let Some(ProgrammeCommand::Publish { file }) = &args.command {
        let named = |why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
        let text = std::fs::read_to_string(file).map_err(|why| Failure::outside(named(&why)))?;
        let read = read_programme(&text).map_err(|why| Failure::input(named(&why)))?;
        let currency = shop.business()?.currency;
        if read.currency != currency {
            let why = format!(
                "this file is in {} and the business counts in {}: write its amounts in that",
                read.currency.code(),
                currency.code()
            );
            return Err(Failure::Input(named(&why)));
        }
        shop.publish_programme(request, read.programme.instruments())?;
    }
    let programme = shop.programme()?;
    let instruments = programme.instruments().iter();
    let json: Vec<_> = instruments
        .clone()
        .map(|one| json!({ "instrument": one.id.0, "name": one.name }))
        .collect();
    let lines: Vec<String> = instruments
        .map(|one| format!("{}  {}", one.id.0, one.name))
        .collect();
    let version = programme.version().0;
    Ok(Answer {
        json: json!({ "version": version, "instruments": json }),
        text: format!("version {version}\n{}", lines.join("\n")),
    })
}

/// Corrects a balance and shows the customer.
pub(crate) fn adjust(
    shop: &Shop,
    request: RequestId,
    args: &AdjustArgs,
) -> Result<Answer, Failure> {
    let customer = args.whose.named(shop)?;
    let amount = match (args.points, args.stamps) {
        (Some(points), _) => Amount::Points(Points(points)),
        (None, stamps) => Amount::Stamps(Stamps(stamps.unwrap_or_default())),
    };
    let instrument = match args.instrument {
        Some(number) => InstrumentId(number),
        None => the_only_one(shop, amount)?,
    };
    shop.adjust(request, (customer, instrument), amount, args.reason.into())?;
    people::one(shop, customer)
}

/// The instrument that a balance can only be of.
fn the_only_one(shop: &Shop, amount: Amount) -> Result<InstrumentId, Failure> {
    let programme = shop.programme()?;
    let mut fits = programme.instruments().iter().filter(|one| match amount {
        Amount::Points(_) => one.bonus().is_some(),
        Amount::Stamps(_) => matches!(one.terms, Terms::Stamps(_)),
    });
    match (fits.next(), fits.next()) {
        (Some(one), None) => Ok(one.id),
        (None, _) => Err(Failure::input(
            "the programme has no card with such a balance: `programme` shows what it has",
        )),
        (Some(_), Some(_)) => Err(Failure::input(
            "several cards have such a balance: name one with --instrument, `programme` shows them",
        )),
    }
}
