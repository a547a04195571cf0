//! After a mismatch: which row is the first that phone and server have not alike (sync §12).
//!
//! Compared while this phone still only claims, so that the authority's rows lie here as they lay at the end.

use std::collections::BTreeMap;

use kartka_protocol::page::Page;

use super::ending::order_again;
use super::plan::{Difference, Phase, Plan};
use crate::error::CoreError;
use crate::shop::Shop;
use crate::store::Tx;
use crate::sync::failure::Failure;

/// Compares a page with the rows here; at the first difference, or at the end, this phone is the authority again.
pub(super) fn go_on(
    shop: &Shop,
    tx: &Tx<'_>,
    mut plan: Plan,
    page: &[u8],
) -> Result<(), CoreError> {
    let not_it = || CoreError::from(Failure::NotTheAnswer);
    let page = Page::decode(page).map_err(|_| not_it())?;
    let (Some(differs), Some(end)) = (plan.differs, plan.end) else {
        return Err(not_it());
    };
    if page.scope != differs.scope || page.from != differs.compared || page.to <= page.from {
        return Err(not_it());
    }
    let row = first_difference(tx, &page)?;
    plan.differs = Some(Difference {
        compared: page.to,
        row,
        ..differs
    });
    if row.is_some() || page.to >= end.seq {
        plan.phase = Phase::Leaving;
        order_again(shop, tx)?;
    }
    Ok(plan.write(tx)?)
}

/// The first row by seq, kind and id that only one side has within the page's seqs, or that has other bytes.
fn first_difference(tx: &Tx<'_>, page: &Page) -> Result<Option<(u8, i64)>, CoreError> {
    let mut theirs = BTreeMap::new();
    for row in &page.rows {
        theirs.insert((row.seq, row.kind, row.id), &row.record);
    }
    let mut ours = BTreeMap::new();
    for (kind, id) in tx.rows_between(page.scope, page.from, page.to)? {
        if let Some(row) = tx.authority_row(kind, id)? {
            ours.insert((row.seq, kind, id), row.record);
        }
    }
    let ends = ours.keys().chain(theirs.keys()).copied();
    let keys: std::collections::BTreeSet<_> = ends.collect();
    let differs = |key: &(_, u8, i64)| match (ours.get(key), theirs.get(key)) {
        (Some(ours), Some(theirs)) => ours != *theirs,
        _ => true,
    };
    let first = keys.into_iter().find(|key| differs(key));
    Ok(first.map(|(_, kind, id)| (kind, id)))
}
