//! `staff`: who works here, who is at this device, PINs.

use clap::{Args, Subcommand};
use kartka_core::domain::business::Employment;
use kartka_core::domain::ids::{OperatorId, RoleId};
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::usecase::staff::Colleague;
use serde_json::json;

use super::show::Answer;
use crate::failure::Failure;

/// Staff.
#[derive(Debug, Args)]
pub(crate) struct StaffArgs {
    #[command(subcommand)]
    command: StaffCommand,
}

#[derive(Debug, Subcommand)]
enum StaffCommand {
    /// Everybody who works or worked here.
    List,
    /// Adds somebody.
    Add {
        /// As colleagues call them.
        name: String,
        /// 1 owner, 2 cashier, 3 manager, or the number of an own role.
        #[arg(long, default_value_t = 2)]
        role: u32,
    },
    /// Gives somebody another role; who was dismissed works here again.
    Role {
        /// Their number.
        operator: u32,
        /// The role's number.
        role: u32,
    },
    /// Dismisses somebody; what they did stays theirs.
    Dismiss {
        /// Their number.
        operator: u32,
    },
    /// Hands this device to somebody; what waits to be sent stays.
    Switch {
        /// Their number.
        operator: u32,
        /// Their PIN at this device, if they have one.
        #[arg(long)]
        pin: Option<String>,
    },
    /// Gives somebody a PIN at this device.
    Pin {
        /// Their number.
        operator: u32,
        /// 4 to 12 digits.
        new: String,
        /// The one they have.
        #[arg(long)]
        old: Option<String>,
    },
}

/// Does what was asked and shows who works here.
pub(crate) fn staff(shop: &Shop, request: RequestId, args: &StaffArgs) -> Result<Answer, Failure> {
    match &args.command {
        StaffCommand::List => {}
        StaffCommand::Add { name, role } => {
            shop.employ(request, name, RoleId(*role))?;
        }
        StaffCommand::Role { operator, role } => {
            shop.assign(request, OperatorId(*operator), RoleId(*role))?;
        }
        StaffCommand::Dismiss { operator } => shop.dismiss(request, OperatorId(*operator))?,
        StaffCommand::Switch { operator, pin } => {
            shop.switch_operator(OperatorId(*operator), pin.as_deref())?;
        }
        StaffCommand::Pin { operator, new, old } => {
            shop.set_pin(OperatorId(*operator), old.as_deref(), new)?;
        }
    }
    let all = shop.staff()?.into_iter().map(shown).collect();
    Ok(Answer::list(all, "nobody works here yet"))
}

fn shown(colleague: Colleague) -> Answer {
    let Colleague {
        operator,
        role,
        here,
    } = colleague;
    let works = operator.state == Employment::Active;
    let role = match (operator.role, role) {
        (RoleId::OWNER, _) => "owner".to_owned(),
        (RoleId::CASHIER, _) => "cashier".to_owned(),
        (RoleId::MANAGER, _) => "manager".to_owned(),
        (_, Some(role)) => role.name,
        (id, None) => format!("role {}", id.0),
    };
    let outlets: Vec<u32> = operator.outlets.iter().map(|outlet| outlet.0).collect();
    let only: Vec<String> = outlets.iter().map(u32::to_string).collect();
    let only = match only.as_slice() {
        [] => String::new(),
        some => format!("  in {} only", some.join(", ")),
    };
    let text = format!(
        "{}  {}  {role}{only}{}{}",
        operator.id.0,
        operator.name,
        if works { "" } else { "  dismissed" },
        if here { "  at this device" } else { "" }
    );
    let json = json!({
        "operator": operator.id.0,
        "name": operator.name,
        "role": operator.role.0,
        "role_name": role,
        "works_here": works,
        "outlets": outlets,
        "at_this_device": here,
    });
    Answer { json, text }
}
