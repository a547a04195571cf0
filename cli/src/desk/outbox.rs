//! `outbox`, `sign-out`: what was not sent leaves by a sealed file and comes to the server by another device, and a device
//! leaves the shop with nothing lost.

use std::path::PathBuf;

use clap::Args;
use kartka_core::shop::Shop;
use serde_json::json;

use super::business::http;
use super::care::recovery;
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
    #[arg(long, value_name = "TEXT", requires = "carry")]
    sheet: Option<String>,
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
        let (device, of) = (came.device.get(), came.batches);
        let text = match of - came.arrived {
            0 => format!("everything of device {device} has arrived: the file may be deleted"),
            _ => format!(
                "{} of {of} batches of device {device} have arrived: keep the file, and look at the inbox",
                came.arrived
            ),
        };
        return Ok(Answer {
            json: json!({ "device": device, "batches": of, "arrived": came.arrived }),
            text,
        });
    }
    let waits = shop.sync_status()?.outbox;
    Ok(Answer {
        json: json!({ "outbox": waits }),
        text: format!("{waits} acts wait to be sent"),
    })
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
