//! Drafts of instruments over the exchange (C2): published by a phone, ordered by the authority, sold by another.

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{InstrumentId, ProgrammeVersion, RoleId};
use kartka_core::domain::wizard::Trade;
use kartka_core::error::CoreError;
use kartka_core::usecase::customers::NewCard;

use crate::shops::{Counter, Office, agree};

const BONUS: InstrumentId = InstrumentId(1);

/// Edits the bonus card's rate on a phone and publishes it.
fn publish(counter: &Counter, rate: i64) -> (i64, Result<ProgrammeVersion, CoreError>) {
    let mut draft = counter.shop.edit_instrument(BONUS, Trade::Coffee).unwrap();
    draft.answers.insert("rate".to_owned(), rate);
    let id = counter.shop.save_draft(0, &draft, Some(BONUS), 0).unwrap();
    (id, counter.shop.publish_draft(counter.request(), id))
}

#[test]
fn what_an_owner_publishes_on_a_phone_is_what_another_phone_sells_by() {
    let office = Office::founded();
    let owner = Counter::paired(&office, 1);
    let olya = owner
        .shop
        .employ(owner.request(), "Оля", RoleId::CASHIER)
        .unwrap();
    agree(&office, &[&owner]);
    let till = Counter::paired_to(&office, 2, olya);
    let (_, refused) = publish(&till, 900);
    assert!(matches!(
        refused,
        Err(CoreError::RuleRejected {
            reason: Code::NotEntitled { .. }
        })
    ));
    let before = till.shop.programme().unwrap().version();
    let (_, published) = publish(&owner, 1_000);
    assert_eq!(published.unwrap(), ProgrammeVersion(before.0 + 1));
    agree(&office, &[&owner, &till]);
    assert_eq!(
        till.shop.programme().unwrap().version(),
        ProgrammeVersion(before.0 + 1)
    );
    let ann = till.register("Анна", "067 111 22 33", NewCard::Issue);
    till.sell(ann, 20_000);
    assert_eq!(till.balance(ann), 2_000);
}

#[test]
fn of_two_who_publish_at_once_the_first_counts_and_the_others_work_is_kept() {
    let office = Office::founded();
    let (one, two) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    publish(&one, 700).1.unwrap();
    let (draft, published) = publish(&two, 800);
    published.unwrap();
    agree(&office, &[&one, &two]);
    agree(&office, &[&one, &two]);
    let rate = |counter: &Counter| {
        let programme = counter.shop.programme().unwrap();
        programme
            .bonus()
            .map(|(_, card)| (programme.version(), card.rate))
    };
    assert_eq!(rate(&one), rate(&two));
    assert_eq!(rate(&two).map(|(_, rate)| rate), Some(700));
    two.shop.publish_draft(two.request(), draft).unwrap();
    agree(&office, &[&one, &two]);
    agree(&office, &[&one, &two]);
    assert_eq!(rate(&one).map(|(_, rate)| rate), Some(800));
    assert_eq!(rate(&one), rate(&two));
}
