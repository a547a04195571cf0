//! Disks and files that say no to the desk and to the server: the message has a next step, and nothing is lost.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use common::disk::SmallDisk;
use common::server::{code, free_address};
use common::{Desk, Run, ended};
use serde_json::Value;

const REQUEST: &str = "--request 000102030405060708090a0b0c0d0e0f";

/// Runs a desk command on a folder of the disk.
fn desk(disk: &SmallDisk, words: &str) -> Run {
    let mut command = disk.program(env!("CARGO_BIN_EXE_kartka"));
    command
        .args(["desk", "--json", "--data"])
        .arg(disk.path("shop"));
    ended(&command.args(words.split_whitespace()).output().unwrap())
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn a_full_disk_refuses_a_sale_and_takes_it_again_when_there_is_room() {
    let Some(disk) = SmallDisk::of(4_096) else {
        return;
    };
    let founded = desk(
        &disk,
        "found --name Bar --country DE --kind coffee --owner Mia",
    );
    assert_eq!(founded.code, 0, "{}", founded.err);
    let first = json(&desk(&disk, "sell 5"))["purchase"].clone();

    disk.fill();
    let sale = format!("{REQUEST} sell 7");
    // A process that starts here finds no room for the log's index, so it can't even look.
    for words in [sale.as_str(), "report", "register --given Ina"] {
        let refused = desk(&disk, words);
        assert_eq!(refused.code, 1, "{words}: {}", refused.out);
        assert_eq!(json(&refused)["error"], "storage_full", "{words}");
        assert!(
            refused
                .err
                .contains("nothing was lost: make room and repeat"),
            "{}",
            refused.err
        );
    }

    disk.make_room();
    let sold = json(&desk(&disk, &sale))["purchase"].clone();
    assert_ne!(sold, first);
    assert_eq!(json(&desk(&disk, &sale))["purchase"], sold, "done once");
    assert_eq!(json(&desk(&disk, "report"))["day"]["receipts"], 2);
}

#[test]
fn data_of_a_newer_kartka_are_left_alone_and_the_update_is_named() {
    let desk = Desk::new();
    let newer = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/store/newer");
    let keys = desk.home.path().join("shop.keys");
    for folder in [&desk.data, &keys] {
        fs::create_dir(folder).unwrap();
    }
    for file in ["kartka.db", "kartka.db-key-check"] {
        fs::copy(newer.join(file), desk.data.join(file)).unwrap();
    }
    fs::write(keys.join("database-key"), [0xC5; 32]).unwrap();
    for words in [
        "report",
        "sell 5",
        "found --name Bar --country DE --owner Mia",
    ] {
        assert_eq!(desk.refused(words), (1, "too_new".into()), "{words}");
        let said = desk.run(words).err;
        assert!(
            said.contains("update Kartka; nothing was changed"),
            "{said}"
        );
    }
    assert_eq!(
        fs::read(desk.data.join("kartka.db")).unwrap(),
        fs::read(newer.join("kartka.db")).unwrap()
    );
}

/// `kartka` on the disk, with the server's place in its arguments.
fn on(disk: &SmallDisk, bind: &str, words: &[&str]) -> Command {
    let mut command = disk.program(env!("CARGO_BIN_EXE_kartka"));
    command.args(words).arg("--data").arg(disk.path("server"));
    command.args(["--bind", bind]);
    command
}

/// A server on the disk; killed when it is dropped.
struct Server {
    child: Child,
    /// Kept open: a server that can no longer speak ends.
    _out: BufReader<ChildStdout>,
    said: String,
}

impl Server {
    fn start(disk: &SmallDisk, bind: &str) -> Self {
        let mut serve = on(disk, bind, &["serve", "--pair"]);
        let mut child = serve.stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("pairing code: ") {
            assert_ne!(out.read_line(&mut said).unwrap(), 0, "{said}");
        }
        Self {
            child,
            _out: out,
            said,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_on_a_full_disk_takes_nothing_loses_nothing_and_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::of(8_192) else {
        return;
    };
    let bind = free_address();
    let form = [
        "admin",
        "create-business",
        "--name",
        "Bar",
        "--country",
        "DE",
        "--owner",
        "Mia",
    ];
    assert!(on(&disk, &bind, &form).status().unwrap().success());
    let server = Server::start(&disk, &bind);
    let desk = Desk::new();
    desk.json(&format!("pair {}", code(&server.said)));
    desk.json("sell 5");
    assert_eq!(desk.json("sync")["ops_sent"], 1);

    disk.fill();
    for _ in 0..3 {
        desk.json("sell 7");
        assert_eq!(
            desk.refused("sync"),
            (4, "server_unavailable".into()),
            "the phone keeps it"
        );
    }
    assert_eq!(desk.json("report")["outbox"], 3);
    disk.make_room();
    let sent = desk.json("sync");
    assert_eq!(
        (&sent["ops_sent"], &sent["status"]["outbox"]),
        (&3.into(), &0.into())
    );
    assert_eq!(desk.json("report")["day"]["receipts"], 4);
}
