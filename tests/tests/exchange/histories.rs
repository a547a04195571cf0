//! Histories that split are recognised and stop the exchange; nothing is lost (sync §12, detecting).

use kartka_core::error::CoreError;
use kartka_core::usecase::customers::NewCard;

use super::shops::{Counter, Fault, Office, agree, copy_folder};

#[test]
fn a_phone_put_back_to_an_older_file_is_recognised_and_keeps_its_new_sales() {
    for sales_after in [0, 1, 3] {
        let office = Office::founded();
        let a = Counter::paired(&office, 1);
        let ira = a.register("Іра", "", NewCard::Issue);
        let line = office.line();
        a.sync(&line).unwrap();
        let backup = a.home().join("backup");
        let a = a.closed(|data| copy_folder(data, &backup));
        a.sell(ira, 10_000);
        a.sync(&line).unwrap();
        let a = a.closed(|data| {
            std::fs::remove_dir_all(data).unwrap();
            copy_folder(&backup, data);
        });
        for _ in 0..sales_after {
            a.sell(ira, 20_000);
        }
        let (balance, outbox) = (a.balance(ira), a.outbox());
        assert!(
            matches!(a.sync(&line), Err(CoreError::Forked)),
            "{sales_after}"
        );
        // And again, without asking anybody, also after a restart.
        let a = a.closed(|_| {});
        assert!(
            matches!(a.sync(&line), Err(CoreError::Forked)),
            "{sales_after}"
        );
        assert_eq!((a.balance(ira), a.outbox()), (balance, outbox));
        // The counter goes on; a person who only presses on gets the same word.
        a.sell(ira, 5_000);
        a.shop.resume_sync().unwrap();
        assert!(
            matches!(a.sync(&line), Err(CoreError::Forked)),
            "{sales_after}"
        );
        assert_eq!(a.outbox(), outbox + 1);
    }
}

#[test]
fn of_two_copies_of_one_phone_the_later_one_is_stopped() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let ira = a.register("Іра", "", NewCard::Issue);
    let line = office.line();
    a.sync(&line).unwrap();
    let twin = Counter::new(7);
    let home = twin.home().to_owned();
    let (mut original, mut keys) = (None, None);
    let a = a.closed(|data| {
        original = Some(home.join("copied"));
        copy_folder(data, &home.join("copied"));
        keys = Some(data.with_file_name("data.keys"));
    });
    let twin = twin.closed(|data| {
        std::fs::remove_dir_all(data).unwrap();
        copy_folder(&original.unwrap(), data);
        copy_folder(&keys.unwrap(), &data.with_file_name("data.keys"));
    });
    a.sell(ira, 10_000);
    twin.sell(ira, 30_000);
    a.sync(&line).unwrap();
    assert!(matches!(twin.sync(&line), Err(CoreError::Forked)));
    assert_eq!(twin.outbox(), 1);
    agree(&office, &[&a]);
}

#[test]
fn a_server_whose_data_went_back_is_recognised_by_the_head_it_signed() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    a.sell(ira, 10_000);
    agree(&office, &[&a, &b]);
    let balance = a.balance(ira);
    office.restore(&backup);
    a.sell(ira, 20_000);
    let line = office.line();
    for counter in [&a, &b] {
        assert!(matches!(
            counter.sync(&line),
            Err(CoreError::ServerWentBack)
        ));
        assert!(matches!(
            counter.sync(&line),
            Err(CoreError::ServerWentBack)
        ));
    }
    assert_eq!((b.balance(ira), a.outbox()), (balance, 1));
    // Its data are found again: a person lets the exchange go on.
    assert!(a.balance(ira) > balance);
}

#[test]
fn rows_that_got_lost_are_found_by_digest_and_pulled_anew() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    for _ in 0..3 {
        a.sell(ira, 10_000);
    }
    a.sync(&office.line()).unwrap();
    let mine = b.sell(ira, 4_000);
    let line = office.line();
    // Another hand takes the rows out of an answer and leaves the cursors.
    line.next_fault(Fault::WithoutPages);
    let report = b.sync(&line).unwrap();
    assert_eq!(report.mismatches, 2, "base and the month");
    assert_eq!(b.outbox(), 0);
    b.shop.give_back(b.request(), mine, &[]).unwrap();
    agree(&office, &[&a, &b]);
    assert_eq!(b.balance(ira), a.balance(ira));
    assert_eq!(b.shop.history(ira, None, 10).unwrap().0.len(), 4);
}
