//! A programme file: format, currency, instruments with their rules.

use kartka_domain::ids::ProgrammeVersion;
use kartka_domain::money::Currency;
use kartka_domain::programme::{
    Audience, Instrument, PriceOf, Programme, Rules, Scope, Stacking, Times, Together,
};
use serde::Deserialize;

use super::plain::{GoodsFile, Place, instrument, outlets};
use super::terms::TermsFile;
use super::{FILE_MAX, FileError};

const FORMAT: &str = "kartka programme 1";

/// A programme that was read from a file.
#[derive(Debug, Clone)]
pub struct ProgrammeFile {
    /// Its currency.
    pub currency: Currency,
    /// The programme, as version 1.
    pub programme: Programme,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    currency: String,
    #[serde(default)]
    instrument: Vec<InstrumentFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InstrumentFile {
    id: u32,
    name: String,
    #[serde(default)]
    rules: RulesFile,
    #[serde(default)]
    is: TermsFile,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    #[serde(default)]
    outlets: Vec<u32>,
    first_day: Option<String>,
    last_day: Option<String>,
    #[serde(default)]
    anybody: bool,
    members_of: Option<u32>,
    level: Option<LevelFile>,
    #[serde(default)]
    stackable: bool,
    #[serde(default)]
    of_original_price: bool,
    #[serde(default)]
    once: bool,
    from: Option<String>,
    excluded: Option<GoodsFile>,
    most: Option<String>,
    floor: Option<String>,
    #[serde(default)]
    priority: u16,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelFile {
    tiers: u32,
    from: u8,
}

/// Reads and publishes a programme file.
///
/// # Errors
/// [`FileError`] with the place and what should stand there.
pub fn read_programme(text: &str) -> Result<ProgrammeFile, FileError> {
    if text.len() > FILE_MAX {
        return Err(FileError::TooLarge(FILE_MAX));
    }
    let file: File = toml::from_str(text)?;
    if file.format != FORMAT {
        return Err(FileError::Format(FORMAT));
    }
    let currency = Currency::new(&file.currency).ok_or_else(|| FileError::Value {
        place: "currency".to_owned(),
        text: file.currency.clone(),
        wanted: "currency of three capital letters",
    })?;
    let mut instruments = Vec::with_capacity(file.instrument.len());
    for one in file.instrument {
        instruments.push(read_instrument(one, currency)?);
    }
    Ok(ProgrammeFile {
        currency,
        programme: Programme::publish(ProgrammeVersion(1), instruments)?,
    })
}

fn read_instrument(file: InstrumentFile, currency: Currency) -> Result<Instrument, FileError> {
    let at = Place {
        name: format!("instrument {}", file.id),
        exponent: currency.exponent(),
    };
    let id = instrument(file.id);
    let terms = file.is.read(&at)?.ok_or(FileError::Kinds(file.id))?;
    let mut one = Instrument::plain(id, &file.name, terms);
    one.rules = read_rules(file.rules, &at)?;
    Ok(one)
}

fn read_rules(file: RulesFile, at: &Place) -> Result<Rules, FileError> {
    let date = |text: Option<String>| text.map(|text| at.date(&text)).transpose();
    let money = |text: Option<String>| text.map(|text| at.money(&text)).transpose();
    let audience = match (file.anybody, file.members_of, file.level) {
        (false, None, None) => Audience::Customers,
        (true, None, None) => Audience::Anybody,
        (false, Some(club), None) => Audience::Members(instrument(club)),
        (false, None, Some(level)) => Audience::Tier(instrument(level.tiers), level.from),
        _ => return Err(at.wrong("anybody, members_of, level", "audience: only one of them")),
    };
    Ok(Rules {
        scope: Scope {
            outlets: outlets(file.outlets),
            first_day: date(file.first_day)?,
            last_day: date(file.last_day)?,
            audience,
        },
        stacking: Stacking {
            together: if file.stackable {
                Together::Stackable
            } else {
                Together::Alone
            },
            price: if file.of_original_price {
                PriceOf::Original
            } else {
                PriceOf::Running
            },
            times: if file.once { Times::Once } else { Times::Many },
            minimum: money(file.from)?.unwrap_or_default(),
            excluded: GoodsFile::read(file.excluded),
            most: money(file.most)?,
            floor: file.floor.map_or(Ok(0), |text| at.percent(&text))?,
            priority: file.priority,
        },
    })
}
