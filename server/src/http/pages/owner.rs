//! The owner's page: Today, and the code for a new phone. Opened by a secret link that the server prints.

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};

use kartka_domain::money::{Overflow, Points};

use super::figures::{date, money, number, percent, points, signed_percent};
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
    match on_thread(&app, shop, move |shop| shop.authority.overview(now_ms)).await {
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
    let made = on_thread(&app, shop, move |shop| {
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
    let Ok(rows) = day_rows(view, language) else {
        return apology(language, StatusCode::INTERNAL_SERVER_ERROR);
    };
    let path = shop.authority.owner_path().replacen('?', "/pair?", 1);
    let body = format!(
        "<h1>{name}</h1><p class=\"dim\">{today}, {date}</p>\
         <div class=\"box\"><div class=\"big\">{sales}</div><div class=\"dim\">{sales_word}</div></div>\
         {rows}<h2>{points_word}</h2>{points}<h2>{people_word}</h2>{people}\
         <h2>{add}</h2><form method=\"post\" action=\"{path}\"><button>{open}</button></form>",
        name = text(&view.business.name),
        today = words.today,
        date = date(view.today.date, language),
        sales = money(view.today.total.sales, view.business.currency, language),
        sales_word = words.sales,
        rows = table(&rows),
        points_word = words.points_head,
        points = table(&point_rows(view, language)),
        people_word = words.everything,
        people = table(&[
            (words.customers.to_owned(), count(view.customers, language)),
            (words.devices.to_owned(), count(view.phones, language)),
        ]),
        add = words.add_phone,
        path = text(&path),
        open = words.pair_open,
    );
    Page {
        title: view.business.name.clone(),
        language,
        body,
        status: StatusCode::OK,
    }
}

/// The day's figures, each with the change from a week ago where there is something to compare with.
fn day_rows(view: &Overview, language: Language) -> Result<Vec<(String, String)>, Overflow> {
    let words = language.words();
    let (today, (before, change)) = (&view.today, &view.week_before);
    let money = |amount| money(amount, view.business.currency, language);
    let with = |figure: String, change: Option<i64>| match change {
        Some(change) => format!("{figure} ({})", signed_percent(change, language)),
        None => figure,
    };
    let average = today.total.average()?;
    let repeat = today.repeat_share()?;
    let rows = [
        (
            words.visits,
            with(number(today.total.receipts, language), change.receipts),
        ),
        (
            words.average,
            average.map_or("–".to_owned(), |a| with(money(a), change.average)),
        ),
        (words.new_customers, number(today.registered, language)),
        (
            words.repeat_share,
            repeat.map_or("–".to_owned(), |r| percent(r, language)),
        ),
        (words.returned, money(today.total.returns)),
        (
            words.week_before,
            with(money(before.total.sales), change.revenue),
        ),
    ];
    Ok(rows.map(|(name, figure)| (name.to_owned(), figure)).into())
}

fn point_rows(view: &Overview, language: Language) -> Vec<(String, String)> {
    let words = language.words();
    let points = |held: Points| points(held.0, view.business.point_scale, language);
    let rows = [
        (words.points_earned, points(view.moved.earned)),
        (words.points_spent, points(view.moved.spent)),
        (words.points_outstanding, points(view.outstanding)),
        (
            words.liability,
            money(view.liability, view.business.currency, language),
        ),
    ];
    rows.map(|(name, figure)| (name.to_owned(), figure)).into()
}

fn count(value: u64, language: Language) -> String {
    number(i64::try_from(value).unwrap_or(i64::MAX), language)
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
