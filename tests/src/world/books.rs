//! The server's rows against the model: every receipt, every balance, the sum over the business.

use std::collections::BTreeMap;

use kartka_core::domain::customer::ProfileGroup;
use kartka_core::domain::purchase::ReturnKind;
use kartka_core::domain::row::Row;

use super::laws::{Law, Wrong, same};
use super::ledger::{self, Bytes, Key};
use super::replay::{Expected, Person, Purse};
use super::staff::Doings;

/// Sums by what they are of: (points, stamps).
type Sums = BTreeMap<i64, (i64, i64)>;

/// What the rows say.
#[derive(Default)]
struct Books {
    /// By receipt: its total.
    totals: BTreeMap<i64, i64>,
    /// By receipt: returned quantity per line.
    returned: BTreeMap<i64, Vec<i64>>,
    /// By receipt: voids that count.
    voids: BTreeMap<i64, u32>,
    returns: u64,
    of_receipts: Sums,
    of_customers: Sums,
    /// By person's first id.
    people: BTreeMap<i64, Person>,
    /// By the first id of everybody who was ever one person.
    purses: BTreeMap<i64, Purse>,
    names: BTreeMap<i64, String>,
    customers: u64,
    sales: u64,
    doings: Doings,
}

/// The server's rows are what the model says (safety 1, 3, 4, 8).
pub(super) fn balance(
    rows: &BTreeMap<Key, (i64, Bytes)>,
    expected: &Expected,
) -> Result<(), Wrong> {
    let mut books = Books::default();
    for (key, (_, bytes)) in rows {
        if let Some(row) = ledger::read(*key, bytes) {
            books.doings.take(&row);
            books.take(&row, expected);
        }
    }
    books.receipts(expected)?;
    books.persons(expected)?;
    books.doings.agree(expected)
}

impl Books {
    fn take(&mut self, row: &Row, expected: &Expected) {
        let first = |id: i64| expected.person_of(id).unwrap_or(id);
        let purse = |id: i64| expected.purse_of.get(&id).copied().unwrap_or(id);
        match row {
            Row::Purchase(purchase) => {
                self.sales += 1;
                let total = purchase.lines.iter().map(|line| line.gross.0).sum();
                self.totals.insert(purchase.id.get(), total);
                let lines = self.returned.entry(purchase.id.get()).or_default();
                lines.resize(lines.len().max(purchase.lines.len()), 0);
            }
            Row::Return(back) => {
                self.returns += 1;
                let counted = match &back.verdict {
                    Some((lines, _)) => lines,
                    None => &back.claimed,
                };
                let lines = self.returned.entry(back.purchase.get()).or_default();
                for part in counted {
                    let line = usize::from(part.line);
                    lines.resize(lines.len().max(line + 1), 0);
                    lines[line] += part.quantity.0;
                }
                let void = matches!(back.kind, ReturnKind::Void(_)) && !counted.is_empty();
                *self.voids.entry(back.purchase.get()).or_default() += u32::from(void);
            }
            Row::Entry(entry) => {
                let effect = match &entry.verdict {
                    Some((effect, _)) => *effect,
                    None => entry.claim,
                };
                let (points, stamps) = (effect.points.0, effect.stamps.0);
                if let Some(receipt) = entry.purchase {
                    add(&mut self.of_receipts, receipt.get(), points, stamps);
                }
                let customer = purse(entry.customer.get());
                add(&mut self.of_customers, customer, points, stamps);
            }
            Row::Position(customer, position) => {
                let of = self.purses.entry(purse(customer.get())).or_default();
                for wallet in position.wallets.values() {
                    let buckets = wallet.buckets.iter().map(|b| b.points.0);
                    let pending = wallet.pending.iter().map(|p| p.points.0);
                    of.points += buckets.chain(pending).sum::<i64>() - wallet.debt.0;
                }
                of.stamps += position.stamps.values().map(|s| s.0).sum::<i64>();
                let person = self.people.entry(first(customer.get())).or_default();
                person.visits += position.visits;
                person.spent += position.spent.0;
            }
            Row::Customer(customer) => {
                self.customers += 1;
                let named = customer.profile.iter().find_map(|(group, _)| match group {
                    ProfileGroup::Name { given, .. } => Some(given.clone()),
                    _ => None,
                });
                if let Some(name) = named {
                    self.names.insert(customer.id.get(), name);
                }
            }
            _ => {}
        }
    }

    fn receipts(&self, expected: &Expected) -> Result<(), Wrong> {
        let count = expected.receipts.len() as u64;
        same(
            Law::S1,
            || "receipts at the server".to_owned(),
            &self.sales,
            &count,
        )?;
        let returns = expected.returns;
        same(
            Law::S1,
            || "returns at the server".to_owned(),
            &self.returns,
            &returns,
        )?;
        for (id, want) in &expected.receipts {
            let at = |what: &'static str| move || format!("{what} of receipt {id}");
            same(
                Law::S1,
                at("the total"),
                &self.totals.get(id),
                &Some(&want.gross),
            )?;
            let returned = self.returned.get(id).cloned().unwrap_or_default();
            same(Law::S3, at("what came back"), &returned, &want.returned)?;
            let voids = self.voids.get(id).copied().unwrap_or(0);
            same(Law::S3, at("at most one void"), &(voids > 1), &false)?;
            if expected.in_doubt.contains(id) {
                continue;
            }
            let sums = self.of_receipts.get(id).copied().unwrap_or_default();
            same(
                Law::S4,
                at("points and stamps"),
                &sums,
                &(want.points, want.stamps),
            )?;
        }
        Ok(())
    }

    fn persons(&self, expected: &Expected) -> Result<(), Wrong> {
        let count = expected.first_of.len() as u64;
        same(
            Law::S1,
            || "customers at the server".to_owned(),
            &self.customers,
            &count,
        )?;
        for (id, want) in &expected.purses {
            let at = |what: &'static str| move || format!("{what} of customer {id}");
            let sums = self.of_customers.get(id).copied().unwrap_or_default();
            let held = self.purses.get(id).copied().unwrap_or_default();
            let balance = (held.points, held.stamps);
            same(Law::S4, at("the balance"), &balance, &sums)?;
            if !expected.in_doubt.contains(id) {
                same(Law::S4, at("Σ effects"), &sums, &(want.points, want.stamps))?;
            }
        }
        for (id, want) in &expected.people {
            let at = |what: &'static str| move || format!("{what} of customer {id}");
            let person = self.people.get(id).cloned().unwrap_or_default();
            let (seen, model) = ((person.visits, person.spent), (want.visits, want.spent));
            same(Law::S7, at("visits and money spent"), &seen, &model)?;
        }
        for (id, written) in &expected.names {
            let name = self.names.get(id).map(String::as_str).unwrap_or_default();
            let at = || format!("the name of customer {id}");
            same(Law::S8, at, &name, &written.name.as_str())?;
        }
        if let Some(id) = expected
            .erased
            .iter()
            .find(|id| self.names.contains_key(id))
        {
            let what = format!("customer {id} is erased and has a name");
            return Err(Wrong::of(Law::S11, what));
        }
        let sure = |id: &i64| !expected.in_doubt.contains(id);
        let sums = self.of_customers.iter().filter(|(id, _)| sure(id));
        let model = expected.purses.iter().filter(|(id, _)| sure(id));
        same(
            Law::S4,
            || "Σ over the business".to_owned(),
            &sums.map(|(_, (points, _))| points).sum::<i64>(),
            &model.map(|(_, purse)| purse.points).sum(),
        )
    }
}

fn add(sums: &mut Sums, key: i64, points: i64, stamps: i64) {
    let sum = sums.entry(key).or_default();
    sum.0 += points;
    sum.1 += stamps;
}
