//! One op, one transaction: its bytes, its rows and its number are durable together or not at all (sync §2).
//!
//! The only place where ops are made. On a phone the rows are its claim, with the authority's bytes kept in shadow;
//! on a founding phone the same transaction is the authority's decision.

use std::collections::BTreeSet;

use kartka_domain::authority::{
    Author, Before, Decided, Standing as OpStanding, after, decide, links, owed, referral,
};
use kartka_domain::customer::ProfileGroup;
use kartka_domain::ids::{
    BirthMark, Id, OpId, OperatorId, OutletId, ProgrammeVersion, RequestMark, Seq,
};
use kartka_domain::ledger::EntryKind;
use kartka_domain::moment::Moment;
use kartka_domain::money::Points;
use kartka_domain::op::{Claim, ENTRIES_MAX, Fact, Op, OpTime, Seen, Settlement};
use kartka_domain::voucher::Origin;
use kartka_protocol::chain::{ChainValue, PersonalHash};
use kartka_protocol::keys::ShopKeys;
use kartka_protocol::op::encode;

use crate::error::CoreError;
use crate::platform::{Clock, Rng};
use crate::shop::OWNER;
use crate::store::{
    DeviceRow, HeadRow, OwnOp, Redeemed, RequestId, Settling, Standing, StoreError, Touched, Tx,
};

/// What a use case wants to have happened.
pub(crate) struct Draft {
    pub(crate) request: RequestId,
    pub(crate) operator: OperatorId,
    pub(crate) outlet: OutletId,
    pub(crate) programme: ProgrammeVersion,
    pub(crate) at: Moment,
    pub(crate) facts: Vec<Fact>,
    pub(crate) personal: Vec<(u8, Vec<ProfileGroup>)>,
}

/// What the transaction runs on.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) clock: &'a dyn Clock,
    pub(crate) rng: &'a dyn Rng,
    pub(crate) device: &'a DeviceRow,
    pub(crate) keys: &'a ShopKeys,
}

/// Writes one op with everything that follows from it.
///
/// # Errors
/// [`CoreError::Store`]; [`CoreError::Validation`] for facts that no reader would accept.
pub(crate) fn commit(tx: &Tx<'_>, ground: &Ground<'_>, draft: Draft) -> Result<OpId, CoreError> {
    let mut head = tx.head()?.ok_or(CoreError::NotPaired)?;
    let request = draft.request;
    let marks = marks(tx, ground.device, &draft.facts)?;
    let op = make_op(ground, &head, draft, marks)?;
    let bytes = encode(&op)?;
    let nonce = bytes.personal.as_ref().map(|_| {
        let mut nonce = [0; 16];
        ground.rng.fill(&mut nonce);
        nonce
    });
    let personal = match (&bytes.personal, &nonce) {
        (Some(section), Some(nonce)) => PersonalHash::of(nonce, section),
        _ => PersonalHash::NONE,
    };
    let value = ground.device.chain.next(&bytes.facts, &personal);
    let last = op.last_id()?;
    let mut own = OwnOp {
        op: op.id,
        last,
        seq: None,
        chain: value,
        bytes,
        nonce,
        erased: None,
        touched: Vec::new(),
        alias: None,
        mark: None,
    };
    let mut follows = Vec::new();
    match ground.device.standing {
        Standing::Phone => {
            own.touched = lay_over(tx, &decide(&**tx, &op, OpStanding::Pending)?)?;
        }
        Standing::Authority => {
            let (seq, claims) = order(tx, ground, &mut head, &op, &value)?;
            (own.seq, follows) = (Some(seq), claims);
        }
    }
    note_redemptions(tx, &op)?;
    tx.add_own_op(&own)?;
    tx.advance(last.counter() + 1, &value)?;
    tx.add_request(request, op.id, op.time.wall.instant_ms)?;
    follow(tx, ground, &op, &follows)?;
    if ground.device.standing == Standing::Authority {
        settle(tx, ground, &op)?;
    }
    Ok(op.id)
}

/// What a founding phone claims by itself after an op, in the same transaction.
pub(crate) fn follow(
    tx: &Tx<'_>,
    ground: &Ground<'_>,
    op: &Op,
    claims: &[Claim],
) -> Result<(), CoreError> {
    for claims in claims.chunks(ENTRIES_MAX) {
        let facts = claims.iter().copied().map(Fact::Claim).collect();
        add(tx, ground, op, facts)?;
    }
    Ok(())
}

/// Returns without their purchase that a founding phone can settle after an op, and what they owe beyond their claims
/// (X1), and friends who count now or no more (G3): each an op of its own, in the same transaction.
fn settle(tx: &Tx<'_>, ground: &Ground<'_>, op: &Op) -> Result<(), CoreError> {
    for fact in links(&**tx, op)? {
        add(tx, ground, op, vec![fact])?;
    }
    for moved in referral::referrals(&**tx, op.id, &op.facts)? {
        let facts = referral::settle(&**tx, moved)?;
        if !facts.is_empty() {
            add(tx, ground, op, facts)?;
        }
    }
    for fact in &op.facts {
        let Fact::SettleReturn {
            how: Settlement::Link(purchase),
            ..
        } = fact
        else {
            continue;
        };
        let claims = owed(&**tx, *purchase)?;
        if !claims.is_empty() {
            let first = std::iter::once(Fact::Owed(*purchase));
            add(tx, ground, op, first.chain(claims).collect())?;
        }
    }
    Ok(())
}

/// One more op by the authority itself, after `op`.
fn add(tx: &Tx<'_>, ground: &Ground<'_>, op: &Op, facts: Vec<Fact>) -> Result<(), CoreError> {
    let device = tx.device()?.ok_or(CoreError::NotPaired)?;
    let mut request = [0; 16];
    ground.rng.fill(&mut request);
    let draft = Draft {
        request: RequestId(request),
        operator: OWNER,
        outlet: op.outlet,
        programme: op.programme,
        at: op.time.wall,
        facts,
        personal: Vec::new(),
    };
    let ground = Ground {
        device: &device,
        ..*ground
    };
    commit(tx, &ground, draft)?;
    Ok(())
}

fn make_op(
    ground: &Ground<'_>,
    head: &HeadRow,
    draft: Draft,
    marks: Vec<(Id, BirthMark)>,
) -> Result<Op, CoreError> {
    let id = ground.device.no.id(ground.device.next_n)?;
    let mut mark = [0; 8];
    mark.copy_from_slice(&draft.request.0[..8]);
    let time = OpTime {
        boot: ground.clock.boot_id(),
        monotonic_ms: ground.clock.monotonic_ms(),
        wall: draft.at,
    };
    Ok(Op {
        id: OpId(id),
        request: RequestMark(mark),
        operator: draft.operator,
        outlet: draft.outlet,
        programme: draft.programme,
        time,
        seen: Seen {
            epoch: head.epoch,
            seq: head.seq,
        },
        marks,
        born: None,
        facts: draft.facts,
        personal: draft.personal,
    })
}

/// The birth marks of what the facts refer to and the authority has not ordered yet (sync §2): only own ops can
/// be such, whatever else is known here came as the authority's row.
fn marks(
    tx: &Tx<'_>,
    device: &DeviceRow,
    facts: &[Fact],
) -> Result<Vec<(Id, BirthMark)>, CoreError> {
    let next = device.no.id(device.next_n)?;
    let own = |id: &Id| id.device() == device.no && *id < next;
    let named: BTreeSet<Id> = facts
        .iter()
        .flat_map(refers_to)
        .flatten()
        .filter(own)
        .collect();
    let mut marks = Vec::new();
    for id in named {
        if let Some(mark) = tx.unordered_mark(id)? {
            marks.push((id, mark));
        }
    }
    Ok(marks)
}

/// The customer and the purchase, or the voucher, that a fact names.
fn refers_to(fact: &Fact) -> [Option<Id>; 2] {
    match fact {
        Fact::Edit(customer)
        | Fact::Erase(customer)
        | Fact::Consent { customer, .. }
        | Fact::Bind { customer, .. } => [Some(customer.0), None],
        Fact::Merge { a, b } => [Some(a.0), Some(b.0)],
        Fact::Unmerge { edge, of } => [Some(edge.0), Some(of.0)],
        Fact::Sale(sale) => [sale.customer.map(|customer| customer.0), None],
        Fact::Return { purchase, .. } | Fact::Owed(purchase) => [Some(purchase.0), None],
        Fact::ReturnUnlinked(back) => [back.customer.map(|customer| customer.0), None],
        Fact::SettleReturn { of, how } => {
            let to = match how {
                Settlement::Link(purchase) => Some(purchase.0),
                Settlement::Accept | Settlement::Refuse => None,
            };
            [Some(of.0), to]
        }
        Fact::Attach {
            purchase, customer, ..
        } => [Some(purchase.0), Some(customer.0)],
        Fact::Refer { friend, referrer } => [Some(friend.0), Some(referrer.0)],
        Fact::Claim(claim) => [Some(claim.customer.0), None],
        Fact::Issue(issued) => {
            let before = match issued.origin {
                Origin::Change(before) => Some(before.0),
                Origin::Sold { .. } | Origin::Given => None,
            };
            [issued.holder.map(|customer| customer.0), before]
        }
        Fact::Move(of) => [Some(of.voucher.0), None],
        _ => [None, None],
    }
}

/// Shows an op's rows before the authority has spoken; what they replace goes into shadow.
pub(crate) fn lay_over(tx: &Tx<'_>, rows: &[Decided]) -> Result<Touched, StoreError> {
    let mut touched = Vec::with_capacity(rows.len());
    for Decided { row, .. } in rows {
        let (kind, id) = (row.kind() as u8, row.key());
        tx.keep_shadow(kind, id)?;
        tx.put(row, None)?;
        touched.push((kind, id));
    }
    Ok(touched)
}

/// The authority's own commit: seq, rows and head move in the sale's transaction (sync §1). Says what it has to claim
/// by itself after it.
pub(crate) fn order(
    tx: &Tx<'_>,
    ground: &Ground<'_>,
    head: &mut HeadRow,
    op: &Op,
    value: &ChainValue,
) -> Result<(Seq, Vec<Claim>), CoreError> {
    let seq = Seq(head.seq.0 + 1);
    let standing = OpStanding::Ordered {
        seq,
        corrected: None,
        author: Author::Authority,
    };
    let programme = match moves_value(op) {
        true => tx.newest_programme()?,
        false => None,
    };
    let before = match &programme {
        Some(programme) => Before::read(&**tx, op, programme)?,
        None => Before::default(),
    };
    let decided = decide(&**tx, op, standing)?;
    let mut settling = Settling::new(tx, &ground.keys.digest);
    for Decided { row, .. } in &decided {
        settling.row(row, seq)?;
    }
    settling.finish()?;
    head.seq = seq;
    head.log = head.log.next(seq, op.id, value);
    head.acked_op = op.last_id()?.get();
    head.settled_op = head.acked_op;
    head.synced_ms = op.time.wall.instant_ms;
    tx.set_head(head)?;
    let claims = match &programme {
        Some(programme) => {
            let today = op.time.wall.date;
            after(&**tx, (op, &decided), &before, programme, today)?
        }
        _ => Vec::new(),
    };
    Ok((seq, claims))
}

/// Whether anything can follow from an op: somebody bought, or brought something back.
fn moves_value(op: &Op) -> bool {
    let moves = |f: &Fact| {
        matches!(
            f,
            Fact::Sale(_)
                | Fact::Attach { .. }
                | Fact::Return { .. }
                | Fact::ReturnUnlinked(_)
                | Fact::SettleReturn { .. }
                | Fact::Owed(_)
                | Fact::SettleReferral { .. }
        )
    };
    op.facts.iter().any(moves)
}

fn note_redemptions(tx: &Tx<'_>, op: &Op) -> Result<(), CoreError> {
    let mut points = Points::ZERO;
    let mut customer = None;
    for fact in &op.facts {
        if let Fact::Claim(claim) = fact
            && claim.kind == EntryKind::Redeem
        {
            points = points.minus(claim.effect.points)?;
            customer = Some(claim.customer);
        }
    }
    match customer {
        Some(customer) if points.is_positive() => {
            let redeemed = Redeemed {
                customer,
                points,
                operator: op.operator,
                at: op.time.wall,
            };
            Ok(tx.add_redeemed(op.id, &redeemed)?)
        }
        _ => Ok(()),
    }
}

/// The op as the value it was made from.
pub(crate) fn read_own(own: &OwnOp) -> Result<Op, CoreError> {
    Ok(kartka_protocol::op::decode(
        own.op,
        &own.bytes.facts,
        own.bytes.personal.as_deref(),
    )?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use kartka_domain::founding::ShopKind;
    use kartka_domain::money::Money;

    use super::*;
    use crate::platform::{FileKeyStore, SystemClock, SystemRng};
    use crate::shop::{Platform, Shop};
    use crate::store::Vfs;
    use crate::usecase::customers::{NewCard, Registration};
    use crate::usecase::found::FoundRequest;
    use crate::usecase::till::TillRequest;

    #[test]
    fn what_is_not_ordered_yet_is_named_with_its_birth_mark() {
        let home = tempfile::tempdir().unwrap();
        let platform = Platform {
            clock: Arc::new(SystemClock::new()),
            rng: Arc::new(SystemRng),
            keys: Arc::new(FileKeyStore::beside(&home.path().join("data"))),
            vfs: Vfs::system(),
        };
        let shop = Shop::open(home.path(), platform).unwrap();
        let form = FoundRequest {
            name: "Shop".into(),
            country: "UA".into(),
            kind: ShopKind::Shop,
            owner: "Owner".into(),
        };
        shop.found(RequestId([1; 16]), &form).unwrap();
        let blank = Registration {
            card: NewCard::Issue,
            ..Registration::default()
        };
        let sell = |request, customer| {
            let ask = TillRequest::amount(Some(customer), Money(10_000));
            let purchase = shop.sell(RequestId([request; 16]), &ask).unwrap();
            let own = shop
                .store
                .read(|r| r.own_ops(purchase.get() - 1, 1))
                .unwrap();
            read_own(&own[0]).unwrap().marks
        };
        // On the authority everything is ordered at once.
        let ordered = shop.register(RequestId([2; 16]), &blank).unwrap();
        assert_eq!(sell(3, ordered), []);
        let as_phone = |tx: &Tx<'_>| {
            let mut device = tx.device()?.unwrap();
            device.standing = Standing::Phone;
            tx.set_device(&device)
        };
        shop.store.write(as_phone).unwrap();
        assert_eq!(sell(4, ordered), []);
        let fresh = shop.register(RequestId([5; 16]), &blank).unwrap();
        let own = shop.store.read(|r| r.own_ops(fresh.get() - 1, 1)).unwrap();
        assert_eq!(sell(6, fresh), [(fresh.0, own[0].chain.birth_mark())]);
    }
}
