//! A programme that a newer version published goes through a server and phones of this one: nothing of it is lost, and
//! every till says what it can't do (L12, sync §9).

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::InstrumentId;
use kartka_core::domain::money::Money;
use kartka_core::domain::programme::{BonusCard, Instrument, Newer, Programme, Terms};
use kartka_core::domain::wizard::Trade;
use kartka_core::usecase::customers::NewCard;
use kartka_core::usecase::till::TillRequest;
use kartka_protocol::fields::Record;

use crate::shops::{Counter, Office, agree};

const BONUS: InstrumentId = InstrumentId(7);
const NEWS: InstrumentId = InstrumentId(8);

/// What a newer owner's phone has published beside a bonus card: an instrument of a kind from the future.
fn from_the_future() -> Instrument {
    let mut record = Record::new();
    record.put(1, NEWS.0);
    record.put(2, "Підписка");
    record.put(3, 901_i64);
    record.put(9_000, "кава щодня");
    Instrument {
        newer: Some(Newer::new(record.encode())),
        ..Instrument::plain(NEWS, "Підписка", Terms::Newer)
    }
}

fn published(owner: &Counter, instruments: &[Instrument]) -> Programme {
    let shop = &owner.shop;
    shop.publish_programme(owner.request(), instruments)
        .unwrap();
    shop.programme().unwrap()
}

#[test]
fn an_older_owner_edits_the_programme_and_every_phone_keeps_the_newer_rule() {
    let office = Office::founded();
    let newer = Counter::paired(&office, 1);
    let older = Counter::paired(&office, 2);
    let till = Counter::paired(&office, 3);
    let bonus = Instrument::plain(BONUS, "Бали", Terms::Bonus(BonusCard::plain(500, Money(1))));
    published(&newer, &[bonus, from_the_future()]);
    let all = [&newer, &older, &till];
    agree(&office, &all);
    for phone in all {
        let programme = phone.shop.programme().unwrap();
        assert_eq!(programme.instrument(NEWS), Some(&from_the_future()));
    }

    // The older owner makes the bonus card dearer; the wizard shows what it knows.
    let shop = &older.shop;
    let mut draft = shop.edit_instrument(BONUS, Trade::Coffee).unwrap();
    draft.answers.insert("rate".to_owned(), 700);
    let saved = shop.save_draft(0, &draft, Some(BONUS), 0).unwrap();
    shop.publish_draft(older.request(), saved).unwrap();
    agree(&office, &all);
    for phone in all {
        let programme = phone.shop.programme().unwrap();
        let Some(Terms::Bonus(card)) = programme.instrument(BONUS).map(|of| &of.terms) else {
            panic!("the bonus card is there");
        };
        assert_eq!(card.rate, 700);
        assert_eq!(programme.instrument(NEWS), Some(&from_the_future()));
    }

    // What it may not do: take the newer rule's place.
    let own = Instrument::plain(NEWS, "Моє", Terms::Bonus(BonusCard::plain(100, Money(1))));
    let refused = shop.publish_programme(older.request(), &[own]);
    assert!(refused.is_err());
}

#[test]
fn a_till_says_what_it_is_too_old_for_and_sells_by_the_rest() {
    let office = Office::founded();
    let newer = Counter::paired(&office, 1);
    let till = Counter::paired(&office, 2);
    let bonus = Instrument::plain(BONUS, "Бали", Terms::Bonus(BonusCard::plain(500, Money(1))));
    published(&newer, &[bonus, from_the_future()]);
    agree(&office, &[&newer, &till]);
    let olena = till.register("Олена", "067 123 45 67", NewCard::Issue);
    let too_old = Code::NewerRule { instrument: 8 };
    let (_, quote) = till
        .shop
        .quote(&TillRequest::amount(Some(olena), Money(10_000)))
        .unwrap();
    assert!(quote.said.contains(&too_old), "{:?}", quote.said);
    assert!(till.shop.customer(olena).unwrap().flags.contains(&too_old));
    till.sell(olena, 10_000);
    assert_eq!(till.balance(olena), 500);
    agree(&office, &[&newer, &till]);
    assert_eq!(newer.balance(olena), 500);
}
