//! Server and desks as processes: founding, pairing, exchanging, and what goes wrong on the way.
#![allow(clippy::unwrap_used)]

mod common;

use std::net::TcpListener;
use std::path::Path;

use common::server::{Server, code, create, free_address};
use common::{Desk, command, ended, kartka};

#[test]
fn two_desks_meet_at_a_server_and_agree() {
    let home = tempfile::tempdir().unwrap();
    let (data, bind) = (home.path().join("server"), free_address());
    let created = create(&data, &bind);
    assert_eq!(created.code, 0, "{}", created.err);
    assert!(
        created.out.contains(&format!("http://{bind}/")),
        "{}",
        created.out
    );
    assert!(created.out.contains('▀'), "the code is drawn");

    let server = Server::start(&data, &bind);
    let (first, second) = (Desk::new(), Desk::new());
    let paired = first.json(&format!("pair {} --name Till", code(&created.out)));
    assert_eq!(
        (&paired["business"], &paired["currency"]),
        (&"Bar".into(), &"UAH".into())
    );
    // The token is good once.
    assert_eq!(
        second.refused(&format!("pair {}", code(&created.out))),
        (3, "pairing_refused".into())
    );
    second.json(&format!("pair {}", server.code()));

    let customer = first.json("register --given Олена --phone 0671234567 --issue");
    let card = customer["cards"][0].as_str().unwrap();
    first.json(&format!("sell 250 --card {card}"));
    let sent = first.json("sync");
    assert_eq!(
        (&sent["ops_sent"], &sent["status"]["outbox"]),
        (&2.into(), &0.into())
    );

    second.json("sync");
    let found = second.json("find 4567");
    assert_eq!(
        (&found[0]["name"], &found[0]["points"][0]["balance"]),
        (&"Олена".into(), &1_250.into())
    );
    second.json(&format!("sell 40 --card {card} --spend 1000"));
    second.json("sync");
    first.json("sync");
    let report = first.json("report");
    assert_eq!(
        (
            &report["day"]["receipts"],
            &report["day"]["revenue"],
            &report["day"]["registered"]
        ),
        (&2.into(), &"290.00".into(), &1.into())
    );
    assert_eq!(report["points_outstanding"], 1_250 - 1_000 + 150);
    assert_eq!(report["liability"], "4.00");

    // Offline nothing is lost.
    let (status, rest) = server.interrupt();
    assert_eq!(status, Some(0));
    assert!(rest.contains("stopped"), "{rest}");
    first.json(&format!("sell 10 --card {card}"));
    assert_eq!(first.refused("sync"), (4, "offline".into()));
    let again = Server::start(&data, &bind);
    assert_eq!(first.json("sync")["ops_sent"], 1);
    again.interrupt();
}

#[test]
fn what_can_go_wrong_with_a_server_is_named() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("server");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let bind = taken.local_addr().unwrap().to_string();
    let serve = |data: &Path, bind: &str| {
        kartka(["serve", "--data", data.to_str().unwrap(), "--bind", bind])
    };

    let run = serve(&data, &bind);
    assert_eq!(run.code, 1);
    assert!(
        run.err.contains(&bind) && run.err.contains("in use"),
        "{}",
        run.err
    );

    let file = home.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let run = serve(&file, "127.0.0.1:0");
    assert!(run.code == 1 && run.err.contains("--data"), "{}", run.err);

    let run = kartka([
        "admin",
        "create-business",
        "--data",
        data.to_str().unwrap(),
        "--name",
        "Bar",
        "--country",
        "ZZ",
        "--owner",
        "Mia",
    ]);
    assert!(run.code == 2 && run.err.contains("country"), "{}", run.err);

    let desk = Desk::new();
    for (text, code, word) in [("KARTKA1:ABC", 2, "validation"), ("hello", 2, "validation")] {
        assert_eq!(
            desk.refused(&format!("pair {text}")),
            (code, word.into()),
            "{text}"
        );
    }
    // A genuine code of a server that does not run.
    let nobody = free_address();
    let created = create(&home.path().join("other"), &nobody);
    assert_eq!(
        desk.refused(&format!("pair {}", code(&created.out))),
        (4, "offline".into())
    );
    assert_eq!(desk.refused("sync"), (3, "not_paired".into()));
}

#[test]
fn a_running_server_keeps_its_folder_to_itself() {
    let home = tempfile::tempdir().unwrap();
    let (data, bind) = (home.path().join("server"), free_address());
    create(&data, &bind);
    let server = Server::start(&data, &bind);
    let second = command()
        .args([
            "serve",
            "--data",
            data.to_str().unwrap(),
            "--bind",
            "127.0.0.1:0",
        ])
        .output()
        .unwrap();
    let second = ended(&second);
    assert!(
        second.code == 1 && second.err.contains("in use"),
        "{}",
        second.err
    );
    server.interrupt();
}

#[test]
fn one_desk_brings_what_another_could_not_send() {
    let home = tempfile::tempdir().unwrap();
    let (data, bind) = (home.path().join("server"), free_address());
    let created = create(&data, &bind);
    let server = Server::start(&data, &bind);
    let (owner, till) = (Desk::new(), Desk::new());
    owner.json(&format!("pair {} --name Owner", code(&created.out)));
    till.json(&format!("pair {} --name Till", server.code()));
    let qr = owner.json("sheet --new")["qr"].as_str().unwrap().to_owned();
    owner.json(&format!("sheet --confirm {qr}"));
    owner.json("sync");
    till.json("sync");

    till.json("sell 250");
    assert_eq!(till.refused("sign-out").1, "SalesNotSent");
    let file = home.path().join("till.kartka").display().to_string();
    assert_eq!(till.json(&format!("outbox --export {file}"))["ops"], 1);
    till.json("sign-out");
    let came = owner.json(&format!("outbox --carry {file} --sheet {qr}"));
    assert_eq!((&came["batches"], &came["arrived"]), (&1.into(), &1.into()));
    owner.json("sync");
    assert_eq!(owner.json("report")["day"]["receipts"], 1);
    assert_eq!(till.refused("outbox").1, "not_paired");
}
