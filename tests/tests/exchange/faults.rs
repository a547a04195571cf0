//! Bad networks: every fault leaves the phone as it was, and the next exchange makes it good.

use kartka_core::domain::codes::Code;
use kartka_core::error::CoreError;
use kartka_core::usecase::customers::NewCard;
use kartka_core::usecase::limits::FlaggedSale;

use super::shops::{Counter, Fault, Office, agree};

/// Two phones, a customer both know, and a sale on each that nobody has heard of.
fn busy() -> (
    Office,
    Counter,
    Counter,
    kartka_core::domain::ids::CustomerId,
) {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    a.sell(ira, 10_000);
    b.sell(ira, 10_000);
    b.sync(&office.line()).unwrap();
    (office, a, b, ira)
}

#[test]
fn no_fault_on_the_way_loses_or_doubles_a_sale() {
    let html = b"<!doctype html><title>Hotel</title>".to_vec();
    for fault in [
        Fault::Down,
        Fault::LostAnswer,
        Fault::Twice,
        Fault::Instead(html),
        Fault::Instead(Vec::new()),
        Fault::Truncated(0),
        Fault::Truncated(1),
        Fault::Truncated(100),
        Fault::Truncated(400),
    ] {
        let (office, a, b, ira) = busy();
        let line = office.line();
        let before = a.balance(ira);
        line.next_fault(fault.clone());
        let result = a.sync(&line);
        if fault == Fault::Twice {
            assert_eq!(result.unwrap().ops_pushed, 1);
        } else {
            assert!(matches!(result, Err(CoreError::Offline)), "{fault:?}");
            assert_eq!((a.balance(ira), a.outbox()), (before, 1), "{fault:?}");
        }
        agree(&office, &[&a, &b]);
        assert_eq!(a.balance(ira), 2 * before, "{fault:?}");
        assert_eq!(
            a.shop.history(ira, None, 10).unwrap().0.len(),
            2,
            "{fault:?}"
        );
    }
}

#[test]
fn an_answer_to_another_request_is_used_for_nothing() {
    let (office, a, b, ira) = busy();
    let line = office.line();
    a.sync(&line).unwrap();
    let old = line.last_answer();
    a.sell(ira, 30_000);
    let (before, seq) = (a.balance(ira), a.shop.sync_status().unwrap().seq);
    line.next_fault(Fault::Instead(old));
    assert!(matches!(a.sync(&line), Err(CoreError::Offline)));
    // Nor another phone's, though it is fresh and signed by the same authority.
    b.sync(&line).unwrap();
    line.next_fault(Fault::Instead(line.last_answer()));
    assert!(matches!(a.sync(&line), Err(CoreError::Offline)));
    let status = a.shop.sync_status().unwrap();
    assert_eq!(
        (a.balance(ira), status.seq, status.outbox),
        (before, seq, 1)
    );
    agree(&office, &[&a, &b]);
}

#[test]
fn an_answer_with_a_flipped_bit_is_none() {
    let (office, a, b, ira) = busy();
    let line = office.line();
    for at in 0..300 {
        line.next_fault(Fault::Flipped(at * 7));
        assert!(matches!(a.sync(&line), Err(CoreError::Offline)), "{at}");
        if at % 10 == 0 {
            b.sell(ira, 100 + at as i64);
            b.sync(&office.line()).unwrap();
        }
    }
    agree(&office, &[&a, &b]);
    assert_eq!(a.balance(ira), b.balance(ira));
}

#[test]
fn a_long_outbox_goes_up_in_many_batches_and_a_lost_answer_costs_none() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    for n in 0..1_200 {
        a.sell(ira, 1_000 + n);
    }
    let (line, before) = (office.line(), a.balance(ira));
    line.next_fault(Fault::LostAnswer);
    assert!(a.sync(&line).is_err());
    assert_eq!(a.balance(ira), before);
    a.sell(ira, 77_000);
    agree(&office, &[&a, &b]);
    assert_eq!(a.balance(ira), b.balance(ira));
    assert_eq!(
        b.shop.customer(ira).unwrap().visits,
        a.shop.customer(ira).unwrap().visits
    );
}

#[test]
fn a_phone_learns_that_its_clock_is_wrong_and_the_owner_sees_whose_sales_were_moved() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let off = |phone: &Counter| phone.shop.sync_status().unwrap().clock_off_ms;
    let flags = |phone: &Counter| {
        let sales = phone.shop.flagged_sales(None, None).unwrap();
        sales
            .into_iter()
            .flat_map(|sale| sale.flags)
            .collect::<Vec<_>>()
    };
    let told = |phone: &Counter| {
        let sales = phone.shop.flagged_sales(None, None).unwrap();
        let told = |sale: &FlaggedSale| (sale.flags.clone(), sale.more);
        sales.iter().map(told).collect::<Vec<_>>()
    };
    let (minute, hour) = (60_000, 60 * 60_000);
    a.time.jump(minute);
    assert_eq!(off(&a), None, "a minute is nobody's matter");
    a.sell(ira, 10_000);
    agree(&office, &[&a, &b]);
    assert_eq!(flags(&b), []);
    a.time.jump(2 * hour - minute);
    assert_eq!((off(&a), off(&b)), (Some(2 * hour), None));
    a.sell(ira, 10_000);
    assert_eq!(flags(&a), [], "only the authority knows the time");
    agree(&office, &[&a, &b]);
    let corrected = [Code::ClockCorrected { by_ms: 2 * hour }];
    assert_eq!(
        (flags(&a), flags(&b)),
        (corrected.to_vec(), corrected.to_vec())
    );
    // A day of such sales is one thing to look at, and keeps nothing else out of sight.
    for _ in 0..3 {
        a.sell(ira, 10_000);
    }
    agree(&office, &[&a, &b]);
    assert_eq!(told(&b), [(corrected.to_vec(), 3)]);
    a.time.jump(-5 * hour);
    assert_eq!(off(&a), Some(-3 * hour));
    // Nobody has measured the new run's clock yet; the first exchange does.
    a.time.reboot();
    assert_eq!(off(&a), None);
    a.sync(&office.line()).unwrap();
    assert_eq!(off(&a), Some(-3 * hour));
    a.time.jump(3 * hour);
    assert_eq!(off(&a), None);
}

#[test]
fn clocks_that_are_years_off_and_reboots_move_no_sale() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let year = 365 * 86_400_000_i64;
    for jump in [10 * year, -20 * year, 10 * year] {
        a.time.jump(jump);
        a.sell(ira, 10_000);
        a.time.advance(60_000);
        office.time.advance(60_000);
        b.time.advance(60_000);
        a.sync(&office.line()).unwrap();
        a.time.reboot();
        a.sell(ira, 10_000);
        agree(&office, &[&a, &b]);
    }
    assert_eq!(a.balance(ira), b.balance(ira));
    assert_eq!(a.shop.history(ira, None, 20).unwrap().0.len(), 6);
    assert_eq!(b.shop.history(ira, None, 20).unwrap().0.len(), 6);
}
