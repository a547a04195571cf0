//! Two customers who are one person, decided on one phone and undone on another (I2, sync §3).

use kartka_core::domain::codes::Code;
use kartka_core::domain::customer::Will;
use kartka_core::error::CoreError;
use kartka_core::usecase::customers::NewCard;

use crate::shops::{Counter, Office, agree};

#[test]
fn what_one_phone_joins_another_undoes_and_everybody_agrees() {
    let office = Office::founded();
    let (owner, till) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ann = till.register("Анна", "067 111 22 33", NewCard::Issue);
    let anya = till.register("Аня", "067 222 33 44", NewCard::Issue);
    till.sell(ann, 20_000);
    till.sell(anya, 40_000);
    agree(&office, &[&till, &owner]);
    let own = [owner.balance(ann), owner.balance(anya)];
    assert!(own[0] > 0 && own[1] > own[0]);

    owner.shop.merge(owner.request(), ann, anya).unwrap();
    assert_eq!(owner.balance(anya), own[0] + own[1]);
    let again = owner.shop.merge(owner.request(), anya, ann);
    assert!(
        matches!(again, Err(CoreError::Duplicate { .. })),
        "{again:?}"
    );
    // Meanwhile the other till sells; a withdrawal is one for all of a person.
    till.sell(ann, 1_000);
    agree(&office, &[&owner, &till]);
    agree(&office, &[&till, &owner]);
    assert_eq!(till.balance(ann), owner.balance(anya));
    till.shop
        .consent(till.request(), ann, 1, Will::Given)
        .unwrap();
    till.shop
        .consent(till.request(), anya, 1, Will::Withdrawn)
        .unwrap();

    // What one used of the other's stays used.
    till.redeem(ann, 100_000, own[0] + 100).unwrap();
    agree(&office, &[&till, &owner]);
    let edges = till.shop.merges(anya).unwrap();
    assert_eq!(edges.len(), 1);
    till.shop
        .unmerge(till.request(), anya, edges[0].id)
        .unwrap();
    agree(&office, &[&till, &owner]);
    let apart = [owner.balance(ann), owner.balance(anya)];
    assert!(apart[0] >= 0 && apart[1] <= own[1], "{apart:?} of {own:?}");
    assert_eq!(owner.shop.merges(ann).unwrap(), []);
    for (phone, id) in [(&till, ann), (&till, anya), (&owner, ann)] {
        let marketing = phone.shop.customer(id).unwrap().marketing;
        assert_eq!(marketing, Will::Withdrawn, "for both");
    }
    let gone = till.shop.unmerge(till.request(), anya, edges[0].id);
    assert!(matches!(gone, Err(CoreError::NotFound)), "{gone:?}");
    // Every point of both is accounted for, lot by lot.
    for id in [ann, anya] {
        let told = owner.shop.account(id).unwrap();
        assert!(told.whole, "nothing is hidden in an opening line");
        let sum: i64 = told.accounts.iter().map(|account| account.balance.0).sum();
        assert_eq!(sum, owner.balance(id));
    }
}

#[test]
fn joining_two_named_people_closes_what_asked_about_them() {
    let office = Office::founded();
    let (one, other) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ann = one.register("Анна", "", NewCard::None);
    let anya = other.register("Аня", "", NewCard::None);
    agree(&office, &[&one, &other]);
    // Each gives the same printed card to another of them.
    let card = one.shop.emit(one.request(), 1).unwrap()[0];
    agree(&office, &[&one, &other]);
    one.shop.bind(one.request(), card, ann).unwrap();
    other.shop.bind(other.request(), card, anya).unwrap();
    agree(&office, &[&one, &other]);
    agree(&office, &[&other, &one]);
    let asks = |shop: &Counter| {
        let open = shop.shop.inbox().unwrap().into_iter();
        open.filter(|item| item.code == Code::TwoNamedPeople)
            .count()
    };
    assert_eq!(asks(&one), 1);
    one.shop.merge(one.request(), ann, anya).unwrap();
    agree(&office, &[&one, &other]);
    assert_eq!(asks(&other), 0);
}

#[test]
fn a_consent_is_given_for_oneself_and_withdrawn_for_all() {
    let office = Office::founded();
    let phone = Counter::paired(&office, 1);
    let ann = phone.register("Анна", "", NewCard::None);
    let anya = phone.register("Аня", "", NewCard::None);
    phone.shop.merge(phone.request(), ann, anya).unwrap();
    let say = |who, will| phone.shop.consent(phone.request(), who, 1, will).unwrap();
    say(ann, Will::Given);
    let edge = phone.shop.merges(ann).unwrap()[0].id;
    phone.shop.unmerge(phone.request(), ann, edge).unwrap();
    let marketing = |who| phone.shop.customer(who).unwrap().marketing;
    assert_eq!(marketing(ann), Will::Given);
    assert_eq!(marketing(anya), Will::Withdrawn, "nobody else agreed");
}

#[test]
fn an_undone_merge_stays_undone_when_a_restored_server_hears_of_it_first() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ann = a.register("Анна", "", NewCard::None);
    let anya = a.register("Аня", "", NewCard::None);
    agree(&office, &[&a, &b]);
    let backup = office.home().join("backup");
    office.back_up(&backup);
    a.shop.merge(a.request(), ann, anya).unwrap();
    agree(&office, &[&a, &b]);
    let edge = b.shop.merges(ann).unwrap()[0].id;
    b.shop.unmerge(b.request(), ann, edge).unwrap();
    // The merge is lost with the server, and the phone that has it calls last.
    office.put_back(&backup);
    for phone in [&b, &a, &b, &a, &b] {
        let _ = phone.sync(&office.line());
    }
    agree(&office, &[&a, &b]);
    assert_eq!(a.shop.merges(ann).unwrap(), []);
    assert_eq!(b.shop.merges(ann).unwrap(), []);
}

/// The word that is taken back came again, but made nothing: somebody else had said the same before it.
#[test]
fn an_undo_waits_for_no_merge_that_a_restored_server_found_needless() {
    let office = Office::founded();
    let phones = [1, 2, 3].map(|seed| Counter::paired(&office, seed));
    let [a, b, c] = &phones;
    let ann = a.register("Анна", "", NewCard::None);
    let anya = a.register("Аня", "", NewCard::None);
    agree(&office, &[a, b, c]);
    let backup = office.home().join("backup");
    office.back_up(&backup);
    a.shop.merge(a.request(), ann, anya).unwrap();
    agree(&office, &[a, b]);
    let edge = b.shop.merges(ann).unwrap()[0].id;
    b.shop.unmerge(b.request(), ann, edge).unwrap();
    c.shop.merge(c.request(), ann, anya).unwrap();
    let theirs = c.shop.merges(ann).unwrap()[0].id;
    office.put_back(&backup);
    for phone in [c, a, b, c, a, b] {
        let _ = phone.sync(&office.line());
    }
    agree(&office, &[a, b, c]);
    let edges = b.shop.merges(ann).unwrap();
    assert_eq!(
        edges.iter().map(|edge| edge.id).collect::<Vec<_>>(),
        [theirs]
    );
}

/// A restored server hears of the same card in another order, so the one without a name is somebody else. Whom they
/// were joined to before is their own person again.
#[test]
fn a_binding_that_joins_somebody_else_after_a_restore_leaves_the_first_alone() {
    let office = Office::founded();
    let phones = [1, 2, 3].map(|seed| Counter::paired(&office, seed));
    let [a, b, c] = &phones;
    let card = a.shop.emit(a.request(), 1).unwrap()[0];
    agree(&office, &[a, b, c]);
    let backup = office.home().join("backup");
    office.back_up(&backup);
    let ann = b.register("Анна", "", NewCard::Bind(card));
    let olena = a.register("Олена", "", NewCard::Bind(card));
    let unnamed = c.register("", "", NewCard::Bind(card));
    agree(&office, &[b, a, c]);
    let person = |of| c.shop.customer(of).unwrap().id;
    assert_eq!(person(unnamed), person(ann));
    assert_ne!(person(olena), person(ann));
    office.put_back(&backup);
    for phone in [a, b, c, a, b, c] {
        let _ = phone.sync(&office.line());
    }
    agree(&office, &[a, b, c]);
    assert_eq!(person(unnamed), person(olena));
    assert_eq!(person(ann), ann);
}
