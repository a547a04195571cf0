//! A shop's bad day, with real processes: the server's disk dies, its backup is put back, an old box is started again.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;

use common::server::{Server, create, free_address};
use common::{Desk, Run, kartka};

fn back_up(data: &Path, file: &Path) -> Run {
    kartka([
        "backup".as_ref(),
        "--data".as_ref(),
        data.as_os_str(),
        "--to".as_ref(),
        file.as_os_str(),
    ])
}

fn restore(file: &Path, data: &Path) -> Run {
    kartka([
        "restore".as_ref(),
        file.as_os_str(),
        "--data".as_ref(),
        data.as_os_str(),
    ])
}

/// Receipts and revenue of the day as a desk shows them.
fn day(desk: &Desk) -> (u64, String) {
    let day = &desk.json("report")["day"];
    (
        day["receipts"].as_u64().unwrap(),
        day["revenue"].as_str().unwrap().to_owned(),
    )
}

/// Exchanges until everybody has told everything and fetched everything.
fn sync(desks: &[&Desk]) {
    for _ in 0..2 {
        for desk in desks {
            desk.json("sync");
        }
    }
}

#[test]
fn a_server_that_died_is_put_back_from_its_backup_and_no_sale_is_lost_or_doubled() {
    let home = tempfile::tempdir().unwrap();
    let (data, bind) = (home.path().join("server"), free_address());
    let file = home.path().join("backup");
    create(&data, &bind);
    let server = Server::start(&data, &bind);
    let (first, second) = (Desk::new(), Desk::new());
    first.json(&format!("pair {}", server.code()));
    server.interrupt();
    let server = Server::start(&data, &bind);
    second.json(&format!("pair {}", server.code()));
    let customer = first.json("register --given Olena --issue");
    let card = customer["cards"][0].as_str().unwrap().to_owned();
    sync(&[&first, &second]);

    // The counter sells on while backups are made.
    let made = std::thread::scope(|scope| {
        let selling = scope.spawn(|| {
            for n in 1..=6 {
                second.json(&format!("sell {n} --card {card}"));
                second.json("sync");
            }
        });
        let mut runs = Vec::new();
        while !selling.is_finished() {
            runs.push(back_up(&data, &file));
        }
        selling.join().unwrap();
        runs
    });
    for run in &made {
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(run.out.contains("all sums agree"), "{}", run.out);
    }

    // What comes after the last backup is on the phones alone when the disk dies.
    first.json(&format!("sell 100 --card {card}"));
    let sold = first.json(&format!("sell 200 --card {card}"));
    sync(&[&first, &second]);
    second.json(&format!("sell 50 --card {card} --spend 500"));
    second.json("sync");
    first.json(&format!("return {}", sold["purchase"].as_str().unwrap()));
    server.kill();
    let dead = home.path().join("dead");
    fs::rename(&data, &dead).unwrap();
    first.json(&format!("sell 7 --card {card}"));

    let run = restore(&file, &data);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("kartka serve"), "{}", run.out);
    let again = restore(&file, &data);
    assert!(
        again.code == 2 && again.err.contains("not empty"),
        "{}",
        again.err
    );
    let server = Server::start(&data, &bind);
    sync(&[&second, &first]);
    // 6 small ones, 100, 200, 50 and 7; 200 came back.
    let all = (10, "178.00".to_owned());
    assert_eq!((day(&first), day(&second)), (all.clone(), all.clone()));
    let points = |desk: &Desk| desk.json("find Olena")[0]["points"][0]["balance"].clone();
    assert_eq!(points(&first), points(&second));
    // A new phone is told the same by the server alone.
    let third = Desk::new();
    third.json(&format!("pair {}", server.code()));
    third.json("sync");
    assert_eq!((day(&third), points(&third)), (all.clone(), points(&first)));
    server.interrupt();

    // Somebody finds the old box and starts it: on a machine that knows nothing of the restore.
    let keys = home.path().join("dead.keys");
    fs::create_dir(&keys).unwrap();
    for entry in fs::read_dir(home.path().join("server.keys")).unwrap() {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|end| end == "key") {
            fs::copy(entry.path(), keys.join(entry.file_name())).unwrap();
        }
    }
    let old = Server::start(&dead, &bind);
    first.json("sell 1");
    assert_eq!(first.refused("sync"), (1, "server_went_back".into()));
    old.interrupt();
    let server = Server::start(&data, &bind);
    sync(&[&first, &second]);
    assert_eq!(day(&second), (11, "179.00".to_owned()));
    server.interrupt();
}

#[test]
fn what_can_go_wrong_with_a_backup_is_said() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("backup");
    let run = back_up(&home.path().join("nowhere"), &file);
    assert!(run.code == 2 && run.err.contains("nowhere"), "{}", run.err);
    let empty = home.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let run = back_up(&empty, &file);
    assert!(
        run.code == 2 && run.err.contains("no business"),
        "{}",
        run.err
    );

    let data = home.path().join("server");
    create(&data, &free_address());
    let run = back_up(&data, &file);
    assert_eq!(run.code, 0, "{}", run.err);
    let elsewhere = home.path().join("elsewhere");
    let run = restore(&file, &elsewhere);
    assert!(run.code == 2 && run.err.contains("--key"), "{}", run.err);
    fs::write(&file, b"hello").unwrap();
    let run = restore(&file, &elsewhere);
    assert!(
        run.code == 2 && run.err.contains("no backup"),
        "{}",
        run.err
    );
    assert!(!elsewhere.exists());
}

#[test]
fn a_server_moves_and_its_phones_follow() {
    let home = tempfile::tempdir().unwrap();
    let (data, bind) = (home.path().join("server"), free_address());
    let (new, there) = (home.path().join("new"), free_address());
    create(&data, &bind);
    let server = Server::start(&data, &bind);
    let (first, second) = (Desk::new(), Desk::new());
    first.json(&format!("pair {}", server.code()));
    server.interrupt();
    let server = Server::start(&data, &bind);
    second.json(&format!("pair {}", server.code()));
    first.json("sell 1");
    sync(&[&first, &second]);
    let move_to = |url: &str| {
        kartka([
            "move".as_ref(),
            "--data".as_ref(),
            data.as_os_str(),
            "--to".as_ref(),
            url.as_ref(),
        ])
    };
    let run = move_to("http://elsewhere");
    assert!(run.code == 1 && run.err.contains("in use"), "{}", run.err);
    server.interrupt();
    let run = move_to("elsewhere");
    assert!(run.code == 2 && run.err.contains("http"), "{}", run.err);
    let run = move_to(&format!("http://{there}"));
    assert_eq!(run.code, 0, "{}", run.err);
    for (from, to) in [
        (&data, &new),
        (&data.with_extension("keys"), &new.with_extension("keys")),
    ] {
        fs::create_dir(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
    let old = Server::start(&data, &bind);
    first.json("sell 2");
    // Nobody is at the new place yet, and the old one takes nothing.
    assert_eq!(first.refused("sync").1, "server_rejected");
    let server = Server::start(&new, &there);
    sync(&[&first, &second]);
    old.interrupt();
    second.json("sell 4");
    sync(&[&second, &first]);
    let all = (3, "7.00".to_owned());
    assert_eq!((day(&first), day(&second)), (all.clone(), all));
    // A new phone is let in at the new place only.
    let third = Desk::new();
    third.json(&format!("pair {}", server.code()));
    third.json("sync");
    assert_eq!(day(&third).0, 3);
    server.interrupt();
}

#[test]
fn a_server_and_a_device_are_given_another_key_and_sell_on() {
    let home = tempfile::tempdir().unwrap();
    let (data, bind) = (home.path().join("server"), free_address());
    create(&data, &bind);
    let server = Server::start(&data, &bind);
    let desk = Desk::new();
    desk.json(&format!("pair {}", server.code()));
    desk.json("sell 1");
    desk.json("sync");
    let new_key = || kartka(["new-key".as_ref(), "--data".as_ref(), data.as_os_str()]);
    let run = new_key();
    assert!(run.code == 1 && run.err.contains("in use"), "{}", run.err);
    server.interrupt();
    let keys = || {
        let mut keys = Vec::new();
        for folder in [
            "server.keys".as_ref(),
            desk.data.with_extension("keys").as_path(),
        ] {
            for entry in fs::read_dir(home.path().join(folder)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap();
                if name.ends_with(".key") || name == "database-key" {
                    keys.push(fs::read(path).unwrap());
                }
            }
        }
        keys
    };
    let former = keys();
    assert_eq!(former.len(), 2);
    let run = new_key();
    assert_eq!(run.code, 0, "{}", run.err);
    desk.json("new-key");
    assert!(keys().iter().all(|key| !former.contains(key)));
    let server = Server::start(&data, &bind);
    desk.json("sell 2");
    sync(&[&desk]);
    assert_eq!(day(&desk), (2, "3.00".to_owned()));
    server.interrupt();
    // A backup of the data under their new key is put back as ever.
    let file = home.path().join("backup");
    assert_eq!(back_up(&data, &file).code, 0);
    fs::rename(&data, home.path().join("dead")).unwrap();
    assert_eq!(restore(&file, &data).code, 0);
    let server = Server::start(&data, &bind);
    sync(&[&desk]);
    assert_eq!(day(&desk), (2, "3.00".to_owned()));
    server.interrupt();
}

#[test]
fn a_device_whose_key_was_lost_is_paired_anew_and_the_sheet_brings_what_it_had_sold() {
    let home = tempfile::tempdir().unwrap();
    let (data, bind) = (home.path().join("server"), free_address());
    create(&data, &bind);
    let server = Server::start(&data, &bind);
    let (owner, till) = (Desk::new(), Desk::new());
    owner.json(&format!("pair {}", server.code()));
    let qr = owner.json("sheet --new")["qr"].as_str().unwrap().to_owned();
    owner.json(&format!("sheet --confirm {qr}"));
    server.interrupt();
    let server = Server::start(&data, &bind);
    till.json(&format!("pair {}", server.code()));
    sync(&[&owner, &till]);
    server.interrupt();
    till.json("sell 10");
    assert_eq!(till.refused("set-aside").1, "outside");
    fs::remove_file(till.data.with_extension("keys").join("database-key")).unwrap();
    assert_eq!(till.refused("sell 20").1, "wrong_key");
    till.json("set-aside");
    let server = Server::start(&data, &bind);
    till.json(&format!("pair {}", server.code()));
    till.json("sell 40");
    sync(&[&till, &owner]);
    assert_eq!(day(&owner), (1, "40.00".to_owned()));
    let came = till.json(&format!("outbox --aside --sheet {qr}"));
    assert_eq!(came[0]["arrived"], came[0]["batches"]);
    sync(&[&owner, &till]);
    let all = (2, "50.00".to_owned());
    assert_eq!((day(&owner), day(&till)), (all.clone(), all));
    server.interrupt();
}
