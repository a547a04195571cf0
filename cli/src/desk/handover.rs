//! `hand-over`: the business of this device goes to a server.

use clap::Args;
use kartka_core::shop::Shop;
use kartka_core::sync::Cancel;
use kartka_core::usecase::handover::{GiveUp, HandOver, HandOverStage};
use serde_json::json;

use super::business::http;
use super::show::{self, Answer};
use crate::failure::Failure;

/// A hand-over to a server.
#[derive(Debug, Args)]
pub(crate) struct HandOverArgs {
    /// The text of the server's code (`kartka admin invite`); without it, what is under way is shown.
    code: Option<String>,
    /// Gives it up: the server is asked first whether it was too late.
    #[arg(long, conflicts_with = "code")]
    give_up: bool,
    /// Gives it up without the server's word, because it can't be reached: this device decides again at once.
    #[arg(long, conflicts_with_all = ["code", "give_up"])]
    alone: bool,
}

/// Hands over, or gives up, and shows where it stands.
pub(crate) fn hand_over(shop: &Shop, args: &HandOverArgs) -> Result<Answer, Failure> {
    if let Some(code) = &args.code {
        shop.hand_over(code, &http()?, &Cancel::default(), &mut |_| ())?;
    }
    if args.give_up {
        shop.give_up_hand_over(GiveUp::AskServer)?;
        shop.sync(&http()?, &Cancel::default())?;
    }
    if args.alone {
        shop.give_up_hand_over(GiveUp::WithoutServer)?;
    }
    let status = show::status(&shop.sync_status()?);
    let state = shop.hand_over_state()?;
    let json = json!({
        "hand_over": state.as_ref().map(|state| json!({
            "address": state.address,
            "stage": word(state.stage),
            "sent": state.sent,
            "of": state.of,
            "row": row(state.stage),
        })),
        "status": status.json,
    });
    let text = match &state {
        None => status.text,
        Some(state) => format!("{}  {}", sentence(state), status.text),
    };
    Ok(Answer { json, text })
}

const fn word(stage: HandOverStage) -> &'static str {
    match stage {
        HandOverStage::Sending => "sending",
        HandOverStage::Waiting => "waiting",
        HandOverStage::Comparing => "comparing",
        HandOverStage::Withdrawing => "withdrawing",
        HandOverStage::Leaving => "leaving",
        HandOverStage::Refused(_) => "refused",
    }
}

/// The first row that is not the same on both sides: kind's number and id.
fn row(stage: HandOverStage) -> Option<String> {
    match stage {
        HandOverStage::Refused(difference) => difference
            .row
            .map(|(kind, id)| format!("{}:{id}", kind as u8)),
        _ => None,
    }
}

fn sentence(state: &HandOver) -> String {
    let HandOver { sent, of, .. } = state;
    match state.stage {
        HandOverStage::Sending => format!("{sent} of {of} operations are there"),
        HandOverStage::Waiting => "everything is said; the server has not answered yet".into(),
        HandOverStage::Comparing => "the server came to other rows; they are compared".into(),
        HandOverStage::Withdrawing => "given up; the server has not answered yet".into(),
        HandOverStage::Leaving => "given up; this device decides, the server is told".into(),
        HandOverStage::Refused(_) => format!(
            "the server came to other rows, this device decides as before; the first row is {}",
            row(state.stage).unwrap_or_else(|| "none: only the sums differ".into())
        ),
    }
}
