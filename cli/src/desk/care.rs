//! `sheet`, `copy`, `restore`, `erase`: what brings a shop back, and what takes a person out of it for ever.

use std::path::{Path, PathBuf};

use clap::Args;
use kartka_core::domain::ids::CustomerId;
use kartka_core::query::erasures::ErasureProof;
use kartka_core::recovery::{CopyState, RecoveryError};
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use serde_json::json;

use super::open::empty;
use super::show::{self, Answer};
use crate::failure::Failure;
use crate::qr;

/// The recovery sheet.
#[derive(Debug, Args)]
pub(crate) struct SheetArgs {
    /// Makes a new one and shows it, once: print it or write it down, then confirm it.
    #[arg(long, conflicts_with = "confirm")]
    new: bool,
    /// The letters or the QR text as they stand on the paper: from now on only this sheet opens the data.
    #[arg(long, value_name = "TEXT")]
    confirm: Option<String>,
}

/// An encrypted copy.
#[derive(Debug, Args)]
pub(crate) struct CopyArgs {
    /// Makes the copy in this folder, in place of the older one there; without it, its age is shown.
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
}

/// A shop from its copy.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The copy.
    copy: PathBuf,
    /// The letters or the QR text of the recovery sheet.
    #[arg(long, value_name = "TEXT")]
    sheet: String,
}

/// Erases a person.
#[derive(Debug, Args)]
pub(crate) struct EraseArgs {
    /// The customer's id; without it, all erasures are shown with how far each has come.
    customer: Option<i64>,
}

/// Makes or confirms the recovery sheet, or says whether there is one on paper.
pub(crate) fn sheet(shop: &Shop, args: &SheetArgs) -> Result<Answer, Failure> {
    if args.new {
        let sheet = shop.new_sheet().map_err(recovery)?;
        let (letters, text) = (sheet.letters().to_string(), sheet.qr_text().to_string());
        let drawn = qr::draw(&text).map_err(Failure::outside)?;
        return Ok(Answer {
            text: format!("{drawn}\n{letters}\nprint this, then: sheet --confirm \"{letters}\""),
            json: json!({ "letters": letters, "qr": text }),
        });
    }
    if let Some(text) = &args.confirm {
        shop.confirm_sheet(text).map_err(recovery)?;
    }
    let printed = shop.has_printed_sheet().map_err(recovery)?;
    let text = match printed {
        true => "there is a sheet on paper that opens this data",
        false => "no sheet is on paper: whoever loses this device loses the shop",
    };
    Ok(Answer {
        json: json!({ "printed": printed }),
        text: text.to_owned(),
    })
}

/// Makes the copy, or says how old the newest one is.
pub(crate) fn copy(shop: &Shop, args: &CopyArgs) -> Result<Answer, Failure> {
    if let Some(folder) = &args.to {
        let made = shop.make_copy(folder).map_err(recovery)?;
        return Ok(Answer {
            json: json!({ "file": made.file.display().to_string(), "bytes": made.bytes }),
            text: format!("{}  {} bytes", made.file.display(), made.bytes),
        });
    }
    let (age_ms, overdue, text) = match shop.copy_state()? {
        CopyState::NotNeeded => (None, false, "the server has everything".to_owned()),
        CopyState::Never => (None, true, "there was never a copy".to_owned()),
        CopyState::Aged { age_ms, overdue } => {
            let hours = age_ms / 3_600_000;
            let late = if overdue { ", make another one" } else { "" };
            (
                Some(age_ms),
                overdue,
                format!("the copy is {hours} hours old{late}"),
            )
        }
    };
    Ok(Answer {
        json: json!({ "age_ms": age_ms, "overdue": overdue }),
        text,
    })
}

/// Writes the data anew under another key.
pub(crate) fn new_key(shop: &Shop) -> Result<Answer, Failure> {
    shop.change_key().map_err(recovery)?;
    Ok(Answer {
        json: json!({ "changed": true }),
        text: "the data have a new key; a copy made before keeps the former one: make another"
            .into(),
    })
}

/// Opens a copy in a new folder: the shop goes on there.
pub(crate) fn restore(data: &Path, args: &RestoreArgs) -> Result<Answer, Failure> {
    let (folder, platform) = empty(data)?;
    let shop = Shop::restore_copy(&folder, platform, &args.sheet, &args.copy).map_err(recovery)?;
    Ok(show::status(&shop.sync_status()?))
}

/// Erases, and shows how far every erasure has come.
pub(crate) fn erase(shop: &Shop, request: RequestId, args: &EraseArgs) -> Result<Answer, Failure> {
    if let Some(customer) = args.customer {
        let customer = CustomerId::new(customer).map_err(Failure::input)?;
        shop.erase(request, customer)?;
        // The files are written anew at once: nobody waits behind a command.
        shop.idle()?;
    }
    let all = shop.erasures()?.iter().map(proof).collect();
    Ok(Answer::list(all, "nobody was erased"))
}

fn proof(proof: &ErasureProof) -> Answer {
    let waiting: Vec<u32> = proof.waiting.iter().map(|no| no.get()).collect();
    let state = match proof.is_complete() {
        true => "nothing is left anywhere".to_owned(),
        false => format!("{} devices have not wiped theirs yet", waiting.len()),
    };
    Answer {
        text: format!("{}  {}  {state}", proof.date, proof.customer.get()),
        json: json!({
            "customer": proof.customer.get().to_string(),
            "date": proof.date.to_string(),
            "ordered": proof.ordered,
            "server_done": proof.server_done,
            "done": proof.done,
            "waiting": waiting,
            "complete": proof.is_complete(),
        }),
    }
}

/// What to do about it.
pub(super) fn recovery(error: RecoveryError) -> Failure {
    match error {
        RecoveryError::Core(error) => error.into(),
        error @ (RecoveryError::NotASheet | RecoveryError::WrongSheet) => Failure::input(error),
        RecoveryError::NoSheet => {
            Failure::input("there is no recovery sheet yet: make one with `sheet --new`")
        }
        error
        @ (RecoveryError::NotACopy | RecoveryError::NotAnOutbox | RecoveryError::NotEmpty) => {
            Failure::outside(error)
        }
    }
}
