//! What a desk does beside an ordinary sale: vouchers, attaching, corrections, limits, by the real command.
#![allow(clippy::unwrap_used)]

mod common;

use common::server::{Server, create, free_address};
use common::{Desk, run_at};
use serde_json::Value;

/// A bonus card, and certificates that are used many times, once, or only after the server was asked.
const PROGRAMME: &str = r#"
format = "kartka programme 1"
currency = "EUR"

[[instrument]]
id = 1
name = "Bonus"
is.bonus = { rate = "5", point_value = "0.01", months = 12, max_share = "50" }

[[instrument]]
id = 2
name = "Stamps"
is.stamps = { reward = [{ stamps = 10, value = "5.00" }] }

[[instrument]]
id = 10
name = "Gift card"
is.certificate = { from = "10.00", to = "500.00", months = 12 }

[[instrument]]
id = 11
name = "One visit"
is.certificate = { nominals = ["7.00"], once = "kept" }

[[instrument]]
id = 12
name = "Second coffee"
is.numbered_coupon = { gives = { rate = "50" }, months = 1 }
rules = { anybody = true }

[[instrument]]
id = 13
name = "Big gift card"
is.certificate = { nominals = ["1000.00"], offline = "ask" }
"#;

/// Publishes the programme, with amounts in the currency of the desk's business.
fn publish(desk: &Desk, currency: &str) -> Value {
    let file = desk.home.path().join("programme.toml");
    std::fs::write(&file, PROGRAMME.replace("EUR", currency)).unwrap();
    desk.json(&format!("programme publish {}", file.display()))
}

fn counter() -> Desk {
    let desk = Desk::founded();
    let published = publish(&desk, "EUR");
    assert_eq!(published["version"], 2);
    assert_eq!(published["instruments"][2]["name"], "Gift card");
    desk
}

fn field(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

#[test]
fn a_certificate_is_sold_used_and_given_as_change() {
    let desk = counter();
    let sold = desk.json("sell --certificate 50=GIFT-0001");
    assert_eq!(sold["vouchers"][0]["number"], "GIFT-0001");
    assert_eq!(sold["paid_with_money"], "50.00");

    let paid = desk.json("sell 30 --voucher gift-0001=12.50");
    assert_eq!(paid["paid_with_money"], "17.50");
    assert_eq!(paid["vouchers"][0]["left"], "37.50");
    let shown = &desk.json("vouchers show GIFT-0001")[0];
    assert_eq!(
        (&shown["left"], &shown["worth"], &shown["state"]),
        (&"37.50".into(), &"50.00".into(), &"issued".into())
    );

    // Used once, the rest is another certificate with a number that nobody has had.
    let once = desk.json("sell --certificate 7");
    let number = field(&once["vouchers"][0], "number");
    let used = desk.json(&format!("sell 5 --voucher {number}"));
    assert_eq!(used["paid_with_money"], "0.00");
    let states: Vec<_> = used["vouchers"].as_array().unwrap().iter().collect();
    assert_eq!(states[0]["state"], "used");
    assert_eq!(
        (&states[1]["left"], &states[1]["state"]),
        (&"2.00".into(), &"issued".into())
    );
    assert_ne!(states[1]["number"], Value::Null);
    assert_eq!(
        desk.refused(&format!("sell 5 --voucher {number}")),
        (3, "VoucherUsed".into())
    );

    for (words, code, word) in [
        ("sell 5 --voucher GIFT-0009", 3, "not_found"),
        ("sell --certificate 50=GIFT-0001", 3, "VoucherNumberTaken"),
        ("sell --certificate 8000", 2, "input"),
        (
            "sell --certificate 8000 --certificate-of 10",
            3,
            "NominalNotIssued",
        ),
        ("vouchers show 7777", 3, "not_found"),
    ] {
        assert_eq!(desk.refused(words), (code, word.to_owned()), "{words}");
    }
}

#[test]
fn vouchers_are_given_extended_and_taken_back_by_whoever_may() {
    let desk = counter();
    let ann = desk.json("register --given Ann --phone 030123456");
    let id = field(&ann, "customer");
    let give = "--request 000102030405060708090a0b0c0d0e0f vouchers give 12 --count 3";
    let given = desk.json(give);
    let numbers: Vec<String> = (0..3).map(|n| field(&given[n], "number")).collect();
    assert!(numbers[0] != numbers[1] && numbers[1] != numbers[2]);
    assert_eq!(desk.json(give), given, "a repeat gives nothing more");
    let half = desk.json(&format!("sell 4 --voucher {}", numbers[0]));
    assert_eq!(half["total"], "2.00");

    let own = desk.json(&format!("vouchers give 10 --worth 20 --customer {id}"));
    let own = field(&own[0], "voucher");
    let theirs = desk.json(&format!("vouchers show --customer {id}"));
    assert_eq!(
        (&theirs[0]["number"], &theirs[0]["left"]),
        (&Value::Null, &"20.00".into())
    );
    let longer = desk.json(&format!(
        "vouchers extend --id {own} --until 2099-12-31 --why goodwill"
    ));
    assert_eq!(longer[0]["last_day"], "2099-12-31");
    let for_ever = desk.json(&format!("vouchers extend --id {own} --for-ever --why lost"));
    assert_eq!(for_ever[0]["last_day"], Value::Null);
    desk.json(&format!("sell 3 --customer {id} --own-voucher {own}"));
    assert_eq!(
        desk.refused(&format!("sell 3 --own-voucher {own}")).0,
        3,
        "it is Ann's own"
    );
    let gone = desk.json(&format!("vouchers cancel --id {own} --why mistake"));
    assert_eq!(
        (&gone[0]["state"], &gone[0]["left"]),
        (&"cancelled".into(), &"0.00".into())
    );
    let again = format!("vouchers extend --id {own} --for-ever --why lost");
    assert_eq!(desk.refused(&again), (3, "VoucherCancelled".into()));

    cashier(&desk);
    for words in [
        "vouchers give 12".to_owned(),
        format!("vouchers extend {} --for-ever --why lost", numbers[1]),
        format!("vouchers cancel {} --why lost", numbers[1]),
    ] {
        assert_eq!(desk.refused(&words), (3, "NotEntitled".into()), "{words}");
    }
    assert!(desk.run("vouchers give 12").err.contains("adjust"));
}

/// Somebody without a right that costs money stands here from now on.
fn cashier(desk: &Desk) {
    let staff = desk.json("staff add Kai");
    let kai = &staff[1]["operator"];
    desk.json("staff pin 1 4829");
    desk.json(&format!("staff switch {kai}"));
}

fn owner(desk: &Desk) {
    desk.json("staff switch 1 --pin 4829");
}

#[test]
fn a_balance_is_corrected_with_a_reason_by_whoever_may() {
    let desk = counter();
    let ann = desk.json("register --given Ann --issue");
    let (id, card) = (field(&ann, "customer"), ann["cards"][0].as_str().unwrap());
    let of = format!("adjust --card {card}");
    let given = desk.json(&format!("{of} --points 120 --reason gift"));
    assert_eq!(given["points"][0]["balance"], 120);
    let taken = desk.json(&format!("{of} --points -150 --reason mistake"));
    assert_eq!(taken["points"][0]["balance"], -30, "a debt (L10)");
    let stamps = desk.json(&format!("adjust --customer {id} --stamps 3 --reason moved"));
    assert_eq!(stamps["stamps"][0]["stamps"], 3);
    let account = desk.json(&format!("account --card {card}"));
    assert_eq!(account["accounts"][0]["balance"], -30);
    for (words, code, word) in [
        (
            format!("{of} --points 0 --reason gift"),
            3,
            "NothingToAdjust",
        ),
        (
            format!("{of} --points 5 --instrument 2 --reason gift"),
            3,
            "NothingToAdjust",
        ),
        ("adjust --points 5 --reason gift".to_owned(), 2, "input"),
        (
            "adjust --customer 7 --points 5 --reason gift".to_owned(),
            3,
            "not_found",
        ),
    ] {
        assert_eq!(desk.refused(&words), (code, word.to_owned()), "{words}");
    }
    // A reason is no free text, and one is needed.
    assert_eq!(desk.run(&format!("{of} --points 5")).code, 2);
    assert_eq!(desk.run(&format!("{of} --points 5 --reason Olena")).code, 2);
    cashier(&desk);
    assert_eq!(
        desk.refused(&format!("{of} --points 5 --reason gift")),
        (3, "NotEntitled".into())
    );
}

#[test]
fn a_customer_is_attached_to_a_sale_once() {
    let desk = counter();
    let ann = desk.json("register --given Ann --issue");
    let card = ann["cards"][0].as_str().unwrap();
    assert_eq!(desk.json("attach").as_array().unwrap().len(), 0);
    let sold = desk.json("sell 100");
    let purchase = field(&sold, "purchase");
    assert_eq!(
        (&sold["customer"], &sold["points"]),
        (&Value::Null, &0.into())
    );
    let last = desk.json("attach");
    assert_eq!(
        (&last[0]["purchase"], &last[0]["customer"]),
        (&sold["purchase"], &Value::Null)
    );
    let attached = desk.json(&format!("attach {purchase} --card {card} --read scanned"));
    assert_eq!(
        (&attached["customer"], &attached["points"]),
        (&ann["customer"], &500.into())
    );
    let again = format!("attach {purchase} --card {card}");
    assert_eq!(desk.refused(&again), (3, "AlreadyAttached".into()));
    assert_eq!(
        desk.refused(&format!("attach {purchase}")),
        (2, "input".into())
    );
    let void = field(&desk.json("sell 10"), "purchase");
    desk.json(&format!("void {void}"));
    assert_eq!(
        desk.refused(&format!("attach {void} --card {card}")),
        (3, "AlreadyVoided".into())
    );
}

#[test]
fn limits_on_earning_are_shown_set_and_tell_what_they_caught() {
    let desk = counter();
    let ready =
        serde_json::json!({ "per_day": "off", "gap": "off", "own_card": "flag", "typed": "off" });
    assert_eq!(desk.json("limits"), ready);
    let set = desk.json("limits set --per-day 1:refuse --typed flag");
    assert_eq!(
        (&set["per_day"], &set["typed"], &set["own_card"]),
        (&"1:refuse".into(), &"flag".into(), &"flag".into())
    );
    let kai = desk.json("register --given Kai --issue");
    let (id, card) = (field(&kai, "customer"), kai["cards"][0].as_str().unwrap());
    cashier(&desk);
    let first = desk.json(&format!("sell 100 --card {card} --read typed"));
    assert_eq!(first["points"], 500);
    let second = desk.json(&format!("sell 100 --card {card}"));
    assert_eq!(second["points"], 0, "refused: one receipt a day");
    assert_eq!(desk.refused("limits flagged"), (3, "NotEntitled".into()));
    assert_eq!(
        desk.refused("limits set --typed flag"),
        (3, "NotEntitled".into())
    );
    owner(&desk);
    let caught = desk.json("limits flagged");
    assert_eq!(caught.as_array().unwrap().len(), 1, "{caught}");
    assert_eq!(
        (&caught[0]["purchase"], &caught[0]["flags"]),
        (&first["purchase"], &serde_json::json!(["TypedNumber"]))
    );
    let nobody = desk.json("limits flagged --operator 1");
    assert_eq!(nobody.as_array().unwrap().len(), 0);
    desk.json(&format!(
        "limits own {} --customer {id}",
        caught[0]["operator"]
    ));
    assert_eq!(
        desk.refused(&format!("limits own 1 --customer {id}")),
        (3, "NotYourself".into())
    );
    let off = desk.json("limits set --per-day off --gap off --own-card off --typed off");
    assert_eq!(off["per_day"], "off");
    assert_eq!(desk.refused("limits set --gap 0:flag"), (2, "input".into()));
    assert_eq!(desk.run("limits set").code, 2, "nothing is named");
}

#[test]
fn points_are_a_payment_or_a_discount() {
    let desk = counter();
    let now = desk.json("settings");
    assert_eq!(
        (&now["points_as"], &now["attach_days"]),
        (&"payment".into(), &0.into())
    );
    let ann = desk.json("register --given Ann --issue");
    let card = ann["cards"][0].as_str().unwrap();
    desk.json(&format!("adjust --card {card} --points 600 --reason gift"));
    let sell = format!("sell 10 --card {card} --spend 200");
    assert_eq!(desk.json(&sell)["total"], "10.00");
    assert_eq!(
        desk.json("settings --points-as discount")["points_as"],
        "discount"
    );
    let lower = desk.json(&sell);
    assert_eq!(
        (&lower["total"], &lower["paid_with_money"]),
        (&"8.00".into(), &"8.00".into())
    );
    assert_eq!(desk.json("settings --attach-days 2")["attach_days"], 2);
    assert_eq!(
        desk.refused("settings --attach-days 31"),
        (2, "input".into())
    );
    cashier(&desk);
    assert_eq!(
        desk.refused("settings --points-as payment"),
        (3, "NotEntitled".into())
    );
}

#[test]
fn what_the_server_keeps_for_a_receipt_is_let_go() {
    let home = tempfile::tempdir().unwrap();
    let (data, bind) = (home.path().join("server"), free_address());
    assert_eq!(create(&data, &bind).code, 0);
    let server = Server::start(&data, &bind);
    let (first, second) = (Desk::new(), Desk::new());
    first.json(&format!("pair {}", server.code()));
    let again = Server::interrupt(server);
    assert_eq!(again.0, Some(0));
    let server = Server::start(&data, &bind);
    second.json(&format!("pair {}", server.code()));
    publish(&first, "UAH");
    first.json("sync");
    first.json("sell --certificate 1000=BIG-0001");
    first.json("sync");
    second.json("sync");

    // More than a phone may take unasked: the server keeps it for the first till, and the second one waits.
    let sell = "sell 900 --voucher BIG-0001";
    assert_eq!(first.refused(sell), (3, "AskServerFirst".into()));
    let id = "000102030405060708090a0b0c0d0e0f";
    let kept = first.json(&format!("--request {id} {sell} --keep"));
    assert_eq!(
        (&kept["kept"], &kept["request"]),
        (&true.into(), &id.into())
    );
    let (code, word) = second.refused(&format!("{sell} --ask"));
    assert_eq!(code, 3, "{word}");
    assert_eq!(first.json(&format!("release {id}"))["released"], true);
    let sold = second.json(&format!("{sell} --ask"));
    assert_eq!(sold["paid_with_money"], "0.00");
    server.interrupt();
    assert_eq!(
        first.refused(&format!("release {id}")),
        (4, "offline".into())
    );
    // A founding phone is its own authority: nobody keeps anything for it.
    assert_eq!(
        Desk::founded().json(&format!("release {id}"))["released"],
        true
    );
}

#[test]
fn a_programme_that_can_not_be_published_says_why() {
    let desk = Desk::founded();
    let file = desk.home.path().join("programme.toml");
    std::fs::write(&file, PROGRAMME.replace("EUR", "USD")).unwrap();
    let words = format!("programme publish {}", file.display());
    let run = run_at(&desk.data, &words);
    assert!(run.code == 2 && run.err.contains("EUR"), "{}", run.err);
    std::fs::write(&file, "format").unwrap();
    assert_eq!(desk.refused(&words), (2, "input".into()));
    std::fs::remove_file(&file).unwrap();
    assert_eq!(desk.refused(&words), (1, "outside".into()));
    assert_eq!(desk.json("programme")["version"], 1);
}

#[test]
fn a_fiscal_receipt_is_sold_by_its_code_and_earns_once() {
    let desk = counter();
    let code =
        "https://cabinet.tax.gov.ua/cashregs/check?fn=4000512345&id=17&sm=30.50&date=20261122";
    let words = format!("sell --fiscal {code}");
    let again = format!("--request 000102030405060708090a0b0c0d0e0f {words}");
    let sold = desk.json(&again);
    assert_eq!(sold["total"], "30.50");
    assert_eq!(desk.json(&again)["purchase"], sold["purchase"], "a repeat");
    let ann = desk.json("register --given Ann --phone 030123456");
    let id = field(&ann, "customer");
    let theirs = format!(
        "sell --customer {id} --fiscal {}",
        code.replace("id=17", "id=18")
    );
    assert_eq!(desk.json(&theirs)["total"], "30.50");
    assert_eq!(desk.refused(&theirs), (3, "FiscalEarned".into()));
    assert_eq!(desk.refused("sell --fiscal 30.50").0, 2);
}
