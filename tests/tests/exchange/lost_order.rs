//! What went with a lost server and is not back yet: what names it waits, and nobody has seen it (sync §3, §12).

use kartka_core::domain::customer::Will;
use kartka_core::domain::ids::{OperatorId, RoleId};
use kartka_core::domain::programme::Terms;
use kartka_core::usecase::customers::{NewCard, ProfileForm};

use super::healing::purchases;
use super::shops::{Counter, Fault, Office, agree};

const DAY_MS: i64 = 86_400_000;

/// The rules that a sale names may be what a restored server was not told of again: what it earned is not nothing for that.
#[test]
fn a_sale_by_rules_that_were_lost_waits_for_them_and_earns_what_they_promise() {
    let office = Office::founded();
    let (owner, till) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = till.register("Іра", "", NewCard::Issue);
    agree(&office, &[&owner, &till]);
    let backup = till.home().join("server");
    office.back_up(&backup);
    let mut instruments = owner.shop.programme().unwrap().instruments().to_vec();
    for of in &mut instruments {
        if let Terms::Bonus(card) = &mut of.terms {
            card.rate = 1_000;
        }
    }
    let published = owner.shop.publish_programme(owner.request(), &instruments);
    published.unwrap();
    agree(&office, &[&owner, &till]);
    till.sell(ira, 20_000);
    agree(&office, &[&owner, &till]);
    assert_eq!(till.balance(ira), 2_000);
    office.put_back(&backup);
    // The till calls first.
    till.sync(&office.line()).unwrap();
    agree(&office, &[&owner, &till]);
    assert_eq!((owner.balance(ira), till.balance(ira)), (2_000, 2_000));
}

/// Whoever was employed after the backup is not taken for a stranger because the owner's phone has not called yet.
#[test]
fn what_a_new_colleague_sold_waits_until_a_restored_server_knows_them() {
    let office = Office::founded();
    let (owner, till) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = till.register("Іра", "", NewCard::Issue);
    agree(&office, &[&owner, &till]);
    let backup = till.home().join("server");
    office.back_up(&backup);
    let request = owner.request();
    let olya = owner.shop.employ(request, "Оля", RoleId::CASHIER).unwrap();
    agree(&office, &[&owner, &till]);
    till.shop.set_pin(OperatorId(1), None, "2580").unwrap();
    till.shop.switch_operator(olya, None).unwrap();
    let sold = till.sell(ira, 20_000);
    agree(&office, &[&owner, &till]);
    office.put_back(&backup);
    // The till calls first.
    till.sync(&office.line()).unwrap();
    agree(&office, &[&owner, &till]);
    let seen = owner.shop.purchase(sold).unwrap().purchase;
    assert_eq!((seen.operator, seen.flags), (olya, Vec::new()));
}

#[test]
fn what_names_somebody_whom_only_another_phone_can_tell_of_waits_for_them() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    let olha = a.register("Ольга", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    b.sell(olha, 40_000);
    agree(&office, &[&a, &b]);
    office.put_back(&backup);

    // The phone that registered her is at home. Nothing is settled without effect meanwhile.
    let line = office.line();
    b.sell(olha, 2_000);
    b.sync(&line).unwrap();
    assert_eq!((b.balance(olha), b.outbox()), (2_100, 2));
    assert_eq!(purchases(&office), 0);
    agree(&office, &[&a, &b]);
    assert_eq!((a.balance(olha), b.balance(olha)), (2_100, 2_100));

    // If it never comes back, the sales are taken in after three days; money counts, points can't.
    office.put_back(&backup);
    office.time.advance(3 * DAY_MS);
    b.time.advance(3 * DAY_MS);
    b.sync(&line).unwrap();
    assert_eq!((b.outbox(), purchases(&office)), (0, 2));
    assert_eq!(b.digests(), office.digests());
}

#[test]
fn what_a_lost_server_showed_was_not_seen_by_anybody() {
    let office = Office::founded();
    let [a, b, gone] = [1, 2, 3].map(|n| Counter::paired(&office, n));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b, &gone]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    for _ in 0..10 {
        gone.sell(ira, 1_000);
    }
    agree(&office, &[&gone, &a]);
    // Written after having seen ten sales that the server then loses for good, and withdrawn meanwhile at one of their places.
    let named = |given: &str| ProfileForm {
        given: given.into(),
        ..ProfileForm::default()
    };
    a.shop.edit(a.request(), ira, &named("Ірина")).unwrap();
    a.shop.consent(a.request(), ira, 1, Will::Given).unwrap();
    office.put_back(&backup);
    for time in [&office.time, &a.time, &b.time] {
        time.advance(60_000);
    }
    b.shop.edit(b.request(), ira, &named("Ірена")).unwrap();
    b.shop
        .consent(b.request(), ira, 1, Will::Withdrawn)
        .unwrap();
    let line = office.line();
    b.sync(&line).unwrap();
    agree(&office, &[&b, &a]);
    for counter in [&a, &b] {
        let sheet = counter.shop.customer(ira).unwrap();
        assert_eq!(sheet.name.as_deref(), Some("Ірена"), "the later edit wins");
        assert_eq!(sheet.marketing, Will::Withdrawn, "nobody had seen it");
    }
}

/// A shop is pulled anew in parts: between two of them a phone stands in the new epoch and not yet where it stood in the
/// lost order.
#[test]
fn what_a_phone_has_not_pulled_anew_it_has_not_seen() {
    let mut unseen = 0;
    for parts in 1..8 {
        let office = Office::founded();
        let [a, b, gone] = [1, 2, 3].map(|n| Counter::paired(&office, n));
        let people: Vec<_> = (0..40)
            .map(|n| b.register(&format!("Гість {n}"), "", NewCard::None))
            .collect();
        let ira = people[0];
        b.shop.consent(b.request(), ira, 1, Will::Given).unwrap();
        agree(&office, &[&a, &b, &gone]);
        let backup = a.home().join("server");
        office.back_up(&backup);
        for _ in 0..30 {
            gone.sell(ira, 1_000);
        }
        agree(&office, &[&gone, &a]);
        office.put_back(&backup);
        b.shop
            .consent(b.request(), ira, 1, Will::Withdrawn)
            .unwrap();
        let line = office.line();
        b.sync(&line).unwrap();
        office.limit_pages(400);
        line.fault_after(parts, Fault::Down);
        // Whether it comes to its end or not.
        let _ = a.sync(&line);
        let known = a.shop.customer(ira).unwrap().marketing == Will::Withdrawn;
        for time in [&office.time, &a.time, &b.time] {
            time.advance(60_000);
        }
        a.shop.consent(a.request(), ira, 1, Will::Given).unwrap();
        line.next_fault(Fault::None);
        agree(&office, &[&a, &b]);
        if known {
            break;
        }
        for counter in [&a, &b] {
            let sheet = counter.shop.customer(ira).unwrap();
            assert_eq!(sheet.marketing, Will::Withdrawn, "after {parts} parts");
        }
        unseen = parts;
    }
    assert!(
        (2..7).contains(&unseen),
        "{unseen} parts without the last one"
    );
}
