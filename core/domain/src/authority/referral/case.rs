//! What one referral comes to by the state of the books, and what is to be posted for it (G3).
//!
//! Pure of the op that led to it: the same books give the same plan, whatever came last.

use std::collections::BTreeSet;

use super::{BOUGHT_MAX, has_bought_before, promise, shares_phone};
use crate::authority::work::group_of;
use crate::authority::{Book, Stop};
use crate::brought::{Brought, Counted, Thanks};
use crate::codes::Code;
use crate::ids::{CustomerId, EntryId, PurchaseId};
use crate::ledger::{About, Effect, EntryKind};
use crate::moment::{Date, Month};
use crate::money::{Overflow, Points};
use crate::op::Claim;
use crate::programme::{BonusCard, CountsWhen, Instrument, Referral, is_enough};
use crate::purchase::{Purchase, returned_so_far};

/// What is to be done about one referral.
pub(super) struct Plan {
    pub(super) refused: Option<Code>,
    pub(super) rows: Vec<Brought>,
    pub(super) claims: Vec<Claim>,
}

/// A referral with all that decides it.
struct Case<'a> {
    row: Brought,
    promised: &'a Referral,
    card: &'a BonusCard,
    /// What the promise's rules say of receipts.
    of: &'a Instrument,
    friends: Vec<CustomerId>,
    /// All other friends of the same person who count.
    others: Vec<Brought>,
    /// Those of the others that were changed.
    changed: BTreeSet<EntryId>,
    claims: Vec<Claim>,
}

/// `told` is what the authority has said of why it has no effect, where it has spoken already.
pub(super) fn plan<B: Book>(
    book: &B,
    id: EntryId,
    told: Option<Option<Code>>,
) -> Result<Option<Plan>, Stop<B::Error>> {
    let Some(row) = book.brought(id).map_err(Stop::Book)? else {
        return Ok(None);
    };
    if row.refused.is_some() && row.counted.is_none() {
        return Ok(None);
    }
    let Some(programme) = book.programme(row.programme).map_err(Stop::Book)? else {
        return Ok(None);
    };
    let Some((of, promised, card)) = promise(&programme, row.outlet, row.date) else {
        return Ok(None);
    };
    let before = row.clone();
    let friends = group_of(book, &[], row.friend)?;
    let mut others = Vec::new();
    for referrer in group_of(book, &[], row.referrer)? {
        others.extend(book.brought_by(referrer).map_err(Stop::Book)?);
    }
    others.retain(|one| one.id != id && one.counted.is_some());
    others.sort_by_key(|one| one.id);
    let mut case = Case {
        row,
        promised,
        card,
        of,
        friends,
        others,
        changed: BTreeSet::new(),
        claims: Vec::new(),
    };
    case.row.refused = match (case.row.refused, told) {
        (None, None) => case.gone_wrong(book)?,
        (None, Some(told)) => told,
        (refused, _) => refused,
    };
    if !case.stands(book)? {
        case.take_back()?;
    }
    if case.row.refused.is_none() && case.row.counted.is_none() {
        case.count(book)?;
    }
    let Case {
        row,
        mut others,
        changed,
        claims,
        ..
    } = case;
    others.retain(|one| changed.contains(&one.id));
    if row == before && others.is_empty() {
        return Ok(None);
    }
    let refused = row.refused;
    others.push(row);
    Ok(Some(Plan {
        refused,
        rows: others,
        claims,
    }))
}

impl Case<'_> {
    /// Why it has no effect any more, if so.
    fn gone_wrong<B: Book>(&self, book: &B) -> Result<Option<Code>, Stop<B::Error>> {
        let row = &self.row;
        if self.friends.contains(&row.referrer) {
            return Ok(Some(Code::ReferredSelf));
        }
        if has_bought_before(book, &self.friends, row.date)? {
            return Ok(Some(Code::FriendBoughtBefore));
        }
        for friend in &self.friends {
            let said = book.brought_of(*friend).map_err(Stop::Book)?;
            // Two friends turned out to be one: who counts already stays, else who was named first.
            let rank = |one: &Brought| (one.counted.is_none(), one.id);
            let first = |one: &Brought| one.refused.is_none() && rank(one) < rank(row);
            if said.iter().any(first) {
                return Ok(Some(Code::AlreadyReferred));
            }
        }
        if row.counted.is_some() {
            return Ok(None);
        }
        if book.is_erased(row.referrer).map_err(Stop::Book)? {
            return Ok(Some(Code::ReferrerErased));
        }
        let referrers = group_of(book, &[], row.referrer)?;
        for friend in &self.friends {
            let friend = book.customer(*friend).map_err(Stop::Book)?;
            let phones = friend.as_ref().map_or(&[][..], |friend| friend.phones());
            if shares_phone(book, phones, &referrers)? {
                return Ok(Some(Code::ReferredSamePhone));
            }
        }
        Ok(None)
    }

    /// Whether nothing has to be taken back.
    fn stands<B: Book>(&self, book: &B) -> Result<bool, Stop<B::Error>> {
        match self.row.counted {
            None => Ok(true),
            Some(_) if self.row.refused.is_some() => Ok(false),
            Some(Counted { purchase: None, .. }) => Ok(true),
            Some(Counted {
                purchase: Some(id), ..
            }) => {
                let purchase = book.purchase(id).map_err(Stop::Book)?;
                match purchase {
                    Some(purchase) => self.is_enough(book, &purchase),
                    None => Ok(false),
                }
            }
        }
    }

    /// Whether what is kept of a purchase is enough (the least receipt, the goods that do not count).
    fn is_enough<B: Book>(&self, book: &B, purchase: &Purchase) -> Result<bool, Stop<B::Error>> {
        let theirs = purchase
            .earner()
            .is_some_and(|who| self.friends.contains(&who));
        if !theirs || purchase.refused.is_some() {
            return Ok(false);
        }
        let returns = book.returns(purchase.id).map_err(Stop::Book)?;
        let back = returned_so_far(purchase, &returns)?;
        Ok(is_enough(self.of, &purchase.lines, &back)?)
    }

    /// The friend's first purchase that is enough.
    fn first_enough<B: Book>(
        &self,
        book: &B,
    ) -> Result<Option<(Date, PurchaseId)>, Stop<B::Error>> {
        let (from, last) = (self.row.date, self.promised.last_day(self.row.date));
        let mut bought = Vec::new();
        for friend in &self.friends {
            let ids = book.bought(*friend, from, last).map_err(Stop::Book)?;
            for id in ids {
                bought.extend(book.purchase(id).map_err(Stop::Book)?);
            }
        }
        bought.sort_by_key(|purchase| (purchase.at.date, purchase.id));
        for purchase in bought.iter().take(BOUGHT_MAX) {
            let in_time = last.is_none_or(|last| purchase.at.date <= last);
            let here = self.of.rules.scope.is_here(purchase.outlet);
            if in_time && here && self.is_enough(book, purchase)? {
                return Ok(Some((purchase.at.date, purchase.id)));
            }
        }
        Ok(None)
    }

    /// Lets the friend count, and gives what that completes.
    fn count<B: Book>(&mut self, book: &B) -> Result<(), Stop<B::Error>> {
        let (on, purchase) = match self.promised.counts {
            CountsWhen::Joining => (self.row.date, None),
            CountsWhen::Buying => match self.first_enough(book)? {
                Some((on, id)) => (on, Some(id)),
                None => return Ok(()),
            },
        };
        let mut counted = Counted {
            purchase,
            on,
            reward: None,
            welcome: None,
            unpaid: None,
        };
        let friend = self.row.friend;
        if self.promised.welcome.is_positive() && !book.is_erased(friend).map_err(Stop::Book)? {
            let thanks = self.thanks(self.promised.welcome, on)?;
            self.claim(self.row.id, friend, thanks);
            counted.welcome = Some(thanks);
        }
        if self.needed(self.others.len() + 1) > self.completed() {
            match self.above_limit(on) {
                Some(code) => counted.unpaid = Some(code),
                None => {
                    let thanks = self.thanks(self.promised.reward, on)?;
                    self.claim(self.row.id, self.row.referrer, thanks);
                    counted.reward = Some(thanks);
                }
            }
        }
        self.row.counted = Some(counted);
        Ok(())
    }

    /// How many rewards so many friends make.
    fn needed(&self, friends: usize) -> usize {
        friends / usize::from(self.promised.every.max(1))
    }

    /// How many were completed by the others.
    fn completed(&self) -> usize {
        let completes = |one: &&Brought| one.counted.is_some_and(|counted| counted.completes());
        self.others.iter().filter(completes).count()
    }

    /// Why no more is given in the month of `on`, if so.
    fn above_limit(&self, on: Date) -> Option<Code> {
        let most = self.promised.per_month?;
        let month = Month::of(on);
        let given = |one: &&Brought| {
            one.counted
                .is_some_and(|c| c.reward.is_some() && Month::of(c.on) == month)
        };
        let given = self.others.iter().filter(given).count();
        let most = most.into();
        (given >= most).then(|| Code::ReferralsThisMonth {
            most: i64::try_from(most).unwrap_or(i64::MAX),
        })
    }

    /// The friend counts no more: what was given for it is taken back. Where one reward stands for several friends, it
    /// stays as long as the others are enough for it.
    fn take_back(&mut self) -> Result<(), Overflow> {
        let Some(counted) = self.row.counted.take() else {
            return Ok(());
        };
        if let Some(thanks) = counted.welcome {
            self.unclaim(self.row.id, self.row.friend, thanks)?;
        }
        let given = self.completed() + usize::from(counted.completes());
        let enough = given <= self.needed(self.others.len());
        match (counted.completes(), enough) {
            (true, true) => self.hand_on(counted),
            (true, false) => match counted.reward {
                Some(thanks) => self.unclaim(self.row.id, self.row.referrer, thanks),
                None => Ok(()),
            },
            (false, true) => Ok(()),
            (false, false) => self.lose_last(),
        }
    }

    /// The reward stands for another friend from now on: the first who completed none. Who brought that one under
    /// another id of theirs has the points there, where they are taken back from if they ever are.
    fn hand_on(&mut self, from: Counted) -> Result<(), Overflow> {
        let completes = |one: &Brought| one.counted.is_some_and(|counted| counted.completes());
        let Some(next) = self.others.iter_mut().find(|one| !completes(one)) else {
            return Ok(());
        };
        if let Some(counted) = &mut next.counted {
            (counted.reward, counted.unpaid) = (from.reward, from.unpaid);
        }
        let (id, who) = (next.id, next.referrer);
        self.changed.insert(id);
        match from.reward {
            Some(thanks) if who != self.row.referrer => {
                self.unclaim(self.row.id, self.row.referrer, thanks)?;
                self.claim(id, who, thanks);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The reward that was completed last is completed no more.
    fn lose_last(&mut self) -> Result<(), Overflow> {
        let completes = |one: &Brought| one.counted.is_some_and(|counted| counted.completes());
        let Some(at) = self.others.iter().rposition(completes) else {
            return Ok(());
        };
        let (id, who) = (self.others[at].id, self.others[at].referrer);
        let mut lost = None;
        if let Some(counted) = &mut self.others[at].counted {
            lost = counted.reward.take();
            counted.unpaid = None;
        }
        self.changed.insert(id);
        match lost {
            Some(thanks) => self.unclaim(id, who, thanks),
            None => Ok(()),
        }
    }

    fn thanks(&self, points: Points, on: Date) -> Result<Thanks, Overflow> {
        Ok(Thanks {
            instrument: self.promised.card,
            effect: Effect::points(points, self.card.value_of(points)?),
            lot: self.promised.lot(self.card, on),
        })
    }

    fn claim(&mut self, of: EntryId, customer: CustomerId, thanks: Thanks) {
        self.claims.push(Claim {
            customer,
            instrument: thanks.instrument,
            kind: EntryKind::Thank,
            effect: thanks.effect,
            lot: Some(thanks.lot),
            about: About::Brought(of),
        });
    }

    fn unclaim(
        &mut self,
        of: EntryId,
        customer: CustomerId,
        thanks: Thanks,
    ) -> Result<(), Overflow> {
        self.claims.push(Claim {
            customer,
            instrument: thanks.instrument,
            kind: EntryKind::Unthank,
            effect: thanks.effect.negated()?,
            lot: Some(thanks.lot),
            about: About::Brought(of),
        });
        Ok(())
    }
}
