//! A shop founded on a laptop comes to a server, with real processes that are killed.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;

use common::server::{Server, create, free_address};
use common::{Desk, kartka};

fn invite(data: &Path, bind: &str) -> String {
    let data = data.to_str().unwrap();
    let run = kartka(["admin", "invite", "--data", data, "--bind", bind]);
    assert_eq!(run.code, 0, "{}", run.err);
    let mut lines = run.out.lines();
    let code = lines.find_map(|line| line.strip_prefix("hand-over code: "));
    code.unwrap().to_owned()
}

#[test]
fn a_founded_shop_comes_to_a_server_that_was_killed_and_goes_on_there() {
    let home = tempfile::tempdir().unwrap();
    let (data, bind) = (home.path().join("server"), free_address());
    // Another shop is served there already.
    create(&data, &bind);
    let desk = Desk::founded();
    let customer = desk.json("register --given Olena --issue");
    let card = customer["cards"][0].as_str().unwrap().to_owned();
    for _ in 0..3 {
        desk.json(&format!("sell 100 --card {card}"));
    }
    let code = invite(&data, &bind);
    // Nobody is there: the shop sells on, and nothing has changed.
    assert_eq!(desk.refused(&format!("hand-over {code}")).1, "offline");
    desk.json(&format!("sell 100 --card {card}"));
    let state = desk.json("hand-over");
    assert_eq!(state["hand_over"]["stage"], "sending");

    let server = Server::start(&data, &bind);
    let done = desk.json(&format!("hand-over {code}"));
    assert!(done["hand_over"].is_null(), "{done}");
    server.kill();
    let server = Server::start(&data, &bind);
    desk.json(&format!("sell 50 --card {card} --spend 500"));
    let report = desk.json("sync");
    assert_eq!(report["ops_sent"], 1);
    assert_eq!(report["mismatches"], 0);
    assert_eq!(desk.json("report")["day"]["receipts"], 5);
    assert_eq!(server.interrupt().0, Some(0));
    // Both shops have a file there.
    let files = fs::read_dir(&data).unwrap().flatten();
    let files = files.filter(|entry| entry.path().extension().is_some_and(|e| e == "kartka"));
    assert_eq!(files.count(), 2);
}
