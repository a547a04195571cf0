//! Starting and stopping the server: a library call for the command line, the demo and the tests.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use kartka_domain::card::CardNumber;
use kartka_domain::ids::BusinessId;
use kartka_protocol::handover::HandoverCode;
use kartka_protocol::pairing::PairingQr;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::authority::{Authority, FoundingInput, Job, NotFounded, Reception};
use crate::http::{App, Open, Peer, figures_router, router};
use crate::pace::{Pace, Paced};
use crate::platform::{Clock, Random};
use crate::shops::Shop;
use crate::store::sqlite::SqliteStore;
use crate::store::{KeyFolder, Place, Rights, StoreError, hex};

/// Connections served at once; more wait in the system's queue.
const CONNECTIONS: usize = 16_384;
/// How long a client may take over its headers.
const HEADERS: Duration = Duration::from_secs(10);
/// How long a stop waits for requests under way.
const FAREWELL: Duration = Duration::from_secs(10);
/// How often a silent business is looked at for a new day.
const DAY_CHECK: Duration = Duration::from_secs(600);
/// Bytes buffered per connection: a head, or a piece of a body.
const BUFFER: usize = 64 * 1_024;

/// Where and with what a server runs.
pub struct ServerConfig {
    /// The folder of the businesses' files; their keys lie beside it in `<data>.keys`.
    pub data: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub bind: SocketAddr,
    /// The URL by which phones and browsers reach it; the bound address over HTTP if there is none.
    pub address: Option<String>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error("{0} is in use by another program; stop it or choose another address")]
    PortInUse(SocketAddr),
    /// The address can't be listened on.
    #[error("can't listen on {address}")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The data folder can't be used.
    #[error("the data folder {}: {source}", .folder.display())]
    Data {
        /// Which.
        folder: PathBuf,
        /// What is wrong.
        source: StoreError,
    },
    /// A business can't be opened.
    #[error("the business {}: {source}", crate::store::hex(&.business.0))]
    Business {
        /// Which.
        business: BusinessId,
        /// What is wrong.
        source: StoreError,
    },
    /// The system gives no threads.
    #[error("no thread for a writer")]
    Thread(#[source] std::io::Error),
}

/// A server to be started.
pub struct Server;

/// A server that runs until [`stop`](Self::stop); dropping it stops it without waiting.
pub struct RunningServer {
    app: Arc<App>,
    config: ServerConfig,
    local: SocketAddr,
    stop: watch::Sender<bool>,
    listening: Vec<JoinHandle<()>>,
}

impl Server {
    /// Opens every business of the data folder and listens.
    ///
    /// # Errors
    /// [`StartError`], each with what a person can do about it.
    pub async fn start(config: ServerConfig) -> Result<RunningServer, StartError> {
        let data = |source: StoreError| StartError::Data {
            folder: config.data.clone(),
            source,
        };
        std::fs::create_dir_all(&config.data).map_err(|error| data(error.into()))?;
        let businesses = SqliteStore::businesses(&config.data).map_err(data)?;
        let listener = listen(config.bind).await?;
        let local = listener
            .local_addr()
            .map_err(|source| bind_error(config.bind, source))?;
        let address = config.address.clone();
        let address = address.unwrap_or_else(|| format!("http://{local}"));
        let (stop, stopping) = watch::channel(false);
        let (clock, random) = (config.clock.clone(), config.random.clone());
        let reception = Reception::new(&config.data, clock.clone(), random);
        let app = Arc::new(App::new(clock, reception, address, stopping.clone()));
        for business in businesses {
            let opened = Authority::open(
                &config.data,
                business,
                config.clock.clone(),
                config.random.clone(),
            );
            let authority = match opened {
                Ok(mut authority) => {
                    authority.serve_at(&app.address);
                    authority
                }
                Err(StoreError::Empty) => {
                    // A founding that was cut off: nobody was ever told of it.
                    tracing::warn!(business = %hex(&business.0), "an empty file was passed over");
                    continue;
                }
                Err(source) => return Err(StartError::Business { business, source }),
            };
            app.shops.add(authority).map_err(StartError::Thread)?;
        }
        let routes = router(app.clone());
        tokio::spawn(days(
            Arc::downgrade(&app),
            KeyFolder::of(&Place::from(&config.data)),
            app.stop.clone(),
        ));
        let listening = tokio::spawn(accept(listener, routes, app.clone(), stopping));
        tracing::info!(%local, businesses = app.shops.all().len(), "serving");
        Ok(RunningServer {
            app,
            config,
            local,
            stop,
            listening: vec![listening],
        })
    }

    /// The businesses of a data folder, in order of their ids.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn businesses(data: &Path) -> Result<Vec<BusinessId>, StoreError> {
        SqliteStore::businesses(data)
    }

    /// Founds a business in a data folder that no server has open.
    ///
    /// # Errors
    /// [`NotFounded`].
    pub fn create_business(
        config: &ServerConfig,
        input: &FoundingInput,
    ) -> Result<BusinessId, NotFounded> {
        let clock = config.clock.clone();
        let random = config.random.clone();
        Authority::found(&config.data, input, clock, random).map(|founded| founded.business())
    }
}

async fn listen(bind: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(bind)
        .await
        .map_err(|source| bind_error(bind, source))
}

fn bind_error(address: SocketAddr, source: std::io::Error) -> StartError {
    match source.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortInUse(address),
        _ => StartError::Bind { address, source },
    }
}

impl RunningServer {
    /// Where it listens.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// The URL by which phones and browsers reach it.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.app.address
    }

    /// The businesses it serves, in order of their ids.
    #[must_use]
    pub fn businesses(&self) -> Vec<BusinessId> {
        let shops = self.app.shops.all();
        shops.iter().map(|shop| shop.authority.business()).collect()
    }

    /// Founds a business and serves it at once.
    ///
    /// # Errors
    /// [`NotFounded`].
    pub fn create_business(&self, input: &FoundingInput) -> Result<BusinessId, NotFounded> {
        let clock = self.config.clock.clone();
        let random = self.config.random.clone();
        let authority = Authority::found(&self.config.data, input, clock, random)?;
        let business = authority.business();
        self.app.shops.add(authority).map_err(StoreError::from)?;
        Ok(business)
    }

    /// The authority of a business, for figures about it.
    #[must_use]
    pub fn authority(&self, business: BusinessId) -> Option<Arc<Authority>> {
        self.shop(business).map(|shop| shop.authority.clone())
    }

    /// A pairing code for one device; its token is good once, for ten minutes.
    ///
    /// # Errors
    /// [`StoreError::Empty`] for a business that is not served here; what the disk reports.
    pub fn pairing_qr(
        &self,
        business: BusinessId,
        rights: Rights,
    ) -> Result<PairingQr, StoreError> {
        let shop = self.shop(business).ok_or(StoreError::Empty)?;
        shop.authority.pairing(&self.app.address, rights)
    }

    /// A code by which a founding phone brings its business here; it may begin within ten minutes.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn invite(&self) -> Result<HandoverCode, StoreError> {
        self.app.reception.invite(&self.app.address)
    }

    /// The address of the owner's page, with its secret.
    #[must_use]
    pub fn owner_url(&self, business: BusinessId) -> Option<String> {
        let shop = self.shop(business)?;
        Some(format!(
            "{}{}",
            self.app.address,
            shop.authority.owner_path()
        ))
    }

    /// The address of a card's page, with its bearer secret.
    #[must_use]
    pub fn card_url(&self, business: BusinessId, number: CardNumber) -> Option<String> {
        let shop = self.shop(business)?;
        let path = shop.authority.card_path(number);
        Some(format!("{}{path}", self.app.address))
    }

    /// Shows `/metrics` at an address of its own, for whoever runs the server and for nobody else: the loopback, or a
    /// network that only they reach. Answers with where it listens.
    ///
    /// # Errors
    /// [`StartError::PortInUse`], [`StartError::Bind`].
    pub async fn show_figures(&mut self, bind: SocketAddr) -> Result<SocketAddr, StartError> {
        let listener = listen(bind).await?;
        let local = listener
            .local_addr()
            .map_err(|source| bind_error(bind, source))?;
        let routes = figures_router(self.app.clone());
        let showing = accept(listener, routes, self.app.clone(), self.stop.subscribe());
        self.listening.push(tokio::spawn(showing));
        Ok(local)
    }

    /// Stops listening, finishes what is under way (at most ten seconds), commits what is queued and closes
    /// the files.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for listening in self.listening {
            if listening.await.is_err() {
                tracing::error!("a listener ended with a panic");
            }
        }
        let app = self.app;
        let closing = tokio::task::spawn_blocking(move || app.shops.close());
        if closing.await.is_err() {
            tracing::error!("closing ended with a panic");
        }
        tracing::info!("stopped");
    }

    fn shop(&self, business: BusinessId) -> Option<Arc<Shop>> {
        self.app.shops.get(business)
    }
}

/// Begins every business day also where nobody sells: any commit does, so an empty one is enough.
/// Keys of backups whose time is over go with the day as well.
async fn days(app: Weak<App>, keys: KeyFolder, mut stop: watch::Receiver<bool>) {
    let mut every = tokio::time::interval(DAY_CHECK);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            _ = stop.changed() => return,
        }
        let Some(app) = app.upgrade() else { return };
        match keys.drop_old_seal_keys(app.clock.now_ms()) {
            Ok(0) => {}
            Ok(dropped) => tracing::info!(dropped, "keys of old backups were destroyed"),
            Err(error) => tracing::error!(%error, "keys of old backups can't be destroyed"),
        }
        for shop in app.shops.all() {
            // The writer's log says what went wrong; the next look comes soon.
            let _ = shop.writer.run(Job::Day).await;
        }
    }
}

/// Takes connections until the server stops, then lets those under way finish.
async fn accept(
    listener: TcpListener,
    routes: Router,
    app: Arc<App>,
    mut stop: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    loop {
        let Ok(place) = room.clone().acquire_owned().await else {
            break;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, most likely: let some connections end first.
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let service = Connection {
            routes: TowerToHyperService::new(routes.clone()),
            peer: Peer(peer.ip()),
            _open: Arc::new(app.connected()),
        };
        serve(stream, service, place, &graceful);
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests under way were cut off");
    }
}

fn serve(
    stream: TcpStream,
    service: Connection,
    place: tokio::sync::OwnedSemaphorePermit,
    graceful: &GracefulShutdown,
) {
    // Small answers go out at once; a failure only makes them slower.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(Paced::new(stream, Pace::PHONE)), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // Whatever ends a connection is its client's affair.
        let _ = connection.await;
        drop(place);
    });
}

/// The routes as seen from one connection.
#[derive(Clone)]
struct Connection {
    routes: TowerToHyperService<Router>,
    peer: Peer,
    _open: Arc<Open>,
}

impl hyper::service::Service<Request<Incoming>> for Connection {
    type Response = axum::response::Response;
    type Error = std::convert::Infallible;
    type Future =
        <TowerToHyperService<Router> as hyper::service::Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.peer);
        self.routes.call(request)
    }
}
