//! `found`.

use clap::{Args, ValueEnum};
use kartka_core::domain::founding::ShopKind;
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::usecase::found::FoundRequest;
use serde_json::json;

use super::show::{self, Answer};
use crate::failure::Failure;

/// Founds a business.
#[derive(Debug, Args)]
pub(crate) struct FoundArgs {
    /// The shop's name, as customers know it.
    #[arg(long)]
    name: String,
    /// Two letters: decides currency, time zone and the prefix of phone numbers.
    #[arg(long)]
    country: String,
    /// What it sells: decides the ready programme.
    #[arg(long, value_enum, default_value_t = Kind::Shop)]
    kind: Kind,
    /// The owner's name.
    #[arg(long)]
    owner: String,
}

/// What a business sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Coffee, food: a stamp card beside the bonus card.
    Coffee,
    /// Everything else: a bonus card.
    Shop,
}

impl From<Kind> for ShopKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Coffee => Self::Coffee,
            Kind::Shop => Self::Shop,
        }
    }
}

/// Founds and shows the business.
pub(crate) fn found(shop: &Shop, request: RequestId, args: &FoundArgs) -> Result<Answer, Failure> {
    let form = FoundRequest {
        name: args.name.clone(),
        country: args.country.to_ascii_uppercase(),
        kind: args.kind.into(),
        owner: args.owner.clone(),
    };
    shop.found(request, &form)?;
    business(shop)
}

fn business(shop: &Shop) -> Result<Answer, Failure> {
    let business = shop.business()?;
    let status = show::status(&shop.sync_status()?);
    let json = json!({
        "business": business.name,
        "country": business.country,
        "currency": business.currency.code(),
        "status": status.json,
    });
    let text = format!(
        "{}  {}  {}",
        business.name,
        business.currency.code(),
        status.text
    );
    Ok(Answer { json, text })
}
