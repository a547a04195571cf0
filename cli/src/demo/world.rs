//! The world of the demo: a real server on a free port and phones paired with it over HTTP on loopback.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::ScopedJoinHandle;

use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::ids::BusinessId;
use kartka_core::domain::moment::Date;
use kartka_core::platform::{FileKeyStore, SystemRng};
use kartka_core::shop::{Platform, Shop};
use kartka_core::store::Vfs;
use kartka_core::sync::SyncReport;
use kartka_core::sync::transport::Http;
use kartka_server::platform::SystemRandom;
use kartka_server::{Authority, FoundingInput, Rights, RunningServer, Server, ServerConfig};
use tokio::runtime::Runtime;

use super::clock::{DemoClock, OPEN_MS};
use super::counter::Counter;
use super::dice::Dice;
use super::state::State;
use super::turnstile::Turnstile;
use crate::desk::fresh_request;
use crate::failure::Failure;

/// Threads that serve: the phones work in threads of their own.
const SERVING: usize = 2;

/// Server, phones and the clock they share.
pub(crate) struct World {
    /// The phones at their counters.
    pub(crate) counters: Vec<Counter>,
    /// The server's clock; the day is everybody's.
    pub(crate) clock: Arc<DemoClock>,
    /// The server.
    pub(crate) server: RunningServer,
    /// Its business.
    pub(crate) business: BusinessId,
    /// The authority of the business.
    pub(crate) authority: Arc<Authority>,
    /// The way to it.
    pub(crate) http: Http,
    /// What serves.
    pub(crate) runtime: Runtime,
    /// What all exchanges came to.
    pub(crate) wire: SyncReport,
}

impl World {
    /// Starts the server in `folder`, founds the business if there is none, and pairs phones that are not.
    ///
    /// # Errors
    /// What the disk, the port or a store says.
    pub(crate) fn open(
        folder: &Path,
        state: &State,
        opening: Date,
        scan_every: u64,
    ) -> Result<Self, Failure> {
        let clock = Arc::new(DemoClock::at(opening));
        let runtime = serving()?;
        let config = ServerConfig {
            data: folder.join("server"),
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, state.port)),
            address: None,
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
        };
        let server = runtime
            .block_on(Server::start(config))
            .map_err(Failure::outside)?;
        let business = match server.businesses().first() {
            Some(business) => *business,
            None => server
                .create_business(&founding())
                .map_err(Failure::outside)?,
        };
        let gone = || Failure::outside("the server has no business");
        let authority = server.authority(business).ok_or_else(gone)?;
        let http = Http::new(None).map_err(kartka_core::error::CoreError::from)?;
        let mut world = Self {
            counters: Vec::new(),
            clock,
            server,
            business,
            authority,
            http,
            runtime,
            wire: SyncReport::default(),
        };
        for no in 0..state.play.phones {
            let counter = world.counter(folder, state, no, scan_every)?;
            world.counters.push(counter);
        }
        Ok(world)
    }

    fn counter(
        &mut self,
        folder: &Path,
        state: &State,
        no: usize,
        scan_every: u64,
    ) -> Result<Counter, Failure> {
        let clock = Arc::new(self.clock.another());
        let shop = open_phone(&folder.join(format!("phone-{}", no + 1)), clock.clone())?;
        if !shop.is_enrolled()? {
            let code = self
                .server
                .pairing_qr(self.business, Rights::Recent)
                .map_err(Failure::outside)?;
            let name = format!("Phone {}", no + 1);
            let report = shop.pair(fresh_request(), &code.to_text(), &name, &self.http)?;
            self.count(&report);
        }
        Ok(Counter {
            no,
            session: shop.scan_session()?,
            shop,
            clock,
            book: state.books.get(no).cloned().unwrap_or_default(),
            dice: Dice::new(state.play.seed),
            salt: state.salt,
            scan_every,
        })
    }

    /// Closing time: phones with a network exchange with the server.
    ///
    /// # Errors
    /// As [`Counter::sync`].
    pub(crate) fn evening(&mut self) -> Result<(), Failure> {
        self.clock.set(OPEN_MS);
        let online = self.counters.iter().map(|counter| !counter.is_away());
        self.sync(online.collect())
    }

    /// Everybody comes online, and once more, so that the first hears what the last brought.
    ///
    /// # Errors
    /// As [`Counter::sync`].
    pub(crate) fn all_online(&mut self) -> Result<(), Failure> {
        self.clock.set(OPEN_MS);
        for counter in &self.counters {
            counter.clock.set(OPEN_MS);
        }
        for _ in 0..2 {
            self.sync(vec![true; self.counters.len()])?;
        }
        Ok(())
    }

    /// The phones whose place is `true` exchange side by side, each in a thread of its own.
    fn sync(&mut self, online: Vec<bool>) -> Result<(), Failure> {
        let turnstile = Turnstile::new(online.clone());
        let (http, counters) = (&self.http, &mut self.counters);
        let reports: Vec<Result<SyncReport, Failure>> = std::thread::scope(|scope| {
            let exchanging: Vec<_> = counters
                .iter_mut()
                .zip(online)
                .filter(|(_, online)| *online)
                .map(|(counter, _)| {
                    let place = turnstile.place(counter.no, http);
                    scope.spawn(move || counter.sync(place))
                })
                .collect();
            exchanging.into_iter().map(joined).collect()
        });
        for report in reports {
            self.count(&report?);
        }
        Ok(())
    }

    fn count(&mut self, report: &SyncReport) {
        self.wire.exchanges += report.exchanges;
        self.wire.bytes_up += report.bytes_up;
        self.wire.bytes_down += report.bytes_down;
        self.wire.ops_pushed += report.ops_pushed;
        self.wire.rows_pulled += report.rows_pulled;
        self.wire.mismatches += report.mismatches;
    }

    /// Stops serving and closes everything.
    pub(crate) fn close(self) {
        drop(self.counters);
        drop(self.authority);
        self.runtime.block_on(self.server.stop());
    }
}

/// What a phone's thread came to.
pub(crate) fn joined<T>(thread: ScopedJoinHandle<'_, Result<T, Failure>>) -> Result<T, Failure> {
    let panicked = |_| Err(Failure::outside("a phone's thread ended with a panic"));
    thread.join().unwrap_or_else(panicked)
}

fn serving() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(SERVING)
        .enable_all()
        .build()
        .map_err(Failure::outside)
}

fn founding() -> FoundingInput {
    FoundingInput {
        name: "CDNOW".to_owned(),
        country: "US".to_owned(),
        kind: ShopKind::Shop,
        owner: "Owner".to_owned(),
    }
}

fn open_phone(folder: &PathBuf, clock: Arc<DemoClock>) -> Result<Shop, Failure> {
    fs::create_dir_all(folder).map_err(Failure::outside)?;
    let platform = Platform {
        clock,
        rng: Arc::new(SystemRng),
        keys: Arc::new(FileKeyStore::beside(folder)),
        vfs: Vfs::system(),
    };
    Ok(Shop::open(folder, platform)?)
}
