//! The one command `kartka`: server, demo, scanner and desk. Wires core and server, holds no rules.

mod demo;
mod desk;
mod failure;
mod keep;
mod messages;
mod money;
mod qr;
mod quote;
mod scan;
mod serve;
mod words;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

/// Kartka: the customer base and loyalty programme of a small shop.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Kartka {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Replays a purchase history with phones and a server, proves the result and shows it.
    Demo(demo::DemoArgs),
    /// Runs the sync server until Ctrl-C.
    Serve(serve::ServeArgs),
    /// Founds businesses on a server.
    Admin(serve::AdminArgs),
    /// Backs up every business of a server, also while it runs.
    Backup(keep::BackupArgs),
    /// Puts a backup back into a new folder for the server.
    Restore(keep::RestoreArgs),
    /// Gives the data of a stopped server another key.
    NewKey(keep::NewKeyArgs),
    /// Tells the phones of a server its new address.
    Move(keep::MoveArgs),
    /// Prints file, kind and text of every code found in PNG pictures, tab-separated.
    Scan(scan::ScanArgs),
    /// Evaluates receipts against a programme, both files, without any shop.
    Quote(quote::QuoteArgs),
    /// The core as a command: a device like any other.
    Desk(desk::DeskArgs),
}

fn main() -> ExitCode {
    let kartka = Kartka::parse();
    let mut out = std::io::stdout().lock();
    let done = match &kartka.command {
        Command::Demo(args) => demo::run(args, &mut out),
        Command::Serve(args) => serve::serve(args, &mut out),
        Command::Admin(args) => serve::admin(args, &mut out),
        Command::Backup(args) => keep::back_up(args, &mut out),
        Command::Restore(args) => keep::put_back(args, &mut out),
        Command::NewKey(args) => keep::new_key(args, &mut out),
        Command::Move(args) => keep::move_to(args, &mut out),
        Command::Scan(args) => scan::run(args, &mut out),
        Command::Quote(args) => quote::run(args, &mut out),
        Command::Desk(args) => desk::run(args, &mut out),
    };
    match done.and_then(|()| out.flush().map_err(Failure::outside)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // A reader that is gone does not change how it ends.
            let _ = writeln!(std::io::stderr(), "kartka: {}", failure.sentence());
            ExitCode::from(failure.exit_code())
        }
    }
}
