//! `kartka desk`: the core as a command, for a laptop, a script or a till. A device like any other.
//!
//! Holds no rules: it turns words into requests of the core and answers into text or JSON.

mod attach;
mod business;
mod care;
mod devices;
mod figures;
mod handover;
mod limits;
mod merge;
mod open;
mod outbox;
mod outlets;
mod people;
mod programme;
mod referral;
mod show;
mod staff;
mod till;
mod unlinked;
mod vouchers;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use serde_json::json;

use crate::failure::Failure;
use open::{Folder, open};
use show::Answer;

pub(crate) use business::Kind;
pub(crate) use open::{fresh_number, fresh_request};

/// The core as a command.
#[derive(Debug, Args)]
pub(crate) struct DeskArgs {
    /// Where the data lies; its keys lie beside it in DIR.keys.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Answer in JSON: ids and money are strings.
    #[arg(long, global = true)]
    json: bool,
    /// Makes a repeat safe: the same id does the thing once and answers again. 32 hexadecimal digits.
    #[arg(long, global = true, value_name = "HEX", value_parser = open::parse_request)]
    request: Option<RequestId>,
    #[command(subcommand)]
    command: DeskCommand,
}

#[derive(Debug, Subcommand)]
enum DeskCommand {
    /// Founds a business here: this device is its own authority and needs no server.
    Found(business::FoundArgs),
    /// Joins a business by the text of its pairing code.
    Pair(business::PairArgs),
    /// Exchanges with the server.
    Sync,
    /// Brings the business to a server by its code, goes on with it, shows how far it is, or gives it up.
    HandOver(handover::HandOverArgs),
    /// The recovery sheet: makes one, confirms it, or says whether one is on paper.
    Sheet(care::SheetArgs),
    /// Makes the encrypted copy of this shop, or says how old it is.
    Copy(care::CopyArgs),
    /// Gives the data on this device another key: when somebody may have a copy of the one in use.
    NewKey,
    /// Says that this device's clock, which jumped, is right: what ends by it ends again.
    TrustClock,
    /// Puts the data here aside, whose key is lost, so that this device can be paired anew.
    SetAside,
    /// What was not sent: into a sealed file, or from another device's file to the server.
    Outbox(outbox::OutboxArgs),
    /// Deletes everything of the shop here; refused while something would be lost.
    SignOut,
    /// Opens a copy here, on a new device, by the recovery sheet.
    Restore(care::RestoreArgs),
    /// Two customers are one person, or two again.
    Merge(merge::MergeArgs),
    /// Erases a person for ever, and shows how far every erasure has come.
    Erase(care::EraseArgs),
    /// Registers a customer.
    Register(people::RegisterArgs),
    /// Finds customers by card, phone digits or the start of a name.
    Find(people::FindArgs),
    /// Who brought a customer, and whom they brought.
    Friends(referral::FriendsArgs),
    /// Records a sale.
    Sell(till::SellArgs),
    /// Takes goods back, all or by lines.
    Return(till::ReturnArgs),
    /// Takes goods back by a receipt that is not here, lists such returns, or decides what becomes of one.
    ReturnUnlinked(unlinked::UnlinkedArgs),
    /// Undoes a whole receipt within the allowed minutes.
    Void(till::VoidArgs),
    /// Attaches a customer to a sale that had none, or lists the last sales.
    Attach(attach::AttachArgs),
    /// Lets go of what the server keeps for a receipt that will not be sold.
    Release(attach::ReleaseArgs),
    /// Gift certificates and coupons with numbers: shows, gives, extends, cancels them.
    Vouchers(vouchers::VouchersArgs),
    /// Corrects a balance by hand, with a reason.
    Adjust(programme::AdjustArgs),
    /// The instruments in force, or publishes those of a programme file.
    Programme(programme::ProgrammeArgs),
    /// The limits on earning: shows and sets them, lists what they have caught.
    Limits(limits::LimitsArgs),
    /// What points are to the business, and until when a customer is attached to a sale.
    Settings(limits::SettingsArgs),
    /// Today, or another day, against the same day of the week before.
    Report(business::ReportArgs),
    /// Who works here, who is at this device, PINs.
    Staff(staff::StaffArgs),
    /// Where the business sells, where this device stands, whose role counts where.
    Outlets(outlets::OutletsArgs),
    /// Devices: lists, revokes and wipes them, and decides about what they sent.
    Devices(devices::DevicesArgs),
    /// What waits for a decision.
    Inbox(devices::InboxArgs),
    /// Every lot of a customer: where it came from, what took it, what is left and until when.
    Account(figures::AccountArgs),
    /// What the business owes in points, month by month.
    Owed,
    /// What a discount would bring a shop without history: typed numbers, income and profit.
    Calculate(figures::CalculateArgs),
}

/// Does the command and prints its answer.
///
/// # Errors
/// [`Failure`]; with `--json` it is also printed as one line of JSON, here, so that `main` need not know how.
pub(crate) fn run(args: &DeskArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let answer = answer(args).inspect_err(|failure| {
        if args.json {
            let error = json!({ "error": failure.word(), "message": failure.sentence() });
            // A reader that is gone does not change what the command ends with.
            let _ = writeln!(out, "{error}");
        }
    })?;
    let shown = if args.json {
        answer.json.to_string()
    } else {
        answer.text
    };
    writeln!(out, "{shown}").map_err(Failure::outside)
}

fn answer(args: &DeskArgs) -> Result<Answer, Failure> {
    if let DeskCommand::Restore(restore) = &args.command {
        return care::restore(&args.data, restore);
    }
    if let DeskCommand::SetAside = &args.command {
        return outbox::set_aside(&args.data);
    }
    let folder = match args.command {
        DeskCommand::Found(_) | DeskCommand::Pair(_) => Folder::MayBeNew,
        _ => Folder::MustExist,
    };
    let shop = open(&args.data, folder)?;
    let request = args.request.unwrap_or_else(fresh_request);
    perform(&shop, request, &args.command)
}

fn perform(shop: &Shop, request: RequestId, command: &DeskCommand) -> Result<Answer, Failure> {
    match command {
        DeskCommand::Found(args) => business::found(shop, request, args),
        DeskCommand::Pair(args) => business::pair(shop, request, args),
        DeskCommand::Sync => business::sync(shop),
        DeskCommand::HandOver(args) => handover::hand_over(shop, args),
        DeskCommand::Sheet(args) => care::sheet(shop, args),
        DeskCommand::Copy(args) => care::copy(shop, args),
        DeskCommand::NewKey => care::new_key(shop),
        DeskCommand::TrustClock => business::trust_clock(shop),
        DeskCommand::Outbox(args) => outbox::outbox(shop, args),
        DeskCommand::SignOut => outbox::sign_out(shop),
        DeskCommand::SetAside | DeskCommand::Restore(_) => {
            Err(Failure::input("this folder has a shop already"))
        }
        DeskCommand::Merge(args) => merge::merge(shop, request, args),
        DeskCommand::Erase(args) => care::erase(shop, request, args),
        DeskCommand::Register(args) => people::register(shop, request, args),
        DeskCommand::Find(args) => people::find(shop, args),
        DeskCommand::Friends(args) => referral::friends(shop, request, args),
        DeskCommand::Sell(args) => till::sell(shop, request, args),
        DeskCommand::Return(args) => till::give_back(shop, request, args),
        DeskCommand::ReturnUnlinked(args) => unlinked::unlinked(shop, request, args),
        DeskCommand::Void(args) => till::void(shop, request, args),
        DeskCommand::Attach(args) => attach::attach(shop, request, args),
        DeskCommand::Release(args) => attach::release(shop, args),
        DeskCommand::Vouchers(args) => vouchers::vouchers(shop, request, args),
        DeskCommand::Adjust(args) => programme::adjust(shop, request, args),
        DeskCommand::Programme(args) => programme::programme(shop, request, args),
        DeskCommand::Limits(args) => limits::limits(shop, request, args),
        DeskCommand::Settings(args) => limits::settings(shop, request, args),
        DeskCommand::Report(args) => business::report(shop, args),
        DeskCommand::Staff(args) => staff::staff(shop, request, args),
        DeskCommand::Outlets(args) => outlets::outlets(shop, request, args),
        DeskCommand::Devices(args) => devices::devices(shop, request, args),
        DeskCommand::Inbox(args) => devices::inbox(shop, request, args),
        DeskCommand::Account(args) => figures::account(shop, args),
        DeskCommand::Owed => figures::owed(shop),
        DeskCommand::Calculate(args) => figures::calculate(shop, args),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    /// Whoever reads the page finds every command on it.
    #[test]
    fn the_page_of_commands_names_them_all() {
        #[derive(Debug, clap::Parser)]
        struct Desk {
            #[command(flatten)]
            _args: super::DeskArgs,
        }
        let page = include_str!("../../docs/commands.md");
        for command in Desk::command().get_subcommands() {
            let name = command.get_name();
            let named = [format!("`{name}`"), format!("`{name} ")];
            assert!(named.iter().any(|n| page.contains(n)), "{name}");
        }
    }
}
