//! `kartka demo`: a purchase history replayed by phones against a real server, proven and shown.

mod cdnow;
mod clock;
mod counter;
mod dice;
mod machine;
mod people;
mod progress;
mod proof;
mod reference;
mod replay;
mod state;
mod table;
mod terms;
mod turnstile;
mod whatif;
mod world;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use kartka_core::domain::card::Carrier;
use kartka_core::domain::money::Money;
use kartka_core::usecase::cards::Recognised;
use tokio::sync::Notify;

use crate::failure::Failure;
use cdnow::{BadLines, History, Purchase};
use machine::Stopwatch;
use proof::Held;
use replay::Ending;
use state::{Play, State, StateFiles};
use table::{Cost, Figures, File, Phones, Wire};
use terms::Terms;
use world::World;

/// The sample of Fader, Hardie and Lee: what a demo replays without a file of its own.
const SAMPLE: &str = include_str!("../../tests/fixtures/cdnow/CDNOW_sample.txt");

/// Replays a purchase history and proves the result.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// A file in the CDNOW format; without one the sample that comes with Kartka.
    #[arg(long, value_name = "FILE")]
    purchases: Option<PathBuf>,
    /// The programme that the shop sells by, as docs/formats/programme.md says; without one a bonus card.
    #[arg(long, value_name = "FILE")]
    programme: Option<PathBuf>,
    /// How many phones.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=16))]
    phones: u8,
    /// What chance is made of: who goes where, who spends, what comes back.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Keep the data here, and go on with it in a second run; without it the data goes when the demo ends.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Every so manieth scan is read from a camera frame instead of a text.
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    scan_every: u64,
    /// Leave out lines that can't be read, and say how many.
    #[arg(long)]
    skip_bad: bool,
    /// End after the table instead of serving the pages.
    #[arg(long)]
    exit: bool,
}

/// Runs the demo.
///
/// # Errors
/// A file that can't be read, what a phone or the server refuses, a proof that fails.
pub(crate) fn run(args: &DemoArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let whole = Stopwatch::start();
    let history = history(args)?;
    let terms = args.programme.as_deref().map(Terms::read).transpose()?;
    let folder = Folder::of(args)?;
    let play = Play {
        seed: args.seed,
        phones: usize::from(args.phones),
        purchases: history.purchases.len(),
        total: Money::total(history.purchases.iter().map(|p| p.amount))
            .map_err(Failure::input)?
            .0,
        programme: terms.as_ref().map_or(0, |terms| terms.digest),
    };
    let files = StateFiles::new(folder.path());
    let found = files.load(play)?;
    let mut state = found.clone().unwrap_or_else(|| State::new(play));
    let opening = day_of(&history.purchases, state.done.saturating_sub(1))?;
    let fsync = machine::fsync_cost(folder.path()).map_err(|error| folder.refused(&error))?;
    let mut world = World::open(folder.path(), &state, opening, args.scan_every)?;
    if let Some(terms) = &terms {
        world.publish(terms, state.salt)?;
    }
    state.port = world.server.local_addr().port();
    files.save(&state, &[])?;
    if found.is_some() {
        say(out, &intact(&world, &state)?)?;
    }

    let stop = Stop::watch(&world);
    let before = world.made()?;
    let replaying = Stopwatch::start();
    let ending = replay::replay(
        &mut world,
        &mut state,
        &files,
        &history.purchases,
        &stop.asked,
    )?;
    if let Ending::Stopped(date) = ending {
        say(out, &stopped(&folder, &state, date))?;
        world.close();
        return Ok(());
    }
    world.all_online()?;
    let replay = replaying.elapsed();
    let entries = world.made()?.saturating_sub(before);

    let held = Held::read(&world)?;
    let checks = proof::prove(&world, &held, &history.purchases)?;
    let cost = Cost {
        ops: world.wire.ops_pushed,
        replay,
        all: whole.elapsed(),
        fsync,
        memory: machine::peak_memory(),
        cores: machine::cores(),
    };
    let figures = figures(&world, &held, &history, cost, entries)?;
    say(out, &table::render(&figures))?;
    say(out, &table::proof(&checks))?;
    if let Some(counter) = world.counters.first() {
        let programme = counter.shop.programme()?;
        say(out, &whatif::table(&history.purchases, &programme)?)?;
    }
    let failed: Vec<&str> = checks
        .iter()
        .filter(|check| !check.holds)
        .map(|check| check.what)
        .collect();
    if !failed.is_empty() {
        world.close();
        return Err(Failure::Proof(format!(
            "the proof fails: {}",
            failed.join(", ")
        )));
    }
    drop(held);
    if !args.exit {
        say(out, &pages(&world, &state, &history.purchases)?)?;
        stop.wait(&world);
    }
    world.close();
    Ok(())
}

fn say(out: &mut dyn Write, text: &str) -> Result<(), Failure> {
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(Failure::outside)
}

fn history(args: &DemoArgs) -> Result<History, Failure> {
    let bad = if args.skip_bad {
        BadLines::Skip
    } else {
        BadLines::Refuse
    };
    let Some(file) = &args.purchases else {
        return cdnow::read(SAMPLE.as_bytes(), bad).map_err(Failure::input);
    };
    let named = |why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
    let bytes = fs::read(file).map_err(|error| Failure::Outside(named(&error)))?;
    cdnow::read(&bytes, bad).map_err(|error| Failure::Input(named(&error)))
}

/// The date of a purchase of the file.
fn day_of(purchases: &[Purchase], at: usize) -> Result<kartka_core::domain::moment::Date, Failure> {
    let purchase = purchases.get(at).or(purchases.first());
    purchase
        .map(|purchase| purchase.date)
        .ok_or_else(|| Failure::input(cdnow::HistoryError::Empty))
}

impl World {
    /// Entries of all ops that the phones have made.
    fn made(&self) -> Result<u64, Failure> {
        let mut sum = 0;
        for counter in &self.counters {
            sum += counter.shop.store().read(|reader| reader.sums())?.made;
        }
        Ok(sum)
    }
}

fn intact(world: &World, state: &State) -> Result<String, Failure> {
    let held = Held::read(world)?;
    Ok(format!(
        "found the store of an earlier run intact: {} purchases, {} customers, {} phones; going on after day {}",
        held.sold,
        held.people,
        world.counters.len(),
        state.days
    ))
}

fn stopped(folder: &Folder, state: &State, date: kartka_core::domain::moment::Date) -> String {
    let done = format!(
        "stopped after {date}: {} purchases are done and safe",
        state.done
    );
    match folder {
        Folder::Kept(path) => format!(
            "{done}; run it again with --data {} to go on",
            path.display()
        ),
        Folder::Passing(_) => done,
    }
}

fn figures<'a>(
    world: &World,
    held: &'a Held,
    history: &History,
    cost: Cost,
    entries: u64,
) -> Result<Figures<'a>, Failure> {
    let mut phones = Phones {
        count: world.counters.len(),
        ..Phones::default()
    };
    for counter in &world.counters {
        let sums = counter.shop.store().read(|reader| reader.sums())?;
        phones.offline += counter.book.offline;
        phones.scans += counter.book.scans;
        phones.drawn += counter.book.drawn;
        phones.frames += counter.book.frames;
        phones.bytes += sums.bytes;
        phones.rows += sums.rows;
    }
    let first = day_of(&history.purchases, 0)?;
    let last = day_of(
        &history.purchases,
        history.purchases.len().saturating_sub(1),
    )?;
    let liability = match world.counters.first() {
        Some(counter) => counter.shop.today(None)?.liability,
        None => Money::ZERO,
    };
    Ok(Figures {
        held,
        file: File {
            days: format!("{first} to {last}"),
            skipped: history.skipped,
        },
        liability,
        phones,
        wire: Wire {
            up: world.wire.bytes_up,
            down: world.wire.bytes_down,
            entries,
            rows: world.wire.rows_pulled,
        },
        cost,
    })
}

/// Where to look, while the demo goes on serving.
fn pages(world: &World, state: &State, purchases: &[Purchase]) -> Result<String, Failure> {
    let mut times = std::collections::BTreeMap::new();
    for purchase in purchases {
        *times.entry(purchase.customer).or_insert(0_u32) += 1;
    }
    let best = times
        .iter()
        .max_by_key(|(_, times)| **times)
        .map(|(customer, _)| customer);
    let card = best.and_then(|customer| state.cards.get(customer));
    let card = match (world.counters.first(), card) {
        (Some(counter), Some(card)) => match counter.shop.recognise(Carrier::Text, card)? {
            Recognised::Customer { card, .. } => world.server.card_url(world.business, card),
            _ => None,
        },
        _ => None,
    };
    let none = || "(none)".to_owned();
    Ok(format!(
        "\nServing until Ctrl-C\n  the owner's page       {}\n  a customer's card page {}",
        world.server.owner_url(world.business).unwrap_or_else(none),
        card.unwrap_or_else(none)
    ))
}

/// Ctrl-C or a request of the system to end: the day that is on is finished first. A second one ends at once.
struct Stop {
    asked: Arc<AtomicBool>,
    told: Arc<Notify>,
}

impl Stop {
    fn watch(world: &World) -> Self {
        let stop = Self {
            asked: Arc::default(),
            told: Arc::default(),
        };
        let (asked, told) = (stop.asked.clone(), stop.told.clone());
        world.runtime.spawn(async move {
            crate::serve::asked_to_stop().await;
            asked.store(true, Ordering::SeqCst);
            told.notify_one();
            crate::serve::asked_to_stop().await;
            std::process::exit(130);
        });
        stop
    }

    fn wait(&self, world: &World) {
        world.runtime.block_on(self.told.notified());
    }
}

/// The demo's data.
enum Folder {
    /// The person named it.
    Kept(PathBuf),
    /// It goes when the demo ends.
    Passing(PathBuf),
}

impl Folder {
    fn of(args: &DemoArgs) -> Result<Self, Failure> {
        let folder = match &args.data {
            Some(data) => Self::Kept(data.clone()),
            None => {
                let name = format!("kartka-demo-{:016x}", crate::desk::fresh_number());
                Self::Passing(std::env::temp_dir().join(name))
            }
        };
        private_folder(folder.path()).map_err(|error| folder.refused(&error))?;
        Ok(folder)
    }

    fn path(&self) -> &Path {
        let (Self::Kept(path) | Self::Passing(path)) = self;
        path
    }

    fn refused(&self, error: &std::io::Error) -> Failure {
        Failure::Outside(format!(
            "the data folder {} can't be used: {error}; take another with --data",
            self.path().display()
        ))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Self::Passing(path) = self {
            // What can't be removed is left to the system's tidying.
            let _ = fs::remove_dir_all(path);
        }
    }
}

fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}
