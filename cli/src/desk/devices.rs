//! `devices` and `inbox`: lost phones, what they sent, what waits for a decision.

use clap::{Args, Subcommand};
use kartka_core::domain::business::{Device, DeviceState};
use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{DeviceNo, EntryId, Id};
use kartka_core::domain::op::Decision;
use kartka_core::domain::row::Inbox;
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use serde_json::json;

use super::show::{self, Answer};
use crate::failure::Failure;

/// Devices.
#[derive(Debug, Args)]
pub(crate) struct DevicesArgs {
    #[command(subcommand)]
    command: DevicesCommand,
}

#[derive(Debug, Subcommand)]
enum DevicesCommand {
    /// All devices the business ever had.
    List,
    /// Revokes a device: it gets nothing any more, and what it sends waits for a decision.
    Revoke {
        /// Its number.
        device: u32,
    },
    /// Revokes a device and has it delete everything once what it holds has arrived.
    Wipe {
        /// Its number.
        device: u32,
        /// At once, with what it never sent.
        #[arg(long)]
        now: bool,
    },
    /// Takes in what a revoked device sent, up to a number as `inbox` shows it.
    Accept {
        /// The last number.
        up_to: i64,
    },
    /// Refuses what a revoked device sent: it is kept without effect.
    Refuse {
        /// The last number.
        up_to: i64,
    },
    /// How long a phone is trusted without the server, and what a lost one can cost meanwhile.
    Trust {
        /// Hours after an exchange, 1–168.
        #[arg(long, requires = "days")]
        hours: Option<u16>,
        /// Days of grace after that, 7–365.
        #[arg(long, requires = "hours")]
        days: Option<u16>,
    },
}

/// The inbox.
#[derive(Debug, Args)]
pub(crate) struct InboxArgs {
    /// Notes that this item was dealt with.
    #[arg(long, value_name = "ITEM")]
    close: Option<i64>,
    /// Does what this item proposes.
    #[arg(long, value_name = "ITEM", conflicts_with = "close")]
    agree: Option<i64>,
}

/// Does what was asked and shows the devices.
pub(crate) fn devices(
    shop: &Shop,
    request: RequestId,
    args: &DevicesArgs,
) -> Result<Answer, Failure> {
    let number = |no| DeviceNo::new(no).map_err(Failure::input);
    let id = |raw| Id::new(raw).map_err(Failure::input);
    match &args.command {
        DevicesCommand::List => {}
        DevicesCommand::Revoke { device } => {
            shop.revoke(request, number(*device)?, DeviceState::Revoked)?;
        }
        DevicesCommand::Wipe { device, now } => {
            let state = if *now {
                DeviceState::WipeNow
            } else {
                DeviceState::WipeWhenEmpty
            };
            shop.revoke(request, number(*device)?, state)?;
        }
        DevicesCommand::Accept { up_to } => shop.settle(request, id(*up_to)?, Decision::Accept)?,
        DevicesCommand::Refuse { up_to } => shop.settle(request, id(*up_to)?, Decision::Refuse)?,
        DevicesCommand::Trust { hours, days } => return trust(shop, request, hours.zip(*days)),
    }
    let all = shop.devices()?.iter().map(shown).collect();
    Ok(Answer::list(all, "no devices"))
}

fn trust(shop: &Shop, request: RequestId, set: Option<(u16, u16)>) -> Result<Answer, Failure> {
    if let Some((hours, days)) = set {
        shop.set_lifetimes(request, hours, days)?;
    }
    let currency = shop.business()?.currency;
    let lost = shop.lost_phone()?;
    let worth = lost.worth.map(|worth| show::amount(worth, currency));
    let json = json!({
        "capability_hours": lost.lifetimes.capability_hours,
        "grace_days": lost.lifetimes.grace_days,
        "shows_contacts_days": lost.days,
        "redeems_points": lost.points.map(|points| points.0),
        "worth": worth,
    });
    let text = format!(
        "trusted for {} hours and {} days of grace; a lost phone shows contacts for {} days and lets at most {} points be spent",
        lost.lifetimes.capability_hours,
        lost.lifetimes.grace_days,
        lost.days,
        lost.points
            .map_or("any number of".to_owned(), |points| points.0.to_string()),
    );
    Ok(Answer { json, text })
}

fn shown(device: &Device) -> Answer {
    let state = match device.state {
        DeviceState::Active => "active",
        DeviceState::Revoked => "revoked",
        DeviceState::WipeWhenEmpty | DeviceState::WipeNow => "to be wiped",
        DeviceState::Wiped => "wiped",
    };
    let json = json!({
        "device": device.no.get(),
        "name": device.name,
        "holder": device.holder.0,
        "state": state,
    });
    let text = format!(
        "{}  {}  held by {}  {state}",
        device.no, device.name, device.holder.0
    );
    Answer { json, text }
}

/// What waits for a decision.
pub(crate) fn inbox(shop: &Shop, request: RequestId, args: &InboxArgs) -> Result<Answer, Failure> {
    if let Some(item) = args.close {
        let item = EntryId::new(item).map_err(Failure::input)?;
        shop.close_item(request, item)?;
    }
    if let Some(item) = args.agree {
        let item = EntryId::new(item).map_err(Failure::input)?;
        shop.agree_item(request, item)?;
    }
    let all = shop.inbox()?.iter().map(item).collect();
    Ok(Answer::list(all, "nothing waits"))
}

fn item(item: &Inbox) -> Answer {
    let args: serde_json::Map<String, serde_json::Value> = item
        .code
        .args()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_string().into()))
        .collect();
    let json = json!({
        "item": item.id.get().to_string(),
        "code": item.code.name(),
        "arguments": args,
        "customer": item.customer.map(|id| id.get().to_string()),
        "points": item.points.0,
        "date": item.date.to_string(),
    });
    let text = match item.code {
        Code::Quarantined {
            device,
            upto,
            ops,
            sold,
            redeemed,
        } => format!(
            "{}  device {device} sent {ops} ops after it was revoked: {sold} sold, {redeemed} points spent; accept or refuse up to {upto}",
            item.date
        ),
        code => format!(
            "{}  {}  item {}  {} points",
            item.date,
            code.name(),
            item.id.get(),
            item.points.0
        ),
    };
    Answer { json, text }
}
