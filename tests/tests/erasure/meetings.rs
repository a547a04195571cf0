//! What an erasure does on several phones and their server (B12, sync §3 and §8).

use kartka_core::domain::card::Carrier;
use kartka_core::domain::codes::Code;
use kartka_core::error::CoreError;
use kartka_core::usecase::cards::Recognised;
use kartka_core::usecase::customers::{NewCard, ProfileForm};
use kartka_server::Rights;

use super::shops::{Counter, Office, agree};

fn note(text: &str) -> ProfileForm {
    ProfileForm {
        note: text.into(),
        ..ProfileForm::default()
    }
}

#[test]
fn an_erased_person_is_nobody_on_every_phone_and_keeps_their_points() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let card = a.shop.emit(a.request(), 1).unwrap()[0];
    let olena = a.register("Олена", "0671234567", NewCard::Bind(card));
    a.sell(olena, 20_000);
    agree(&office, &[&a, &b]);
    a.shop.erase(a.request(), olena).unwrap();
    assert!(matches!(a.shop.customer(olena), Err(CoreError::NotFound)));
    agree(&office, &[&a, &b]);
    for phone in [&a, &b] {
        assert!(matches!(
            phone.shop.customer(olena),
            Err(CoreError::NotFound)
        ));
        assert!(phone.shop.find("4567", 10).unwrap().is_empty());
        assert!(phone.shop.find("Олена", 10).unwrap().is_empty());
        assert!(phone.shop.find(&card.to_string(), 10).unwrap().is_empty());
        let code = phone.shop.card_code(card).unwrap();
        let seen = phone.shop.recognise(Carrier::Qr, &code).unwrap();
        assert_eq!(seen, Recognised::Blocked { card });
        // The purchase stays, on an id that is nobody's.
        assert_eq!(phone.shop.history(olena, None, 10).unwrap().0.len(), 1);
    }
    let another = b.register("Іра", "0671234567", NewCard::None);
    let bind = b.shop.bind(b.request(), card, another);
    let refused = matches!(
        bind,
        Err(CoreError::RuleRejected {
            reason: Code::CardBlocked
        })
    );
    assert!(refused, "{bind:?}");
    let again = a.shop.erase(a.request(), olena);
    assert!(matches!(again, Err(CoreError::NotFound)), "{again:?}");
    agree(&office, &[&a, &b]);
}

#[test]
fn an_edit_made_without_knowing_is_dropped_and_a_sale_counts() {
    let office = Office::founded();
    let (a, b) = (
        Counter::paired(&office, 1),
        Counter::paired_for(&office, 2, Rights::History),
    );
    let olena = a.register("Олена", "0671234567", NewCard::Issue);
    agree(&office, &[&a, &b]);
    // B is offline and knows nothing.
    b.shop
        .edit(b.request(), olena, &note("любить какао"))
        .unwrap();
    b.sell(olena, 20_000);
    a.shop.erase(a.request(), olena).unwrap();
    agree(&office, &[&a, &b]);
    assert!(matches!(b.shop.customer(olena), Err(CoreError::NotFound)));
    assert_eq!(b.shop.today(None).unwrap().day.total.receipts, 1);
    assert_eq!(a.shop.history(olena, None, 10).unwrap().0.len(), 1);
}

#[test]
fn who_is_registered_and_erased_before_the_first_exchange_is_known_to_nobody() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let olena = a.register("Олена", "0671234567", NewCard::Issue);
    a.shop.erase(a.request(), olena).unwrap();
    agree(&office, &[&a, &b]);
    assert!(b.shop.find("4567", 10).unwrap().is_empty());
    assert!(matches!(b.shop.customer(olena), Err(CoreError::NotFound)));
}

#[test]
fn the_certificate_says_who_is_done_and_who_is_not() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let olena = a.register("Олена", "0671234567", NewCard::Issue);
    agree(&office, &[&a, &b]);
    a.shop.erase(a.request(), olena).unwrap();
    let waits = &a.shop.erasures().unwrap()[0];
    assert!(!waits.ordered && !waits.is_complete());
    let line = office.line();
    a.sync(&line).unwrap();
    // Not wiped yet: it says nothing.
    a.sync(&line).unwrap();
    let proof = &a.shop.erasures().unwrap()[0];
    assert!(proof.ordered && proof.server_done, "{proof:?}");
    assert_eq!((proof.done, proof.waiting.len()), (0, 2));
    a.shop.idle().unwrap();
    a.sync(&line).unwrap();
    a.sync(&line).unwrap();
    let proof = &a.shop.erasures().unwrap()[0];
    assert_eq!((proof.done, proof.waiting.len()), (1, 1));
    b.sync(&line).unwrap();
    b.shop.idle().unwrap();
    agree(&office, &[&a, &b]);
    let proof = &a.shop.erasures().unwrap()[0];
    assert!(proof.is_complete() && proof.done == 2, "{proof:?}");
    assert_eq!(proof, &b.shop.erasures().unwrap()[0]);
}

#[test]
fn a_restored_server_erases_again_before_it_answers() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let olena = a.register("Олена", "0671234567", NewCard::Issue);
    agree(&office, &[&a]);
    let home = tempfile::tempdir().unwrap();
    let backup = home.path().join("backup");
    office.back_up(&backup);
    a.shop.erase(a.request(), olena).unwrap();
    a.sync(&office.line()).unwrap();
    office.restore(&backup);
    let late = Counter::paired(&office, 3);
    assert!(late.shop.find("Олена", 10).unwrap().is_empty());
    assert!(matches!(
        late.shop.customer(olena),
        Err(CoreError::NotFound)
    ));
    assert_eq!(late.shop.erasures().unwrap().len(), 1);
}

/// An older file still takes for one person whom the owner had parted: the list beside the keys names whom it names.
#[test]
fn a_restored_server_erases_nobody_who_had_been_parted_from_the_erased_person() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let olena = a.register("Олена", "0671234567", NewCard::None);
    let ira = a.register("Іра", "0677654321", NewCard::None);
    a.shop.merge(a.request(), olena, ira).unwrap();
    agree(&office, &[&a]);
    let home = tempfile::tempdir().unwrap();
    let backup = home.path().join("backup");
    office.back_up(&backup);
    let word = a.shop.merges(ira).unwrap()[0].id;
    a.shop.unmerge(a.request(), ira, word).unwrap();
    a.sync(&office.line()).unwrap();
    a.shop.erase(a.request(), olena).unwrap();
    a.sync(&office.line()).unwrap();
    office.restore(&backup);
    let late = Counter::paired(&office, 3);
    let shown = late.shop.customer(ira).unwrap();
    assert_eq!((shown.id, shown.name.as_deref()), (ira, Some("Іра")));
    let gone = late.shop.customer(olena);
    assert!(matches!(gone, Err(CoreError::NotFound)));
}
