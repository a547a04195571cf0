//! What the buckets held before the entries at hand: worked back from what they hold now (T6).

use std::collections::BTreeMap;

use super::{Account, Event};
use crate::ids::{CustomerId, InstrumentId};
use crate::ledger::Entry;
use crate::moment::Date;
use crate::money::{Overflow, Points};
use crate::position::Position;

/// A bucket of a member.
type Key = (CustomerId, Option<Date>);

/// The members' wallets before the entries at hand, as far as these tell: what a bucket holds, with what was taken from
/// it and without what came into it. The comparison at the end sets right what they don't tell.
///
/// # Errors
/// [`Overflow`].
pub(super) fn before(account: &Account<'_>) -> Result<Vec<(CustomerId, Position)>, Overflow> {
    let instrument = account.instrument;
    let mut held = Held {
        sums: BTreeMap::new(),
        members: account.members,
        instrument,
    };
    let mut balance = Points::ZERO;
    for (member, position) in account.members {
        let Some(wallet) = position.wallet(instrument) else {
            continue;
        };
        balance = balance.plus(wallet.balance()?)?;
        for bucket in &wallet.buckets {
            held.add((*member, bucket.expires_on), bucket.points)?;
        }
        for pending in &wallet.pending {
            held.add((*member, pending.lot.expires_on), pending.points)?;
        }
    }
    for event in account.events {
        let Event::Entry(entry) = event else { continue };
        if entry.instrument == instrument {
            balance = balance.minus(entry.effect().points)?;
            held.undo(entry)?;
        }
    }
    let mut members: Vec<(CustomerId, Position)> = account
        .members
        .iter()
        .map(|(member, position)| (*member, with_joins(position, instrument)))
        .collect();
    let mut sum = Points::ZERO;
    for ((owner, expires_on), points) in held.sums {
        let found = members.iter_mut().find(|(member, _)| *member == owner);
        if let Some((_, position)) = found.filter(|_| points.is_positive()) {
            let wallet = position.wallets.entry(instrument).or_default();
            wallet.add_to_bucket(expires_on, points)?;
            sum = sum.plus(points)?;
        }
    }
    // What the buckets held above the balance of that day was owed.
    if let (true, Some((_, position))) = (sum > balance, members.first_mut()) {
        position.wallets.entry(instrument).or_default().debt = sum.minus(balance)?;
    }
    Ok(members)
}

/// An empty position that knows which days were joined.
fn with_joins(position: &Position, instrument: InstrumentId) -> Position {
    let mut empty = Position::default();
    if let Some(wallet) = position.wallet(instrument).filter(|w| !w.joined.is_empty()) {
        let joined = wallet.joined.clone();
        empty.wallets.entry(instrument).or_default().joined = joined;
    }
    empty
}

/// What buckets hold, by the day that they have now.
struct Held<'a> {
    sums: BTreeMap<Key, Points>,
    members: &'a [(CustomerId, Position)],
    instrument: InstrumentId,
}

impl Held<'_> {
    fn undo(&mut self, entry: &Entry) -> Result<(), Overflow> {
        let mut rest = entry.effect().points;
        let debit = rest.0 < 0;
        for used in &entry.uses {
            let key = (used.member, used.expires_on);
            if debit {
                self.add(key, used.points)?;
            } else {
                let part = used.points.min(rest);
                rest = rest.minus(part)?;
                self.add(key, part.negated()?)?;
            }
        }
        if !debit && rest.is_positive() {
            let last = entry.lot.and_then(|lot| lot.expires_on);
            self.add((entry.customer, last), rest.negated()?)?;
        }
        Ok(())
    }

    fn add(&mut self, (member, last): Key, points: Points) -> Result<(), Overflow> {
        let known = self.members.iter().find(|(id, _)| *id == member);
        let wallet = known.and_then(|(_, position)| position.wallet(self.instrument));
        let home = wallet.map_or(last, |wallet| wallet.home(last));
        let sum = self.sums.entry((member, home)).or_default();
        *sum = sum.plus(points)?;
        Ok(())
    }
}
