//! Two customers joined by hand, and whom they were before (B7, I2).
#![allow(clippy::unwrap_used)]

mod support;

use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};
use support::{Counter, request};

#[test]
fn whoever_parts_two_customers_sees_who_each_of_them_was() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let form = |given: &str, card| Registration {
        profile: ProfileForm {
            given: given.to_owned(),
            ..ProfileForm::default()
        },
        card,
        ..Registration::default()
    };
    let olena = shop
        .register(request(1), &form("Олена", NewCard::None))
        .unwrap();
    let nobody = shop
        .register(request(2), &form("", NewCard::Issue))
        .unwrap();
    assert_eq!(shop.members(olena).unwrap().len(), 1);
    shop.merge(request(3), olena, nobody).unwrap();
    for asked in [olena, nobody] {
        let told = shop.members(asked).unwrap().into_iter();
        let mut told: Vec<_> = told.map(|m| (m.id, m.name, m.cards.len())).collect();
        told.sort_by_key(|(id, ..)| *id);
        let mut expected = vec![(olena, Some("Олена".to_owned()), 0), (nobody, None, 1)];
        expected.sort_by_key(|(id, ..)| *id);
        assert_eq!(told, expected);
    }
    let edge = shop.merges(olena).unwrap()[0].id;
    shop.unmerge(request(4), nobody, edge).unwrap();
    assert_eq!(shop.members(olena).unwrap().len(), 1);
}
