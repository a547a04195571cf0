//! What a business day asks of the authority, person by person: points that ended (L5, L6), levels (Q2).
//!
//! Where points end by their own dates alone, an index knows whose; where they end by inactivity, or where there are
//! tiers, everybody is looked at, a page of positions at a time. Decides nothing itself.

use std::collections::BTreeSet;

use kartka_domain::authority::expiry::{has_inactivity, sweep_person};
use kartka_domain::authority::standing::{evaluate, has_tiers};
use kartka_domain::ids::CustomerId;
use kartka_domain::moment::Date;
use kartka_domain::op::Fact;
use kartka_domain::position::Position;
use kartka_domain::programme::Programme;
use kartka_domain::row::{EdgeState, Row, RowKind};

use super::expiry::{broken, gather, position};
use super::turn::Turn;
use crate::store::StoreError;

/// Positions looked at together.
const PAGE: usize = 1_000;

/// The facts of the authority's own ops for a business day.
pub(super) fn facts(
    turn: &Turn<'_>,
    programme: &Programme,
    today: Date,
) -> Result<Vec<Fact>, StoreError> {
    let mut facts = Vec::new();
    if !has_tiers(programme) && !has_inactivity(programme) {
        for customer in turn.db.due(today)? {
            let found = position(turn, customer)?;
            let member: Vec<_> = found
                .map(|position| (customer, position))
                .into_iter()
                .collect();
            facts.extend(of_person(&member, programme, today)?);
        }
        return Ok(facts);
    }
    let merged = merged(turn)?;
    let mut after = i64::MIN;
    loop {
        let page = turn.db.rows_after(RowKind::Position, after, PAGE)?;
        for wire in &page {
            after = wire.id;
            let Row::Position(customer, position) = wire.read()? else {
                return Err(StoreError::Malformed("row.kind"));
            };
            let members = if merged.contains(&customer) {
                members(turn, customer)?
            } else {
                vec![(customer, position)]
            };
            // Each person once: by the smallest id.
            if members.first().is_some_and(|(first, _)| *first == customer) {
                facts.extend(of_person(&members, programme, today)?);
            }
        }
        if page.len() < PAGE {
            return Ok(facts);
        }
    }
}

fn of_person(
    members: &[(CustomerId, Position)],
    programme: &Programme,
    today: Date,
) -> Result<Vec<Fact>, StoreError> {
    let ended = sweep_person(members, programme, today).map_err(broken)?;
    let mut facts: Vec<Fact> = ended.into_iter().map(Fact::Claim).collect();
    if has_tiers(programme) {
        let moves = evaluate(members, programme, today).map_err(broken)?;
        facts.extend(moves.into_facts());
    }
    Ok(facts)
}

/// Customers who are one person with somebody else.
fn merged(turn: &Turn<'_>) -> Result<BTreeSet<CustomerId>, StoreError> {
    let mut merged = BTreeSet::new();
    for wire in turn.db.rows_of(RowKind::Merge)? {
        if let Row::Merge(edge) = wire.read()?
            && edge.state == EdgeState::On
        {
            merged.extend([edge.a, edge.b]);
        }
    }
    Ok(merged)
}

/// Whoever is one person with a customer and has an account, in id order (I2).
pub(super) fn members(
    turn: &Turn<'_>,
    customer: CustomerId,
) -> Result<Vec<(CustomerId, Position)>, StoreError> {
    let mut all = BTreeSet::new();
    gather(turn, customer, &mut all)?;
    let mut members = Vec::with_capacity(all.len());
    for member in all {
        members.extend(position(turn, member)?.map(|position| (member, position)));
    }
    Ok(members)
}
