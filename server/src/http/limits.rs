//! What every route lets in: how often one peer may knock, and how long a body may be.
//!
//! Stands before every handler, so that none of them can forget it: a handler gets a request that was not too much
//! and a body that is there, whole and small enough.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kartka_protocol::message::Refusal;

use super::pages;
use super::problem::Problem;
use super::rate::{Pass, Rate};
use super::{App, PIECE, Peer, body};
use crate::platform::Clock;

/// The limits of one route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    /// Most bytes of a body.
    pub(super) body: usize,
    /// Which of a peer's purses pays for a request.
    pub(super) knock: Knock,
    /// Who reads the refusal.
    pub(super) reader: Reader,
}

/// What a request counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Knock {
    /// A device's exchange.
    Exchange,
    /// An attempt to pair.
    Pairing,
    /// A page, a line of pokes, anything else.
    Page,
}

/// Who reads an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// A program: problem JSON.
    Program,
    /// A person: a page in their language.
    Person,
}

/// A peer's purses: requests at once, and more per second.
///
/// A whole chain of shops may stand behind one address, so exchanges are many; what a stranger may do is little.
pub(super) const PURSES: [(Knock, u32, u32); 3] = [
    (Knock::Exchange, 2_400, 100),
    (Knock::Pairing, 32, 1),
    (Knock::Page, 120, 10),
];

/// How often each peer has knocked.
pub(super) struct Knocks(Vec<(Knock, Rate)>);

impl Default for Knocks {
    fn default() -> Self {
        let rates = PURSES.map(|(knock, burst, per_second)| (knock, Rate::new(burst, per_second)));
        Self(rates.into())
    }
}

impl Knocks {
    fn take(&self, knock: Knock, peer: Peer, clock: &dyn Clock) -> Pass {
        let rate = self.0.iter().find(|(of, _)| *of == knock);
        rate.map_or(Pass::Go, |(_, rate)| rate.take(peer.0, clock.now_ms()))
    }
}

/// What stands before one route.
#[derive(Clone)]
pub(super) struct Gate {
    app: Arc<App>,
    route: &'static str,
    limits: Limits,
}

impl Gate {
    /// Before the route of this pattern.
    pub(super) const fn new(app: Arc<App>, route: &'static str, limits: Limits) -> Self {
        Self { app, route, limits }
    }

    /// The request with its whole body, served; or why it is not let in.
    async fn pass(&self, peer: Peer, request: Request, next: Next) -> Result<Response, Refusal> {
        let (app, limits) = (&self.app, self.limits);
        if let Pass::Wait(seconds) = app.knocks.take(limits.knock, peer, app.clock.as_ref()) {
            let retry_ms = u32::try_from(seconds.saturating_mul(1_000)).unwrap_or(u32::MAX);
            return Err(Refusal::Busy { retry_ms });
        }
        let (head, body) = request.into_parts();
        let declared = body::declared(&head.headers).unwrap_or(limits.body);
        let pieces = declared.min(limits.body).div_ceil(PIECE);
        let room = app
            .room
            .try_acquire_many(u32::try_from(pieces).unwrap_or(u32::MAX));
        let _room = room.map_err(|_| Refusal::Busy { retry_ms: 2_000 })?;
        let bytes = body::read(&head.headers, body, limits.body).await;
        let bytes = bytes.map_err(|Problem(refusal)| refusal)?;
        Ok(next.run(Request::from_parts(head, Body::from(bytes))).await)
    }

    fn refuse(&self, headers: &HeaderMap, refusal: Refusal) -> Response {
        let problem = self.app.refuse(refusal);
        match self.limits.reader {
            Reader::Program => problem.into_response(),
            Reader::Person => pages::refusal(headers, problem.status()),
        }
    }
}

/// Lets a request in, with its whole body, and writes one line about it into the log: the route's pattern, never the
/// address itself, which may bear a code or a secret, and not who asked.
pub(super) async fn admit(
    State(gate): State<Gate>,
    Extension(peer): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().clone();
    let language = request.headers().get(header::ACCEPT_LANGUAGE).cloned();
    let from_ms = gate.app.clock.now_ms();
    let response = match gate.pass(peer, request, next).await {
        Ok(response) => response,
        Err(refusal) => {
            let mut headers = HeaderMap::new();
            headers.extend(language.map(|language| (header::ACCEPT_LANGUAGE, language)));
            gate.refuse(&headers, refusal)
        }
    };
    let took_ms = gate.app.clock.now_ms().saturating_sub(from_ms);
    let status = response.status().as_u16();
    tracing::info!(%method, route = gate.route, status, took_ms, "request");
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::{IpAddr, Ipv4Addr};

    use axum::http::Method;
    use axum::routing::MethodFilter;
    use hyper::service::Service as _;
    use hyper_util::service::TowerToHyperService;
    use tokio::sync::watch;

    use super::*;
    use crate::authority::Reception;
    use crate::http::{ROUTES, Route, router};
    use crate::platform::SystemRandom;

    struct Still;

    impl Clock for Still {
        fn now_ms(&self) -> i64 {
            1_773_129_600_000
        }
    }

    type Routes = TowerToHyperService<axum::Router>;

    fn routes() -> Routes {
        let (_, stop) = watch::channel(false);
        // Nobody is invited there.
        let nowhere = std::path::Path::new("nowhere");
        let reception = Reception::new(nowhere, Arc::new(Still), Arc::new(SystemRandom));
        let app = App::new(Arc::new(Still), reception, "http://shop".to_owned(), stop);
        TowerToHyperService::new(router(Arc::new(app)))
    }

    /// An address of the route, and how it is asked there.
    fn request(route: &Route, body: Body, length: Option<usize>) -> Request {
        let path = route.path.replace("{business}", &"0".repeat(32));
        let path = path.replace("{tag}", "ABCD").replace("{code}", "K1");
        let mut request = Request::new(body);
        *request.uri_mut() = path.parse().unwrap();
        if route.method == MethodFilter::POST {
            *request.method_mut() = Method::POST;
        }
        if let Some(length) = length {
            request
                .headers_mut()
                .insert(header::CONTENT_LENGTH, length.into());
        }
        let peer = Peer(IpAddr::V4(Ipv4Addr::LOCALHOST));
        request.extensions_mut().insert(peer);
        request
    }

    async fn status(routes: &Routes, request: Request) -> u16 {
        routes.call(request).await.unwrap().status().as_u16()
    }

    /// Every route of the router, and what stands for all others.
    fn all() -> impl Iterator<Item = &'static Route> {
        ROUTES.iter().chain([&crate::http::NOTHING])
    }

    #[tokio::test]
    async fn every_route_stops_who_knocks_too_often() {
        for route in all() {
            let routes = routes();
            let (_, burst, _) = PURSES
                .into_iter()
                .find(|(of, ..)| *of == route.limits.knock)
                .unwrap();
            for n in 0..burst {
                let status = status(&routes, request(route, Body::empty(), None)).await;
                assert_ne!(status, 429, "{} at {n}", route.path);
            }
            assert_eq!(
                status(&routes, request(route, Body::empty(), None)).await,
                429,
                "{}",
                route.path
            );
        }
    }

    #[tokio::test]
    async fn every_route_stops_a_body_that_is_too_long_said_or_not() {
        for route in all() {
            let routes = routes();
            let most = route.limits.body;
            let said = request(route, Body::from(vec![0; most + 1]), Some(most + 1));
            assert_eq!(status(&routes, said).await, 413, "{}", route.path);
            let silent = request(route, Body::from(vec![0; most + 1]), None);
            assert_eq!(status(&routes, silent).await, 413, "{}", route.path);
            let fits = request(route, Body::from(vec![0; most]), Some(most));
            assert_ne!(status(&routes, fits).await, 413, "{}", route.path);
        }
    }

    #[tokio::test]
    async fn every_route_of_the_table_is_served() {
        let mut tried = 0;
        for route in &ROUTES {
            let status = status(&routes(), request(route, Body::empty(), None)).await;
            assert!(
                ![404, 405].contains(&status) || route.path == "/{tag}/{code}",
                "{}: {status}",
                route.path
            );
            tried += 1;
        }
        assert!(tried >= 8);
    }
}
