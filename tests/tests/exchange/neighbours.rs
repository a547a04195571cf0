//! Programs of this version and the next one in one shop, each way round: they agree to the last byte, and what the
//! newer one knows is not lost by what the older one does (sync §9, L12).
//!
//! The next version is this one with a field more in every message, op, entry, group of a profile and state.

use kartka_core::domain::customer::Will;
use kartka_core::domain::ids::{CustomerId, InstrumentId};
use kartka_core::domain::money::Money;
use kartka_core::domain::programme::{BonusCard, Instrument, Terms};
use kartka_core::domain::purchase::{PointsAs, VoidReason};
use kartka_core::domain::rights::{Limits, Permissions};
use kartka_core::domain::row::RowKind;
use kartka_core::usecase::customers::{NewCard, ProfileForm};
use kartka_core::usecase::staff::RoleForm;
use kartka_protocol::fields::{Record, Shape};
use kartka_protocol::simulation::{self, UNKNOWN};
use kartka_server::store::{Reads, read};

use crate::shops::{Counter, Office, agree};

/// A day of the counter and of the office, done at one phone.
fn a_day(at: &Counter, ann: CustomerId) {
    at.tap(|at| {
        at.sell(ann, 12_000);
        let undone = at.sell(ann, 9_000);
        at.shop
            .void(at.request(), undone, VoidReason::Mistake)
            .unwrap();
        at.redeem(ann, 5_000, 100).unwrap();
        let form = ProfileForm {
            family: "Коваль".into(),
            ..ProfileForm::default()
        };
        at.shop.edit(at.request(), ann, &form).unwrap();
        at.shop.consent(at.request(), ann, 1, Will::Given).unwrap();
        at.register("Ігор", "", NewCard::Issue);
    });
}

fn published(owner: &Counter) {
    let bonus = Terms::Bonus(BonusCard::plain(500, Money(1)));
    let all = [Instrument::plain(InstrumentId(7), "Бали", bonus)];
    owner.tap(|at| at.shop.publish_programme(at.request(), &all).unwrap());
}

/// Whether a row of the server bears what only the next version knows.
fn is_kept(office: &Office, kind: RowKind, key: i64) -> bool {
    let row = office.with(|a| {
        read(a.store(), |db: &dyn Reads| db.row(kind, key))
            .unwrap()
            .unwrap()
    });
    let record = Record::decode(&row.record, Shape::ENTITY).unwrap();
    record.get(UNKNOWN).is_some()
}

/// A server and two phones, newer or not, live through two days; the second one pairs by a newer or older server.
fn lives(server: bool, first: bool, second: bool) {
    let office = Office::founded();
    office.becomes_newer(server);
    let paired = |seed, newer| {
        let phone = simulation::newer(newer, || Counter::paired(&office, seed));
        phone.becomes_newer(newer);
        phone
    };
    let one = paired(1, first);
    let two = paired(2, second);
    published(&one);
    let ann = one.tap(|at| at.register("Анна", "067 111 22 33", NewCard::Issue));
    one.tap(|at| at.sell(ann, 100_000));
    agree(&office, &[&one, &two]);

    a_day(&one, ann);
    a_day(&two, ann);
    agree(&office, &[&one, &two]);
    let balance = one.balance(ann);
    assert_eq!(balance, two.balance(ann));
    // 5 % of 100,000, of 12,000 twice, and of what was not paid by 100 points, twice; 200 spent.
    assert_eq!(balance, 5_000 + 2 * 600 + 2 * (4_900 / 20) - 200);
}

#[test]
fn a_newer_server_and_older_phones() {
    lives(true, false, false);
}

#[test]
fn a_newer_phone_beside_an_older_one_and_an_older_server() {
    lives(false, true, false);
}

#[test]
fn an_older_phone_that_was_left_behind_still_pushes_and_reads() {
    lives(true, true, false);
}

#[test]
fn two_newer_phones_and_an_older_server() {
    lives(false, true, true);
}

#[test]
fn the_server_is_updated_and_put_back_under_its_phones() {
    let office = Office::founded();
    let phone = Counter::paired(&office, 1);
    published(&phone);
    let ann = phone.register("Анна", "067 111 22 33", NewCard::Issue);
    phone.sell(ann, 100_000);
    agree(&office, &[&phone]);
    for newer in [true, false] {
        office.becomes_newer(newer);
        a_day(&phone, ann);
        agree(&office, &[&phone]);
    }
}

#[test]
fn an_older_owner_does_not_take_away_what_a_newer_one_set() {
    let office = Office::founded();
    let newer = Counter::paired(&office, 1);
    newer.becomes_newer(true);
    let older = Counter::paired(&office, 2);
    let role = RoleForm {
        id: None,
        name: "Старша зміни".into(),
        permissions: Permissions::from_bits(Permissions::all().bits() | 1 << 40),
        limits: Limits::READY,
    };
    let (senior, olya) = newer.tap(|at| {
        let shop = &at.shop;
        shop.set_points_as(at.request(), PointsAs::Discount)
            .unwrap();
        let senior = shop.publish_role(at.request(), &role).unwrap();
        let olya = shop.employ(at.request(), "Оля", senior).unwrap();
        (senior, olya)
    });
    agree(&office, &[&newer, &older]);

    // The older one changes each of them.
    let shop = &older.shop;
    shop.set_attach_days(older.request(), 3).unwrap();
    shop.dismiss(older.request(), olya).unwrap();
    let permissions = Permissions::all();
    let changed = RoleForm {
        id: Some(senior),
        name: "Старший".into(),
        permissions,
        ..role
    };
    shop.publish_role(older.request(), &changed).unwrap();
    agree(&office, &[&newer, &older]);

    assert!(is_kept(&office, RowKind::Business, 0));
    assert!(is_kept(&office, RowKind::Operator, i64::from(olya.0)));
    let second = (i64::from(senior.0) << 32) + 2;
    assert!(is_kept(&office, RowKind::Role, second));
    let roles = newer.shop.roles().unwrap();
    let role = roles.iter().find(|role| role.id == senior).unwrap();
    assert_eq!(role.name, "Старший");
    assert_eq!(role.permissions.bits(), permissions.bits() | 1 << 40);
}
