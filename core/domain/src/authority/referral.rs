//! Who brought whom, and what is given for it (G3): a friend counts by the state of the books, so it does not matter
//! in which order the facts came.
//!
//! A counter records the fact; the authority alone says what it comes to. After every op that may move it a writer asks
//! [`referrals`] and [`settle`], and posts what they say as ops of the authority's own: points for a friend who counts,
//! and the same points back when what they count with came back. At most one of each stands at any moment.

mod case;

use std::collections::BTreeSet;

use case::plan;

use super::sale::claims_after;
use super::work::{Posting, Work, group_of};
use super::{Book, Echo, Stop, is_the_authoritys};
use crate::brought::{Brought, FRIENDS_MAX};
use crate::codes::Code;
use crate::customer::Phone;
use crate::ids::{CustomerId, EntryId, OpId, OperatorId, OutletId, ProgrammeVersion};
use crate::ledger::Effect;
use crate::moment::Date;
use crate::money::Points;
use crate::op::{Fact, Settlement};
use crate::position::{Group, Position};
use crate::programme::{Audience, BonusCard, Instrument, Programme, Referral};
use crate::rights::{Action, Permission};
use crate::row::Row;

/// Most purchases of a friend that are looked at, the earliest first: who has never bought enough with so many never does.
pub const BOUGHT_MAX: usize = 100;

/// Who is said to have brought whom.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Who was brought; none for somebody who is only now registered.
    pub friend: Option<CustomerId>,
    /// Their phone numbers.
    pub phones: &'a [Phone],
    /// Who brought them.
    pub referrer: CustomerId,
    /// Who records it.
    pub operator: OperatorId,
    /// Where.
    pub outlet: OutletId,
    /// Business date.
    pub date: Date,
    /// The rules in force there.
    pub programme: ProgrammeVersion,
}

/// What a programme promises for bringing friends in an outlet on a day, and in points of which card.
#[must_use]
pub fn promise(
    programme: &Programme,
    outlet: OutletId,
    date: Date,
) -> Option<(&Instrument, &Referral, &BonusCard)> {
    let open = |of: &&Instrument| {
        let scope = &of.rules.scope;
        of.is_read_whole() && scope.is_here(outlet) && scope.is_today(date)
    };
    let mut all = programme.instruments().iter().filter(open);
    all.find_map(|of| {
        let promised = of.referral()?;
        let card = programme.instrument(promised.card)?.bonus()?;
        Some((of, promised, card))
    })
}

/// The promise for having brought a customer whose purchase on `date` in `outlet` would be their first that counts, as far
/// as the book knows.
///
/// # Errors
/// The book's own.
pub fn awaited<B: Book>(
    book: &B,
    customer: CustomerId,
    (outlet, date): (OutletId, Date),
) -> Result<Option<Instrument>, B::Error> {
    match waits_for(book, customer, (outlet, date)) {
        Ok(promised) => Ok(promised),
        Err(Stop::Book(error)) => Err(error),
        Err(Stop::Malformed) => Ok(None),
    }
}

fn waits_for<B: Book>(
    book: &B,
    customer: CustomerId,
    (outlet, date): (OutletId, Date),
) -> Result<Option<Instrument>, Stop<B::Error>> {
    if !book.has_referrals().map_err(Stop::Book)? {
        return Ok(None);
    }
    let friends = group_of(book, &[], customer)?;
    for friend in &friends {
        for one in book.brought_of(*friend).map_err(Stop::Book)? {
            let waits = one.refused.is_none() && one.counted.is_none();
            if !waits || has_bought_before(book, &friends, one.date)? {
                continue;
            }
            let programme = book.programme(one.programme).map_err(Stop::Book)?;
            let promised = programme.as_ref();
            let promised = promised.and_then(|p| promise(p, one.outlet, one.date));
            let in_time = |promised: &Referral| {
                let last = promised.last_day(one.date);
                date >= one.date && last.is_none_or(|last| date <= last)
            };
            if let Some((of, promised, _)) = promised
                && in_time(promised)
                && of.rules.scope.is_here(outlet)
            {
                return Ok(Some(of.clone()));
            }
        }
    }
    Ok(None)
}

/// Why a referral has no effect, if so: the same question at the counter, before anything is written, and for the
/// authority.
///
/// # Errors
/// The book's own; sums that no fact could have made are no reason.
pub fn refers<B: Book>(book: &B, ask: &Asked<'_>) -> Result<Option<Code>, B::Error> {
    match why_not(book, ask) {
        Ok(code) => Ok(code),
        Err(Stop::Book(error)) => Err(error),
        Err(Stop::Malformed) => Ok(Some(Code::MalformedFact)),
    }
}

fn why_not<B: Book>(book: &B, ask: &Asked<'_>) -> Result<Option<Code>, Stop<B::Error>> {
    let programme = book.programme(ask.programme).map_err(Stop::Book)?;
    let promised = programme.as_ref();
    let Some((of, _, _)) = promised.and_then(|p| promise(p, ask.outlet, ask.date)) else {
        return Ok(Some(Code::NoReferral));
    };
    if ask.friend == Some(ask.referrer) {
        return Ok(Some(Code::ReferredSelf));
    }
    if book.is_erased(ask.referrer).map_err(Stop::Book)? {
        return Ok(Some(Code::ReferrerErased));
    }
    if book.customer(ask.referrer).map_err(Stop::Book)?.is_none() {
        return Ok(Some(Code::UnknownTarget));
    }
    let referrers = group_of(book, &[], ask.referrer)?;
    let friends = match ask.friend {
        Some(friend) => group_of(book, &[], friend)?,
        None => Vec::new(),
    };
    if friends.contains(&ask.referrer) {
        return Ok(Some(Code::ReferredSelf));
    }
    if !is_for(&person(book, &referrers)?, of, ask.date) {
        let instrument = of.id.0.into();
        return Ok(Some(Code::NotForThisCustomer { instrument }));
    }
    for friend in &friends {
        let said = book.brought_of(*friend).map_err(Stop::Book)?;
        if said.iter().any(|one| one.refused.is_none()) {
            return Ok(Some(Code::AlreadyReferred));
        }
    }
    if has_bought_before(book, &friends, ask.date)? {
        return Ok(Some(Code::FriendBoughtBefore));
    }
    if is_by_staff(book, ask.operator, &[&referrers[..], &friends[..]].concat())? {
        return Ok(Some(Code::ReferredByStaff));
    }
    if shares_phone(book, ask.phones, &referrers)? {
        return Ok(Some(Code::ReferredSamePhone));
    }
    let mut brought = 0;
    for referrer in &referrers {
        brought += book.brought_by(*referrer).map_err(Stop::Book)?.len();
    }
    let most = i64::try_from(FRIENDS_MAX).unwrap_or(i64::MAX);
    Ok((brought >= FRIENDS_MAX).then_some(Code::TooManyReferred { most }))
}

/// Whether an instrument is for the person who brings.
fn is_for(position: &Position, of: &Instrument, date: Date) -> bool {
    match of.rules.scope.audience {
        Audience::Anybody | Audience::Customers => true,
        Audience::Members(club) => position.is_member(club, date),
        Audience::Tier(tiers, level) => position.level(tiers) >= level,
    }
}

fn person<B: Book>(book: &B, group: &[CustomerId]) -> Result<Position, Stop<B::Error>> {
    let mut members = Vec::new();
    for id in group {
        let position = book.position(*id).map_err(Stop::Book)?;
        members.push((*id, position.unwrap_or_default()));
    }
    Ok(Group::new(members).combined()?)
}

/// Who was a customer on an earlier day was not brought; the purchase that came before the word on the same day counts.
fn has_bought_before<B: Book>(
    book: &B,
    friends: &[CustomerId],
    date: Date,
) -> Result<bool, Stop<B::Error>> {
    let first = person(book, friends)?.first_visit;
    Ok(first.is_some_and(|first| first < date))
}

/// Whether who recorded it is one of the two (decision 43).
fn is_by_staff<B: Book>(
    book: &B,
    operator: OperatorId,
    people: &[CustomerId],
) -> Result<bool, Stop<B::Error>> {
    let operator = book.operator(operator).map_err(Stop::Book)?;
    let own = operator.and_then(|operator| operator.customer);
    let Some(own) = own else { return Ok(false) };
    let group = group_of(book, &[], own)?;
    Ok(group.iter().any(|id| people.contains(id)))
}

fn shares_phone<B: Book>(
    book: &B,
    phones: &[Phone],
    referrers: &[CustomerId],
) -> Result<bool, Stop<B::Error>> {
    if phones.is_empty() {
        return Ok(false);
    }
    for referrer in referrers {
        let known = book.customer(*referrer).map_err(Stop::Book)?;
        let same = |phone: &Phone| phones.contains(phone);
        if known.is_some_and(|known| known.phones().iter().any(same)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes that one customer brought another one, and why that has no effect, if so.
pub(super) fn apply_refer<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    (friend, referrer): (CustomerId, CustomerId),
) -> Result<(), Stop<B::Error>> {
    let (at, echo) = work.moment();
    let id = EntryId(work.id(place)?);
    let brought = Brought {
        id,
        friend,
        referrer,
        operator: work.op.operator,
        outlet: work.op.outlet,
        date: at.date,
        programme: work.op.programme,
        refused: None,
        counted: None,
    };
    let refused = match work.refused {
        None if !work.is_pending() => judged(work, &brought)?,
        refused => refused,
    };
    let echo = if refused.is_some() {
        Echo::Changed
    } else {
        echo
    };
    let brought = Brought { refused, ..brought };
    ask_owner(work, &brought);
    work.put(Row::Brought(brought), echo);
    Ok(())
}

/// Somebody brought themselves, it seems: the owner sees it.
fn ask_owner<B: Book>(work: &mut Work<'_, B>, brought: &Brought) {
    if let Some(code) = brought.refused.filter(|code| is_own(*code)) {
        let reason = i64::from(code.number());
        let both = (Some(brought.referrer), Some(brought.friend));
        work.open_inbox(
            brought.id,
            Code::SelfReferral { reason },
            both,
            Points::ZERO,
        );
    }
}

/// Whether a reason says that somebody brought themselves: the owner is asked about it.
const fn is_own(code: Code) -> bool {
    matches!(
        code,
        Code::ReferredSelf
            | Code::ReferredSamePhone
            | Code::ReferredByStaff
            | Code::ReferredSameCard
    )
}

fn judged<B: Book>(
    work: &mut Work<'_, B>,
    brought: &Brought,
) -> Result<Option<Code>, Stop<B::Error>> {
    if let Some(reason) = work.missing(Action::Plain(Permission::Register)) {
        // Points out of nothing: without the right it has no effect, and the owner is asked.
        work.ask(brought.id, Permission::Register, (reason, None));
        return Ok(Some(reason));
    }
    if work.customer(brought.friend)?.is_none() {
        return Ok(Some(Code::UnknownTarget));
    }
    if same_in_op(work, brought)? {
        return Ok(Some(Code::ReferredSelf));
    }
    let ask = Asked {
        friend: Some(brought.friend),
        // Numbers are looked at when it is settled, which is at once.
        phones: &[],
        referrer: brought.referrer,
        operator: brought.operator,
        outlet: brought.outlet,
        date: brought.date,
        programme: brought.programme,
    };
    let before = |row: &Row| matches!(row, Row::Brought(one) if one.friend == brought.friend);
    if work.rows_so_far().any(before) {
        return Ok(Some(Code::AlreadyReferred));
    }
    why_not(work.book, &ask)
}

/// Whether this very op makes the two one person.
fn same_in_op<B: Book>(work: &mut Work<'_, B>, brought: &Brought) -> Result<bool, Stop<B::Error>> {
    Ok(work.group(brought.friend)?.contains(&brought.referrer))
}

/// Two named people were given one card: whoever of them brought the other has brought nobody, until the owner says more
/// (sync §3).
pub(super) fn one_card<B: Book>(
    work: &mut Work<'_, B>,
    (a, b): (CustomerId, CustomerId),
) -> Result<(), Stop<B::Error>> {
    if work.is_pending() || !work.book.has_referrals().map_err(Stop::Book)? {
        return Ok(());
    }
    for (friends, referrers) in [(a, b), (b, a)] {
        let referrers = work.group(referrers)?;
        for friend in work.group(friends)? {
            for one in work.book.brought_of(friend).map_err(Stop::Book)? {
                if one.refused.is_none() && referrers.contains(&one.referrer) {
                    let refused = Some(Code::ReferredSameCard);
                    work.put(Row::Brought(Brought { refused, ..one }), Echo::Changed);
                }
            }
        }
    }
    Ok(())
}

/// The referrals that the facts of an op may move, by id; `id` is the op's. A writer asks once its rows stand in the book.
///
/// # Errors
/// The book's own.
pub fn referrals<B: Book>(
    book: &B,
    id: OpId,
    facts: &[Fact],
) -> Result<BTreeSet<EntryId>, B::Error> {
    let mut found = BTreeSet::new();
    let mut people = BTreeSet::new();
    for (place, fact) in facts.iter().enumerate() {
        match fact {
            Fact::Refer { .. } => found.extend(id.0.entry(place).ok().map(EntryId)),
            Fact::Sale(sale) => people.extend(sale.customer),
            Fact::Attach { customer, .. } => {
                people.insert(*customer);
            }
            Fact::Return { purchase, .. }
            | Fact::SettleReturn {
                how: Settlement::Link(purchase),
                ..
            } => people.extend(book.purchase(*purchase)?.and_then(|p| p.earner())),
            Fact::Bind { card, customer } => {
                people.insert(*customer);
                people.extend(book.card(*card)?.map(|card| card.customer));
            }
            _ => {}
        }
    }
    if people.is_empty() || !book.has_referrals()? {
        return Ok(found);
    }
    for person in people {
        let group = match group_of(book, &[], person) {
            Ok(group) => group,
            Err(Stop::Book(error)) => return Err(error),
            Err(Stop::Malformed) => continue,
        };
        for member in group {
            found.extend(book.brought_of(member)?.iter().map(|one| one.id));
        }
    }
    Ok(found)
}

/// What has become of a referral: the facts of one op of the authority's own, none where nothing changed.
///
/// # Errors
/// The book's own.
pub fn settle<B: Book>(book: &B, id: EntryId) -> Result<Vec<Fact>, B::Error> {
    match plan(book, id, None) {
        Ok(Some(plan)) => {
            let refused = plan.refused;
            let first = std::iter::once(Fact::SettleReferral { of: id, refused });
            Ok(first
                .chain(plan.claims.into_iter().map(Fact::Claim))
                .collect())
        }
        Ok(None) | Err(Stop::Malformed) => Ok(Vec::new()),
        Err(Stop::Book(error)) => Err(error),
    }
}

/// Applies what the authority says so, and nothing but that; says how many facts that were.
pub(super) fn apply_settle<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    (id, refused): (EntryId, Option<Code>),
) -> Result<usize, Stop<B::Error>> {
    let claims = claims_after(work.op.facts.get(place + 1..).unwrap_or_default());
    let plan = match is_the_authoritys(work.standing) && work.refused.is_none() {
        true => plan(work.book, id, Some(refused))?.filter(|plan| plan.claims == claims),
        false => None,
    };
    let verdict = match &plan {
        Some(_) => None,
        None => Some((Effect::NONE, Code::MalformedFact)),
    };
    for (i, claim) in claims.iter().enumerate() {
        let posting = Posting {
            claim,
            purchase: None,
            verdict,
            uses: Vec::new(),
        };
        work.post(place + 1 + i, posting)?;
    }
    for row in plan.map(|plan| plan.rows).unwrap_or_default() {
        let before = work.book.brought(row.id).map_err(Stop::Book)?;
        if before.is_some_and(|before| before.refused.is_none()) {
            ask_owner(work, &row);
        }
        work.put(Row::Brought(row), Echo::Changed);
    }
    Ok(1 + claims.len())
}
