//! What the authority says of an op whose author had not the right: it counts, and the owner sees it (sync §7).

use super::work::{Known, Work};
use super::{Author, Book, Standing, Stop};
use crate::business::Employment;
use crate::codes::Code;
use crate::ids::{DeviceNo, EntryId, OperatorId, OutletId, RoleId};
use crate::ledger::EntryKind;
use crate::money::Points;
use crate::op::{Claim, Fact, Op};
use crate::purchase::{Purchase, Return, ReturnKind};
use crate::redeem::Confirmation;
use crate::rights::{Action, Permission, Permissions, Role, Who};

/// Who is at a device, as the book has them now; `holder` is who the device was handed to.
///
/// # Errors
/// The book's own.
pub fn who<B: Book>(
    book: &B,
    operator: OperatorId,
    holder: Option<OperatorId>,
) -> Result<Who, B::Error> {
    let found = book.operator(operator)?;
    let own = match &found {
        Some(operator) => role(book, operator.role)?,
        None => None,
    };
    let held = match holder {
        Some(holder) => holder_role(book, holder)?,
        None => None,
    };
    let held = held.map_or(Permissions::default(), |role| role.permissions);
    Ok(Who::new(operator, found, own).at(held))
}

fn holder_role<B: Book>(book: &B, id: OperatorId) -> Result<Option<Role>, B::Error> {
    match book.operator(id)? {
        Some(holder) if holder.state == Employment::Dismissed => Ok(None),
        Some(holder) => role(book, holder.role),
        None if id == OperatorId(1) => Ok(Role::ready(RoleId::OWNER)),
        None => Ok(None),
    }
}

/// The role in force: the newest published version, or as it comes ready.
pub(super) fn role<B: Book>(book: &B, id: RoleId) -> Result<Option<Role>, B::Error> {
    Ok(match book.role(id)? {
        Some(published) => Some(published),
        None => Role::ready(id),
    })
}

/// Who acted, where the authority has to ask: for what a device pushed. A phone's own claims were asked for by its
/// use case; an op of the authority's own is the business itself.
pub(super) fn judged<B: Book>(
    book: &B,
    op: &Op,
    standing: Standing,
) -> Result<Option<Who>, Stop<B::Error>> {
    let Standing::Ordered {
        author: Author::Device,
        ..
    } = standing
    else {
        return Ok(None);
    };
    author(book, op).map(Some).map_err(Stop::Book)
}

/// Who made an op: a device that nobody enrolled was handed to nobody.
fn author<B: Book>(book: &B, op: &Op) -> Result<Who, B::Error> {
    let device = book.device(op.id.0.device())?;
    let who = who(book, op.operator, device.map(|device| device.holder))?;
    Ok(who.in_outlet(op.outlet))
}

/// Whether an op's word about a quarantine counts.
///
/// # Errors
/// The book's own.
pub fn may_settle<B: Book>(book: &B, op: &Op) -> Result<bool, B::Error> {
    let who = author(book, op)?;
    Ok(who.allowed(Action::Plain(Permission::Devices)).is_ok())
}

/// Whether somebody at a device may let another device in, to be held by `holder` (S1).
///
/// # Errors
/// The book's own; inside, why not: the missing right, or a holder who does not work here.
pub fn may_invite<B: Book>(
    book: &B,
    (device, operator, outlet): (DeviceNo, OperatorId, OutletId),
    holder: OperatorId,
) -> Result<Result<(), Code>, B::Error> {
    let handed = book.device(device)?.map(|device| device.holder);
    let asks = who(book, operator, handed)?.in_outlet(outlet);
    if let Err(why) = asks.allowed(Action::Plain(Permission::Devices)) {
        return Ok(Err(why));
    }
    let state = book.operator(holder)?.map(|holder| holder.state);
    Ok(match state {
        Some(Employment::Active) => Ok(()),
        Some(Employment::Dismissed) => Err(Code::OperatorDismissed),
        None if holder == OperatorId(1) => Ok(()),
        None => Err(Code::OperatorUnknown),
    })
}

impl<B: Book> Work<'_, B> {
    /// Why the author had not the right, if so.
    pub(super) fn missing(&self, action: Action) -> Option<Code> {
        self.who.as_ref()?.allowed(action).err()
    }

    /// The owner is asked about what somebody did without the right; the fact counts.
    pub(super) fn ask(
        &mut self,
        id: EntryId,
        permission: Permission,
        (reason, claim): (Code, Option<&Claim>),
    ) {
        let points = claim.map_or(Points::ZERO, |claim| claim.effect.points);
        let code = Code::ActedWithoutRight {
            operator: i64::from(self.op.operator.0),
            permission: permission as i64,
            reason: i64::from(reason.number()),
            points: points.0,
        };
        let customer = claim.map(|claim| claim.customer);
        self.open_inbox(id, code, (customer, None), points);
    }
}

/// Points and rewards that leave a balance by the sale at `place`: asked about when it was not the operator's to allow, or
/// nobody says how points above the owner's threshold were confirmed (U5).
pub(super) fn redemption<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    (claims, confirmed): (&[Claim], Option<Confirmation>),
) -> Result<(), Stop<B::Error>> {
    let Some(who) = work.who.as_ref().filter(|_| work.refused.is_none()) else {
        return Ok(());
    };
    let takes = |claim: &&Claim| matches!(claim.kind, EntryKind::Redeem | EntryKind::Reward);
    let Some(first) = claims.iter().find(takes) else {
        return Ok(());
    };
    let points = redeemed(claims);
    let today = match who.limits().redeem_day {
        Some(_) => {
            let date = work.moment().0.date;
            work.book
                .redeemed_by(work.op.operator, date)
                .map_err(Stop::Book)?
        }
        None => Points::ZERO,
    };
    let above = who.limits().pin_above.is_some_and(|above| points > above);
    let confirmed = match (above, confirmed) {
        (true, None) => Err(Code::PinNeeded),
        (true, Some(Confirmation::Pin)) | (false, _) => Ok(()),
    };
    let allowed = who.allowed(Action::Redeem { points, today });
    if let Err(reason) = allowed.and(confirmed) {
        // The purchase's own number: an overdraft of the same receipt has the claim's.
        let id = EntryId(work.id(place)?);
        work.ask(id, Permission::Redeem, (reason, Some(first)));
    }
    Ok(())
}

/// Points that claims take out of balances, above zero.
pub(super) fn redeemed(claims: &[Claim]) -> Points {
    let taken = claims.iter().filter(|c| c.kind == EntryKind::Redeem);
    Points(
        taken
            .fold(0_i64, |sum, c| sum.saturating_sub(c.effect.points.0))
            .max(0),
    )
}

/// Goods or a whole receipt taken back by somebody who may not.
pub(super) fn taking_back<B: Book>(
    work: &mut Work<'_, B>,
    back: &Return,
    known: Option<&Known>,
    claims: usize,
) -> Result<(), Stop<B::Error>> {
    if work.refused.is_some() {
        return Ok(());
    }
    let (action, permission) = match (back.kind, known) {
        (ReturnKind::Void(_), Some(known)) => (
            Action::Void {
                own: known.purchase.operator == back.operator,
                age_ms: void_age(&known.purchase, back),
            },
            Permission::Void,
        ),
        (ReturnKind::Void(_), None) => (Action::Plain(Permission::Void), Permission::Void),
        (ReturnKind::Goods | ReturnKind::Settled(_), _) => {
            (Action::Plain(Permission::Return), Permission::Return)
        }
    };
    if let Some(reason) = work.missing(action) {
        // The last number of the return: more than was sold is asked about under its first.
        let place = usize::try_from(back.id.get() - work.op.id.get()).unwrap_or(0) + claims;
        let id = EntryId(work.id(place)?);
        work.ask(id, permission, (reason, None));
    }
    Ok(())
}

/// By the times that count for both.
fn void_age(purchase: &Purchase, back: &Return) -> i64 {
    back.at.instant_ms.saturating_sub(purchase.at.instant_ms)
}

/// The permission that a fact about the business itself needs.
pub(super) const fn needed(fact: &Fact) -> Option<Permission> {
    match fact {
        Fact::Operator(_) | Fact::Role(_) => Some(Permission::Staff),
        Fact::Outlet(_) | Fact::Programme(_) | Fact::Business(_) => Some(Permission::Programme),
        Fact::Revoke { .. } | Fact::Settle { .. } => Some(Permission::Devices),
        Fact::Close(_) | Fact::Agree(_) | Fact::SettleReturn { .. } => Some(Permission::Inbox),
        Fact::Merge { .. } | Fact::Unmerge { .. } => Some(Permission::Inbox),
        Fact::Erase(_) => Some(Permission::Erase),
        _ => None,
    }
}
