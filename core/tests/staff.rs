//! Staff at a founding phone: roles, PINs, switching (S1, T7).
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{OperatorId, RoleId};
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::purchase::VoidReason;
use kartka_core::domain::rights::{Limits, Permission, Role};
use kartka_core::error::CoreError;
use kartka_core::pin::PinHash;
use kartka_core::platform::FileKeyStore;
use kartka_core::shop::{Platform, Shop};
use kartka_core::store::Vfs;
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};
use kartka_core::usecase::staff::RoleForm;
use kartka_core::usecase::till::TillRequest;
use support::{Counter, TestRng, request};

const OWNER: OperatorId = OperatorId(1);

/// As argon2, but at no cost.
struct Quick;

impl PinHash for Quick {
    fn verifier(&self, pin: &[u8], salt: &[u8; 16], secret: &[u8; 32]) -> [u8; 32] {
        let mut out = *secret;
        for (i, byte) in pin.iter().chain(salt).enumerate() {
            out[i % 32] = out[i % 32].rotate_left(3) ^ byte;
        }
        out
    }
}

fn founded() -> Counter {
    let Counter { shop, clock, home } = Counter::founded();
    let shop = shop.with_pins(Arc::new(Quick));
    Counter { shop, clock, home }
}

/// The program ends and starts again on the same data, on the same boot of the machine.
fn restarted(counter: Counter, seed: u64) -> Counter {
    let Counter { shop, clock, home } = counter;
    drop(shop);
    let platform = Platform {
        clock: clock.clone(),
        rng: TestRng::seeded(seed),
        keys: Arc::new(FileKeyStore::beside(&home.path().join("data"))),
        vfs: Vfs::system(),
    };
    let shop = Shop::open(&home.path().join("data"), platform).unwrap();
    let shop = shop.with_pins(Arc::new(Quick));
    Counter { shop, clock, home }
}

fn refused<T: std::fmt::Debug>(result: Result<T, CoreError>) -> Code {
    match result {
        Err(CoreError::RuleRejected { reason }) => reason,
        other => panic!("a refusal was expected: {other:?}"),
    }
}

fn missing(permission: Permission) -> Code {
    Code::NotEntitled {
        permission: permission as i64,
    }
}

fn sell(shop: &Shop, n: u8, spend: i64) -> Result<(), CoreError> {
    let customer = shop.find("Олена", 1).unwrap()[0].id;
    let ask = TillRequest {
        spend: Points(spend),
        ..TillRequest::amount(Some(customer), Money(10_000))
    };
    shop.sell(request(n), &ask).map(drop)
}

fn olena(shop: &Shop) -> Registration {
    let form = Registration {
        profile: ProfileForm {
            given: "Олена".into(),
            phones: vec!["067 123-45-67".into()],
            birthday: Some((3, 5, None)),
            ..ProfileForm::default()
        },
        card: NewCard::Issue,
        ..Registration::default()
    };
    shop.register(request(100), &form).unwrap();
    form
}

#[test]
fn a_role_says_what_its_operator_may_and_the_refusal_names_what_is_missing() {
    let counter = founded();
    let shop = &counter.shop;
    olena(shop);
    for n in 0..20 {
        sell(shop, 101 + n, 0).unwrap();
    }
    // (what the role allows, what is done, what is missing)
    type Act = fn(&Shop) -> Result<(), CoreError>;
    let acts: [(Permission, Act); 9] = [
        (Permission::Sell, |s| sell(s, 201, 0)),
        (Permission::Redeem, |s| sell(s, 202, 10)),
        (Permission::Register, |s| {
            let form = Registration {
                profile: ProfileForm {
                    given: "Ганна".into(),
                    ..ProfileForm::default()
                },
                ..Registration::default()
            };
            s.register(request(203), &form).map(drop)
        }),
        (Permission::Register, |s| {
            let id = s.find("Олена", 1)?[0].id;
            match s.refer(request(207), id, id) {
                // Whoever may record it is told what is wrong with it.
                Err(CoreError::RuleRejected {
                    reason: Code::NoReferral,
                }) => Ok(()),
                other => other,
            }
        }),
        (Permission::Cards, |s| s.emit(request(204), 3).map(drop)),
        (Permission::Edit, |s| {
            let id = s.find("Олена", 1)?[0].id;
            let form = ProfileForm {
                note: "чай".into(),
                ..ProfileForm::default()
            };
            s.edit(request(205), id, &form)
        }),
        (Permission::Reports, |s| s.today(None).map(drop)),
        (Permission::Staff, |s| {
            s.employ(request(206), "Ніхто", RoleId::CASHIER).map(drop)
        }),
        (Permission::Contacts, |s| {
            let sheet = s.find("Олена", 1)?.remove(0);
            match sheet.flags.first() {
                Some(code) if sheet.phones.is_empty() && sheet.birthday.is_none() => {
                    Err((*code).into())
                }
                _ => {
                    assert_eq!(sheet.birthday.map(|told| told.parts()), Some((3, 5, None)));
                    Ok(())
                }
            }
        }),
    ];
    let pin = shop.set_pin(OWNER, None, "2580");
    pin.unwrap();
    let worker = shop.employ(request(2), "Оля", RoleId::CASHIER).unwrap();
    for (n, (permission, act)) in acts.into_iter().enumerate() {
        let n = u8::try_from(n).unwrap();
        let form = RoleForm {
            id: None,
            name: format!("без {}", permission.word()),
            permissions: Permission::ALL
                .into_iter()
                .filter(|p| *p != permission)
                .collect(),
            limits: Limits::READY,
        };
        let role = shop.publish_role(request(10 + n), &form).unwrap();
        shop.assign(request(30 + n), worker, role).unwrap();
        shop.switch_operator(worker, None).unwrap();
        // Selling is asked before redeeming.
        assert_eq!(refused(act(shop)), missing(permission), "{permission:?}");
        shop.switch_operator(OWNER, Some("2580")).unwrap();
        act(shop).unwrap();
    }
}

#[test]
fn limits_of_a_role_hold_at_the_counter() {
    let counter = founded();
    let shop = &counter.shop;
    olena(shop);
    for n in 0..20 {
        sell(shop, 101 + n, 0).unwrap();
    }
    shop.set_pin(OWNER, None, "2580").unwrap();
    let worker = shop.employ(request(2), "Оля", RoleId::CASHIER).unwrap();
    let cashier = Role::ready(RoleId::CASHIER).unwrap();
    let form = RoleForm {
        id: Some(RoleId::CASHIER),
        name: String::new(),
        permissions: cashier.permissions,
        limits: Limits {
            redeem_receipt: Some(Points(100)),
            redeem_day: Some(Points(150)),
            pin_above: Some(Points(40)),
            void_minutes: 2,
            ..Limits::READY
        },
    };
    shop.publish_role(request(3), &form).unwrap();
    shop.switch_operator(worker, None).unwrap();
    shop.set_pin(worker, None, "1357").unwrap();

    let limit = Code::RedeemPerReceipt { limit: 100 };
    assert_eq!(refused(sell(shop, 11, 101)), limit);
    sell(shop, 12, 40).unwrap();
    assert_eq!(refused(sell(shop, 13, 41)), Code::PinNeeded);
    shop.confirm_pin("1357").unwrap();
    sell(shop, 14, 100).unwrap();
    assert_eq!(refused(sell(shop, 15, 11)), Code::RedeemPerDay { left: 10 });
    counter.clock.advance(24 * 60 * 60 * 1_000);
    // The next day begins anew, and the PIN has to be typed again.
    assert_eq!(refused(sell(shop, 16, 100)), Code::PinNeeded);
    shop.confirm_pin("1357").unwrap();
    sell(shop, 17, 100).unwrap();

    let ask = TillRequest::amount(None, Money(500));
    let sold = shop.sell(request(20), &ask).unwrap();
    counter.clock.advance(3 * 60_000);
    let late = shop.void(request(21), sold, VoidReason::Mistake);
    assert_eq!(refused(late), Code::VoidTooLate { minutes: 2 });
    shop.switch_operator(OWNER, Some("2580")).unwrap();
    shop.void(request(22), sold, VoidReason::Mistake).unwrap();
}

#[test]
fn wrong_pins_wait_longer_and_longer_and_a_restart_forgets_nothing() {
    let counter = founded();
    counter.shop.set_pin(OWNER, None, "2580").unwrap();
    for left in [4, 3, 2, 1] {
        let wrong = counter.shop.confirm_pin("0000");
        assert_eq!(refused(wrong), Code::WrongPin { left });
    }
    let locked = counter.shop.confirm_pin("0000");
    assert_eq!(refused(locked), Code::PinLocked { wait_ms: 30_000 });
    let counter = restarted(counter, 7);
    let locked = counter.shop.confirm_pin("2580");
    assert_eq!(refused(locked), Code::PinLocked { wait_ms: 30_000 });
    counter.clock.advance(29_999);
    let locked = counter.shop.confirm_pin("2580");
    assert_eq!(refused(locked), Code::PinLocked { wait_ms: 1 });
    counter.clock.advance(1);
    let wrong = counter.shop.confirm_pin("0000");
    assert_eq!(refused(wrong), Code::PinLocked { wait_ms: 60_000 });
    counter.clock.advance(60_000);
    counter.shop.confirm_pin("2580").unwrap();
    // The right one forgives the wrong ones.
    let wrong = counter.shop.confirm_pin("0000");
    assert_eq!(refused(wrong), Code::WrongPin { left: 4 });
}

#[test]
fn nobody_comes_to_more_rights_without_a_pin_and_nobody_is_locked_out() {
    let counter = founded();
    let shop = &counter.shop;
    let olya = shop.employ(request(2), "Оля", RoleId::CASHIER).unwrap();
    let ivan = shop.employ(request(3), "Іван", RoleId::CASHIER).unwrap();
    // The owner could not come back without a PIN.
    assert_eq!(refused(shop.switch_operator(olya, None)), Code::PinNeeded);
    shop.set_pin(OWNER, None, "2580").unwrap();
    shop.switch_operator(olya, None).unwrap();
    // Colleagues of the same rights change places freely until one of them wants a PIN.
    shop.switch_operator(ivan, None).unwrap();
    shop.set_pin(ivan, None, "1357").unwrap();
    shop.switch_operator(olya, None).unwrap();
    assert_eq!(refused(shop.switch_operator(ivan, None)), Code::PinNeeded);
    shop.switch_operator(ivan, Some("1357")).unwrap();
    // A cashier neither becomes the owner, nor sets the owner's PIN, nor a colleague's.
    assert_eq!(refused(shop.switch_operator(OWNER, None)), Code::PinNeeded);
    assert_eq!(
        refused(shop.set_pin(OWNER, None, "9753")),
        Code::OnlyTheOwner
    );
    assert_eq!(
        refused(shop.set_pin(olya, None, "9753")),
        missing(Permission::Staff)
    );
    assert_eq!(refused(shop.set_pin(ivan, None, "9753")), Code::PinNeeded);
    shop.set_pin(ivan, Some("1357"), "9753").unwrap();
    shop.switch_operator(OWNER, Some("2580")).unwrap();
    // Who was dismissed can't come, and whoever is here then can.
    shop.dismiss(request(4), olya).unwrap();
    assert_eq!(
        refused(shop.switch_operator(olya, None)),
        Code::OperatorDismissed
    );
    assert_eq!(refused(shop.dismiss(request(5), OWNER)), Code::NotYourself);
}

#[test]
fn staff_are_listed_with_their_roles_and_a_repeat_adds_nobody_twice() {
    let counter = founded();
    let shop = &counter.shop;
    let olya = shop.employ(request(2), "Оля", RoleId::MANAGER).unwrap();
    assert_eq!(
        shop.employ(request(2), "Оля", RoleId::MANAGER).unwrap(),
        olya
    );
    let staff = shop.staff().unwrap();
    let said: Vec<_> = staff
        .iter()
        .map(|c| (c.operator.name.as_str(), c.operator.role, c.here))
        .collect();
    assert_eq!(
        said,
        [
            ("Марта", RoleId::OWNER, true),
            ("Оля", RoleId::MANAGER, false)
        ]
    );
    let blank = shop.employ(request(3), "  ", RoleId::CASHIER);
    assert!(matches!(blank, Err(CoreError::Validation { .. })));
    let unknown = shop.employ(request(4), "Хтось", RoleId(99));
    assert!(matches!(unknown, Err(CoreError::NotFound)));
    let roles = shop.roles().unwrap();
    let ids: Vec<u32> = roles.iter().map(|role| role.id.0).collect();
    assert_eq!(ids, [1, 2, 3]);
}
