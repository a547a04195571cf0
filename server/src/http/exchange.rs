//! `POST /v1/sync`, `/v1/pair`, `/v1/invite`, `/v1/reserve`, `/v1/carry` and `/v1/card`: bytes to the authority, bytes back.
//!
//! Checking signatures and making pages is work for the processor and runs on blocking threads; ordering
//! is the writer's.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kartka_protocol::holder::HolderEnvelope;
use kartka_protocol::limits;
use kartka_protocol::message::{Envelope, Refusal};

use super::problem::Problem;
use super::{App, Peer};
use crate::authority::{Asked, Authority, Done, ExchangeError, HolderAsking, refusal_of};
use crate::shops::Shop;
use crate::writer::NotDone;

/// Bytes of a request as sent: a message and the envelope around it.
pub(super) const REQUEST: usize = limits::ENVELOPE;
/// Bytes of a pairing request: a few keys and a name.
pub(super) const PAIRING: usize = 4_096;
/// Bytes of a till's question: a few items and a signature.
pub(super) const RESERVE: usize = 4_096;
/// Bytes of a question for a pairing code: a few numbers and a signature.
pub(super) const INVITE: usize = 4_096;

/// Bytes of a holder's question.
pub(super) const HOLDER: usize = limits::HOLDER;

/// Serves one exchange.
pub(super) async fn sync(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    bytes: Bytes,
) -> Result<Response, Problem> {
    app.figures.exchanges.more(1);
    if !app.strangers.is_open(peer.0, app.clock.now_ms()) {
        return Err(app.refuse(Refusal::Busy { retry_ms: 5_000 }));
    }
    let served = exchange(&app, &bytes).await;
    served.map_err(|problem| {
        if problem.0 == Refusal::Unauthorised {
            let _ = app.strangers.take(peer.0, app.clock.now_ms());
        }
        app.refuse(problem.0)
    })
}

async fn exchange(app: &Arc<App>, bytes: &[u8]) -> Result<Response, Problem> {
    let envelope = Envelope::decode(bytes).map_err(|error| Problem(refusal_of(error)))?;
    let shop = app.shops.get(envelope.business);
    let shop = shop.ok_or(Problem(Refusal::Unauthorised))?;
    let (shop, asked) = on_thread(app, shop, move |shop| shop.authority.intake(&envelope)).await?;
    let Asked {
        request,
        job,
        refusal,
    } = asked.map_err(ExchangeError::from)?;
    let done = match job {
        None => None,
        Some(job) => Some(shop.writer.run(job).await?),
    };
    if let Some(Done::Push(outcome)) = &done {
        app.figures.pushed(outcome);
    }
    let (_, answer) = on_thread(app, shop, move |shop| {
        let answer = shop.authority.answer(&request, done, refusal)?;
        Ok::<_, crate::store::StoreError>(answer.encode())
    })
    .await?;
    let answer = answer?;
    app.figures.answered.more(answer.len() as u64);
    Ok(message(answer))
}

/// Serves one pairing.
pub(super) async fn pair(State(app): State<Arc<App>>, bytes: Bytes) -> Result<Response, Problem> {
    for shop in app.shops.all() {
        match enrol(&app, shop, bytes.to_vec()).await {
            Err(Problem(Refusal::PairingRefused)) => {}
            Err(problem) => return Err(app.refuse(problem.0)),
            Ok(answer) => {
                app.figures.paired.more(1);
                return Ok(message(answer));
            }
        }
    }
    Err(app.refuse(Refusal::PairingRefused))
}

/// The request names no business: its token says which one it is for.
async fn enrol(app: &App, shop: Arc<Shop>, bytes: Vec<u8>) -> Result<Vec<u8>, Problem> {
    let (shop, enrolment) =
        on_thread(app, shop, move |shop| shop.authority.read_pairing(&bytes)).await?;
    let enrolment = enrolment.map_err(ExchangeError::from)?;
    let done = shop
        .writer
        .run(shop.authority.pairing_job(&enrolment))
        .await?;
    let (_, answer) = on_thread(app, shop, move |shop| {
        shop.authority.pairing_answer(&enrolment, done)
    })
    .await?;
    Ok(answer.map_err(ExchangeError::from)?)
}

/// Serves who signed a question; whose signatures are nobody's again and again is let wait.
async fn counted(
    app: &App,
    peer: Peer,
    serve: impl Future<Output = Result<Vec<u8>, Problem>>,
) -> Result<Response, Problem> {
    if !app.strangers.is_open(peer.0, app.clock.now_ms()) {
        return Err(app.refuse(Refusal::Busy { retry_ms: 5_000 }));
    }
    serve.await.map(message).map_err(|problem| {
        if problem.0 == Refusal::Unauthorised {
            let _ = app.strangers.take(peer.0, app.clock.now_ms());
        }
        app.refuse(problem.0)
    })
}

/// Serves one till that asks for something to be kept.
pub(super) async fn reserve(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    bytes: Bytes,
) -> Result<Response, Problem> {
    counted(&app, peer, keep(&app, &bytes)).await
}

async fn keep(app: &Arc<App>, bytes: &[u8]) -> Result<Vec<u8>, Problem> {
    let envelope = Envelope::decode(bytes).map_err(|error| Problem(refusal_of(error)))?;
    let shop = app.shops.get(envelope.business);
    let shop = shop.ok_or(Problem(Refusal::Unauthorised))?;
    let (shop, asking) = on_thread(app, shop, move |shop| {
        shop.authority.read_reserve(&envelope)
    })
    .await?;
    let asking = asking.map_err(ExchangeError::from)?;
    let done = shop.writer.run(Authority::reserve_job(&asking)).await?;
    let (_, answer) = on_thread(app, shop, move |shop| {
        shop.authority.reserve_answer(&asking, done)
    })
    .await?;
    Ok(answer)
}

/// Serves one phone that brings another one's batches.
pub(super) async fn carry(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    bytes: Bytes,
) -> Result<Response, Problem> {
    counted(&app, peer, take_in(&app, &bytes)).await
}

async fn take_in(app: &Arc<App>, bytes: &[u8]) -> Result<Vec<u8>, Problem> {
    let envelope = Envelope::decode(bytes).map_err(|error| Problem(refusal_of(error)))?;
    let shop = app.shops.get(envelope.business);
    let shop = shop.ok_or(Problem(Refusal::Unauthorised))?;
    let (shop, brought) = on_thread(app, shop, move |shop| {
        shop.authority.read_carried(&envelope)
    })
    .await?;
    let mut brought = brought.map_err(ExchangeError::from)?;
    if let Some(job) = brought.job() {
        let done = shop.writer.run(job).await?;
        if let Done::Push(outcome) = &done {
            app.figures.pushed(outcome);
        }
    }
    let (_, answer) =
        on_thread(app, shop, move |shop| shop.authority.carry_answer(&brought)).await?;
    Ok(answer?)
}

/// Serves one holder of a card.
pub(super) async fn card(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    bytes: Bytes,
) -> Result<Response, Problem> {
    counted(&app, peer, tell(&app, bytes)).await
}

async fn tell(app: &Arc<App>, bytes: Bytes) -> Result<Vec<u8>, Problem> {
    let envelope = HolderEnvelope::decode(&bytes).map_err(|error| Problem(refusal_of(error)))?;
    let (shop, asking) = opened(app, envelope).await?;
    if let Some(job) = Authority::holder_job(&asking) {
        shop.writer.run(job).await?;
    }
    let (_, answer) = on_thread(app, shop, move |shop| {
        shop.authority.holder_answer(&asking, &bytes)
    })
    .await?;
    Ok(answer?)
}

/// The business whose key sealed a question. Where none has these letters, another one tries, so that it takes as long.
async fn opened(
    app: &Arc<App>,
    envelope: HolderEnvelope,
) -> Result<(Arc<Shop>, HolderAsking), Problem> {
    let all = app.shops.all();
    let letters = |shop: &&Arc<Shop>| shop.authority.memory().keys.cards.tag() == envelope.shop;
    let mut same: Vec<_> = all.iter().filter(letters).cloned().collect();
    if same.is_empty() {
        same.extend(all.first().cloned());
    }
    for shop in same {
        let envelope = envelope.clone();
        let (shop, asking) =
            on_thread(app, shop, move |shop| shop.authority.read_holder(&envelope)).await?;
        match asking.map_err(ExchangeError::from) {
            Err(ExchangeError::Refused(Refusal::Unauthorised)) => {}
            asking => return Ok((shop, asking?)),
        }
    }
    Err(Problem(Refusal::Unauthorised))
}

/// Serves one device that asks for a code to let the next one in.
pub(super) async fn invite(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    bytes: Bytes,
) -> Result<Response, Problem> {
    counted(&app, peer, let_in(&app, &bytes)).await
}

async fn let_in(app: &Arc<App>, bytes: &[u8]) -> Result<Vec<u8>, Problem> {
    let envelope = Envelope::decode(bytes).map_err(|error| Problem(refusal_of(error)))?;
    let shop = app.shops.get(envelope.business);
    let shop = shop.ok_or(Problem(Refusal::Unauthorised))?;
    let (shop, asking) =
        on_thread(app, shop, move |shop| shop.authority.read_invite(&envelope)).await?;
    let asking = asking.map_err(ExchangeError::from)?;
    let done = shop.writer.run(Authority::invite_job(&asking)).await?;
    let address = app.address.clone();
    let (_, answer) = on_thread(app, shop, move |shop| {
        shop.authority.invite_answer(&asking, done, &address)
    })
    .await?;
    Ok(answer)
}

/// Serves one message of a hand-over; a business that arrives by it is served from then on.
pub(super) async fn hand_over(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    bytes: Bytes,
) -> Result<Response, Problem> {
    if !app.strangers.is_open(peer.0, app.clock.now_ms()) {
        return Err(app.refuse(Refusal::Busy { retry_ms: 5_000 }));
    }
    let served = receive(&app, bytes).await;
    served.map(message).map_err(|problem| {
        if problem.0 == Refusal::PairingRefused {
            let _ = app.strangers.take(peer.0, app.clock.now_ms());
        }
        app.refuse(problem.0)
    })
}

async fn receive(app: &Arc<App>, bytes: Bytes) -> Result<Vec<u8>, Problem> {
    let envelope = Envelope::decode(&bytes).map_err(|error| Problem(refusal_of(error)))?;
    let hand = app.hands.clone().acquire_owned().await;
    let hand = hand.map_err(|_| NotDone::Stopping)?;
    let app = app.clone();
    let served = tokio::task::spawn_blocking(move || {
        let shop = app.shops.get(envelope.business);
        let served = shop.as_ref().map(|shop| shop.authority.as_ref());
        let received = app.reception.serve(&bytes, served)?;
        if let Some(mut authority) = received.arrived {
            authority.serve_at(&app.address);
            let added = app.shops.add(authority);
            added.map_err(crate::store::StoreError::from)?;
            tracing::info!("a business has arrived from its founding phone");
        }
        drop(hand);
        Ok::<_, ExchangeError>(received.answer)
    });
    Ok(served.await.map_err(|_| NotDone::Failed)??)
}

/// Runs work for the processor on a thread of its own.
pub(super) async fn on_thread<T: Send + 'static>(
    app: &App,
    shop: Arc<Shop>,
    work: impl FnOnce(&Shop) -> T + Send + 'static,
) -> Result<(Arc<Shop>, T), NotDone> {
    let hand = app.hands.clone().acquire_owned().await;
    let hand = hand.map_err(|_| NotDone::Stopping)?;
    tokio::task::spawn_blocking(move || {
        let value = work(&shop);
        drop(hand);
        (shop, value)
    })
    .await
    .map_err(|_| NotDone::Failed)
}

fn message(bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/vnd.kartka"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
