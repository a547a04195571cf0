//! The server as its clients see it: a real listener, real bytes, real files.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::net::SocketAddr;

use common::http::{Line, exchange, get, post};
use common::*;
use kartka_domain::card::{
    Bearer, CardNumber, EmitterSlot, K1, KeyId, NumberLength, Place as CardPlace, ShopTag,
};
use kartka_domain::ids::BusinessId;
use kartka_domain::op::Fact;
use kartka_protocol::holder::{CardStanding, HolderAnswer, HolderAsk, HolderEnvelope};
use kartka_protocol::limits;
use kartka_protocol::message::SyncAnswer;
use kartka_protocol::pairing::PairingQr;
use kartka_server::{Rights, RunningServer, Server, ServerConfig, StartError, StoreError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const LOOPBACK: &str = "127.0.0.1:0";

fn config(place: &Place) -> ServerConfig {
    ServerConfig {
        data: place.data(),
        bind: LOOPBACK.parse().unwrap(),
        address: None,
        clock: place.clock.clone(),
        random: place.random.clone(),
    }
}

/// A server with one business.
async fn serve(place: &Place) -> (RunningServer, SocketAddr, BusinessId) {
    let server = Server::start(config(place)).await.unwrap();
    let business = match server.businesses().first() {
        Some(business) => *business,
        None => server.create_business(&founding()).unwrap(),
    };
    let address = server.local_addr();
    (server, address, business)
}

async fn pair(server: &RunningServer, business: BusinessId, seed: u8) -> Phone {
    let qr = server.pairing_qr(business, Rights::History).unwrap();
    // As from a camera: the text of the code.
    let qr = PairingQr::parse(&qr.to_text()).unwrap();
    assert_eq!(qr.address, server.address());
    let key = signing_key(seed);
    let request = pair_request(&qr, &key, "Till").encode();
    let got = post(server.local_addr(), "/v1/pair", &request).await;
    assert_eq!(got.status, 200, "{}", String::from_utf8_lossy(&got.body));
    Phone::from_answer(key, &qr, &request, &got.body)
}

async fn sync(server: SocketAddr, phone: &mut Phone, now_ms: i64) -> SyncAnswer {
    let request = phone.request(now_ms);
    let got = post(server, "/v1/sync", &phone.seal(&request)).await;
    assert_eq!(got.status, 200);
    assert_eq!(got.header("content-type"), Some("application/vnd.kartka"));
    phone.take(&request, &got.body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_pair_sell_and_see_each_other() {
    let place = Place::new();
    let (server, address, business) = serve(&place).await;
    let mut one = pair(&server, business, 1).await;
    let mut two = pair(&server, business, 2).await;
    let anna = one.register(at(0));
    one.sell(Some(anna), 10_000, at(1));
    sync(address, &mut one, MORNING).await;
    sync(address, &mut two, MORNING).await;
    assert_eq!((one.balance(anna), two.balance(anna)), (500, 500));
    server.stop().await;

    // The same folder, another day: nothing is lost and everybody is known.
    let (server, address, again) = serve(&place).await;
    assert_eq!(again, business);
    two.sell(Some(anna), 10_000, at(2));
    sync(address, &mut two, MORNING).await;
    sync(address, &mut one, MORNING).await;
    assert_eq!(one.balance(anna), 1_000);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_phones_at_once_come_to_one_order() {
    let place = Place::new();
    let (server, address, business) = serve(&place).await;
    let mut phones = Vec::new();
    for seed in 1..=16 {
        let mut phone = pair(&server, business, seed).await;
        let anna = phone.register(at(0));
        for n in 0..20 {
            phone.sell(Some(anna), 1_000 + n, at(n));
        }
        phones.push(phone);
    }
    let running: Vec<_> = phones
        .into_iter()
        .map(|mut phone| {
            tokio::spawn(async move {
                sync(address, &mut phone, MORNING).await;
                phone
            })
        })
        .collect();
    let mut phones = Vec::new();
    for task in running {
        let mut phone = task.await.unwrap();
        sync(address, &mut phone, MORNING).await;
        phones.push(phone);
    }
    let last = sync(address, &mut phones[0], MORNING).await;
    // The founding, sixteen phones, and their ops.
    assert_eq!(last.head.head.seq.0, 1 + 16 + 16 * 21);
    assert_eq!(phones[0].rows, phones[15].rows);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_problem_json_with_the_protocols_words() {
    let place = Place::new();
    let (server, address, business) = serve(&place).await;
    let mut phone = pair(&server, business, 1).await;
    let request = phone.request(MORNING);
    let sealed = phone.seal(&request);
    let used = server.pairing_qr(business, Rights::Recent).unwrap();
    let once = pair_request(&used, &signing_key(2), "Till").encode();
    assert_eq!(post(address, "/v1/pair", &once).await.status, 200);
    let twice = pair_request(&used, &signing_key(3), "Till").encode();
    phone.paired.business.id.0[0] ^= 1;
    let foreign = phone.seal(&request);
    for (path, body, status, code) in [
        ("/v1/sync", &b"GET / HTTP"[..], 400, "malformed"),
        ("/v1/sync", b"", 400, "malformed"),
        ("/v1/sync", &sealed[1..], 400, "malformed"),
        ("/v1/sync", &foreign, 401, "unauthorised"),
        ("/v1/pair", b"", 400, "malformed"),
        ("/v1/pair", &twice, 403, "pairing-refused"),
    ] {
        let got = post(address, path, body).await;
        assert_eq!((got.status, got.code().as_str()), (status, code), "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_read_up_to_the_limit_and_no_further() {
    let place = Place::new();
    let (server, address, _) = serve(&place).await;
    for (path, limit) in [("/v1/sync", limits::ENVELOPE), ("/v1/pair", 4_096)] {
        let at_limit = post(address, path, &vec![0; limit]).await;
        assert_eq!(at_limit.code(), "malformed", "{path}");
        let above = post(address, path, &vec![0; limit + 1]).await;
        assert_eq!(above.code(), "too-large", "{path}");
    }
    // Without a length the limit is met on the way.
    let head = b"POST /v1/pair HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    let mut chunk = b"2000\r\n".to_vec();
    chunk.resize(chunk.len() + 0x2000, 0);
    chunk.extend_from_slice(b"\r\n0\r\n\r\n");
    assert_eq!(exchange(address, head, &chunk).await.code(), "too-large");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_knocks_too_often_waits() {
    let place = Place::new();
    let (server, address, business) = serve(&place).await;
    let mut phone = pair(&server, business, 1).await;
    let mut seen = std::collections::BTreeSet::new();
    let mut after = None;
    for _ in 0..80 {
        let got = post(address, "/v1/pair", b"").await;
        after = got.header("retry-after").map(str::to_owned).or(after);
        seen.insert(got.code());
    }
    let both = ["busy".to_owned(), "malformed".to_owned()];
    assert_eq!(seen, both.into());
    assert!(after.unwrap().parse::<u64>().unwrap() >= 1);
    // A phone that is known is served all the same, and time heals.
    sync(address, &mut phone, MORNING).await;
    place.clock.pass(60_000);
    assert_eq!(post(address, "/v1/pair", b"").await.code(), "malformed");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_phone_is_poked_when_another_one_sells() {
    let place = Place::new();
    let (mut server, address, business) = serve(&place).await;
    let figures = server
        .show_figures(LOOPBACK.parse().unwrap())
        .await
        .unwrap();
    let mut phone = pair(&server, business, 1).await;
    let id: String = business.0.iter().map(|b| format!("{b:02x}")).collect();
    let mut line = Line::open(address, &format!("/v1/live?business={id}")).await;
    phone.sell(None, 1_000, at(0));
    sync(address, &mut phone, MORNING).await;
    let heard = line.until("event: poke\ndata: sync\n\n").await;
    assert!(!heard.contains("1000"), "{heard}");
    let metrics = get(figures, "/metrics", "en").await;
    assert!(
        metrics.text().contains("kartka_live_lines 1"),
        "{}",
        metrics.text()
    );
    let unknown = get(address, "/v1/live?business=00", "en").await;
    assert_eq!(unknown.code(), "unauthorised");
    // A stop ends the line, and does not wait for it.
    let ended = tokio::spawn(line.end());
    server.stop().await;
    ended.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_take_or_send_a_byte_at_a_time_hold_nobody_up() {
    let place = Place::new();
    let (server, address, business) = serve(&place).await;
    let mut phone = pair(&server, business, 1).await;
    let mut slow = Vec::new();
    for seed in 2..34 {
        let mut reader = pair(&server, business, seed).await;
        place.clock.pass(1_000);
        reader.sell(None, 1_000, at(0));
        let request = reader.request(MORNING);
        let message = reader.seal(&request);
        let head = format!(
            "POST /v1/sync HTTP/1.1\r\nHost: shop\r\nContent-Length: {}\r\n\r\n",
            message.len()
        );
        let mut line = TcpStream::connect(address).await.unwrap();
        line.write_all(head.as_bytes()).await.unwrap();
        if seed % 2 == 0 {
            // Its sale is committed; of the answer it takes one byte.
            line.write_all(&message).await.unwrap();
            line.read_exact(&mut [0]).await.unwrap();
        } else {
            // Never comes to an end with what it says.
            line.write_all(&message[..1]).await.unwrap();
        }
        slow.push(line);
    }
    phone.sell(None, 2_000, at(1));
    sync(address, &mut phone, MORNING).await;
    let answer = sync(address, &mut phone, MORNING).await;
    // The founding, 33 phones, the sales of the 16 readers and the phone's own.
    assert_eq!(answer.head.head.seq.0, 1 + 33 + 16 + 1);
    drop(slow);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_shows_its_shop_to_anybody_and_its_balance_to_its_holder() {
    let place = Place::new();
    let (server, address, business) = serve(&place).await;
    let mut phone = pair(&server, business, 1).await;
    let slot = EmitterSlot::new(NumberLength::Ten, 1).unwrap();
    let number = CardPlace::new(slot, 0)
        .unwrap()
        .number(phone.keys.cards.permutation());
    let anna = phone.register(at(0));
    phone.commit(
        vec![Fact::Bind {
            card: number,
            customer: anna,
        }],
        at(1),
    );
    phone.sell(Some(anna), 123_456, at(2));
    sync(address, &mut phone, MORNING).await;

    let url = server.card_url(business, number).unwrap();
    let path = url.strip_prefix(server.address()).unwrap();
    let (bare, secret) = path.split_once('?').unwrap();
    let open = get(address, bare, "en").await;
    let held = get(address, path, "uk-UA").await;
    let wrong = get(address, &format!("{bare}?s={}", "0".repeat(32)), "en").await;
    assert_eq!((open.status, held.status, wrong.status), (200, 200, 200));
    assert_eq!(open.text(), wrong.text());
    assert!(
        open.text().contains("Кав&#39;ярня &lt;Рута&gt;"),
        "{}",
        open.text()
    );
    assert!(open.text().contains("<svg") && open.text().contains("Show this code"));
    assert!(
        !open.text().contains("172"),
        "no balance without the secret"
    );
    assert!(held.text().contains("6\u{202f}172"), "{}", held.text());
    assert!(held.text().contains("1\u{202f}234,56\u{a0}₴"));
    assert!(held.text().contains("10\u{a0}березня 2026") && held.text().contains("lang=\"uk\""));
    assert!(!secret.is_empty());

    // Small letters, as some cameras hand them over; another code is nobody's.
    assert_eq!(get(address, &bare.to_lowercase(), "en").await.status, 200);
    let code = K1::make(number, &phone.keys.cards).characters();
    let other = if code.ends_with('0') { "1" } else { "0" };
    let forged = format!("{}{other}", &bare[..bare.len() - 1]);
    assert_eq!(get(address, &forged, "en").await.status, 404);
    for (name, want) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(held.header(name), Some(want));
    }
    let policy = held.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_sees_the_day_and_lets_a_phone_in() {
    let place = Place::new();
    let (server, address, business) = serve(&place).await;
    let url = server.owner_url(business).unwrap();
    let path = url.strip_prefix(server.address()).unwrap().to_owned();
    let mut phone = pair(&server, business, 1).await;
    let anna = phone.register(at(0));
    phone.sell(Some(anna), 10_000, at(1));
    phone.sell(None, 2_350, at(2));
    sync(address, &mut phone, MORNING).await;

    let page = get(address, &path, "en").await;
    assert_eq!(page.status, 200);
    for figure in ["₴123.50", "₴61.75", ">500<", "₴5.00"] {
        assert!(page.text().contains(figure), "{figure}: {}", page.text());
    }
    let form = path.replacen('?', "/pair?", 1);
    assert!(page.text().contains(&form));
    let made = post(address, &form, b"").await;
    let text = made.text();
    let start = text.find("KARTKA1:").unwrap();
    let code: String = text[start..].chars().take_while(|c| *c != '<').collect();
    let qr = PairingQr::parse(&code).unwrap();
    let request = pair_request(&qr, &signing_key(2), "Second").encode();
    assert_eq!(post(address, "/v1/pair", &request).await.status, 200);

    let (bare, _) = path.split_once('?').unwrap();
    let wrong = format!("{bare}?o={}", "0".repeat(32));
    let unknown = format!("/owner/{}?o=0", "0".repeat(32));
    let closed = get(address, bare, "en").await;
    assert_eq!(closed.status, 403);
    for path in [wrong, unknown] {
        let got = get(address, &path, "en").await;
        assert_eq!((got.status, got.text()), (403, closed.text()), "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_figures_and_style_are_there_and_name_nobody() {
    let place = Place::new();
    let (mut server, address, business) = serve(&place).await;
    let figures = server
        .show_figures(LOOPBACK.parse().unwrap())
        .await
        .unwrap();
    let mut phone = pair(&server, business, 1).await;
    phone.sell(None, 1_000, at(0));
    sync(address, &mut phone, MORNING).await;
    assert_eq!(get(address, "/healthz", "en").await.text(), "ok\n");
    // The figures are for whoever runs the server: the phones' address does not show them.
    assert_eq!(get(address, "/metrics", "en").await.status, 404);
    assert_eq!(get(figures, "/healthz", "en").await.status, 404);
    let metrics = get(figures, "/metrics", "en").await;
    let text = metrics.text();
    assert!(
        text.contains("kartka_ops_total 1\n") && text.contains("kartka_devices_paired_total 1\n")
    );
    let id: String = business.0.iter().map(|b| format!("{b:02x}")).collect();
    assert!(!text.contains(&id) && !text.contains("Olena"));
    let style = get(address, "/style.css", "en").await;
    assert!(style.text().contains("prefers-color-scheme: dark"));
    assert_eq!(get(address, "/", "uk").await.status, 200);
    assert_eq!(get(address, "/nobody/knows/this", "ru").await.status, 404);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_can_not_start_says_why() {
    let place = Place::new();
    let (server, address, business) = serve(&place).await;
    // The same folder and another port: the data is taken. The same port: so is that.
    let why = |result: Result<RunningServer, StartError>| match result {
        Ok(_) => panic!("it started"),
        Err(error) => error,
    };
    let taken = why(Server::start(config(&place)).await);
    assert!(
        matches!(&taken, StartError::Business { business: of, source: StoreError::Busy } if *of == business),
        "{taken}"
    );
    let elsewhere = Place::new();
    let mut same_port = config(&elsewhere);
    same_port.bind = address;
    let in_use = why(Server::start(same_port).await);
    assert!(
        matches!(in_use, StartError::PortInUse(port) if port == address),
        "{in_use}"
    );
    server.stop().await;

    // A file in the place of the folder.
    let blocked = Place::new();
    std::fs::write(blocked.data(), b"").unwrap();
    let error = why(Server::start(config(&blocked)).await);
    assert!(matches!(error, StartError::Data { .. }), "{error}");
    // A key that is not this file's.
    let keys = place.folder.path().join("data.keys");
    for entry in std::fs::read_dir(keys).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "key") {
            std::fs::write(path, [1; 32]).unwrap();
        }
    }
    let error = why(Server::start(config(&place)).await);
    assert!(
        matches!(
            &error,
            StartError::Business {
                source: StoreError::WrongKey,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_businesses_on_one_server_stay_apart() {
    let place = Place::new();
    let (server, address, first) = serve(&place).await;
    let second = server.create_business(&founding()).unwrap();
    let mut here = pair(&server, first, 1).await;
    let mut there = pair(&server, second, 2).await;
    here.sell(None, 1_000, at(0));
    there.sell(None, 2_000, at(0));
    sync(address, &mut here, MORNING).await;
    sync(address, &mut there, MORNING).await;
    assert_eq!((here.business(), there.business()), (first, second));
    let common: Vec<_> = here
        .rows
        .iter()
        .filter(|(key, row)| {
            there
                .rows
                .get(key)
                .is_some_and(|other| other.1.record == row.1.record)
        })
        .map(|(key, _)| key.0)
        .collect();
    // Equal are only the ready outlet, owner and programme.
    assert!(
        common
            .iter()
            .all(|kind| *kind == 2 || *kind == 3 || *kind == 5),
        "{common:?}"
    );
    let url = server.owner_url(first).unwrap();
    let path = url.strip_prefix(server.address()).unwrap();
    let secret = path.split_once("?o=").unwrap().1;
    let id: String = second.0.iter().map(|b| format!("{b:02x}")).collect();
    let other = get(address, &format!("/owner/{id}?o={secret}"), "en").await;
    assert_eq!(other.status, 403);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_founding_that_was_cut_off_stops_nobody() {
    let place = Place::new();
    let (server, _, business) = serve(&place).await;
    server.stop().await;
    // The key and the file were made, then the power went.
    let keys = place.folder.path().join("data.keys");
    std::fs::write(keys.join(format!("{}.key", "0".repeat(32))), [3; 32]).unwrap();
    std::fs::write(place.data().join(format!("{}.kartka", "0".repeat(32))), b"").unwrap();
    let (server, _, _) = serve(&place).await;
    assert_eq!(server.businesses(), [business]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_is_answered_and_everybody_else_hears_the_same() {
    let place = Place::new();
    let (server, address, business) = serve(&place).await;
    let phone = pair(&server, business, 1).await;
    let cards = &phone.keys.cards;
    let number = CardNumber::from_value(1_234_567_890).unwrap();
    let secret = Bearer::of(number, cards.key(cards.current()).unwrap());
    let ask = |shop: ShopTag, key: KeyId, secret: &Bearer| {
        HolderEnvelope::seal((shop, key, number), secret, [5; 16], &HolderAsk::default()).encode()
    };

    let question = ask(cards.tag(), cards.current(), &secret);
    let got = post(address, "/v1/card", &question).await;
    assert_eq!(got.status, 200);
    assert_eq!(got.header("cache-control"), Some("no-store"));
    let said = HolderAnswer::decode(&got.body).unwrap();
    let said = said.open(&secret, &question).unwrap();
    // Genuine, and nobody's yet.
    assert_eq!(said.standing, CardStanding::Blank);
    assert!(said.points.is_empty() && said.given.is_none());

    let forged = Bearer::from_bytes([7; 16]);
    let another = ShopTag::from_bits(cards.tag().bits() ^ 1);
    let unknown = KeyId::new((cards.current().value() + 1) % KeyId::COUNT).unwrap();
    let mut heard = Vec::new();
    for wrong in [
        ask(cards.tag(), cards.current(), &forged),
        ask(another, cards.current(), &secret),
        ask(cards.tag(), unknown, &secret),
    ] {
        let got = post(address, "/v1/card", &wrong).await;
        assert_eq!((got.status, got.code().as_str()), (401, "unauthorised"));
        heard.push(got.body);
    }
    assert!(heard.iter().all(|body| *body == heard[0]));
    assert_eq!(post(address, "/v1/card", b"nothing").await.status, 400);

    // Who guesses on is let wait, also with what would be right.
    let mut last = 401;
    for _ in 0..40 {
        let guess = ask(cards.tag(), cards.current(), &forged);
        last = post(address, "/v1/card", &guess).await.status;
    }
    assert_eq!(last, 429);
    assert_eq!(post(address, "/v1/card", &question).await.status, 429);
    server.stop().await;
}
