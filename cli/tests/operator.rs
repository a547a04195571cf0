//! What whoever runs a server sees of it: its log and its figures, and nobody's name in either.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Stdio};

use common::{Desk, command, kartka};
use serde_json::Value;

/// A name, a phone number, a note and a shop that no log may hold.
const PLANTED: [&str; 4] = [
    "Hortensia",
    "671234567",
    "Bitterschokolade",
    "Zwetschgenbar",
];

/// A running server with its log in a file.
struct Server {
    child: Child,
    /// Kept open: a server that can no longer speak ends.
    _out: BufReader<ChildStdout>,
    said: String,
    log: std::path::PathBuf,
}

impl Server {
    fn start(desk: &Desk) -> Self {
        let data = desk.home.path().join("server");
        let place = ["--data", data.to_str().unwrap(), "--bind", "127.0.0.1:0"];
        let founded = kartka(
            ["admin", "create-business"]
                .into_iter()
                .chain(place)
                .chain([
                    "--name",
                    PLANTED[3],
                    "--country",
                    "UA",
                    "--owner",
                    PLANTED[0],
                ]),
        );
        assert_eq!(founded.code, 0, "{}", founded.err);
        let log = desk.home.path().join("log");
        let mut child = command()
            .arg("serve")
            .args(place)
            .args(["--pair", "--log", "json", "--metrics", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("pairing code: ") {
            assert_ne!(out.read_line(&mut said).unwrap(), 0, "{said}");
        }
        Self {
            child,
            _out: out,
            said,
            log,
        }
    }

    /// The rest of the line that begins so.
    fn after(&self, beginning: &str) -> &str {
        let found = self
            .said
            .lines()
            .find_map(|line| line.strip_prefix(beginning));
        found.unwrap_or_else(|| panic!("{}", self.said))
    }

    /// Kills it, so that nothing is still being written, and gives back its log.
    fn end(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::fs::read_to_string(&self.log).unwrap()
    }
}

/// Asks an address, and answers with everything that came.
fn get(url: &str) -> String {
    let (host, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_log_is_json_the_figures_are_apart_and_neither_names_anybody() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    desk.json(&format!("pair {}", server.after("pairing code: ")));
    let customer = desk.json(&format!(
        "register --given {} --phone 0{} --note {} --issue",
        PLANTED[0], PLANTED[1], PLANTED[2]
    ));
    let card = customer["cards"][0].as_str().unwrap();
    desk.json(&format!("sell 12 --card {card}"));
    desk.json("sync");
    let owner = server.after("the owner's page: ");
    let page = get(owner);
    assert!(page.contains(PLANTED[3]), "{page}");
    let (_, secret) = owner.split_once("?o=").unwrap();

    let figures = get(server.after("metrics at "));
    for line in ["kartka_ops_total 2\n", "kartka_devices_paired_total 1\n"] {
        assert!(figures.contains(line), "{figures}");
    }
    let (address, _) = owner.split_once("/owner").unwrap();
    assert!(get(&format!("{address}/metrics")).starts_with("HTTP/1.1 404"));

    let secret = secret.to_owned();
    let log = server.end();
    let mut routes = Vec::new();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        assert!(
            line["level"].is_string() && line["timestamp"].is_string(),
            "{line}"
        );
        routes.extend(line["route"].as_str().map(str::to_owned));
    }
    assert_eq!(
        routes,
        [
            "/v1/pair",
            "/v1/sync",
            "/v1/sync",
            "/owner/{business}",
            "/another"
        ]
    );
    for planted in PLANTED.iter().copied().chain([card, secret.as_str()]) {
        assert!(
            !log.contains(planted) && !figures.contains(planted),
            "{planted} in {log}"
        );
    }
}
