//! `kartka quote` as a process: the shipped examples in text and as JSON, and a file that is wrong.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};

use common::{Run, kartka};

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/examples")
        .join(name)
}

fn quote(programme: &Path, receipts: &Path, json: &[&str]) -> Run {
    let mut args = vec![
        "quote".into(),
        "--programme".into(),
        programme.as_os_str().to_owned(),
        "--receipts".into(),
        receipts.as_os_str().to_owned(),
    ];
    args.extend(json.iter().map(Into::into));
    kartka(args)
}

#[test]
fn an_accountant_sees_every_share_and_every_reason() {
    let (shop, receipts) = (
        example("clothes-shop.toml"),
        example("clothes-shop-receipts.toml"),
    );
    let text = quote(&shop, &receipts, &[]);
    assert_eq!(text.code, 0, "{}", text.err);
    for wanted in [
        "  4970.00, to pay 4470.00",
        "  line 2: 270.00 − 90.00 discount 5",
        "  NextRate instrument=1 missing=1800000 rate=1000 (D6)",
        "  CardEarned instrument=3 card=2 (D6)",
        "  NotToday instrument=4 (D1)",
    ] {
        assert!(text.out.contains(wanted), "{wanted}\n{}", text.out);
    }
    let json = quote(&shop, &receipts, &["--json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["receipts"][0]["due"], "4470.00");
    assert_eq!(
        json["receipts"][0]["lines"][1]["shares"][0]["value"],
        "90.00"
    );
    assert_eq!(json["receipts"][1]["said"][0]["code"], "NoCustomer");
}

#[test]
fn a_file_that_can_not_be_read_says_why() {
    let shop = example("clothes-shop.toml");
    let wrong = quote(&shop, &shop, &[]);
    assert_eq!(wrong.code, 2, "{}", wrong.err);
    assert!(
        wrong.err.contains("unknown field `currency`"),
        "{}",
        wrong.err
    );
    let missing = quote(&example("none.toml"), &shop, &[]);
    assert_eq!(missing.code, 1, "{}", missing.err);
}
