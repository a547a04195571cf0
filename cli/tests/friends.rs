//! `kartka desk friends` as a process (G3): who brought whom, what is promised at the sale, paid after the window, taken back
//! with the goods, and refused to whoever brings themselves.
#![allow(clippy::unwrap_used)]

mod common;

use common::Desk;
use serde_json::Value;

/// Points, and 100 of them for each friend who buys for 20.00, 30 for the friend, to be spent after two weeks.
const PROGRAMME: &str = r#"
format = "kartka programme 1"
currency = "EUR"

[[instrument]]
id = 1
name = "Bonus"
is.bonus = { rate = "0", point_value = "0.01" }

[[instrument]]
id = 2
name = "Stamps"
is.stamps = { reward = [{ stamps = 10, value = "5.00" }] }

[[instrument]]
id = 10
name = "Friends"
rules = { from = "20.00" }
is.referral = { card = 1, reward = 100, welcome = 30, window_days = 14 }
"#;

struct Counter {
    desk: Desk,
    /// Card and number of Ann, Bob and Cid.
    people: Vec<(String, String)>,
}

fn counter() -> Counter {
    let desk = Desk::founded();
    let file = desk.home.path().join("programme.toml");
    std::fs::write(&file, PROGRAMME).unwrap();
    desk.json(&format!("programme publish {}", file.display()));
    let people = ["Ann", "Bob", "Cid"].map(|name| {
        let made = desk.json(&format!("register --given {name} --issue"));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&made["cards"][0]), text(&made["customer"]))
    });
    Counter {
        desk,
        people: people.to_vec(),
    }
}

impl Counter {
    fn friends(&self, who: usize) -> Value {
        self.desk.json(&format!("friends {}", self.people[who].0))
    }

    /// The words that record who brought whom.
    fn brought(&self, friend: usize, by: usize) -> String {
        let (friend, by) = (&self.people[friend].0, &self.people[by].0);
        format!("friends {friend} --brought-by {by}")
    }

    fn sell(&self, who: usize, amount: &str) -> Value {
        let customer = &self.people[who].1;
        self.desk
            .json(&format!("sell {amount} --customer {customer}"))
    }
}

#[test]
fn a_friend_who_is_brought_counts_with_the_first_purchase_that_is_enough() {
    let counter = counter();
    let told = counter.desk.json(&counter.brought(1, 0));
    assert_eq!(told["brought_by"]["customer"], *counter.people[0].1);
    assert_eq!(told["brought_by"]["state"], "waits");
    assert_eq!(told["brought"], Value::Array(Vec::new()));

    counter.sell(1, "10");
    assert_eq!(counter.friends(0)["brought"][0]["state"], "waits");

    let sold = counter.sell(1, "25");
    let bobs = &counter.friends(0)["brought"][0];
    assert_eq!(bobs["customer"], *counter.people[1].1);
    assert_eq!(
        (&bobs["state"], &bobs["points"]),
        (&"counts".into(), &100.into())
    );
    assert_ne!(bobs["available_on"], bobs["date"], "after the window");

    let purchase = sold["purchase"].as_str().unwrap();
    counter.desk.json(&format!("return {purchase}"));
    let bobs = &counter.friends(0)["brought"][0];
    assert_eq!(
        (&bobs["state"], &bobs["points"]),
        (&"waits".into(), &Value::Null)
    );
}

#[test]
fn nobody_is_brought_twice_by_themselves_or_without_a_card() {
    let counter = counter();
    let desk = &counter.desk;
    let (code, word) = desk.refused(&counter.brought(1, 1));
    assert_eq!((code, word.as_str()), (3, "ReferredSelf"));
    desk.json(&counter.brought(1, 0));
    let (code, word) = desk.refused(&counter.brought(1, 2));
    assert_eq!((code, word.as_str()), (3, "AlreadyReferred"));
    assert_eq!(desk.refused("friends 0000000000").0, 3);
    let run = desk.run(&format!("friends {}", counter.people[2].0));
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(counter.friends(2)["brought_by"], Value::Null);
}
