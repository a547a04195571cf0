//! Customers, consents and cards (sync §3).

use super::merge::{self, is_anybody_erased};
use super::work::Work;
use super::{Book, Echo, Standing, Stop, referral};
use crate::card::CardNumber;
use crate::codes::Code;
use crate::customer::{Consent, Customer, Version};
use crate::ids::{CustomerId, EntryId};
use crate::money::Points;
use crate::op::Fact;
use crate::planted;
use crate::row::{Card, CardState, Emission, Erasure, MergeReason, Row};

/// Applies one fact about a person or a card.
pub(super) fn apply<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    fact: &Fact,
) -> Result<(), Stop<B::Error>> {
    let (at, echo) = work.moment();
    let entry = EntryId(work.id(place)?);
    match fact {
        Fact::Register => {
            let id = CustomerId(work.id(place)?);
            let customer = Customer {
                id,
                registered: at.date,
                outlet: work.op.outlet,
                profile: Vec::new(),
            };
            write_groups(work, place, customer)?;
        }
        Fact::Edit(id) => {
            if let Some(customer) = work.customer(*id)? {
                write_groups(work, place, customer)?;
            }
        }
        Fact::Consent {
            customer,
            purpose,
            channel,
            wording,
            will,
        } => {
            let consent = Consent {
                id: entry,
                customer: *customer,
                purpose: *purpose,
                channel: *channel,
                wording: *wording,
                will: *will,
                at,
                operator: work.op.operator,
                seen: work.op.seen.seq,
            };
            work.put(Row::Consent(consent), echo);
        }
        Fact::Erase(customer) => erase(work, entry, *customer)?,
        Fact::Bind { card, customer } => bind(work, entry, *card, *customer)?,
        Fact::Emission { slot, first, count } => {
            work.put(
                Row::Emission(Emission {
                    id: entry,
                    slot: *slot,
                    first: *first,
                    count: *count,
                }),
                echo,
            );
        }
        _ => {}
    }
    Ok(())
}

/// An erasure beats everything: late names and numbers of an erased person are dropped.
fn write_groups<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    mut customer: Customer,
) -> Result<(), Stop<B::Error>> {
    if work.is_erased(customer.id)? && !planted!(LateEditResurrects) {
        customer.profile.clear();
        work.put(Row::Customer(customer), Echo::AsClaimed);
        return Ok(());
    }
    let seq = match work.standing {
        Standing::Pending => None,
        Standing::Ordered { seq, .. } => Some(seq),
    };
    let edit = Version {
        seq,
        at_ms: work.moment().0.instant_ms,
        device: work.op.id.0.device(),
    };
    let groups = work.op.groups(place).to_vec();
    for group in groups.into_iter().filter(|g| g.check().is_ok()) {
        customer.write(group, edit, work.op.seen.seq);
    }
    work.put(Row::Customer(customer), Echo::AsClaimed);
    Ok(())
}

/// Erases a person under every id they have at this moment; an undone merge brings none of it back (sync §3).
fn erase<B: Book>(
    work: &mut Work<'_, B>,
    by: EntryId,
    id: CustomerId,
) -> Result<(), Stop<B::Error>> {
    let date = work.moment().0.date;
    let group = work.group(id)?.into_iter();
    for customer in group.filter(|member| *member == id || !planted!(ErasesOneId)) {
        if let Some(known) = work.customer(customer)? {
            let profile = Vec::new();
            work.put(
                Row::Customer(Customer { profile, ..known }),
                Echo::AsClaimed,
            );
        }
        if !work.is_erased(customer)? {
            let erasure = Erasure { customer, by, date };
            work.put(Row::Erasure(erasure), Echo::AsClaimed);
        }
    }
    Ok(())
}

/// The first binding wins. If one side never had personal data the two are one person; two named people
/// are the owner's to decide, and until then both earn on their own ids (sync §3).
fn bind<B: Book>(
    work: &mut Work<'_, B>,
    entry: EntryId,
    number: CardNumber,
    customer: CustomerId,
) -> Result<(), Stop<B::Error>> {
    let Some(card) = work.card(number)? else {
        let card = Card {
            number,
            customer,
            state: CardState::Active,
            bound_by: entry,
        };
        work.put(Row::Card(card), Echo::AsClaimed);
        return Ok(());
    };
    let holders = work.group(card.customer)?;
    if holders.contains(&customer) || card.state == CardState::Blocked {
        return Ok(());
    }
    let erased = is_anybody_erased(work, card.customer)? || is_anybody_erased(work, customer)?;
    let one = is_provisional(work, card.customer)? || is_provisional(work, customer)?;
    let both = (card.customer, customer);
    // The number of an erased person is never bound again, and the two stay apart (sync §3).
    let settled = (erased || one || planted!(MergeOfNamed))
        && (merge::join(work, entry, both, MergeReason::SameCard)? || erased);
    if !settled {
        let both = (Some(card.customer), Some(customer));
        work.open_inbox(entry, Code::TwoNamedPeople, both, Points::ZERO);
        referral::one_card(work, (card.customer, customer))?;
    }
    Ok(())
}

/// Nobody in the group ever had personal data. Who is not known yet (a restored authority hears of them later) may
/// have a name, so they are not taken for somebody without one.
fn is_provisional<B: Book>(
    work: &mut Work<'_, B>,
    customer: CustomerId,
) -> Result<bool, Stop<B::Error>> {
    for member in work.group(customer)? {
        if work.customer(member)?.is_none_or(|c| !c.is_provisional()) {
            return Ok(false);
        }
    }
    Ok(true)
}
