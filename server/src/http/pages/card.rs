//! A customer's page at the address of their card (cards §1, §4).
//!
//! Without the bearer secret it shows only the shop and the code; a code that the shop did not make, and a
//! card that nobody has, look the same.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use kartka_domain::card::{CardCode, CardNumber, Carrier, KeyId};
use kartka_protocol::holder::CardLink;

use super::figures::{date, money, number, points};
use super::html::{Page, qr_tile, section, table, text};
use super::words::Language;
use crate::http::exchange::on_thread;
use crate::http::{App, query};
use crate::pages::{Balance, CardView, Holder};
use crate::shops::Shop;

/// Shows a card.
pub(in crate::http) async fn card(
    State(app): State<Arc<App>>,
    Path((tag, code)): Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
) -> Page {
    let language = Language::of(&headers);
    let Some((shop, card)) = find(&app, &tag, &code) else {
        return unknown(language);
    };
    let secret = query(&uri, "s").map(str::to_owned);
    let view = on_thread(&app, shop, move |shop| {
        shop.authority.card_view(card, secret.as_deref())
    })
    .await;
    match view {
        Ok((_, Ok(view))) => {
            let here = format!("{}{uri}", app.address.trim_end_matches('/'));
            page(
                &view,
                into_app(&here, &view.business.name).as_deref(),
                language,
            )
        }
        Ok((_, Err(error))) => {
            tracing::error!(%error, "a card's page could not be shown");
            super::owner::apology(language, StatusCode::INTERNAL_SERVER_ERROR)
        }
        Err(_) => super::owner::apology(language, StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// Any other address.
pub(in crate::http) async fn nothing(headers: HeaderMap) -> Page {
    unknown(Language::of(&headers))
}

/// The business whose key made the code; where two share their letters, the MAC decides.
fn find(app: &App, tag: &str, code: &str) -> Option<(Arc<Shop>, (CardNumber, KeyId))> {
    let address = format!("https://kartka/{tag}/{code}");
    app.shops.all().into_iter().find_map(|shop| {
        let read = shop
            .authority
            .memory()
            .keys
            .cards
            .read(Carrier::Qr, &address);
        match read {
            CardCode::Ours { number, key_id } => Some((shop, (number, key_id))),
            _ => None,
        }
    })
}

fn unknown(language: Language) -> Page {
    let words = language.words();
    Page::message(
        language,
        words.not_found,
        words.not_found_hint,
        StatusCode::NOT_FOUND,
    )
}

/// What opens the card at this address in the app: its link behind the app's own scheme, which no browser keeps to itself.
/// None where the link is not whole, as without the secret.
fn into_app(here: &str, shop: &str) -> Option<String> {
    let link = CardLink {
        shop: shop.to_owned(),
        ..CardLink::parse(here).ok()?
    };
    Some(format!("kartka:{}", link.to_text()))
}

fn page(view: &CardView, app: Option<&str>, language: Language) -> Page {
    let words = language.words();
    let name = &view.business.name;
    let mut body = format!(
        "<div class=\"face\"><h1>{}</h1><p>{}</p>{}<p class=\"code\">{}</p></div>",
        text(name),
        words.show_code,
        qr_tile(&view.code, words.code_of_card),
        text(&spaced(&view.code))
    );
    if let Some(holder) = &view.holder {
        // Only whoever has the right secret is shown a way on with it.
        if let Some(link) = app {
            let _ = write!(
                body,
                "<a class=\"button\" href=\"{}\">{}</a><p class=\"dim after\"><small>{}</small></p>",
                text(link),
                words.open_in_app,
                words.open_in_app_hint
            );
        }
        body.push_str(&held(view, holder, language));
    }
    Page {
        title: name.clone(),
        language,
        body,
        status: StatusCode::OK,
    }
}

fn held(view: &CardView, holder: &Holder, language: Language) -> String {
    let words = language.words();
    let mut balances = String::new();
    for (name, balance) in &holder.balances {
        let _ = write!(
            balances,
            "<div class=\"box\"><p class=\"dim\">{}</p>{}</div>",
            text(name),
            figure(*balance, view.business.point_scale, language)
        );
    }
    let purchases = if holder.purchases.is_empty() {
        format!("<p class=\"dim\">{}</p>", words.no_purchases)
    } else {
        let rows: Vec<(String, String)> = holder
            .purchases
            .iter()
            .map(|(day, total)| {
                let total = money(*total, view.business.currency, language);
                (date(*day, language), total)
            })
            .collect();
        table(&rows)
    };
    section(words.balance, &balances) + &section(words.last_purchases, &purchases)
}

/// Stamps up to here are drawn as well as counted.
const DRAWN: i64 = 20;

fn figure(balance: Balance, scale: u8, language: Language) -> String {
    let words = language.words();
    match balance {
        Balance::Points(held) => format!(
            "<p class=\"big\">{} <small>{}</small></p>",
            points(held.0, scale, language),
            words.points.beside_digits(held.0, scale, language)
        ),
        Balance::Stamps(held, size) => format!(
            "<p class=\"big\">{} <small>{} {} {}</small></p>{}",
            number(held.0, language),
            words.stamps.beside(held.0, language),
            words.of,
            number(size.0, language),
            drawn(held.0, size.0)
        ),
    }
}

/// A circle for each place on a stamp card; the figure beside it says the same to a screen reader.
fn drawn(held: i64, size: i64) -> String {
    if !(1..=DRAWN).contains(&size) {
        return String::new();
    }
    let places = (0..size).map(|at| if at < held { "<b></b>" } else { "<i></i>" });
    format!(
        "<div class=\"stamps\" aria-hidden=\"true\">{}</div>",
        places.collect::<String>()
    )
}

/// Four letters at a time, for reading aloud; the scanner does not mind.
fn spaced(code: &str) -> String {
    let Some(rest) = code.strip_prefix("K1") else {
        return code.to_owned();
    };
    let groups = rest.as_bytes().chunks(4);
    groups.fold("K1".to_owned(), |mut text, group| {
        text.push(' ');
        text.push_str(&String::from_utf8_lossy(group));
        text
    })
}

#[cfg(test)]
mod tests {
    use kartka_domain::money::{Points, Stamps};

    use super::*;

    #[test]
    fn a_whole_link_opens_the_card_in_the_app_and_nothing_else_does() {
        let card = "https://shop.example/ABCD/0123456789ABCDEF";
        let whole = format!("{card}?s=0123456789ABCDEFGHJKMNPQRS");
        let link = into_app(&whole, "Кава & чай").expect("a whole link");
        assert!(link.starts_with(&format!("kartka:{card}?s=")), "{link}");
        let read = CardLink::parse(&link).expect("what the app reads");
        assert_eq!(
            (read.shop.as_str(), read.address.as_deref()),
            ("Кава & чай", Some("https://shop.example"))
        );
        for none in [card, "https://shop.example/ABCD?s=1", "kartka", ""] {
            assert_eq!(into_app(none, "Кава"), None, "{none}");
        }
    }

    #[test]
    fn a_balance_is_said_and_a_stamp_card_is_drawn() {
        let stamps = |held, size| Balance::Stamps(Stamps(held), Stamps(size));
        for (balance, scale, said, full, empty) in [
            (stamps(3, 10), 0, "3 <small>штампи з 10</small>", 3, 7),
            (stamps(11, 10), 0, "11 <small>штампів з 10</small>", 10, 0),
            (stamps(1, 1_000), 0, "1 <small>штамп з 1", 0, 0),
            (Balance::Points(Points(21)), 0, "21 <small>бонус<", 0, 0),
            (Balance::Points(Points(150)), 2, "1,50 <small>бонуса<", 0, 0),
        ] {
            let html = figure(balance, scale, Language::Ukrainian);
            assert!(html.contains(said), "{html}");
            let drawn = (html.matches("<b>").count(), html.matches("<i>").count());
            assert_eq!(drawn, (full, empty), "{html}");
        }
    }
}
