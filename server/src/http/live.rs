//! `GET /v1/live?business=…`: a poke when the order has moved, by server-sent events (sync §4).
//!
//! Says only "ask", never what changed; a poke that is lost costs nothing but time.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::Uri;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use kartka_domain::ids::Seq;
use kartka_protocol::message::Refusal;
use tokio::sync::watch;

use super::problem::Problem;
use super::{App, query};
use crate::store::business_of;

/// How often a silent line is kept open.
const BEAT: Duration = Duration::from_secs(25);

/// Opens a line of pokes.
pub(super) async fn live(
    State(app): State<Arc<App>>,
    uri: Uri,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let business = query(&uri, "business").and_then(business_of);
    let shop = business.and_then(|business| app.shops.get(business));
    let shop = shop.ok_or_else(|| app.refuse(Refusal::Unauthorised))?;
    let line = Line {
        moves: shop.writer.moves(),
        stop: app.stop.clone(),
        _open: app.figures.lines.enter(),
    };
    let keep_alive = KeepAlive::new().interval(BEAT);
    Ok(Sse::new(unfold(line, Line::next)).keep_alive(keep_alive))
}

struct Line {
    moves: watch::Receiver<Seq>,
    stop: watch::Receiver<bool>,
    _open: super::figures::Open,
}

impl Line {
    /// The next poke; nothing when the server stops.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        if *self.stop.borrow() {
            return None;
        }
        tokio::select! {
            moved = self.moves.changed() => moved.ok()?,
            _ = self.stop.changed() => return None,
        }
        Some((Ok(Event::default().event("poke").data("sync")), self))
    }
}
