//! What the authority does by itself, as ops of its own: once per business day what has ended is taken out and levels
//! are evaluated (L5, L6, Q2), and a debit that arrives late gets back what it was promised. What that comes to is
//! `domain::authority`'s word.

use std::collections::BTreeSet;

use kartka_domain::authority::lapse::sweep_vouchers;
use kartka_domain::ids::CustomerId;
use kartka_domain::moment::{Date, day_number};
use kartka_domain::money::Overflow;
use kartka_domain::op::{Claim, ENTRIES_MAX, Fact as OpFact};
use kartka_domain::position::Position;
use kartka_domain::row::{EdgeState, Merge, Row, RowKind};

use super::push::Order;
use super::turn::Turn;
use super::{Authority, day, hold, own, quarantine};
use crate::store::{Fact, StoreError};

/// Takes out what ended, if that was not done yet on this business day and nothing holds it back.
pub(super) fn begin_day(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
) -> Result<(), StoreError> {
    let today = turn.today;
    let swept = turn.db.fact(Fact::Swept)?;
    let swept = swept.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
    if swept.is_some_and(|day| i64::from_be_bytes(day) >= day_number(today)) {
        return Ok(());
    }
    if authority.is_away(turn.db)? {
        return Ok(());
    }
    if hold::waits(turn.db, authority.now_ms())? {
        return Ok(());
    }
    let programme = turn
        .newest()?
        .ok_or(StoreError::Malformed("the programme row"))?;
    let mut facts = day::facts(turn, &programme, today)?;
    let mut vouchers = Vec::new();
    for wire in turn.db.vouchers_due(today)? {
        if let Row::Voucher(voucher) = wire.read()? {
            vouchers.push(voucher);
        }
    }
    facts.extend(sweep_vouchers(&vouchers, today));
    post(authority, turn, order, &facts)?;
    quarantine::end_old(authority, turn, order)?;
    turn.db
        .put_fact(Fact::Swept, &day_number(today).to_be_bytes())
}

/// Claims what an op of a device led to.
pub(super) fn answer(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    claims: Vec<Claim>,
) -> Result<(), StoreError> {
    let mut facts = std::mem::take(&mut turn.owed);
    facts.extend(claims.into_iter().map(OpFact::Claim));
    post(authority, turn, order, &facts)
}

fn post(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    facts: &[OpFact],
) -> Result<(), StoreError> {
    for facts in facts.chunks(ENTRIES_MAX) {
        own::write(authority, turn, order, facts)?;
    }
    Ok(())
}

/// Everybody whom active edges connect with a customer (I2).
pub(super) fn gather(
    turn: &Turn<'_>,
    customer: CustomerId,
    members: &mut BTreeSet<CustomerId>,
) -> Result<(), StoreError> {
    let mut open = vec![customer];
    while let Some(member) = open.pop() {
        if !members.insert(member) {
            continue;
        }
        for wire in turn.db.edges(member)? {
            let Row::Merge(Merge { a, b, state, .. }) = wire.read()? else {
                continue;
            };
            if state == EdgeState::On {
                open.push(if a == member { b } else { a });
            }
        }
    }
    Ok(())
}

pub(super) fn position(
    turn: &Turn<'_>,
    customer: CustomerId,
) -> Result<Option<Position>, StoreError> {
    turn.state(RowKind::Position, customer.get(), |row| match row {
        Row::Position(_, position) => Some(position.clone()),
        _ => None,
    })
}

pub(super) fn broken(_: Overflow) -> StoreError {
    StoreError::Malformed("a position")
}

/// The first day on which something of a position ends, as a day number; later it is due.
pub(super) fn first_end(position: &Position) -> Option<i64> {
    let ends = position.wallets.values().flat_map(|wallet| {
        let buckets = wallet.buckets.iter().map(|bucket| bucket.expires_on);
        let pending = wallet.pending.iter().map(|pending| pending.lot.expires_on);
        buckets.chain(pending)
    });
    ends.flatten().min().map(|date: Date| day_number(date))
}
