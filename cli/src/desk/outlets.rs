//! `outlets`: where the business sells, where this device stands, and whose role counts where.

use clap::{Args, Subcommand};
use kartka_core::domain::ids::{OperatorId, OutletId};
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::usecase::outlets::Place;
use serde_json::json;

use super::show::Answer;
use crate::failure::Failure;

/// Outlets.
#[derive(Debug, Args)]
pub(crate) struct OutletsArgs {
    #[command(subcommand)]
    command: OutletsCommand,
}

#[derive(Debug, Subcommand)]
enum OutletsCommand {
    /// All outlets.
    List,
    /// Opens one, with the time zone of this device's.
    Open {
        /// As staff know it.
        name: String,
    },
    /// This device stands there from now on.
    Stand {
        /// The outlet's number.
        outlet: u32,
    },
    /// The role of a member of staff counts there only; without an outlet everywhere.
    Only {
        /// Their number.
        operator: u32,
        /// Numbers of outlets.
        outlets: Vec<u32>,
    },
}

/// Does what was asked and shows all outlets.
pub(crate) fn outlets(
    shop: &Shop,
    request: RequestId,
    args: &OutletsArgs,
) -> Result<Answer, Failure> {
    match &args.command {
        OutletsCommand::List => {}
        OutletsCommand::Open { name } => {
            shop.open_outlet(request, name)?;
        }
        OutletsCommand::Stand { outlet } => shop.stand_in(OutletId(*outlet))?,
        OutletsCommand::Only { operator, outlets } => {
            let only: Vec<OutletId> = outlets.iter().copied().map(OutletId).collect();
            shop.limit_to_outlets(request, OperatorId(*operator), &only)?;
        }
    }
    let all = shop.outlets()?.into_iter().map(shown).collect();
    Ok(Answer::list(all, "there is no outlet yet"))
}

fn shown(place: Place) -> Answer {
    let Place { outlet, here } = place;
    let at = if here { "  this device" } else { "" };
    let text = format!("{}  {}{at}", outlet.id.0, outlet.name);
    let json = json!({ "outlet": outlet.id.0, "name": outlet.name, "here": here });
    Answer { json, text }
}
