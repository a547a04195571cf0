//! The owner's page: Today, and the code for a new phone. Opened by a secret link that the server prints.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};

use super::figures::number;
use super::html::{Page, qr_tile, table, text};
use super::words::Language;
use crate::http::exchange::on_thread;
use crate::http::rate::Pass;
use crate::http::{App, Peer, query};
use crate::pages::Overview;
use crate::shops::Shop;
use crate::store::{Rights, StoreError, business_of};

/// The server's bare address: who is let in elsewhere.
pub(in crate::http) async fn door(headers: HeaderMap) -> Page {
    closed(Language::of(&headers), StatusCode::OK)
}

/// Shows Today.
pub(in crate::http) async fn today(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(business): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Page {
    let language = Language::of(&headers);
    let shop = match enter(&app, peer, &business, &uri) {
        Ok(shop) => shop,
        Err(status) => return closed(language, status),
    };
    let now_ms = app.clock.now_ms();
    match on_thread(shop, move |shop| shop.authority.overview(now_ms)).await {
        Ok((shop, Ok(view))) => today_page(&shop, &view, language),
        Ok((_, Err(error))) => failed(&error, language),
        Err(_) => apology(language, StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// Makes a code for a new phone. The first phone is the owner's and sees every month.
pub(in crate::http) async fn pair(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(business): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Page {
    let language = Language::of(&headers);
    let shop = match enter(&app, peer, &business, &uri) {
        Ok(shop) => shop,
        Err(status) => return closed(language, status),
    };
    let address = app.address.clone();
    let made = on_thread(shop, move |shop| {
        let rights = match shop.authority.phones()? {
            0 => Rights::History,
            _ => Rights::Recent,
        };
        shop.authority.pairing(&address, rights)
    });
    match made.await {
        Ok((_, Ok(qr))) => code_page(&qr.to_text(), language),
        Ok((_, Err(error))) => failed(&error, language),
        Err(_) => apology(language, StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// Whoever has the secret; an unknown business and a wrong secret are answered alike.
fn enter(app: &App, peer: Peer, business: &str, uri: &Uri) -> Result<Arc<Shop>, StatusCode> {
    if let Pass::Wait(_) = app.pages.take(peer.0, app.clock.now_ms()) {
        return Err(StatusCode::TOO_MANY_REQUESTS);
    }
    let secret = query(uri, "o").unwrap_or_default();
    let shop = business_of(business).and_then(|id| app.shops.get(id));
    shop.filter(|shop| shop.authority.is_owner(secret))
        .ok_or(StatusCode::FORBIDDEN)
}

fn today_page(shop: &Shop, view: &Overview, language: Language) -> Page {
    let words = language.words();
    let mut body = format!(
        "<h1>{}</h1><p class=\"dim\">{}</p>",
        text(&view.business.name),
        words.today
    );
    let rows = [
        (words.customers.to_owned(), number(view.customers, language)),
        (words.devices.to_owned(), number(view.phones, language)),
    ];
    body.push_str(&table(&rows));
    let path = shop.authority.owner_path().replacen('?', "/pair?", 1);
    let _ = write!(
        body,
        "<h2>{}</h2><form method=\"post\" action=\"{}\"><button>{}</button></form>",
        words.add_phone,
        text(&path),
        words.pair_open
    );
    Page {
        title: view.business.name.clone(),
        language,
        body,
        status: StatusCode::OK,
    }
}

fn code_page(code: &str, language: Language) -> Page {
    let words = language.words();
    Page {
        title: words.code_for_pairing.to_owned(),
        language,
        body: format!(
            "<h1>{}</h1><p>{}</p>{}<p class=\"code\">{}</p>",
            words.code_for_pairing,
            words.pair_hint,
            qr_tile(code, words.code_for_pairing),
            text(code)
        ),
        status: StatusCode::OK,
    }
}

fn closed(language: Language, status: StatusCode) -> Page {
    if status == StatusCode::TOO_MANY_REQUESTS {
        return apology(language, status);
    }
    let words = language.words();
    Page {
        title: words.owner_only.to_owned(),
        language,
        body: format!("<h1>Kartka</h1><p>{}</p>", words.owner_hint),
        status,
    }
}

fn failed(error: &StoreError, language: Language) -> Page {
    tracing::error!(%error, "the owner's page could not be shown");
    apology(language, StatusCode::INTERNAL_SERVER_ERROR)
}

/// Something went wrong, and it is not the visitor's fault.
pub(super) fn apology(language: Language, status: StatusCode) -> Page {
    let words = language.words();
    let sorry = match status {
        StatusCode::TOO_MANY_REQUESTS => words.slow_down,
        _ => words.trouble,
    };
    Page {
        title: "Kartka".to_owned(),
        language,
        body: format!("<h1>Kartka</h1><p>{sorry}</p>"),
        status,
    }
}
