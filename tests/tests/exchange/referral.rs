//! Who brought whom, over two phones and a server (G3): told on one, bought on the other, the thanks seen on both, and gone
//! when the goods come back.

use kartka_core::domain::brought::Brought;
use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{CustomerId, InstrumentId};
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::programme::{BonusCard, Instrument, Referral, Terms};
use kartka_core::domain::row::InboxState;
use kartka_core::error::CoreError;
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};
use kartka_core::usecase::till::TillRequest;

use crate::shops::{Counter, Office, agree};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const BONUS: InstrumentId = InstrumentId(7);
const FRIENDS: InstrumentId = InstrumentId(8);

/// A shop that gives 100 points for a friend and 30 to the friend, after fourteen days, for a purchase from 50.00.
struct Shop {
    office: Office,
    a: Counter,
    b: Counter,
    ann: CustomerId,
}

impl Shop {
    fn open() -> Self {
        let office = Office::founded();
        let a = Counter::paired(&office, 1);
        let promised = Referral {
            welcome: Points(30),
            window_days: 14,
            ..Referral::plain(BONUS, Points(100))
        };
        let mut friends = Instrument::plain(FRIENDS, "Friends", Terms::Referral(promised));
        friends.rules.stacking.minimum = Money(5_000);
        let card = Terms::Bonus(BonusCard::plain(0, Money(1)));
        let instruments = [Instrument::plain(BONUS, "Points", card), friends];
        a.shop.publish_programme(a.request(), &instruments).unwrap();
        let ann = a.register("Анна", "067 111 22 33", NewCard::Issue);
        agree(&office, &[&a]);
        let b = Counter::paired(&office, 2);
        agree(&office, &[&a, &b]);
        Self { office, a, b, ann }
    }

    fn agree(&self) {
        agree(&self.office, &[&self.a, &self.b]);
    }

    fn friend(&self, counter: &Counter, phone: &str) -> Result<CustomerId, CoreError> {
        let form = Registration {
            profile: ProfileForm {
                given: "Богдан".into(),
                phones: vec![phone.into()],
                ..ProfileForm::default()
            },
            referrer: Some(self.ann),
            ..Registration::default()
        };
        counter.shop.register(counter.request(), &form)
    }

    fn only(&self, counter: &Counter) -> Brought {
        let friends = counter.shop.friends(self.ann).unwrap();
        assert_eq!(friends.brought.len(), 1);
        friends.brought[0].clone()
    }

    fn open_items(&self) -> Vec<Code> {
        let items = self.a.shop.inbox().unwrap();
        let open = items.iter().filter(|item| item.state == InboxState::Open);
        open.map(|item| item.code).collect()
    }
}

#[test]
fn a_friend_told_on_one_phone_and_buying_on_the_other_is_paid_once_and_taken_back_with_the_goods() {
    let shop = Shop::open();
    let bob = shop.friend(&shop.a, "067 444 55 66").unwrap();
    shop.agree();
    let ask = TillRequest::amount(Some(bob), Money(6_000));
    let said = shop.b.shop.quote(&ask).unwrap().1.said;
    let thanked = Code::ReferrerThanked {
        instrument: FRIENDS.0.into(),
        points: 100,
        days: 14,
    };
    assert!(said.contains(&thanked), "{said:?}");
    let purchase = shop.b.sell(bob, 6_000);
    assert_eq!(shop.b.balance(shop.ann), 0, "a phone gives nothing itself");
    shop.agree();
    for counter in [&shop.a, &shop.b] {
        assert_eq!(counter.balance(shop.ann), 100);
        assert_eq!(counter.balance(bob), 30);
        let view = counter.shop.customer(shop.ann).unwrap().points[0];
        assert_eq!((view.spendable.0, view.pending.0), (0, 100));
        let brought = shop.only(counter);
        assert_eq!(brought.counted.unwrap().purchase, Some(purchase));
        let account = counter.shop.account(shop.ann).unwrap();
        let origin = account.accounts[0].lots[0].origin.unwrap();
        assert_eq!(
            origin.brought,
            Some(brought.id),
            "the balance says where it is from"
        );
    }
    shop.b.sell(bob, 6_000);
    shop.agree();
    assert_eq!(shop.a.balance(shop.ann), 100, "once");
    // What comes back takes it back, and another purchase that is kept counts in its place.
    shop.a
        .shop
        .give_back(shop.a.request(), purchase, &[])
        .unwrap();
    shop.agree();
    for counter in [&shop.a, &shop.b] {
        assert_eq!(counter.balance(shop.ann), 100);
        assert_ne!(shop.only(counter).counted.unwrap().purchase, Some(purchase));
    }
    let second = shop.only(&shop.a).counted.unwrap().purchase.unwrap();
    shop.b
        .shop
        .give_back(shop.b.request(), second, &[])
        .unwrap();
    shop.agree();
    for counter in [&shop.a, &shop.b] {
        assert_eq!(counter.balance(shop.ann), 0);
        assert_eq!(counter.balance(bob), 0);
        assert_eq!(shop.only(counter).counted, None);
    }
}

#[test]
fn the_word_may_arrive_after_the_purchase() {
    let shop = Shop::open();
    let bob = shop.b.register("Богдан", "067 444 55 66", NewCard::Issue);
    shop.agree();
    shop.a.shop.refer(shop.a.request(), bob, shop.ann).unwrap();
    shop.b.sell(bob, 6_000);
    shop.b.sync(&shop.office.line()).unwrap();
    shop.agree();
    for counter in [&shop.a, &shop.b] {
        assert_eq!(counter.balance(shop.ann), 100);
    }
    let day = 15 * DAY_MS;
    for time in [&shop.office.time, &shop.a.time, &shop.b.time] {
        time.advance(day);
    }
    let view = shop.a.shop.customer(shop.ann).unwrap().points[0];
    assert_eq!(view.spendable.0, 100, "the goods can't come back any more");
}

#[test]
fn a_phone_refuses_what_it_knows_and_the_server_what_the_phone_did_not() {
    let shop = Shop::open();
    let rule = |refused: Result<(), CoreError>| match refused {
        Err(CoreError::RuleRejected { reason }) => reason,
        other => panic!("{other:?}"),
    };
    let bob = shop.a.register("Богдан", "067 444 55 66", NewCard::Issue);
    shop.agree();
    let own = shop.a.shop.refer(shop.a.request(), shop.ann, shop.ann);
    assert_eq!(rule(own), Code::ReferredSelf);
    // Both phones write it down; the second word has no effect and is kept with its reason.
    for counter in [&shop.a, &shop.b] {
        counter
            .shop
            .refer(counter.request(), bob, shop.ann)
            .unwrap();
    }
    shop.agree();
    let friends = shop.b.shop.friends(shop.ann).unwrap().brought;
    let refused: Vec<_> = friends.iter().map(|one| one.refused).collect();
    assert!(refused.contains(&None) && refused.contains(&Some(Code::AlreadyReferred)));
    let again = shop.a.shop.refer(shop.a.request(), bob, shop.ann);
    assert_eq!(rule(again), Code::AlreadyReferred);
    // A number that one phone gave them and the other did not know of.
    let cyd = shop.b.register("Сидір", "067 777 88 99", NewCard::Issue);
    shop.agree();
    let same = ProfileForm {
        phones: vec!["067 777 88 99".into()],
        ..ProfileForm::default()
    };
    shop.a.shop.edit(shop.a.request(), shop.ann, &same).unwrap();
    shop.a.sync(&shop.office.line()).unwrap();
    shop.b.shop.refer(shop.b.request(), cyd, shop.ann).unwrap();
    shop.agree();
    let reason = i64::from(Code::ReferredSamePhone.number());
    assert_eq!(shop.open_items(), [Code::SelfReferral { reason }]);
    shop.b.sell(cyd, 6_000);
    shop.agree();
    assert_eq!(shop.a.balance(shop.ann), 0);
}

#[test]
fn nobody_is_found_who_was_erased() {
    let shop = Shop::open();
    let bob = shop.friend(&shop.a, "067 444 55 66").unwrap();
    shop.agree();
    shop.a.shop.erase(shop.a.request(), shop.ann).unwrap();
    shop.agree();
    shop.b.sell(bob, 6_000);
    shop.agree();
    for counter in [&shop.a, &shop.b] {
        let friends = counter.shop.friends(bob).unwrap();
        assert_eq!(friends.brought_by, None);
    }
    let rule = shop.friend(&shop.b, "067 333 22 11");
    assert!(
        matches!(
            rule,
            Err(CoreError::RuleRejected {
                reason: Code::ReferrerErased
            })
        ),
        "{rule:?}"
    );
}
