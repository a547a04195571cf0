//! What returns without their purchase add to rows and ops (X1).

use kartka_domain::codes::Code;
use kartka_domain::ids::*;
use kartka_domain::ledger::{About, Effect, EntryKind};
use kartka_domain::money::{Money, Points};
use kartka_domain::op::{Claim, Fact, Op, ReturnUnlinked, Settlement};
use kartka_domain::purchase::{ReceiptNumber, Return, ReturnKind, Settled};
use kartka_domain::row::{Row, Unlinked, UnlinkedState};

use super::samples::{bare_return, customer, date, evening, id, op_of};

fn back() -> ReturnUnlinked {
    ReturnUnlinked {
        receipt: ReceiptNumber::new("A-17/3").unwrap(),
        outlet: OutletId(2),
        date: date("2025-12-01"),
        amount: Money(1_250),
        customer: Some(customer(17)),
    }
}

pub(crate) fn rows() -> Vec<(&'static str, Row)> {
    let unlinked = |state| {
        Row::Unlinked(Unlinked {
            id: ReturnId(id(2, 210)),
            back: back(),
            operator: OperatorId(2),
            outlet: OutletId(1),
            at: evening(700),
            claims: 1,
            state,
        })
    };
    let nameless = Unlinked {
        id: ReturnId(id(2, 211)),
        back: ReturnUnlinked {
            customer: None,
            ..back()
        },
        operator: OperatorId(2),
        outlet: OutletId(1),
        at: evening(710),
        claims: 0,
        state: UnlinkedState::Refused(Code::RefusedByOwner),
    };
    let settled = Return {
        kind: ReturnKind::Settled(Settled {
            of: ReturnId(id(2, 210)),
            money: Money(1_250),
            kept_back: Money(3),
        }),
        ..bare_return()
    };
    vec![
        ("unlinked", unlinked(UnlinkedState::Waits)),
        (
            "unlinked-linked",
            unlinked(UnlinkedState::Linked(PurchaseId(id(3, 7)))),
        ),
        ("unlinked-accepted", unlinked(UnlinkedState::Accepted)),
        ("unlinked-refused", Row::Unlinked(nameless)),
        ("return-settled", Row::Return(settled)),
    ]
}

pub(crate) fn ops() -> Vec<(&'static str, Op)> {
    let claim = Claim {
        customer: customer(17),
        instrument: InstrumentId(1),
        kind: EntryKind::Reverse,
        effect: Effect::points(Points(-62), Money(-62)),
        lot: None,
        about: About::Nothing,
    };
    let settle = |how| Fact::SettleReturn {
        of: ReturnId(id(2, 210)),
        how,
    };
    let facts = vec![
        Fact::ReturnUnlinked(back()),
        Fact::Claim(claim),
        settle(Settlement::Link(PurchaseId(id(3, 7)))),
        settle(Settlement::Accept),
        settle(Settlement::Refuse),
    ];
    vec![("unlinked-return", op_of(OpId(id(2, 210)), 95, facts))]
}
