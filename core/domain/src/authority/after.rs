//! What the authority does by itself after an op, within the same transaction: it gives back what late facts should
//! have found (L5), what a return needs of points that ended unused (decision 46), it ends and revives the points of
//! accounts that were inactive (L6), and lets people up who reached a level (Q2).
//!
//! A writer reads [`Before`] an op, decides it, and posts the claims of [`after`] as an op of the authority's own.

use super::expiry::{has_inactivity, late_debits, revive};
use super::inactivity;
use super::standing::{has_tiers, risen};
use super::work::Work;
use super::{Book, Decided, Standing, Stop};
use crate::ids::CustomerId;
use crate::ledger::{About, Effect, Entry, EntryKind};
use crate::moment::Date;
use crate::money::{Overflow, Points};
use crate::op::{Claim, Fact, Op};
use crate::position::Position;
use crate::programme::{BonusCard, Instrument, Owing, Programme};
use crate::row::Row;

/// The members of one person with their accounts, in id order.
type Members = Vec<(CustomerId, Position)>;

/// Those who buy by an op, as they were before it; nobody where nothing depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Before {
    buyers: Vec<(CustomerId, Members)>,
}

impl Before {
    /// Reads them; `programme` is the version in force.
    ///
    /// # Errors
    /// The book's own.
    pub fn read<B: Book>(book: &B, op: &Op, programme: &Programme) -> Result<Self, B::Error> {
        if !has_inactivity(programme) && !has_tiers(programme) {
            return Ok(Self::default());
        }
        let buyer = |fact: &Fact| match fact {
            Fact::Sale(sale) => sale.customer,
            Fact::Attach { customer, .. } => Some(*customer),
            _ => None,
        };
        let mut buyers = Vec::new();
        for customer in op.facts.iter().filter_map(buyer) {
            match members(book, op, customer) {
                Ok(members) => buyers.push((customer, members)),
                Err(Stop::Book(error)) => return Err(error),
                Err(Stop::Malformed) => {}
            }
        }
        Ok(Self { buyers })
    }

    fn of(&self, customer: CustomerId) -> Option<&Members> {
        let found = self.buyers.iter().find(|(buyer, _)| *buyer == customer);
        found.map(|(_, members)| members)
    }
}

/// The claims that an op leads to, once its rows are `decided` and stand in the book.
///
/// # Errors
/// Only the book's own; numbers that can't be true lead to nothing.
pub fn after<B: Book>(
    book: &B,
    (op, decided): (&Op, &[Decided]),
    before: &Before,
    programme: &Programme,
    today: Date,
) -> Result<Vec<Claim>, B::Error> {
    match claims(book, (op, decided), before, programme, today) {
        Ok(claims) => Ok(claims),
        Err(Stop::Book(error)) => Err(error),
        Err(Stop::Malformed) => Ok(Vec::new()),
    }
}

fn claims<B: Book>(
    book: &B,
    (op, decided): (&Op, &[Decided]),
    before: &Before,
    programme: &Programme,
    today: Date,
) -> Result<Vec<Claim>, Stop<B::Error>> {
    let mut claims = Vec::new();
    for (customer, on) in visits(decided) {
        let Some(then) = before.of(customer) else {
            continue;
        };
        let now = members(book, op, customer)?;
        if has_inactivity(programme) {
            let past = expiries(book, &now)?;
            claims.extend(inactivity::ended_before(
                then,
                &now,
                programme,
                (on, today),
            )?);
            claims.extend(inactivity::prolonged(&now, &past, programme, (on, today))?);
        }
        if has_tiers(programme) {
            claims.extend(risen(&now, programme, today)?);
        }
    }
    let debits: Vec<&Entry> = late_debits(decided, today).collect();
    if !debits.is_empty() {
        let mut past = Vec::new();
        for debit in &debits {
            past.extend(expiries(book, &members(book, op, debit.customer)?)?);
        }
        past.sort_by_key(|entry| entry.id);
        past.dedup_by_key(|entry| entry.id);
        claims.extend(revive(&debits, &past, programme, today)?);
    }
    claims.extend(cleared(decided, &claims, programme)?);
    Ok(claims)
}

/// What returns left owing where the owner does not ask for it (L10), less what `revived` repays of it.
fn cleared(
    decided: &[Decided],
    revived: &[Claim],
    programme: &Programme,
) -> Result<Vec<Claim>, Overflow> {
    let mut claims = Vec::new();
    for decided in decided {
        let Row::Entry(entry) = &decided.row else {
            continue;
        };
        let card = programme
            .instrument(entry.instrument)
            .and_then(Instrument::bonus);
        let clears = |card: &&BonusCard| card.late.owing == Owing::Cleared;
        let Some(card) = card
            .filter(clears)
            .filter(|_| entry.kind.takes_back() && !entry.is_to_be_settled())
        else {
            continue;
        };
        let taken = Points::total(entry.uses.iter().map(|used| used.points))?;
        let of_wallet = revived
            .iter()
            .filter(|c| c.kind == EntryKind::Revive && c.instrument == entry.instrument);
        let back = Points::total(of_wallet.map(|claim| claim.effect.points))?;
        let owed = entry.effect().points.negated()?.minus(taken)?.minus(back)?;
        if owed.is_positive() {
            claims.push(Claim {
                customer: entry.customer,
                instrument: entry.instrument,
                kind: EntryKind::Cleared,
                effect: Effect::points(owed, card.value_of(owed)?),
                lot: None,
                about: About::Nothing,
            });
        }
    }
    Ok(claims)
}

/// Who bought by these rows, and on which business date.
fn visits(decided: &[Decided]) -> impl Iterator<Item = (CustomerId, Date)> {
    decided.iter().filter_map(|decided| match &decided.row {
        Row::Purchase(purchase) if purchase.refused.is_none() => {
            Some((purchase.earner()?, purchase.at.date))
        }
        _ => None,
    })
}

fn members<B: Book>(book: &B, op: &Op, customer: CustomerId) -> Result<Members, Stop<B::Error>> {
    let mut work = Work::new(book, op, Standing::Pending, None);
    Ok(work.positions_of(customer)?.into_members())
}

/// Every expiry and counter-entry of these people.
fn expiries<B: Book>(book: &B, members: &Members) -> Result<Vec<Entry>, Stop<B::Error>> {
    let mut all = Vec::new();
    for (member, _) in members {
        all.extend(book.expiries(*member).map_err(Stop::Book)?);
    }
    Ok(all)
}
