//! The server's routes. Handlers read a request, hand it on, and dress the answer; they hold no rules.

mod body;
mod exchange;
mod figures;
mod limits;
mod live;
mod pages;
mod problem;
mod rate;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, any, get, on};
use kartka_protocol::message::Refusal;
use tokio::sync::{Semaphore, watch};

use crate::authority::Reception;
use crate::platform::Clock;
use crate::shops::Shops;
use figures::Figures;
pub(crate) use figures::Open;
use limits::{Gate, Knock, Knocks, Limits, Reader};
use problem::Problem;
use rate::Rate;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// What every handler shares.
pub(crate) struct App {
    pub(crate) shops: Shops,
    pub(crate) clock: Arc<dyn Clock>,
    /// Where founding phones bring their businesses.
    pub(crate) reception: Arc<Reception>,
    /// The URL by which phones and browsers reach this server.
    pub(crate) address: String,
    /// Turns true when the server stops.
    pub(crate) stop: watch::Receiver<bool>,
    figures: Figures,
    /// Requests of one peer.
    knocks: Knocks,
    /// Exchanges of one peer that were nobody's.
    strangers: Rate,
    /// Room for requests under way, in pieces of [`PIECE`] bytes.
    room: Semaphore,
    /// Threads that work for requests at once.
    hands: Arc<Semaphore>,
}

impl App {
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        reception: Reception,
        address: String,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self {
            shops: Shops::default(),
            reception: Arc::new(reception),
            clock,
            address,
            stop,
            figures: Figures::default(),
            knocks: Knocks::default(),
            strangers: Rate::new(32, 1),
            room: Semaphore::new(ROOM),
            hands: Arc::new(Semaphore::new(hands())),
        }
    }

    /// Counts a connection until the answer is dropped.
    pub(crate) fn connected(&self) -> Open {
        self.figures.connections.enter()
    }

    fn refuse(&self, refusal: Refusal) -> Problem {
        self.figures.refusals.more(1);
        tracing::debug!(code = refusal.word(), "refused");
        Problem(refusal)
    }
}

/// Bytes of one piece of a request.
const PIECE: usize = 64 * 1_024;
/// Pieces under way at once: 128 MiB, unpacked eight times as much at the very worst.
const ROOM: usize = 2_048;

/// Twice the processors: some wait for the disk.
fn hands() -> usize {
    2 * std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

/// Puts a handler behind a method.
type Serve = fn(MethodFilter) -> MethodRouter<Arc<App>>;

/// A route: how it is asked, what it lets in, who serves it.
struct Route {
    method: MethodFilter,
    path: &'static str,
    limits: Limits,
    serve: Serve,
}

/// Asked without a body, by programs.
const LOOKED_AT: Limits = Limits {
    body: 0,
    knock: Knock::Page,
    reader: Reader::Program,
};
/// Asked without a body, by people.
const READ: Limits = Limits {
    reader: Reader::Person,
    ..LOOKED_AT
};

/// All routes.
const ROUTES: [Route; 15] = [
    Route {
        method: MethodFilter::POST,
        path: "/v1/sync",
        limits: Limits {
            body: exchange::REQUEST,
            knock: Knock::Exchange,
            ..LOOKED_AT
        },
        serve: |method| on(method, exchange::sync),
    },
    Route {
        method: MethodFilter::POST,
        path: "/v1/pair",
        limits: Limits {
            body: exchange::PAIRING,
            knock: Knock::Pairing,
            ..LOOKED_AT
        },
        serve: |method| on(method, exchange::pair),
    },
    Route {
        method: MethodFilter::POST,
        path: "/v1/reserve",
        limits: Limits {
            body: exchange::RESERVE,
            knock: Knock::Exchange,
            ..LOOKED_AT
        },
        serve: |method| on(method, exchange::reserve),
    },
    Route {
        method: MethodFilter::POST,
        path: "/v1/invite",
        limits: Limits {
            body: exchange::INVITE,
            knock: Knock::Pairing,
            ..LOOKED_AT
        },
        serve: |method| on(method, exchange::invite),
    },
    Route {
        method: MethodFilter::POST,
        path: "/v1/carry",
        limits: Limits {
            body: exchange::REQUEST,
            knock: Knock::Exchange,
            ..LOOKED_AT
        },
        serve: |method| on(method, exchange::carry),
    },
    Route {
        method: MethodFilter::POST,
        path: "/v1/handover",
        limits: Limits {
            body: exchange::REQUEST,
            knock: Knock::Exchange,
            ..LOOKED_AT
        },
        serve: |method| on(method, exchange::hand_over),
    },
    Route {
        method: MethodFilter::POST,
        path: "/v1/card",
        limits: Limits {
            body: exchange::HOLDER,
            ..LOOKED_AT
        },
        serve: |method| on(method, exchange::card),
    },
    looked_at("/v1/live", |method| on(method, live::live)),
    looked_at("/healthz", |method| on(method, healthz)),
    looked_at("/style.css", |method| on(method, style)),
    read("/", |method| on(method, pages::owner::door)),
    read("/owner/{business}", |method| {
        on(method, pages::owner::today)
    }),
    Route {
        method: MethodFilter::POST,
        ..read("/owner/{business}/pair", |method| {
            on(method, pages::owner::pair)
        })
    },
    Route {
        method: MethodFilter::POST,
        ..read("/owner/{business}/release", |method| {
            on(method, pages::owner::release)
        })
    },
    read("/{tag}/{code}", |method| on(method, pages::card::card)),
];

/// Every other address; the path stands for them in the log.
const NOTHING: Route = read("/another", |_| any(pages::card::nothing));

const fn looked_at(path: &'static str, serve: Serve) -> Route {
    Route {
        method: MethodFilter::GET,
        path,
        limits: LOOKED_AT,
        serve,
    }
}

const fn read(path: &'static str, serve: Serve) -> Route {
    Route {
        limits: READ,
        ..looked_at(path, serve)
    }
}

/// The routes, each behind its limits.
pub(crate) fn router(app: Arc<App>) -> Router {
    let limited = |route: &Route| {
        let gate = Gate::new(app.clone(), route.path, route.limits);
        (route.serve)(route.method).layer(from_fn_with_state(gate, limits::admit))
    };
    let mut router = Router::new().fallback_service(limited(&NOTHING).with_state(app.clone()));
    for route in &ROUTES {
        router = router.route(route.path, limited(route));
    }
    router
        // The limits stand before the handlers.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(guard))
        .with_state(app)
}

/// What whoever runs the server may look at, at an address of its own.
pub(crate) fn figures_router(app: Arc<App>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .with_state(app)
}

/// Headers that every answer bears: nothing of ours runs scripts, sits in a frame or tells where it was opened from.
async fn guard(request: Request, next: Next) -> Response {
    const GUARDS: [(HeaderName, &str); 5] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    let mut response = next.run(request).await;
    for (name, value) in GUARDS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Alive, and the stores answer.
async fn healthz(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    for shop in app.shops.all() {
        let (_, head) = exchange::on_thread(&app, shop, |shop| shop.authority.head()).await?;
        head?;
    }
    Ok("ok\n")
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let shops = app.shops.all();
    let commits = shops.iter().map(|shop| shop.writer.commits()).sum();
    let text = app.figures.text(shops.len() as u64, commits);
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, pages::STYLE).into_response()
}

/// A value of the query; ours are letters and digits only, so nothing needs decoding.
fn query<'u>(uri: &'u Uri, name: &str) -> Option<&'u str> {
    let pairs = uri.query()?.split('&').take(16);
    pairs
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
