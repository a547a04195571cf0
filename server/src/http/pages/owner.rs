//! The owner's page: Today, and the code for a new phone. Opened by a secret link that the server prints.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Redirect;

use kartka_domain::money::{Money, Overflow, Points};

use super::figures::{money, number, percent, points, signed_percent, weekday};
use super::html::{Page, qr_tile, section, table, text};
use super::words::Language;
use crate::authority::{Hold, Job};
use crate::http::exchange::on_thread;
use crate::http::{App, query};
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
    Path(business): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Page {
    let language = Language::of(&headers);
    let shop = match enter(&app, &business, &uri) {
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
    Path(business): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Page {
    let language = Language::of(&headers);
    let shop = match enter(&app, &business, &uri) {
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

/// Nothing waits any more after a restore; then Today again.
pub(in crate::http) async fn release(
    State(app): State<Arc<App>>,
    Path(business): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Redirect, Page> {
    let language = Language::of(&headers);
    let shop = enter(&app, &business, &uri).map_err(|status| closed(language, status))?;
    match shop.writer.run(Job::Release).await {
        Ok(_) => Ok(Redirect::to(&shop.authority.owner_path())),
        Err(_) => Err(apology(language, StatusCode::INTERNAL_SERVER_ERROR)),
    }
}

/// Whoever has the secret; an unknown business and a wrong secret are answered alike.
fn enter(app: &App, business: &str, uri: &Uri) -> Result<Arc<Shop>, StatusCode> {
    let secret = query(uri, "o").unwrap_or_default();
    let shop = business_of(business).and_then(|id| app.shops.get(id));
    shop.filter(|shop| shop.authority.is_owner(secret))
        .ok_or(StatusCode::FORBIDDEN)
}

fn today_page(shop: &Shop, view: &Overview, language: Language) -> Page {
    let words = language.words();
    let (Ok(takings), Ok(tiles)) = (takings(view, language), tiles(view, language)) else {
        return apology(language, StatusCode::INTERNAL_SERVER_ERROR);
    };
    let people = table(&[
        (words.customers.to_owned(), count(view.customers, language)),
        (words.devices.to_owned(), count(view.phones, language)),
    ]);
    let add = add_phone(shop, view, language);
    let waits = view
        .hold
        .as_ref()
        .map_or_else(String::new, |hold| restored(shop, hold, language));
    let points = section(words.points_head, &table(&point_rows(view, language)));
    let everything = section(words.everything, &people);
    let body = format!(
        "<h1>{}</h1><p class=\"dim\">{}, {}</p>",
        text(&view.business.name),
        words.today,
        weekday(view.today.date, language)
    );
    Page {
        title: view.business.name.clone(),
        language,
        // Without a phone there is only one thing to do here.
        body: match view.phones {
            0 => body + &add,
            _ => body + &waits + &takings + &tiles + &points + &everything + &add,
        },
        status: StatusCode::OK,
    }
}

/// What the day brought, beside the same weekday a week ago up to this time (R1).
fn takings(view: &Overview, language: Language) -> Result<String, Overflow> {
    let words = language.words();
    let (today, (before, change)) = (&view.today, &view.week_before);
    let money = |amount| money(amount, view.business.currency, language);
    let beside = if before.total.receipts == 0 {
        words.no_sales_before.to_owned()
    } else {
        format!("{}: {}", words.week_before, money(before.total.revenue()?))
    };
    let none_yet = match today.total.receipts {
        0 => format!("<p>{}</p>", words.no_sales),
        _ => String::new(),
    };
    Ok(format!(
        "<div class=\"box\"><p class=\"dim\">{}</p><p class=\"big\">{}{}</p>{none_yet}\
         <p class=\"dim\">{beside}</p></div>",
        words.sales,
        money(today.total.revenue()?),
        moved(change.revenue, language),
    ))
}

/// The day's other figures, each with the change from a week ago where there is something to compare with.
fn tiles(view: &Overview, language: Language) -> Result<String, Overflow> {
    let words = language.words();
    let (today, change) = (&view.today, &view.week_before.1);
    let money = |amount| money(amount, view.business.currency, language);
    let none = || "–".to_owned();
    let tile = |name: &str, figure: String, change: Option<i64>| {
        let moved = moved(change, language);
        format!("<div><dt>{name}</dt><dd>{figure}{moved}</dd></div>")
    };
    let average = today.total.average()?.map_or_else(none, money);
    let share = |share| percent(share, language);
    let repeat = today.repeat_share()?.map_or_else(none, share);
    let receipts = number(today.total.receipts, language);
    let new = number(today.registered, language);
    let returns = money(today.total.returns);
    let all = [
        tile(words.visits, receipts, change.receipts),
        tile(words.average, average, change.average),
        tile(words.new_customers, new, None),
        tile(words.repeat_share, repeat, None),
        tile(words.returned, returns, None),
    ];
    Ok(format!("<dl class=\"tiles\">{}</dl>", all.concat()))
}

/// How a figure moved within a week; the sign says it as well as the colour.
fn moved(change: Option<i64>, language: Language) -> String {
    let (class, said) = match change {
        None => return String::new(),
        Some(0) => ("dim", language.words().unchanged.to_owned()),
        Some(change) if change < 0 => ("down", signed_percent(change, language)),
        Some(change) => ("up", signed_percent(change, language)),
    };
    format!(" <small class=\"{class}\">{said}</small>")
}

fn add_phone(shop: &Shop, view: &Overview, language: Language) -> String {
    let words = language.words();
    let hint = match view.phones {
        0 => format!("<p>{}</p>", words.no_phones),
        _ => String::new(),
    };
    let path = shop.authority.owner_path().replacen('?', "/pair?", 1);
    let form = format!(
        "{hint}<form method=\"post\" action=\"{}\"><button>{}</button></form>",
        text(&path),
        words.pair_open
    );
    section(words.add_phone, &form)
}

/// What waits after a restore, and the owner's word to end it.
fn restored(shop: &Shop, hold: &Hold, language: Language) -> String {
    let words = language.words();
    let missing = u64::try_from(hold.waiting.len()).unwrap_or(u64::MAX);
    let path = shop.authority.owner_path().replacen('?', "/release?", 1);
    let form = format!(
        "<p>{}</p>{}<form method=\"post\" action=\"{}\"><button>{}</button></form>",
        words.restored_hint,
        table(&[(words.restored_phones.to_owned(), count(missing, language))]),
        text(&path),
        words.restored_end
    );
    section(words.restored, &form)
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
    let certificates = (
        words.certificates,
        money(view.certificates, view.business.currency, language),
    );
    // A shop without certificates does not hear of them.
    let certificates = (view.certificates != Money::ZERO).then_some(certificates);
    let rows = rows.into_iter().chain(certificates);
    rows.map(|(name, figure)| (name.to_owned(), figure))
        .collect()
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
            "<div class=\"face\"><h1>{}</h1><p>{}</p>{}<p class=\"code long\">{}</p></div>",
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
    Page::message(language, words.owner_only, words.owner_hint, status)
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
    Page::message(language, sorry, words.trouble_hint, status)
}
