//! `kartka serve` and `kartka admin`: the sync server as a program.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use kartka_core::domain::ids::BusinessId;
use kartka_server::platform::{SystemClock, SystemRandom};
use kartka_server::{
    FoundingInput, Reception, Rights, RunningServer, Server, ServerConfig, StartError, StoreError,
};
use tokio::runtime::Runtime;

use crate::desk::Kind;
use crate::failure::Failure;
use crate::qr;

/// Runs the sync server until Ctrl-C.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    place: Place,
    /// Print a pairing code for one device of every business; it is good once, for ten minutes.
    #[arg(long)]
    pair: bool,
    /// How the log's lines on the error stream are written; no person is named in them.
    #[arg(long, value_name = "FORM", value_enum, default_value_t = LogForm::Text)]
    log: LogForm,
    /// Show /metrics (Prometheus) at this address and nowhere else; without it they are not shown.
    #[arg(long, value_name = "ADDRESS:PORT")]
    metrics: Option<SocketAddr>,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogForm {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Where the server's data lies and how it is reached.
#[derive(Debug, Args)]
struct Place {
    /// The folder of the businesses; their keys lie beside it in DIR.keys.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8787")]
    bind: SocketAddr,
    /// The URL by which phones and browsers reach it, if that is not the bound address.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
}

impl Place {
    /// The URL by which phones reach a server that runs here.
    fn url(&self) -> String {
        let bound = || format!("http://{}", self.bind);
        self.address.clone().unwrap_or_else(bound)
    }
}

/// Keeps the server's businesses.
#[derive(Debug, Args)]
pub(crate) struct AdminArgs {
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Founds a business while no server runs on the folder; prints its pairing code and the owner's address.
    CreateBusiness(CreateArgs),
    /// Invites a phone that was its own authority to bring its business here, also while a server runs on the folder;
    /// prints the code that the phone scans within ten minutes.
    Invite(Place),
}

/// Founds a business.
#[derive(Debug, Args)]
struct CreateArgs {
    #[command(flatten)]
    place: Place,
    /// The shop's name, as customers know it.
    #[arg(long)]
    name: String,
    /// Two letters: decides currency, time zone and the prefix of phone numbers.
    #[arg(long)]
    country: String,
    /// What it sells: decides the ready programme.
    #[arg(long, value_enum, default_value_t = Kind::Shop)]
    kind: Kind,
    /// The owner's name.
    #[arg(long)]
    owner: String,
}

/// Serves until somebody asks it to stop.
///
/// # Errors
/// A port in use, a folder or a business that can't be opened.
pub(crate) fn serve(args: &ServeArgs, out: &mut dyn Write) -> Result<(), Failure> {
    log_to_stderr(args.log);
    let runtime = runtime()?;
    let mut server = start(&runtime, &args.place, args.place.bind)?;
    let metrics = match args.metrics {
        Some(bind) => Some(
            runtime
                .block_on(server.show_figures(bind))
                .map_err(Failure::outside)?,
        ),
        None => None,
    };
    let businesses = server.businesses();
    let mut text = format!(
        "serving {} businesses at {}",
        businesses.len(),
        server.address()
    );
    if let Some(metrics) = metrics {
        text.push_str(&format!("\nmetrics at http://{metrics}/metrics"));
    }
    for business in &businesses {
        text.push_str(&format!("\n{}", about(&server, *business, args.pair)?));
    }
    say(out, &text)?;
    runtime.block_on(asked_to_stop());
    runtime.block_on(server.stop());
    say(out, "stopped; everything that was confirmed is kept")
}

/// Does an administrator's work.
///
/// # Errors
/// What founding refuses; a folder that can't be used or is served by a running server.
pub(crate) fn admin(args: &AdminArgs, out: &mut dyn Write) -> Result<(), Failure> {
    match &args.command {
        AdminCommand::CreateBusiness(args) => create(args, out),
        AdminCommand::Invite(place) => invite(place, out),
    }
}

/// Writes an invitation beside the data's keys, where the server looks when a phone comes.
fn invite(place: &Place, out: &mut dyn Write) -> Result<(), Failure> {
    let data = one_spelling(&place.data)?;
    let reception = Reception::new(&data, Arc::new(SystemClock), Arc::new(SystemRandom));
    let code = reception.invite(&place.url()).map_err(Failure::outside)?;
    let code = code.to_text();
    let drawn = qr::draw(&code).map_err(Failure::outside)?;
    say(out, &format!("\n{drawn}\nhand-over code: {code}"))
}

fn create(args: &CreateArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let runtime = runtime()?;
    // Only to name the address in the code: nothing is served, so any free port does.
    let bind = SocketAddr::new(args.place.bind.ip(), 0);
    let place = Place {
        data: args.place.data.clone(),
        bind,
        address: Some(args.place.url()),
    };
    let server = start(&runtime, &place, bind)?;
    let founded = server.create_business(&FoundingInput {
        name: args.name.clone(),
        country: args.country.to_ascii_uppercase(),
        kind: args.kind.into(),
        owner: args.owner.clone(),
    });
    let text = match founded {
        Ok(business) => about(&server, business, true),
        Err(error) => Err(Failure::input(error)),
    };
    runtime.block_on(server.stop());
    say(out, &text?)?;
    say(
        out,
        "now run `kartka serve` on the same folder, and scan the code within ten minutes",
    )
}

/// Until Ctrl-C, or the system's request to end.
pub(crate) async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut ended) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = ended.recv() => {}
            }
            return;
        }
    }
    // Without signals there is nothing to wait for but the end of the process.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// The server's log, which names no person, goes to the error stream; what was asked for goes to the other.
fn log_to_stderr(form: LogForm) {
    let log = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false);
    match form {
        LogForm::Text => log.init(),
        LogForm::Json => log.json().flatten_event(true).init(),
    }
}

fn start(runtime: &Runtime, place: &Place, bind: SocketAddr) -> Result<RunningServer, Failure> {
    let config = ServerConfig {
        data: one_spelling(&place.data)?,
        bind,
        address: place.address.clone(),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    let started = runtime.block_on(Server::start(config));
    started.map_err(|error| {
        let next = next_step(&error);
        Failure::Outside(format!("{error}{next}"))
    })
}

/// What a person can do about a server that does not start, where its own words do not say it.
fn next_step(error: &StartError) -> &'static str {
    let (StartError::Business { source, .. } | StartError::Data { source, .. }) = error else {
        return "";
    };
    match source {
        StoreError::Full => ": make room and start again",
        StoreError::ReadOnly => ": check its rights, or take another with --data",
        StoreError::TooNew { .. } => ": update Kartka; nothing was changed",
        StoreError::Busy => ": end that process, or take another folder",
        StoreError::NoKey | StoreError::WrongKey => {
            ": bring back the folder of keys that lay beside it (NAME.keys)"
        }
        StoreError::Corrupt | StoreError::EpochBehind { .. } => {
            ": nothing was changed; put a backup back with `kartka restore`"
        }
        _ => "",
    }
}

/// One spelling of the folder's path, so that the keys lie in one place beside it.
fn one_spelling(folder: &Path) -> Result<PathBuf, Failure> {
    fs::create_dir_all(folder)
        .and_then(|()| fs::canonicalize(folder))
        .map_err(|error| {
            let folder = folder.display();
            Failure::Outside(format!(
                "the data folder {folder} can't be used: {error}; take another with --data"
            ))
        })
}

fn about(server: &RunningServer, business: BusinessId, pair: bool) -> Result<String, Failure> {
    let owner = server.owner_url(business).unwrap_or_default();
    let mut text = format!("the owner's page: {owner}");
    if pair {
        let code = server
            .pairing_qr(business, Rights::History)
            .map_err(Failure::outside)?
            .to_text();
        text.push_str(&format!(
            "\n\n{}\npairing code: {code}\n",
            qr::draw(&code).map_err(Failure::outside)?
        ));
    }
    Ok(text)
}

fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::outside)
}

fn say(out: &mut dyn Write, text: &str) -> Result<(), Failure> {
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(Failure::outside)
}
