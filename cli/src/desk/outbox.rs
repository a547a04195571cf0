//! `outbox`, `sign-out`: what was not sent leaves by a sealed file and comes to the server by another device, and a device
//! leaves the shop with nothing lost.

use std::path::{Path, PathBuf};

use clap::Args;
use kartka_core::recovery::CarriedOutbox;
use kartka_core::shop::Shop;
use serde_json::json;

use super::business::http;
use super::care::recovery;
use super::open::place;
use super::show::Answer;
use crate::failure::Failure;

/// What was not sent.
#[derive(Debug, Args)]
pub(crate) struct OutboxArgs {
    /// Writes it into this file, which only the shop's recovery sheet opens.
    #[arg(long, value_name = "FILE", conflicts_with = "carry")]
    export: Option<PathBuf>,
    /// Brings another device's file to the server; may be repeated.
    #[arg(long, value_name = "FILE", requires = "sheet")]
    carry: Option<PathBuf>,
    /// The letters or the QR text of the shop's recovery sheet.
    #[arg(long, value_name = "TEXT")]
    sheet: Option<String>,
    /// Brings what the data that were put aside here had not sent; may be repeated.
    #[arg(long, requires = "sheet", conflicts_with_all = ["carry", "export"])]
    aside: bool,
}

/// Puts data aside whose key is lost: the device can be paired anew.
///
/// # Errors
/// Data whose key is there; what the disk reports.
pub(crate) fn set_aside(data: &Path) -> Result<Answer, Failure> {
    let (folder, platform) = place(data)?;
    Shop::set_aside(&folder, &platform).map_err(recovery)?;
    Ok(Answer {
        json: json!({ "set_aside": true }),
        text: "pair this device anew; then `outbox --aside --sheet TEXT` brings what was not sent"
            .to_owned(),
    })
}

/// Exports or carries, or says how much waits.
pub(crate) fn outbox(shop: &Shop, args: &OutboxArgs) -> Result<Answer, Failure> {
    if let Some(file) = &args.export {
        let made = shop.export_outbox(file).map_err(recovery)?;
        let text = match made.ops {
            0 => "nothing waits: there is no file".to_owned(),
            ops => format!("{ops} acts, {} bytes, in {}", made.bytes, file.display()),
        };
        return Ok(Answer {
            json: json!({ "ops": made.ops, "bytes": made.bytes }),
            text,
        });
    }
    if let (Some(file), Some(sheet)) = (&args.carry, &args.sheet) {
        let came = shop.carry_outbox(file, sheet, &http()?).map_err(recovery)?;
        return Ok(brought(&came));
    }
    if let (true, Some(sheet)) = (args.aside, &args.sheet) {
        let came = shop.bring_aside(sheet, &http()?).map_err(recovery)?;
        let (texts, all): (Vec<_>, Vec<_>) = came
            .iter()
            .map(|one| brought(&one.carried))
            .map(|answer| (answer.text, answer.json))
            .unzip();
        return Ok(Answer {
            json: json!(all),
            text: texts.join("\n"),
        });
    }
    let waits = shop.sync_status()?.outbox;
    Ok(Answer {
        json: json!({ "outbox": waits }),
        text: format!("{waits} acts wait to be sent"),
    })
}

fn brought(came: &CarriedOutbox) -> Answer {
    let (device, of) = (came.device.get(), came.batches);
    let text = match of - came.arrived {
        0 => format!("everything of device {device} has arrived"),
        _ => format!(
            "{} of {of} batches of device {device} have arrived: keep what is here, and look at the inbox",
            came.arrived
        ),
    };
    Answer {
        json: json!({ "device": device, "batches": of, "arrived": came.arrived }),
        text,
    }
}

/// Deletes everything of the shop here, if nothing is lost by it.
pub(crate) fn sign_out(shop: &Shop) -> Result<Answer, Failure> {
    shop.sign_out()?;
    Ok(Answer {
        json: json!({ "signed_out": true }),
        text: "nothing of the shop is left here; the owner revokes this device on theirs"
            .to_owned(),
    })
}
