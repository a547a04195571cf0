//! What every balance should be, by plain sums: the second opinion of the demo and of the domain's tests.
//!
//! It shares no code with the domain: integers as they stand in the ledger go in, balances come out. It
//! knows no lots, kinds or rules; a person is whoever active edges connect, named by the smallest id (I2).

use std::collections::BTreeMap;

/// One ledger entry with what counts of it after the authority's word: numbers as stored, amounts signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    pub(crate) customer: i64,
    pub(crate) instrument: i64,
    pub(crate) kind: i64,
    pub(crate) points: i64,
    pub(crate) stamps: i64,
}

/// Sums of points and of stamps.
pub(crate) type Sums = (i128, i128);

/// What a ledger comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Balances {
    /// By person and instrument.
    pub(crate) of_person: BTreeMap<(i64, i64), Sums>,
    /// By kind, over the whole business: issued, spent, taken back, …
    pub(crate) of_kind: BTreeMap<i64, Sums>,
}

/// Adds the ledger up; `edges` are the pairs of ids that are one person now.
pub(crate) fn balances(
    records: impl IntoIterator<Item = Record>,
    edges: &[(i64, i64)],
) -> Balances {
    let mut smallest: BTreeMap<i64, i64> =
        edges.iter().flat_map(|&(a, b)| [(a, a), (b, b)]).collect();
    // Each round carries the smallest id one edge further, until nothing moves.
    let mut moved = true;
    while std::mem::take(&mut moved) {
        for &(a, b) in edges {
            let least = smallest[&a].min(smallest[&b]);
            moved |= smallest[&a] != smallest[&b];
            smallest.extend([(a, least), (b, least)]);
        }
    }
    let mut sums = Balances::default();
    for record in records {
        let person = *smallest.get(&record.customer).unwrap_or(&record.customer);
        let of_person = sums
            .of_person
            .entry((person, record.instrument))
            .or_default();
        let of_kind = sums.of_kind.entry(record.kind).or_default();
        for sum in [of_person, of_kind] {
            sum.0 += i128::from(record.points);
            sum.1 += i128::from(record.stamps);
        }
    }
    sums
}
