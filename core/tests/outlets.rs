//! Several outlets of one business (S4): opened on a founding phone, each with its own terms and its own staff.
#![allow(clippy::unwrap_used)]

mod support;

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{InstrumentId, OperatorId, OutletId, RoleId};
use kartka_core::domain::money::Money;
use kartka_core::domain::programme::{DiscountCard, Instrument, Terms};
use kartka_core::error::CoreError;
use kartka_core::usecase::customers::{NewCard, Registration};
use kartka_core::usecase::till::TillRequest;
use support::{Counter, request};

const FIRST: OutletId = OutletId(1);
const OWNER: OperatorId = OperatorId(1);

#[test]
fn an_outlet_is_opened_and_a_phone_moves_there() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let market = shop.open_outlet(request(1), " Ринок ").unwrap();
    assert_eq!(
        shop.open_outlet(request(1), " Ринок ").unwrap(),
        market,
        "a tap twice is one outlet"
    );
    let here = || -> Vec<(OutletId, String, bool)> {
        let places = shop.outlets().unwrap().into_iter();
        places
            .map(|place| (place.outlet.id, place.outlet.name, place.here))
            .collect()
    };
    assert_eq!(here()[1], (market, "Ринок".to_owned(), false));
    assert!(here()[0].2);
    shop.stand_in(market).unwrap();
    assert_eq!(here().iter().filter(|place| place.2).count(), 1);
    assert!(here()[1].2);
    let counter = counter.reopened();
    assert!(
        counter.shop.outlets().unwrap()[1].here,
        "also after a restart"
    );
    let shop = &counter.shop;
    assert!(matches!(
        shop.stand_in(OutletId(99)),
        Err(CoreError::NotFound)
    ));
    assert!(matches!(
        shop.open_outlet(request(2), " "),
        Err(CoreError::Validation { .. })
    ));
}

#[test]
fn an_outlet_gets_another_name_and_stays_what_it_was() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let market = shop.open_outlet(request(1), "Ринок").unwrap();
    let before = shop.outlets().unwrap();
    shop.rename_outlet(request(2), market, " Базар ").unwrap();
    shop.rename_outlet(request(2), market, " Базар ").unwrap();
    let after = shop.outlets().unwrap();
    assert_eq!(after[1].outlet.name, "Базар");
    assert_eq!((after.len(), &after[0]), (2, &before[0]));
    assert_eq!(after[1].outlet.zone, before[1].outlet.zone);
    assert!(matches!(
        shop.rename_outlet(request(3), OutletId(99), "Базар"),
        Err(CoreError::NotFound)
    ));
    assert!(matches!(
        shop.rename_outlet(request(4), market, &"ї".repeat(65)),
        Err(CoreError::Validation { .. })
    ));
}

#[test]
fn each_outlet_has_its_own_terms_in_one_programme() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let market = shop.open_outlet(request(1), "Ринок").unwrap();
    let mut card = Instrument::plain(
        InstrumentId(3),
        "Ринок",
        Terms::Discount(DiscountCard::fixed(1_000)),
    );
    card.rules.scope.outlets = vec![market];
    shop.publish_programme(request(2), &[card]).unwrap();
    let form = Registration {
        card: NewCard::Issue,
        ..Registration::default()
    };
    let ann = shop.register(request(3), &form).unwrap();
    let due = || {
        shop.quote(&TillRequest::amount(Some(ann), Money(2_000)))
            .unwrap()
            .1
            .due
    };
    assert_eq!(due(), Money(2_000));
    shop.stand_in(market).unwrap();
    assert_eq!(due(), Money(1_800));
}

#[test]
fn a_role_counts_where_it_was_said() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let market = shop.open_outlet(request(1), "Ринок").unwrap();
    let olia = shop.employ(request(2), "Оля", RoleId::CASHIER).unwrap();
    let nowhere = shop.limit_to_outlets(request(3), olia, &[OutletId(99)]);
    assert!(matches!(nowhere, Err(CoreError::NotFound)));
    shop.limit_to_outlets(request(4), olia, &[market]).unwrap();
    shop.set_pin(OWNER, None, "2580").unwrap();
    shop.switch_operator(olia, None).unwrap();
    let sale = TillRequest::amount(None, Money(2_000));
    let not_here = Code::NotInThisOutlet {
        outlet: FIRST.0.into(),
    };
    assert!(
        matches!(shop.sell(request(5), &sale), Err(CoreError::RuleRejected { reason }) if reason == not_here)
    );
    // The owner takes the phone to the market; there she sells.
    shop.switch_operator(OWNER, Some("2580")).unwrap();
    shop.stand_in(market).unwrap();
    shop.switch_operator(olia, None).unwrap();
    shop.sell(request(6), &sale).unwrap();
    assert!(
        shop.stand_in(FIRST).is_err(),
        "where a phone stands is not hers to say"
    );
}
