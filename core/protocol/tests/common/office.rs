//! What the office writes: staff, roles, devices in every state, quarantine.

use kartka_domain::business::{Business, Device, DeviceState, Employment, Lifetimes, Operator};
use kartka_domain::codes::Code;
use kartka_domain::ids::*;
use kartka_domain::money::{Money, Points};
use kartka_domain::op::{Decision, Fact, Op, Quarantine};
use kartka_domain::purchase::Purchase;
use kartka_domain::rights::{Limits, Permission, Permissions, Role};
use kartka_domain::row::{Inbox, InboxState, Row};

use super::samples::{bare_purchase, business, date, device, id, op_of, operator};

fn role() -> Role {
    Role {
        id: RoleId::OWN_FIRST,
        version: 2,
        name: "Стажерка".to_owned(),
        permissions: [Permission::Sell, Permission::Redeem].into_iter().collect(),
        limits: Limits {
            redeem_receipt: Some(Points(500)),
            redeem_day: Some(Points(2_000)),
            pin_above: Some(Points(0)),
            void_minutes: 5,
            adjust_points: None,
            adjust_stamps: None,
        },
        newer: None,
    }
}

fn lowered_cashier() -> Role {
    Role {
        id: RoleId::CASHIER,
        version: 1,
        name: String::new(),
        permissions: Permissions::default(),
        limits: Limits::READY,
        newer: None,
    }
}

fn waiting(ops: u32) -> Quarantine {
    let open = ops > 0;
    Quarantine {
        first: EntryId(id(3, 40)),
        upto: id(3, 52),
        ops,
        sold: Money(if open { 45_600 } else { 0 }),
        redeemed: Points(if open { 300 } else { 0 }),
        date: date("2025-12-16"),
    }
}

pub(crate) fn rows() -> Vec<(&'static str, Row)> {
    let dismissed = Operator {
        state: Employment::Dismissed,
        ..operator(RoleId::OWN_FIRST)
    };
    let of_two_outlets = Operator {
        outlets: vec![OutletId(2), OutletId(513)],
        ..operator(RoleId::CASHIER)
    };
    let held = |state| Device {
        holder: OperatorId(2),
        state,
        ..device(None)
    };
    let closed = Inbox {
        id: EntryId(id(2, 84)),
        code: Code::Quarantined {
            device: 3,
            upto: id(3, 52).get(),
            ops: 0,
            sold: 0,
            redeemed: 0,
        },
        customer: None,
        other: None,
        points: Points(0),
        date: date("2025-12-16"),
        state: InboxState::Closed,
    };
    vec![
        ("role", Row::Role(role())),
        ("ready-role-changed", Row::Role(lowered_cashier())),
        ("dismissed-operator", Row::Operator(dismissed)),
        ("operator-of-two-outlets", Row::Operator(of_two_outlets)),
        ("held-device", Row::Device(held(DeviceState::Active))),
        ("revoked-device", Row::Device(held(DeviceState::Revoked))),
        ("wiped-device", Row::Device(held(DeviceState::Wiped))),
        (
            "business-of-short-lives",
            Row::Business(Business {
                lifetimes: Lifetimes::new(8, 7).unwrap(),
                ..business()
            }),
        ),
        ("closed-item", Row::Inbox(closed)),
        (
            "flagged-purchase",
            Row::Purchase(Purchase {
                flags: vec![Code::OperatorDismissed],
                ..bare_purchase()
            }),
        ),
    ]
}

pub(crate) fn ops() -> Vec<(&'static str, Op)> {
    let device = DeviceNo::new(3).unwrap();
    let settle = |decision| Fact::Settle {
        device,
        up_to: id(3, 52),
        decision,
    };
    let revoke = |state| Fact::Revoke { device, state };
    let facts = vec![
        Fact::Role(role()),
        revoke(DeviceState::Revoked),
        revoke(DeviceState::WipeWhenEmpty),
        revoke(DeviceState::WipeNow),
        settle(Decision::Accept),
        settle(Decision::Refuse),
        Fact::Close(EntryId(id(2, 84))),
        Fact::Quarantine(waiting(7)),
        Fact::Quarantine(waiting(0)),
    ];
    let not_kept = |level| Fact::LevelNotKept {
        customer: CustomerId(id(2, 7)),
        instrument: InstrumentId(9),
        level,
    };
    let merges = vec![
        Fact::Merge {
            a: CustomerId(id(2, 17)),
            b: CustomerId(id(3, 18)),
        },
        Fact::Unmerge {
            edge: EntryId(id(2, 81)),
            of: CustomerId(id(2, 17)),
        },
    ];
    let levels = vec![not_kept(1), not_kept(0), Fact::Agree(EntryId(id(2, 84)))];
    vec![
        ("office", op_of(OpId(id(2, 90)), 90, facts)),
        ("levels", op_of(OpId(id(2, 100)), 100, levels)),
        ("merges", op_of(OpId(id(2, 110)), 110, merges)),
    ]
}
