//! Staff over the exchange: who was dismissed offline, whose limits were lowered, who holds a stolen phone (sync §7).

use kartka_core::domain::business::DeviceState;
use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{CustomerId, EntryId, Id, OperatorId, PurchaseId, RoleId};
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::op::Decision;
use kartka_core::domain::rights::{Limits, Role};
use kartka_core::domain::row::{Inbox, Row, RowKind};
use kartka_core::error::CoreError;
use kartka_core::usecase::customers::NewCard;
use kartka_core::usecase::staff::RoleForm;
use kartka_core::usecase::till::TillRequest;
use kartka_server::store::{Reads, read};

use crate::shops::{Counter, Office, agree};

/// An owner's phone, a cashier's phone, and Ann with 1,000 points.
struct Street {
    office: Office,
    owner: Counter,
    till: Counter,
    olya: OperatorId,
    ann: CustomerId,
}

impl Street {
    fn open() -> Self {
        let office = Office::founded();
        let owner = Counter::paired(&office, 1);
        let shop = &owner.shop;
        let olya = shop
            .employ(owner.request(), "Оля", RoleId::CASHIER)
            .unwrap();
        agree(&office, &[&owner]);
        let till = Counter::paired_to(&office, 2, olya);
        let ann = till.register("Анна", "067 111 22 33", NewCard::Issue);
        till.sell(ann, 20_000);
        agree(&office, &[&till, &owner]);
        Self {
            office,
            owner,
            till,
            olya,
            ann,
        }
    }

    fn purchase(&self, id: PurchaseId) -> Row {
        self.row(RowKind::Purchase, id.get()).unwrap()
    }

    fn row(&self, kind: RowKind, id: i64) -> Option<Row> {
        self.office.with(|a| {
            read(a.store(), |db: &dyn Reads| {
                Ok(db.row(kind, id)?.map(|wire| wire.read()).transpose()?)
            })
            .unwrap()
        })
    }

    fn inbox(&self) -> Vec<Inbox> {
        let rows = self
            .office
            .with(|a| read(a.store(), |db: &dyn Reads| db.rows_of(RowKind::Inbox)).unwrap());
        let item = |wire: &kartka_protocol::rows::WireRow| match wire.read().unwrap() {
            Row::Inbox(item) => item,
            _ => unreachable!(),
        };
        rows.iter().map(item).collect()
    }
}

fn flag_of(row: &Row) -> Option<Code> {
    match row {
        Row::Purchase(purchase) => purchase.flags.first().copied(),
        _ => None,
    }
}

#[test]
fn a_phone_is_its_holders_and_a_dismissed_operator_stops_when_it_is_heard() {
    let street = Street::open();
    assert_eq!(street.till.shop.operator().unwrap(), street.olya);
    let owner = &street.owner;
    owner.shop.dismiss(owner.request(), street.olya).unwrap();
    agree(&street.office, &[owner]);
    // Not heard yet: the counter goes on.
    let before = street.till.sell(street.ann, 2_000);
    agree(&street.office, &[&street.till, owner]);
    let ask = TillRequest::amount(Some(street.ann), Money(2_000));
    let after = street.till.shop.sell(street.till.request(), &ask);
    assert!(matches!(
        after,
        Err(CoreError::RuleRejected {
            reason: Code::OperatorDismissed
        })
    ));
    // What was sold meanwhile counts, is flagged everywhere, and the author knows it too.
    let row = street.purchase(before);
    assert_eq!(flag_of(&row), Some(Code::OperatorDismissed));
    assert_eq!(street.owner.balance(street.ann), 1_100);
    assert_eq!(street.till.balance(street.ann), 1_100);
}

/// What the owner is asked of the first op that waited stands under the same id as the question about what waits, or beside
/// it: here both, since it took back once more what had come back, and nobody who may had done it.
#[test]
fn what_a_dismissed_operator_did_is_asked_though_it_had_waited_for_the_owner() {
    let street = Street::open();
    let (owner, till) = (&street.owner, &street.till);
    let ask = TillRequest::amount(None, Money(9_000));
    let sold = till.shop.sell(till.request(), &ask).unwrap();
    agree(&street.office, &[till, owner]);
    owner.shop.give_back(owner.request(), sold, &[]).unwrap();
    owner.shop.dismiss(owner.request(), street.olya).unwrap();
    let device = till.shop.sync_status().unwrap().device;
    let state = DeviceState::Revoked;
    owner.shop.revoke(owner.request(), device, state).unwrap();
    agree(&street.office, &[owner]);
    let first = till.shop.give_back(till.request(), sold, &[]).unwrap();
    let second = till.sell(street.ann, 5_000);
    till.sell(street.ann, 6_000);
    let told = till.sync(&street.office.line());
    assert!(matches!(told, Err(CoreError::DeviceRevoked)), "{told:?}");
    let open = || {
        agree(&street.office, &[owner]);
        let mut all = owner.shop.inbox().unwrap();
        all.sort_by_key(|item| item.id);
        all
    };
    let settle = |up_to: i64| {
        let up_to = Id::new(up_to).unwrap();
        let settled = owner.shop.settle(owner.request(), up_to, Decision::Accept);
        settled.unwrap();
        owner.sync(&street.office.line()).unwrap();
    };
    let waits = |item: &Inbox, count: i64| matches!(item.code, Code::Quarantined { ops, .. } if ops == count);
    let asked = [EntryId(first.0), EntryId(first.0).beside()];
    let items = open();
    assert!(items.len() == 1 && waits(&items[0], 3), "{items:?}");
    // The return alone is taken in: the owner is asked about it, and the sales still wait.
    settle(second.get() - 1);
    let items = open();
    assert!(items.len() == 3 && waits(&items[1], 2), "{items:?}");
    assert_eq!([items[0].id, items[2].id], asked, "{items:?}");
    let what = (items[0].code, items[2].code);
    let both = matches!(
        what,
        (Code::ReturnAboveSold { .. }, Code::ActedWithoutRight { .. })
    );
    assert!(both, "{what:?}");
    let Code::Quarantined { upto, .. } = items[1].code else {
        unreachable!("it was matched above");
    };
    settle(upto);
    // The sales behind it were flagged, which asks nobody.
    let items: Vec<EntryId> = open().iter().map(|item| item.id).collect();
    assert_eq!(items, asked);
}

/// Adversary: a dismissed operator keeps the phone off the net and lets points be redeemed.
#[test]
fn a_dismissed_operator_redeems_offline() {
    let street = Street::open();
    let owner = &street.owner;
    owner.shop.dismiss(owner.request(), street.olya).unwrap();
    agree(&street.office, &[owner]);
    let purchase = street.till.redeem(street.ann, 2_000, 300).unwrap();
    agree(&street.office, &[&street.till, owner]);
    // The goods are gone: it counts. The owner is asked, with the sum.
    let item = street.inbox().pop().unwrap();
    assert_eq!(item.id.get(), purchase.get());
    assert_eq!(item.points, Points(-300));
    let Code::ActedWithoutRight {
        operator, reason, ..
    } = item.code
    else {
        panic!("{:?}", item.code)
    };
    assert_eq!(operator, i64::from(street.olya.0));
    assert_eq!(reason, i64::from(Code::OperatorDismissed.number()));
    assert_eq!(street.owner.balance(street.ann), 1_000 - 300 + 85);
    // Once dealt with it asks no more.
    assert_eq!(owner.shop.inbox().unwrap(), [item]);
    owner.shop.close_item(owner.request(), item.id).unwrap();
    agree(&street.office, &[&street.till, owner]);
    assert_eq!(owner.shop.inbox().unwrap(), []);
}

#[test]
fn lowered_limits_hold_when_they_are_pulled_and_are_asked_about_before() {
    let street = Street::open();
    let owner = &street.owner;
    let cashier = Role::ready(RoleId::CASHIER).unwrap();
    let form = RoleForm {
        id: Some(RoleId::CASHIER),
        name: String::new(),
        permissions: cashier.permissions,
        limits: Limits {
            redeem_receipt: Some(Points(100)),
            ..Limits::READY
        },
    };
    owner.shop.publish_role(owner.request(), &form).unwrap();
    agree(&street.office, &[owner]);
    street.till.redeem(street.ann, 2_000, 200).unwrap();
    agree(&street.office, &[&street.till, owner]);
    assert_eq!(street.inbox().len(), 1);
    let now = street.till.redeem(street.ann, 2_000, 101);
    assert!(matches!(
        now,
        Err(CoreError::RuleRejected {
            reason: Code::RedeemPerReceipt { limit: 100 }
        })
    ));
    street.till.redeem(street.ann, 2_000, 100).unwrap();
    agree(&street.office, &[&street.till, owner]);
    assert_eq!(street.inbox().len(), 1);
}

/// A phone goes from one hand to another with everything that was not sent yet.
#[test]
fn a_phone_is_taken_over_without_losing_its_outbox() {
    let street = Street::open();
    let (owner, till) = (&street.owner, &street.till);
    let shop = &owner.shop;
    let ivan = shop
        .employ(owner.request(), "Іван", RoleId::CASHIER)
        .unwrap();
    agree(&street.office, &[owner, till]);
    let first = till.sell(street.ann, 2_000);
    till.shop.switch_operator(ivan, None).unwrap();
    let second = till.sell(street.ann, 2_000);
    assert_eq!(till.outbox(), 2);
    shop.dismiss(owner.request(), street.olya).unwrap();
    agree(&street.office, &[owner]);
    agree(&street.office, &[till, owner]);
    let by = |id| match street.purchase(id) {
        Row::Purchase(purchase) => (purchase.operator, purchase.flags.first().copied()),
        _ => unreachable!(),
    };
    assert_eq!(by(first), (street.olya, Some(Code::OperatorDismissed)));
    assert_eq!(by(second), (ivan, None));
    // Ivan sells on at the phone that Olya was dismissed from.
    till.sell(street.ann, 2_000);
    agree(&street.office, &[till, owner]);
    assert_eq!(owner.balance(street.ann), 1_300);
}

/// Adversary: whoever stole a cashier's phone makes it say that the owner is at it.
#[test]
fn a_stolen_counter_phone_that_names_the_owner_changes_nothing_in_the_office() {
    let street = Street::open();
    let thief = &street.till;
    // The honest program asks for the owner's PIN, which was never typed here; the thief's skips that.
    assert!(thief.shop.switch_operator(OperatorId(1), None).is_err());
    thief
        .shop
        .store()
        .write(|tx| kartka_core::store::meta::put(tx, "operator", &1_u32.to_be_bytes()))
        .unwrap();
    let friend = thief.shop.employ(thief.request(), "Друг", RoleId::OWNER);
    assert!(matches!(
        friend,
        Err(CoreError::RuleRejected {
            reason: Code::DeviceNotEntitled { .. }
        })
    ));
    assert_eq!(street.owner.shop.staff().unwrap().len(), 2);
}

#[test]
fn a_shift_is_what_this_phone_did_and_a_cashier_may_see_it() {
    let street = Street::open();
    let (till, owner) = (&street.till, &street.owner);
    let sold = owner.sell(street.ann, 5_000);
    agree(&street.office, &[till, owner]);
    owner.shop.give_back(owner.request(), sold, &[]).unwrap();
    agree(&street.office, &[till, owner]);
    let (here, there) = (
        till.shop.shift().unwrap().sums,
        owner.shop.shift().unwrap().sums,
    );
    assert_eq!((here.receipts, here.paid.cash.0), (1, 20_000));
    assert_eq!((here.returns.0, here.given_back.0), (0, 0));
    assert_eq!((there.receipts, there.paid.cash.0), (1, 5_000));
    assert_eq!((there.returns.0, there.given_back.0), (5_000, 5_000));
}
