//! Programme and receipts files: the shipped examples come to what their owners would count by hand, and what can't
//! be read is named with its place.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use kartka_core::domain::quote::QuoteError;
use kartka_core::exchange::{quote_files, read_programme};

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// What each receipt of an example comes to: due in minor units and the codes, or the refusal.
fn evaluated(name: &str) -> Vec<String> {
    let receipts = example(&format!("{name}-receipts.toml"));
    let (_, answers) = quote_files(&example(&format!("{name}.toml")), &receipts).unwrap();
    let said = |answer: Result<kartka_core::domain::quote::Quote, QuoteError>| match answer {
        Ok(quote) => {
            let codes = quote.said.iter().map(|code| code.name());
            format!("{} {}", quote.due.0, codes.collect::<Vec<_>>().join(" "))
        }
        Err(QuoteError::Refused(code)) => format!("refused {}", code.name()),
        Err(error) => panic!("{error}"),
    };
    answers.into_iter().map(|a| said(a.quote)).collect()
}

#[test]
fn a_coffee_bar_counts_cups_and_points() {
    assert_eq!(
        evaluated("coffee-bar"),
        [
            // 3 % of 120.00 in points of one kopeck.
            "12000 OfferNotMet CampaignNotNow Earned Stamped",
            "11000 NoCustomer Discounted",
            // The espresso is the cheapest coffee: it is free, the cappuccino is paid and earns twice.
            "6000 OfferNotMet Discounted CampaignNotNow Earned Multiplied Stamped",
            "refused MaxShare",
            // 360 points, as many again for a Saturday, of which the weekends' budget has 200.
            "12000 OfferNotMet Earned CampaignRaised CampaignBounded Stamped",
        ]
    );
}

#[test]
fn a_clothes_shop_keeps_its_margin() {
    assert_eq!(
        evaluated("clothes-shop"),
        [
            // Socks: 90.00 off, and the card leaves them alone; 5 % of the coat, then the coupon's 200.00.
            "447000 Discounted NextRate Discounted Discounted",
            "235000 NoCustomer OfferNotMet CardEarned",
            "145500 OfferNotMet NextRate Discounted NotToday",
        ]
    );
}

#[test]
fn a_beauty_salon_rewards_who_comes_back() {
    assert_eq!(
        evaluated("beauty-salon"),
        [
            // 15 % of 1,800.00 is 270.00, below the 300.00 that a birthday gives at most.
            "153000 NotForThisCustomer Discounted Earned PointsPending Multiplied NextLevel",
            "105000 NotForThisCustomer Earned PointsPending NextLevel Joined",
            "refused NotEnoughPoints",
            // 450.00 is above 400.00: whoever brought them gets 100 points, they get 50.
            "45000 NotForThisCustomer Earned PointsPending NextLevel ReferrerThanked FriendWelcomed",
            // The club's fee does not count, and 350.00 is too little.
            "95000 NotForThisCustomer Earned PointsPending NextLevel Joined",
        ]
    );
}

/// A programme with one instrument of these lines.
fn programme(lines: &str) -> String {
    format!(
        "format = \"kartka programme 1\"\ncurrency = \"UAH\"\n[[instrument]]\nid = 7\nname = \"x\"\n{lines}"
    )
}

#[test]
fn what_can_not_be_read_is_named_with_its_place() {
    for (text, wanted) in [
        (
            "format = \"kartka programme 2\"\ncurrency = \"UAH\"".to_owned(),
            "kartka programme 1",
        ),
        ("currency = \"UAH\"".to_owned(), "missing field `format`"),
        (
            "format = \"kartka programme 1\"\ncurrency = \"uah\"".to_owned(),
            "\"uah\" is no currency",
        ),
        (
            programme(""),
            "instrument 7 must have the terms of one kind",
        ),
        (
            programme("is.discount = { rate = \"5\" }\nis.favourite = { rate = \"5\" }"),
            "instrument 7 must",
        ),
        (
            programme("is.discount = { rate = 5 }"),
            "invalid type: integer",
        ),
        (
            programme("is.discount = { rate = 5.5 }"),
            "invalid type: floating point",
        ),
        (
            programme("is.discount = { rate = \"5.555\" }"),
            "instrument 7: \"5.555\" is no percentage",
        ),
        (
            programme("is.discount = { rate = \"101\" }"),
            "a share of instrument 7 is over 100 %",
        ),
        (
            programme("is.discount = { rat = \"5\" }"),
            "unknown field `rat`",
        ),
        (
            programme("is.issue = { card = 9, receipt = \"1.00\" }"),
            "refers to an instrument that is not there",
        ),
        (
            programme("is.issue = { card = 9, receipt = \"1.001\" }"),
            "\"1.001\" is no amount",
        ),
        (
            programme(
                "is.bonus = { rate = \"5\", point_value = \"0.01\", months = 1, inactive_months = 1 }",
            ),
            "only one of them",
        ),
    ] {
        let said = read_programme(&text).unwrap_err().to_string();
        assert!(said.contains(wanted), "{text}\n{said}");
    }
}

#[test]
fn currencies_without_and_with_three_digits_are_exact() {
    for (currency, amount, due) in [("JPY", "1500", 1_425), ("KWD", "1.505", 1_430)] {
        let programme = format!(
            "format = \"kartka programme 1\"\ncurrency = \"{currency}\"\n[[instrument]]\nid = 1\nname = \"x\"\nis.discount = {{ rate = \"5\" }}"
        );
        let receipts = format!(
            "format = \"kartka receipts 1\"\n[[receipt]]\nname = \"x\"\ndate = \"2026-03-02\"\ncustomer = {{}}\nline = [{{ amount = \"{amount}\" }}]"
        );
        let (_, answers) = quote_files(&programme, &receipts).unwrap();
        assert_eq!(answers[0].quote.as_ref().unwrap().due.0, due, "{currency}");
    }
}

#[test]
fn a_friends_first_receipt_says_who_is_thanked() {
    let programme = "format = \"kartka programme 1\"\ncurrency = \"UAH\"\n\
        [[instrument]]\nid = 1\nname = \"Points\"\nis.bonus = { rate = \"0\", point_value = \"0.01\" }\n\
        [[instrument]]\nid = 2\nname = \"Friends\"\nrules = { from = \"50.00\" }\n\
        is.referral = { card = 1, reward = 100, welcome = 30, every = 2, window_days = 14, per_month = 5, within_days = 60 }\n";
    let receipt = |amount: &str, customer: &str| {
        format!(
            "[[receipt]]\nname = \"x\"\ndate = \"2026-03-02\"\ncustomer = {{ {customer} }}\nline = [{{ amount = \"{amount}\" }}]\n"
        )
    };
    let receipts = format!(
        "format = \"kartka receipts 1\"\n{}{}{}",
        receipt("60.00", "brought = 2"),
        receipt("40.00", "brought = 2"),
        receipt("60.00", ""),
    );
    let (_, answers) = quote_files(programme, &receipts).unwrap();
    let thanked = |at: usize| {
        let said = &answers[at].quote.as_ref().unwrap().said;
        let names = said.iter().map(|code| code.name());
        let thanks = names.filter(|name| ["ReferrerThanked", "FriendWelcomed"].contains(name));
        thanks.count()
    };
    assert_eq!([thanked(0), thanked(1), thanked(2)], [2, 0, 0]);
    let nobody = programme.replace("card = 1", "card = 9");
    let said = read_programme(&nobody).unwrap_err().to_string();
    assert!(said.contains("refers to an instrument that is not there"));
}
