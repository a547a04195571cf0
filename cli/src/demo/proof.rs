//! The proof: what the stores hold against the file and against sums made elsewhere. Says which check failed.

use std::collections::{BTreeMap, BTreeSet};

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::PurchaseId;
use kartka_core::domain::money::Money;
use kartka_core::domain::purchase::ReturnKind;
use kartka_core::domain::row::{EdgeState, Row, RowKind};
use kartka_server::store::{Control, Reads, StoreError, read};

use super::cdnow::Purchase;
use super::reference::{Balances, Record, Sums, balances};
use super::world::World;
use crate::failure::Failure;
use crate::money;

/// Of whom, in which instrument.
type Account = (i64, i64);

/// One thing that was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    /// What.
    pub(crate) what: &'static str,
    /// What was found on both sides.
    pub(crate) found: String,
    /// Whether both sides are equal.
    pub(crate) holds: bool,
}

/// What the server's store holds.
pub(crate) struct Held {
    /// Purchases that count.
    pub(crate) sold: u64,
    /// Σ of their totals, in minor units.
    pub(crate) revenue: i64,
    /// Receipts that were undone.
    pub(crate) voided: u64,
    /// Returns of goods.
    pub(crate) returns: u64,
    /// Persons, and how many of them bought more than once.
    pub(crate) people: u64,
    pub(crate) repeating: u64,
    /// Pairs of records that turned out to be one person.
    pub(crate) merged: u64,
    /// Redemptions beyond the balance and the points they took too much.
    pub(crate) overdrafts: (u64, i64),
    /// Balances and kinds by the reference.
    pub(crate) reference: Balances,
    /// The ledger as it lies, with the store's sums and size.
    pub(crate) control: Control,
    /// Balances by the domain's positions, by person.
    positions: BTreeMap<Account, Sums>,
    /// Balances by SQL, by person.
    by_sql: BTreeMap<Account, Sums>,
}

impl Held {
    /// Reads everything in one view.
    ///
    /// # Errors
    /// What the store reports.
    pub(crate) fn read(world: &World) -> Result<Self, Failure> {
        read(world.authority.store(), held).map_err(Failure::outside)
    }
}

/// The rows of a kind, decoded.
fn rows(db: &dyn Reads, kind: RowKind) -> Result<Vec<Row>, StoreError> {
    let wire = db.rows_of(kind)?;
    wire.iter()
        .map(|row| row.read().map_err(StoreError::from))
        .collect()
}

fn held(db: &dyn Reads) -> Result<Held, StoreError> {
    let control = db.control()?;
    let edges = edges(db)?;
    let records = control.ledger.iter().map(|line| Record {
        customer: line.customer,
        instrument: line.instrument,
        kind: line.kind,
        points: line.points,
        stamps: line.stamps,
    });
    let mut reference = balances(records, &edges);
    reference.of_person.retain(|_, sums| *sums != (0, 0));
    let persons = Persons::of(&edges);
    let sums = control.balances.iter().map(|b| {
        (
            (b.customer, b.instrument),
            (i128::from(b.points), i128::from(b.stamps)),
        )
    });
    let by_sql = persons.together(sums);
    let positions = persons.together(positions(db)?);
    let mut held = Held {
        sold: 0,
        revenue: 0,
        voided: 0,
        returns: 0,
        people: 0,
        repeating: 0,
        merged: u64::try_from(edges.len()).unwrap_or(0),
        overdrafts: overdrafts(db)?,
        reference,
        control,
        positions,
        by_sql,
    };
    held.count(db, &persons)?;
    Ok(held)
}

impl Held {
    fn count(&mut self, db: &dyn Reads, persons: &Persons) -> Result<(), StoreError> {
        let mut void: BTreeSet<PurchaseId> = BTreeSet::new();
        for row in rows(db, RowKind::Return)? {
            match row {
                Row::Return(back) if matches!(back.kind, ReturnKind::Void(_)) => {
                    void.insert(back.purchase);
                }
                _ => self.returns += 1,
            }
        }
        let mut bought: BTreeMap<i64, u64> = BTreeMap::new();
        for row in rows(db, RowKind::Customer)? {
            bought.insert(persons.of_customer(row.key()), 0);
        }
        for row in rows(db, RowKind::Purchase)? {
            let Row::Purchase(purchase) = row else {
                continue;
            };
            if void.contains(&purchase.id) {
                self.voided += 1;
                continue;
            }
            if purchase.refused.is_some() {
                continue;
            }
            self.sold += 1;
            self.revenue += purchase.total().unwrap_or_default().0;
            if let Some(earner) = purchase.earner() {
                *bought.entry(persons.of_customer(earner.get())).or_default() += 1;
            }
        }
        self.people = bought.values().map(|_| 1).sum();
        self.repeating = bought.values().filter(|times| **times > 1).map(|_| 1).sum();
        Ok(())
    }
}

fn edges(db: &dyn Reads) -> Result<Vec<(i64, i64)>, StoreError> {
    let merges = rows(db, RowKind::Merge)?;
    Ok(merges
        .iter()
        .filter_map(|row| match row {
            Row::Merge(merge) if merge.state == EdgeState::On => {
                Some((merge.a.get(), merge.b.get()))
            }
            _ => None,
        })
        .collect())
}

fn overdrafts(db: &dyn Reads) -> Result<(u64, i64), StoreError> {
    let mut sum = (0, 0);
    for row in rows(db, RowKind::Inbox)? {
        if let Row::Inbox(item) = row
            && let Code::Overdraft { points } = item.code
        {
            sum = (sum.0 + 1, sum.1 + points);
        }
    }
    Ok(sum)
}

/// Balances as the domain's fold left them.
fn positions(db: &dyn Reads) -> Result<Vec<(Account, Sums)>, StoreError> {
    let mut all = Vec::new();
    for row in rows(db, RowKind::Position)? {
        let Row::Position(customer, position) = row else {
            continue;
        };
        for instrument in position.wallets.keys().chain(position.stamps.keys()) {
            let points = position
                .balance(*instrument)
                .map_err(|_| StoreError::Malformed("a balance"))?;
            let stamps = position.stamps.get(instrument).copied().unwrap_or_default();
            let sums = (i128::from(points.0), i128::from(stamps.0));
            all.push(((customer.get(), i64::from(instrument.0)), sums));
        }
    }
    Ok(all)
}

/// Who is who: every id that edges connect stands for the smallest one.
struct Persons(BTreeMap<i64, i64>);

impl Persons {
    fn of(edges: &[(i64, i64)]) -> Self {
        let mut groups: Vec<BTreeSet<i64>> = Vec::new();
        for (a, b) in edges {
            let (touched, mut apart): (Vec<_>, Vec<_>) = groups
                .into_iter()
                .partition(|group| group.contains(a) || group.contains(b));
            apart.push(touched.into_iter().flatten().chain([*a, *b]).collect());
            groups = apart;
        }
        let named = groups
            .iter()
            .filter_map(|group| Some((group, *group.first()?)));
        Self(
            named
                .flat_map(|(group, first)| group.iter().map(move |id| (*id, first)))
                .collect(),
        )
    }

    fn of_customer(&self, customer: i64) -> i64 {
        *self.0.get(&customer).unwrap_or(&customer)
    }

    fn together(&self, sums: impl IntoIterator<Item = (Account, Sums)>) -> BTreeMap<Account, Sums> {
        let mut together: BTreeMap<Account, Sums> = BTreeMap::new();
        for ((customer, instrument), (points, stamps)) in sums {
            let sum = together
                .entry((self.of_customer(customer), instrument))
                .or_default();
            *sum = (sum.0 + points, sum.1 + stamps);
        }
        together.retain(|_, sums| *sums != (0, 0));
        together
    }
}

/// Compares everything.
///
/// # Errors
/// What a store reports.
pub(crate) fn prove(world: &World, held: &Held, file: &[Purchase]) -> Result<Vec<Check>, Failure> {
    let mut checks = vec![
        equal("purchases", held.sold, file.len() as u64),
        revenue(held, file),
        equal("customers", held.people, distinct(file)),
        same(
            "balances: reference and SQL",
            &held.reference.of_person,
            &held.by_sql,
        ),
        same(
            "balances: reference and positions",
            &held.reference.of_person,
            &held.positions,
        ),
    ];
    checks.extend(agreement(world)?);
    Ok(checks)
}

fn equal(what: &'static str, found: u64, expected: u64) -> Check {
    let holds = found == expected;
    let found = if holds {
        found.to_string()
    } else {
        format!("{found} instead of {expected}")
    };
    Check { what, found, holds }
}

fn revenue(held: &Held, file: &[Purchase]) -> Check {
    let expected = Money::total(file.iter().map(|purchase| purchase.amount)).unwrap_or_default();
    let shown = |amount| money::show(amount, 2);
    let holds = expected == Money(held.revenue);
    let found = if holds {
        shown(expected)
    } else {
        format!(
            "{} instead of {}",
            shown(Money(held.revenue)),
            shown(expected)
        )
    };
    Check {
        what: "money",
        found,
        holds,
    }
}

/// Customers of a file.
pub(crate) fn distinct(file: &[Purchase]) -> u64 {
    let all: BTreeSet<u32> = file.iter().map(|purchase| purchase.customer).collect();
    all.len() as u64
}

fn same(
    what: &'static str,
    one: &BTreeMap<Account, Sums>,
    other: &BTreeMap<Account, Sums>,
) -> Check {
    let differ = one
        .iter()
        .filter(|(key, sums)| other.get(key) != Some(sums))
        .count()
        + other.keys().filter(|key| !one.contains_key(key)).count();
    let found = match differ {
        0 => format!("{} equal", one.len()),
        _ => format!("{differ} of {} differ", one.len()),
    };
    Check {
        what,
        found,
        holds: differ == 0,
    }
}

/// Phones against the server: digests of every scope they hold, and nothing left to send.
fn agreement(world: &World) -> Result<Vec<Check>, Failure> {
    let ours = read(world.authority.store(), |db| db.digests()).map_err(Failure::outside)?;
    let (mut compared, mut differ, mut waiting, mut stopped) = (0_u64, 0_u64, 0, 0_u64);
    for counter in &world.counters {
        for (scope, _, digest) in counter.shop.digests()? {
            let Some(own) = ours.iter().find(|own| own.scope == scope) else {
                // `own` has no digest of its own, an empty month none yet.
                continue;
            };
            compared += 1;
            differ += u64::from(own.digest.to_bytes() != digest);
        }
        let status = counter.shop.sync_status()?;
        waiting += status.outbox;
        stopped += u64::from(status.stopped.is_some());
    }
    let phones = world.counters.len() as u64;
    let agree = differ == 0 && compared > phones;
    let found = format!("{} of {compared} digests equal", compared - differ);
    Ok(vec![
        Check {
            what: "phones and server",
            found,
            holds: agree,
        },
        equal("ops left to send", waiting, 0),
        equal("phones that stopped", stopped, 0),
        equal("repairs of a scope", u64::from(world.wire.mismatches), 0),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connected_ids_are_one_person() {
        let persons = Persons::of(&[(5, 3), (9, 8), (3, 9), (20, 21)]);
        let named = [3, 5, 8, 9, 20, 21, 1].map(|id| persons.of_customer(id));
        assert_eq!(named, [3, 3, 3, 3, 20, 20, 1]);
        let sums = persons.together([((5, 1), (10, 0)), ((9, 1), (-4, 2)), ((1, 1), (0, 0))]);
        assert_eq!(sums, BTreeMap::from([((3, 1), (6, 2))]));
    }

    #[test]
    fn a_difference_is_seen_from_both_sides() {
        let one = BTreeMap::from([((1, 1), (5, 0)), ((2, 1), (7, 0))]);
        for (other, holds) in [
            (one.clone(), true),
            (BTreeMap::from([((1, 1), (5, 0))]), false),
            (BTreeMap::from([((1, 1), (5, 0)), ((2, 1), (8, 0))]), false),
            (BTreeMap::new(), false),
        ] {
            assert_eq!(same("", &one, &other).holds, holds);
            assert_eq!(same("", &other, &one).holds, holds);
        }
    }
}
