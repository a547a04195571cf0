//! An owner's phone shows the code that lets the next one in (S1, sync §7).

use kartka_core::domain::codes::Code;
use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::ids::{OperatorId, OutletId, RoleId};
use kartka_core::domain::rights::{Limits, Permissions};
use kartka_core::error::CoreError;
use kartka_core::usecase::found::FoundRequest;
use kartka_core::usecase::staff::RoleForm;

use crate::shops::{Counter, Fault, Office, agree};

const OWNER: OperatorId = OperatorId(1);

/// An owner's phone and a member of staff.
fn opened() -> (Office, Counter, OperatorId) {
    let office = Office::founded();
    let owner = Counter::paired(&office, 1);
    let olya = owner
        .shop
        .employ(owner.request(), "Оля", RoleId::CASHIER)
        .unwrap();
    agree(&office, &[&owner]);
    (office, owner, olya)
}

fn refused(error: &CoreError) -> Option<Code> {
    match error {
        CoreError::RuleRejected { reason } => Some(*reason),
        _ => None,
    }
}

#[test]
fn a_code_lets_one_phone_in_and_its_holder_is_who_the_owner_named() {
    let (office, owner, olya) = opened();
    let code = owner.shop.invite(olya, None, &office.line()).unwrap();
    assert_eq!(code.address, "https://here.example");

    let till = Counter::new(2);
    let (request, line) = (till.request(), office.line());
    let text = code.to_text();
    till.shop.pair(request, &text, "Каса 2", &line).unwrap();
    assert_eq!(till.shop.operator().unwrap(), olya);

    let second = Counter::new(3);
    let again = second
        .shop
        .pair(second.request(), &text, "Каса 3", &office.line());
    assert!(matches!(again, Err(CoreError::PairingRefused)));
}

#[test]
fn a_phone_stands_first_in_the_outlet_that_its_code_was_made_for() {
    let (office, owner, olya) = opened();
    let market = owner.shop.open_outlet(owner.request(), "Ринок").unwrap();
    agree(&office, &[&owner]);
    let stands = |phone: u64, outlet| {
        let code = owner.shop.invite(olya, outlet, &office.line()).unwrap();
        let till = Counter::new(phone);
        let (request, line) = (till.request(), office.line());
        till.shop
            .pair(request, &code.to_text(), "Каса", &line)
            .unwrap();
        let here = till.shop.outlets().unwrap().into_iter();
        here.filter(|place| place.here)
            .map(|place| place.outlet.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(stands(2, Some(market)), [market]);
    assert_eq!(stands(3, None), [OutletId(1)]);
    // Where the owner's phone stands is where the next one is put.
    owner.shop.stand_in(market).unwrap();
    assert_eq!(stands(4, None), [market]);
    assert_eq!(stands(5, Some(OutletId(1))), [OutletId(1)]);
    assert_eq!(
        stands(6, Some(OutletId(77))),
        [OutletId(1)],
        "an outlet that nobody knows"
    );
}

#[test]
fn a_code_is_out_of_time_after_ten_minutes() {
    let (office, owner, olya) = opened();
    let code = owner.shop.invite(olya, None, &office.line()).unwrap();
    office.time.advance(10 * 60_000 + 1);
    let till = Counter::new(2);
    let paired = till
        .shop
        .pair(till.request(), &code.to_text(), "Каса 2", &office.line());
    assert!(matches!(paired, Err(CoreError::PairingRefused)));
}

#[test]
fn only_who_may_pair_is_given_a_code_and_only_for_somebody_who_works_here() {
    let (office, owner, olya) = opened();
    let till = Counter::paired_to(&office, 2, olya);
    let denied = till
        .shop
        .invite(olya, None, &office.line())
        .map(drop)
        .unwrap_err();
    assert!(matches!(refused(&denied), Some(Code::NotEntitled { .. })));
    let nobody = owner.shop.invite(OperatorId(99), None, &office.line());
    assert_eq!(
        refused(&nobody.map(drop).unwrap_err()),
        Some(Code::OperatorUnknown)
    );
    owner.shop.dismiss(owner.request(), olya).unwrap();
    agree(&office, &[&owner]);
    let left = owner
        .shop
        .invite(olya, None, &office.line())
        .map(drop)
        .unwrap_err();
    assert_eq!(refused(&left), Some(Code::OperatorDismissed));
}

/// Adversary: a phone that has not heard, or does not want to hear, that its holder may pair no more.
#[test]
fn the_authority_judges_by_its_own_book() {
    let (office, owner, olya) = opened();
    let form = RoleForm {
        id: None,
        name: "Заступниця".into(),
        permissions: Permissions::all(),
        limits: Limits::READY,
    };
    let deputy = owner.shop.publish_role(owner.request(), &form).unwrap();
    owner.shop.assign(owner.request(), olya, deputy).unwrap();
    agree(&office, &[&owner]);
    let till = Counter::paired_to(&office, 2, olya);
    till.shop.invite(olya, None, &office.line()).unwrap();
    owner
        .shop
        .assign(owner.request(), olya, RoleId::CASHIER)
        .unwrap();
    agree(&office, &[&owner]);
    let denied = till
        .shop
        .invite(olya, None, &office.line())
        .map(drop)
        .unwrap_err();
    assert!(matches!(refused(&denied), Some(Code::NotEntitled { .. })));
}

#[test]
fn an_answer_that_is_not_the_authoritys_is_no_code() {
    let (office, owner, _) = opened();
    let line = office.line();
    for fault in [
        Fault::Down,
        Fault::LostAnswer,
        Fault::Flipped(40),
        Fault::Truncated(30),
        Fault::Instead(b"<html>".to_vec()),
    ] {
        line.next_fault(fault.clone());
        let invited = owner.shop.invite(OWNER, None, &line);
        assert!(
            matches!(invited, Err(CoreError::Offline)),
            "{fault:?} is taken for an answer"
        );
    }
    // An answer to an earlier question is no answer to this one.
    owner.shop.invite(OWNER, None, &line).unwrap();
    line.next_fault(Fault::Instead(line.last_answer()));
    assert!(matches!(
        owner.shop.invite(OWNER, None, &line),
        Err(CoreError::Offline)
    ));
}

#[test]
fn a_founding_phone_needs_a_server_first() {
    let office = Office::founded();
    let phone = Counter::new(5);
    let form = FoundRequest {
        name: "Кіоск".into(),
        country: "UA".into(),
        kind: ShopKind::Coffee,
        owner: "Петро".into(),
    };
    phone.shop.found(phone.request(), &form).unwrap();
    let alone = phone
        .shop
        .invite(OWNER, None, &office.line())
        .map(drop)
        .unwrap_err();
    assert_eq!(refused(&alone), Some(Code::NeedsServer));
}

#[test]
fn the_codes_of_a_phone_that_was_stolen_end_with_it() {
    let (office, owner, olya) = opened();
    let stolen = Counter::paired(&office, 2);
    agree(&office, &[&stolen, &owner]);
    let taken = stolen.shop.invite(OWNER, None, &office.line()).unwrap();
    let device = stolen.shop.sync_status().unwrap().device;
    let revoked = kartka_core::domain::business::DeviceState::Revoked;
    owner.shop.revoke(owner.request(), device, revoked).unwrap();
    agree(&office, &[&owner]);
    let thief = Counter::new(3);
    let (request, line) = (thief.request(), office.line());
    let let_in = thief.shop.pair(request, &taken.to_text(), "Каса", &line);
    assert!(
        matches!(let_in, Err(CoreError::PairingRefused)),
        "{let_in:?}"
    );
    // What the owner asks for afterwards is good.
    let code = owner.shop.invite(olya, None, &office.line()).unwrap();
    let next = Counter::new(4);
    let (request, line) = (next.request(), office.line());
    next.shop
        .pair(request, &code.to_text(), "Каса 4", &line)
        .unwrap();
}
