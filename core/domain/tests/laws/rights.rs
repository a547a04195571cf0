//! Whoever acted: what happened counts the same, and only the owner's attention differs (sync §3, §7).

use kartka_domain::business::{Employment, Operator};
use kartka_domain::codes::Code;
use kartka_domain::ids::{OperatorId, RoleId};
use kartka_domain::op::Fact;
use kartka_domain::purchase::Purchase;
use kartka_domain::rights::{Limits, Permission, Permissions, Role};
use kartka_domain::row::Row;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::acts::{Act, All, act, cases, terms};
use crate::support::noon;
use crate::world::World;

const CASHIER: u32 = 6;
const DISMISSED: u32 = 7;
const MAY_NOTHING: u32 = 8;
const UNKNOWN: u32 = 9;

/// A shop where everything from now on is done by this operator.
fn staffed(terms: All, who: u32) -> World {
    let mut world = World::new(terms);
    let operator = |id, role, state| {
        Fact::Operator(Operator {
            id: OperatorId(id),
            name: format!("Operator {id}"),
            role,
            state,
            customer: None,
            outlets: Vec::new(),
            newer: None,
        })
    };
    let nothing = Role {
        id: RoleId::OWN_FIRST,
        version: 1,
        name: "Nothing".to_owned(),
        permissions: Permissions::default(),
        limits: Limits::READY,
        newer: None,
    };
    let staff = vec![
        Fact::Role(nothing),
        operator(CASHIER, RoleId::CASHIER, Employment::Active),
        operator(DISMISSED, RoleId::CASHIER, Employment::Dismissed),
        operator(MAY_NOTHING, RoleId::OWN_FIRST, Employment::Active),
    ];
    world.shop.own(noon(world.today), staff);
    world.shop.counter.1 = who;
    world
}

fn purchases(world: &World) -> Vec<Purchase> {
    world.shop.all(|row| match row {
        Row::Purchase(purchase) => Some(purchase.clone()),
        _ => None,
    })
}

fn asked_about_rights(world: &World) -> usize {
    let about = |row: &Row| match row {
        Row::Inbox(item) => matches!(item.code, Code::ActedWithoutRight { .. }).then_some(()),
        _ => None,
    };
    world.shop.all(about).len()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn facts_are_never_lost_whoever_acts(
        terms in terms(), acts in vec(act(), 1..30),
        who in prop_oneof![Just(CASHIER), Just(DISMISSED), Just(MAY_NOTHING), Just(UNKNOWN)],
    ) {
        let mut owners = staffed(terms.clone(), 1);
        let mut theirs = staffed(terms, who);
        // Who is one person is for the office to say.
        let counts = |act: &&Act| !matches!(act, Act::Join { .. } | Act::Part { .. });
        for act in acts.iter().filter(counts) {
            owners.play(act);
            theirs.play(act);
        }
        prop_assert_eq!(owners.shop.ledger(), theirs.shop.ledger());
        prop_assert!(owners.shop.positions() == theirs.shop.positions());
        let same = |purchase: Purchase| Purchase {
            operator: OperatorId(1),
            flags: Vec::new(),
            read: None,
            fiscal: None,
            ..purchase
        };
        let plain = |world: &World| purchases(world).into_iter().map(same).collect::<Vec<_>>();
        prop_assert_eq!(plain(&owners), plain(&theirs));
        let flagged = |world: &World| purchases(world).iter().filter(|p| !p.flags.is_empty()).count();
        let (flagged, owners_own) = (flagged(&theirs), flagged(&owners));
        if who == CASHIER {
            // Two phones that did not know of each other carry the same rest twice, whoever holds them.
            prop_assert_eq!(flagged, owners_own);
        } else {
            prop_assert_eq!(flagged, purchases(&theirs).iter().filter(|p| p.operator.0 == who).count());
            prop_assert!(asked_about_rights(&theirs) >= asked_about_rights(&owners));
        }
    }

    /// A wider role never allows less.
    #[test]
    fn more_permissions_allow_more(bits in any::<u32>(), more in any::<u32>(), asked in 0_usize..17) {
        let of = |bits: u32| Role {
            permissions: Permissions::from_bits(u64::from(bits)),
            ..Role::ready(RoleId::CASHIER).unwrap()
        };
        let may = |bits| {
            let operator = Operator {
                id: OperatorId(5),
                name: "Five".to_owned(),
                role: RoleId::CASHIER,
                customer: None, outlets: Vec::new(),
                state: Employment::Active, newer: None,};
            let who = kartka_domain::rights::Who::new(operator.id, Some(operator), Some(of(bits)));
            who.allowed(kartka_domain::rights::Action::Plain(Permission::ALL[asked])).is_ok()
        };
        prop_assert!(!may(bits) || may(bits | more));
    }
}
