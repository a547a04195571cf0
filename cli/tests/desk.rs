//! The desk as a script sees it: the real binary, JSON out.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Desk, run_at};

#[test]
fn a_desk_founds_registers_sells_redeems_returns_and_voids() {
    let desk = Desk::new();
    let shop = desk.json("found --name Bar --country de --kind coffee --owner Mia");
    assert_eq!(
        (&shop["currency"], &shop["status"]["outbox"]),
        (&"EUR".into(), &0.into())
    );

    let mia =
        desk.json("register --given Mia --family Klein --phone 030123456 --issue --consent 1");
    let id = mia["customer"].as_str().unwrap();
    assert_eq!(mia["phones"][0], "+4930123456");
    assert_eq!(mia["marketing"], true);
    let card = mia["cards"][0].as_str().unwrap();

    let sold = desk.json(&format!("sell 150.00 50,00x2 --card {card} --receipt A-1"));
    assert_eq!(
        (
            &sold["total"],
            &sold["paid_with_money"],
            &sold["points"],
            &sold["receipt"]
        ),
        (
            &"200.00".into(),
            &"200.00".into(),
            &1_000.into(),
            &"A-1".into()
        )
    );
    let with_points = desk.json(&format!("sell 20 --customer {id} --spend 600"));
    assert_eq!(
        (&with_points["paid_with_points"], &with_points["points"]),
        (&"6.00".into(), &(70 - 600).into())
    );

    for text in ["3456", "klein", "mi", card] {
        let found = desk.json(&format!("find {text}"));
        assert_eq!(found[0]["customer"], id, "{text}");
        assert_eq!(found[0]["points"][0]["balance"], 470, "{text}");
        assert_eq!(
            (&found[0]["visits"], &found[0]["stamps"][0]["stamps"]),
            (&2.into(), &2.into())
        );
    }

    let purchase = sold["purchase"].as_str().unwrap();
    let back = desk.json(&format!("return {purchase} --line 2x1"));
    assert_eq!(
        (&back["lines"][1]["returned"], &back["points"]),
        (&"1.000".into(), &875.into())
    );
    assert_eq!(desk.json(&format!("return {purchase}"))["points"], 0);
    assert_eq!(
        desk.refused(&format!("return {purchase}")),
        (2, "validation".into())
    );

    let second = with_points["purchase"].as_str().unwrap();
    assert_eq!(desk.json(&format!("void {second}"))["voided"], true);
    assert_eq!(
        desk.refused(&format!("void {second}")),
        (3, "AlreadyVoided".into())
    );
    assert_eq!(desk.json("find klein")[0]["points"][0]["balance"], 0);
}

#[test]
fn a_desk_explains_an_account_and_what_is_owed() {
    let desk = Desk::founded();
    let mia = desk.json("register --given Mia --phone 030123456 --issue");
    let (id, card) = (
        mia["customer"].as_str().unwrap(),
        mia["cards"][0].as_str().unwrap(),
    );
    desk.json(&format!("sell 200 --customer {id}"));
    let second = desk.json(&format!("sell 100 --customer {id} --spend 600"));
    let purchase = second["purchase"].as_str().unwrap();
    desk.json(&format!("return {purchase} --line 1x0.5"));
    let told = desk.json(&format!("account --card {card}"));
    let account = &told["accounts"][0];
    assert_eq!(
        (&told["whole"], &account["balance"]),
        (&true.into(), &935.into())
    );
    let left: i64 = account["lots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lot| lot["left"].as_i64().unwrap())
        .sum();
    assert_eq!(left, 935, "the lines add up");
    let lot = &account["lots"][0];
    assert_eq!(
        (&lot["amount"], &lot["left"], &lot["origin"]["kind"]),
        (&1_000.into(), &700.into(), &"Earn".into())
    );
    assert_eq!(
        (&lot["moves"][0]["points"], &lot["moves"][1]["points"]),
        (&(-600).into(), &300.into())
    );

    let owed = desk.json("owed");
    let month = &owed["instruments"]["1"][0];
    assert_eq!(
        (&month["in_hand"], &month["liability"]),
        (&935.into(), &"9.35".into())
    );
    assert_eq!(desk.json("report")["liability"], month["liability"]);
    assert_eq!(
        desk.refused("account --customer 7"),
        (3, "not_found".into())
    );
}

#[test]
fn a_desk_takes_goods_back_by_a_receipt_that_is_not_here() {
    let desk = Desk::founded();
    let mia = desk.json("register --given Mia --phone 030123456 --issue");
    let id = mia["customer"].as_str().unwrap();
    let sold = desk.json(&format!("sell 200 --customer {id} --receipt A-1"));
    let purchase = sold["purchase"].as_str().unwrap();
    let day = desk.json("report")["day"]["date"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        desk.refused(&format!(
            "return-unlinked add 50 --receipt A-1 --date {day}"
        )),
        (3, "ReceiptIsHere".into())
    );
    let add = "return-unlinked add 50 --receipt B-1 --date 2020-01-02 --customer";
    let all = desk.json(&format!("{add} {id}"));
    let row = &all["returns"][0];
    assert_eq!(
        (&row["amount"], &row["state"]),
        (&"50.00".into(), &"to_be_settled".into())
    );
    let of = row["id"].as_str().unwrap();
    let account = desk.json(&format!("account --customer {id}"));
    let by = &account["accounts"][0]["lots"][0]["moves"][0]["by"];
    assert_eq!(by["to_be_settled"], true);
    assert_eq!(desk.json("inbox")[0]["code"], "ReturnUnlinked");

    let all = desk.json(&format!("return-unlinked link {of} {purchase}"));
    assert_eq!(
        (&all["returns"][0]["state"], &all["returns"][0]["purchase"]),
        (&"linked".into(), &purchase.into())
    );
    assert_eq!(desk.json("inbox").as_array().unwrap().len(), 0);
    let back = desk.json(&format!("return {purchase}"));
    assert_eq!(back["points"], 0, "the rest of it, and no more");
}

#[test]
fn a_desk_works_out_the_shop_of_the_law() {
    let desk = Desk::founded();
    let answer = desk.json(
        "calculate --visitors 100 --receipt 20.00 --returning 50 --discount 20 --margin 30 --once 600",
    );
    let day =
        |income: &str, profit: &str| serde_json::json!({ "income": income, "profit": profit });
    assert_eq!(answer["without"], day("2000.00", "600.00"));
    assert_eq!(answer["with"], day("2800.00", "700.00"));
    assert_eq!(
        (&answer["paid_back"], &answer["break_even"]),
        (&6.into(), &20_000.into())
    );
    let nonsense =
        "calculate --visitors 100 --receipt 20 --returning 500 --discount 20 --margin 30";
    assert_eq!(desk.refused(nonsense).1, "validation");
}

#[test]
fn a_repeated_request_is_done_once() {
    let desk = Desk::founded();
    let sell = "--request 000102030405060708090a0b0c0d0e0f sell 5";
    let first = desk.json(sell);
    assert_eq!(desk.json(sell)["purchase"], first["purchase"]);
    assert_ne!(desk.json("sell 5")["purchase"], first["purchase"]);
}

#[test]
fn what_does_not_do_is_said_with_a_code_for_scripts() {
    let desk = Desk::new();
    assert_eq!(desk.refused("find x"), (3, "not_paired".into()));
    assert!(
        !desk.data.exists(),
        "a command that needs a business makes no folder"
    );
    assert_eq!(
        desk.refused("found --name Bar --country XX --owner Mia"),
        (2, "validation".into())
    );

    let desk = Desk::founded();
    let mia = desk.json("register --given Mia --phone 030123456 --issue");
    let id = mia["customer"].as_str().unwrap();
    for (words, code, word) in [
        (
            "found --name Bar --country DE --owner Mia".to_owned(),
            3,
            "already_paired",
        ),
        ("register".to_owned(), 2, "validation"),
        ("register --phone 12".to_owned(), 2, "validation"),
        ("register --phone 030123456".to_owned(), 3, "duplicate"),
        (
            "register --given Ina --birthday 02-30".to_owned(),
            2,
            "validation",
        ),
        ("sell 12.345".to_owned(), 2, "input"),
        ("sell=-1".to_owned(), 2, "usage"),
        ("sell 10 --spend 5".to_owned(), 3, "NoCustomer"),
        (
            format!("sell 10 --customer {id} --spend 5"),
            3,
            "insufficient_points",
        ),
        ("sell 10 --customer 7".to_owned(), 3, "not_found"),
        ("sell 10 --receipt no!".to_owned(), 2, "validation"),
        ("sell 10 --card K1AAAAAAAAAAAAAAAA".to_owned(), 2, "input"),
        ("return 1".to_owned(), 3, "not_found"),
        ("void 1099511627777".to_owned(), 3, "not_found"),
    ] {
        if word == "usage" {
            assert_eq!(desk.run(&words).code, code, "{words}");
        } else {
            assert_eq!(desk.refused(&words), (code, word.to_owned()), "{words}");
        }
    }
}

#[test]
fn a_code_that_is_not_a_customers_is_named_as_what_it_is() {
    let one = Desk::founded();
    let customer = one.json("register --issue");
    let number = customer["cards"][0].as_str().unwrap();
    let code = customer["codes"][0].as_str().unwrap();
    assert_eq!(one.json(&format!("sell 1 --card {code}"))["points"], 5);
    let said = |desk: &Desk, text: &str| desk.run(&format!("sell 1 --card {text}")).err;
    // Shops are told apart by a short tag: one in some hundreds has the same, and calls the card forged.
    let mut others = (0..4).map(|_| Desk::founded());
    let other = others.find(|other| said(other, code).contains("another shop"));
    let other = other.expect("a card of another shop is named as one");
    // A number alone proves nothing; the other shop just has no such card.
    assert_eq!(
        other.refused(&format!("sell 1 --card {number}")),
        (3, "not_found".into())
    );
    // One character of the code mistyped.
    let last = if code.ends_with('7') { "8" } else { "7" };
    let mistyped = format!("{}{last}", &code[..code.len() - 1]);
    assert!(
        said(&one, &mistyped).contains("mistyped or forged"),
        "{}",
        said(&one, &mistyped)
    );
    assert!(said(&one, "https://example.org").contains("no card of this shop"));
}

#[test]
fn a_wrong_key_and_a_lost_key_change_nothing() {
    let desk = Desk::founded();
    desk.json("register --given Mia");
    let keys = desk.home.path().join("shop.keys").join("database-key");
    let right = std::fs::read(&keys).unwrap();
    std::fs::write(&keys, [7; 32]).unwrap();
    assert_eq!(desk.refused("find mia"), (1, "wrong_key".into()));
    std::fs::remove_file(&keys).unwrap();
    assert_eq!(desk.refused("find mia"), (1, "wrong_key".into()));
    assert!(!keys.exists(), "no new key is made for old data");
    std::fs::write(&keys, right).unwrap();
    assert_eq!(desk.json("find mia")[0]["name"], "Mia");
}

#[test]
fn a_data_folder_that_is_no_folder_is_named() {
    let desk = Desk::new();
    std::fs::write(&desk.data, b"a file").unwrap();
    let run = run_at(&desk.data, "found --name Bar --country DE --owner Mia");
    assert_eq!(run.code, 1);
    assert!(
        run.err.contains("shop") && run.err.contains("--data"),
        "{}",
        run.err
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_can_not_be_written_is_named() {
    // Not even root writes there.
    let run = run_at(
        std::path::Path::new("/sys/kartka"),
        "found --name Bar --country DE --owner Mia",
    );
    assert!(
        run.code == 1 && run.err.contains("/sys/kartka"),
        "{}",
        run.err
    );
}

#[test]
fn a_folder_in_use_says_so() {
    let desk = Desk::founded();
    // Another process: the lock is SQLite's own, so a second connection of this test would do as well.
    let many: Vec<_> = (0..4)
        .map(|_| {
            let data = desk.data.clone();
            std::thread::spawn(move || run_at(&data, "sell 1"))
        })
        .collect();
    let runs: Vec<_> = many
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    for run in &runs {
        assert!(
            run.code == 0 || (run.code == 4 && run.out.contains("busy")),
            "{} {}",
            run.code,
            run.err
        );
    }
    assert!(runs.iter().any(|run| run.code == 0));
}

#[test]
fn text_for_people_names_what_counts() {
    let desk = Desk::founded();
    let data = desk.data.to_str().unwrap();
    let run = common::kartka(["desk", "--data", data, "sell", "12.50"]);
    assert!(
        run.out.contains("12.50 EUR") && run.out.starts_with("purchase "),
        "{}",
        run.out
    );
    let run = common::kartka(["desk", "--data", data, "find", "nobody"]);
    assert_eq!(run.out, "nobody found\n");
}
