//! The same over real sockets: the server as it runs, and things that only look like one.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use kartka_core::domain::founding::ShopKind;
use kartka_core::error::CoreError;
use kartka_core::sync::scheduler::Scheduler;
use kartka_core::sync::transport::Http;
use kartka_core::sync::{Cancel, Failure, Route, SyncEvent, Transport as _};
use kartka_core::usecase::customers::{NewCard, Registration};
use kartka_server::{FoundingInput, Rights, RunningServer, Server, ServerConfig};
use tokio::runtime::Runtime;

use super::shops::{Counter, Dice, Time};

/// A server process's worth of server.
struct House {
    home: tempfile::TempDir,
    time: Arc<Time>,
    runtime: Runtime,
    server: Option<RunningServer>,
    address: SocketAddr,
}

impl House {
    fn founded() -> Self {
        let runtime = Runtime::new().unwrap();
        let home = tempfile::tempdir().unwrap();
        let time = Time::new();
        let mut house = Self {
            home,
            time,
            runtime,
            server: None,
            address: "127.0.0.1:0".parse().unwrap(),
        };
        house.start();
        let input = FoundingInput {
            name: "Кав'ярня".into(),
            country: "UA".into(),
            kind: ShopKind::Coffee,
            owner: "Марта".into(),
        };
        house.server().create_business(&input).unwrap();
        house
    }

    fn server(&self) -> &RunningServer {
        self.server.as_ref().unwrap()
    }

    fn start(&mut self) {
        let config = ServerConfig {
            data: self.home.path().join("data"),
            bind: self.address,
            address: None,
            clock: self.time.clone(),
            random: Dice::seeded(77),
        };
        let server = self.runtime.block_on(Server::start(config)).unwrap();
        self.address = server.local_addr();
        self.server = Some(server);
    }

    fn stop(&mut self) {
        let server = self.server.take().unwrap();
        self.runtime.block_on(server.stop());
    }

    fn pair(&self, seed: u64, http: &Http) -> Counter {
        let business = self.server().businesses()[0];
        let text = self
            .server()
            .pairing_qr(business, Rights::Recent)
            .unwrap()
            .to_text();
        let counter = Counter::new(seed);
        counter
            .shop
            .pair(counter.request(), &text, "Каса", http)
            .unwrap();
        counter
    }
}

#[test]
fn two_phones_meet_over_http_and_a_server_that_stops_loses_nothing() {
    let mut house = House::founded();
    let http = Http::new(None).unwrap();
    let (a, b) = (house.pair(1, &http), house.pair(2, &http));
    let sync = |counter: &Counter| counter.shop.sync(&http, &Cancel::default());
    let ira = a.register("Іра", "0671234567", NewCard::Issue);
    a.sell(ira, 10_000);
    let report = sync(&a).unwrap();
    assert!(report.bytes_up > 0 && report.bytes_down > 0);
    sync(&b).unwrap();
    assert_eq!(b.balance(ira), a.balance(ira));
    house.stop();
    a.sell(ira, 20_000);
    assert!(matches!(sync(&a), Err(CoreError::Offline)));
    assert_eq!(a.outbox(), 1);
    house.start();
    sync(&a).unwrap();
    sync(&b).unwrap();
    assert_eq!((a.outbox(), b.balance(ira)), (0, a.balance(ira)));
    assert_eq!(a.digests(), b.digests());
    house.stop();
}

#[test]
fn what_one_phone_sells_the_other_shows_without_being_asked() {
    let house = House::founded();
    let http = Arc::new(Http::new(None).unwrap());
    let (a, b) = (house.pair(1, &http), house.pair(2, &http));
    let (heard, news) = std::sync::mpsc::channel();
    let start = |counter: Counter, heard: Option<std::sync::mpsc::Sender<()>>| {
        let Counter { shop, home, .. } = counter;
        let shop = Arc::new(shop);
        let observer = Box::new(move |event| {
            if let (SyncEvent::UpToDate, Some(heard)) = (event, &heard) {
                let _ = heard.send(());
            }
        });
        let scheduler = Scheduler::over_http(shop.clone(), http.clone(), observer).unwrap();
        (scheduler, shop, home)
    };
    let (seller, at_a, _a) = start(a, None);
    let (shower, at_b, _b) = start(b, Some(heard));
    let id = kartka_core::store::RequestId([5; 16]);
    let form = Registration {
        card: NewCard::Issue,
        ..Registration::default()
    };
    let ira = at_a.register(id, &form).unwrap();
    seller.now();
    // Every poke of the server leads to one exchange; one of them brings the customer.
    while at_b.customer(ira).is_err() {
        news.recv_timeout(Duration::from_secs(20)).unwrap();
    }
    drop((seller, shower));
    assert_eq!(at_a.sync_status().unwrap().outbox, 0);
}

/// Answers every connection with `answer` and closes it.
fn stranger(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4_096]);
            let _ = stream.write_all(&answer);
        }
    });
    address
}

fn response(status: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nretry-after: 7\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[test]
fn what_only_looks_like_a_server_is_told_apart() {
    let http = Http::new(None).unwrap();
    let message = "application/vnd.kartka";
    let cut = response("200 OK", message, &[7; 64]);
    let endless = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {message}\r\ntransfer-encoding: chunked\r\n\r\n600000\r\n"
    );
    let endless = [endless.into_bytes(), vec![7; 0x60_0000]].concat();
    for (name, answer, want) in [
        (
            "html",
            response("200 OK", "text/html", b"<html>hotel</html>"),
            Failure::NotTheAnswer,
        ),
        (
            "redirect",
            response("302 Found", "text/html", b""),
            Failure::NotTheAnswer,
        ),
        (
            "not found",
            response("404 Not Found", "text/plain", b"no"),
            Failure::NotTheAnswer,
        ),
        (
            "down",
            response("503 Service Unavailable", "text/html", b"<h1>"),
            Failure::Unavailable {
                retry_after_ms: 7_000,
            },
        ),
        ("cut", cut[..cut.len() - 9].to_vec(), Failure::Offline),
        ("no http", b"SSH-2.0-OpenSSH\r\n".to_vec(), Failure::Offline),
        ("nothing", Vec::new(), Failure::Offline),
        ("endless", endless, Failure::NotTheAnswer),
        (
            "refused",
            response(
                "401 Unauthorized",
                "application/problem+json",
                br#"{"code":"unauthorised"}"#,
            ),
            Failure::Refused(kartka_protocol::message::Refusal::Unauthorised),
        ),
    ] {
        let got = http.post(&stranger(answer), Route::Sync, b"request");
        assert_eq!(got, Err(want), "{name}");
    }
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for address in [
        format!("http://{closed}"),
        "http://nowhere.invalid".into(),
        "::".into(),
        String::new(),
    ] {
        assert_eq!(
            http.post(&address, Route::Pair, b""),
            Err(Failure::Offline),
            "{address}"
        );
    }
}

#[test]
fn an_unpaired_key_and_an_unknown_business_are_refused_alike() {
    let (house, other) = (House::founded(), House::founded());
    let http = Http::new(None).unwrap();
    let counter = house.pair(1, &http);
    let refused = Failure::Refused(kartka_protocol::message::Refusal::Unauthorised);
    let (elsewhere, here) = (other.server().address(), house.server().address());
    let envelope = kartka_protocol::message::Envelope {
        business: house.server().businesses()[0],
        device: kartka_core::domain::ids::DeviceNo::new(99).unwrap(),
        body: vec![1, 2, 3],
        signature: kartka_protocol::signature::Signature([9; 64]),
    };
    for address in [elsewhere, here] {
        assert_eq!(
            http.post(address, Route::Sync, &envelope.encode()),
            Err(refused)
        );
    }
    assert!(counter.shop.sync(&http, &Cancel::default()).is_ok());
}
