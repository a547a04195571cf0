//! `kartka backup`, `restore`, `new-key` and `move`: the server's data in one file and back, under another key, elsewhere.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use kartka_core::domain::moment::date_of;
use kartka_server::backup::{BackupError, RestoreInput, backup, restore};
use kartka_server::platform::{SystemClock, SystemRandom};
use kartka_server::{Audit, Authority, NotMoved, Server};

use crate::failure::Failure;

/// Backs up every business of a server while it runs.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The folder that `kartka serve` uses.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The file to write; an older backup there is replaced once the new one was opened and checked.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// Puts a backup back into a new folder.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The backup.
    file: PathBuf,
    /// The new folder for `kartka serve`: not there yet, or empty.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The backup's key, if it does not lie in DIR.keys.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

/// Gives a server's data another key: when somebody may have a copy of the one in use.
#[derive(Debug, Args)]
pub(crate) struct NewKeyArgs {
    /// The folder that `kartka serve` uses; the server must be stopped.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Says where a server's businesses are served from now on.
#[derive(Debug, Args)]
pub(crate) struct MoveArgs {
    /// The folder that `kartka serve` uses; the server must be stopped.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The URL of the new place, as its `kartka serve --address` names it.
    #[arg(long, value_name = "URL")]
    to: String,
}

/// Moves every business to another address.
///
/// # Errors
/// A text that is no address, a folder that a server has open, a disk that can't be written.
pub(crate) fn move_to(args: &MoveArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let data = one_spelling(&args.data)?;
    let businesses = Server::businesses(&data).map_err(Failure::outside)?;
    if businesses.is_empty() {
        return Err(failure(BackupError::Nothing(data)));
    }
    for business in &businesses {
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let opened = Authority::open(&data, *business, clock, random);
        let authority = opened.map_err(Failure::outside)?;
        authority.move_to(&args.to).map_err(|error| match error {
            NotMoved::Address => Failure::input(error),
            NotMoved::Store(_) => Failure::outside(error),
        })?;
    }
    let text = format!(
        "{} businesses are served at {} from now on\n\
         now copy {} and {}.keys to the new place and run `kartka serve --address {}` there;\n\
         start the server here again as well: it sells nothing any more and sends the phones after it",
        businesses.len(),
        args.to,
        data.display(),
        data.display(),
        args.to,
    );
    say(out, &text)
}

/// Writes every business anew under another key.
///
/// # Errors
/// A folder that a server has open, or without businesses; a disk that can't be written or has no room to write the
/// largest business once more.
pub(crate) fn new_key(args: &NewKeyArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let data = one_spelling(&args.data)?;
    let businesses = Server::businesses(&data).map_err(Failure::outside)?;
    if businesses.is_empty() {
        return Err(failure(BackupError::Nothing(data)));
    }
    for business in &businesses {
        Authority::change_key(&data, *business, &SystemRandom).map_err(Failure::outside)?;
    }
    let text = format!(
        "{} businesses have a new key, the former ones are destroyed\n\
         copies of the folder that were made before need copies of the former keys; backups have keys of their own",
        businesses.len(),
    );
    say(out, &text)
}

/// Makes a backup and opens it again.
///
/// # Errors
/// A folder without businesses, a disk that is full or can't be written; an older backup stays then.
pub(crate) fn back_up(args: &BackupArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let data = one_spelling(&args.data)?;
    let made = backup(&data, &args.to, &SystemClock, &SystemRandom).map_err(failure)?;
    let until = date_of(made.ends_ms.div_euclid(86_400_000));
    let until = until.map_or_else(String::new, |date| format!(" until {date}"));
    let text = format!(
        "backed up {} to {}; opened it again: all sums agree\n\
         its key: {}\n\
         whoever has both can open it{until}: keep a copy of the key on another disk, apart from the backup",
        counted(&made.businesses),
        args.to.display(),
        made.key.display(),
    );
    say(out, &text)
}

/// Puts a backup back.
///
/// # Errors
/// A file that is no backup, damaged or too old; a key that is not there; a folder that is not empty.
pub(crate) fn put_back(args: &RestoreArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let restored = restore(&RestoreInput {
        file: args.file.clone(),
        data: args.data.clone(),
        key: args.key.clone(),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    })
    .map_err(failure)?;
    let text = format!(
        "restored {} into {}\n\
         now run `kartka serve` on it at the old address: phones send again what the backup did not have\n\
         never start the old folder again",
        counted(&restored.businesses),
        args.data.display(),
    );
    say(out, &text)
}

fn counted(businesses: &[Audit]) -> String {
    let ops: u64 = businesses.iter().map(|business| business.ops).sum();
    let customers: u64 = businesses.iter().map(|business| business.customers).sum();
    format!(
        "{} businesses, {customers} customers, {ops} ops",
        businesses.len()
    )
}

fn one_spelling(folder: &Path) -> Result<PathBuf, Failure> {
    std::fs::canonicalize(folder)
        .map_err(|error| Failure::Input(format!("the data folder {}: {error}", folder.display())))
}

/// What a person chose wrongly is told apart from what the machine did.
fn failure(error: BackupError) -> Failure {
    match error {
        BackupError::Business { .. } | BackupError::Disk { .. } => Failure::outside(error),
        _ => Failure::input(error),
    }
}

fn say(out: &mut dyn Write, text: &str) -> Result<(), Failure> {
    writeln!(out, "{text}").map_err(Failure::outside)
}
