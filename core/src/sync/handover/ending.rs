//! How a hand-over ends: the phone claims, becomes the server's phone, or is the authority again (sync §12).

use kartka_domain::ids::{BusinessId, Epoch, Seq};
use kartka_domain::planted;
use kartka_protocol::head::Reign;
use kartka_protocol::keys::ShopKeys;
use kartka_protocol::message::{Anchor, Certificate, PairAnswer, PairRequest, SignedPairAnswer};
use kartka_protocol::scope::Scope;
use kartka_protocol::signature::PublicKey;

use super::plan::{Ending, Phase, Plan};
use crate::commit::{Ground, follow, order, read_own};
use crate::error::CoreError;
use crate::platform::Clock;
use crate::shop::Shop;
use crate::store::{DeviceRow, HeadRow, Standing, Tx, meta};
use crate::sync::anew::lift_pending;
use crate::sync::failure::Failure;
use crate::sync::state::{SyncState, first_state, lineage_bytes, read_lineage};
use crate::usecase::pair::CERTIFICATE;

/// A hand-over that is given up without the server's word takes an epoch so much higher: above a restore's, below the
/// server's.
const ALONE: u64 = 2;

/// The epochs up to now; a phone that founded and was never restored has one.
pub(super) fn lineage(head: &HeadRow) -> Result<Vec<Reign>, CoreError> {
    let mut lineage = read_lineage(&head.lineage)?;
    if lineage.is_empty() {
        lineage.push(Reign {
            epoch: head.epoch,
            first_seq: Seq(1),
        });
    }
    Ok(lineage)
}

/// This phone orders nothing any more: like one that has just heard of the authority.
pub(super) fn claim_from_now_on(
    tx: &Tx<'_>,
    clock: &dyn Clock,
    device: &mut DeviceRow,
    head: &mut HeadRow,
) -> Result<(), CoreError> {
    device.standing = Standing::Phone;
    tx.set_device(device)?;
    head.synced_ms = clock.now_ms();
    tx.set_head(head)?;
    let state = SyncState {
        anchors: vec![Anchor {
            boot: clock.boot_id(),
            monotonic_ms: clock.monotonic_ms(),
            server_ms: clock.now_ms(),
        }],
        ..SyncState::default()
    };
    Ok(state.write(tx)?)
}

/// The server is the authority: this is a phone of it from now on, with what it has claimed since still to be sent.
/// What it ordered after it had given the hand-over up is told to the server anew. A phone that knows of no end was put
/// back to an older copy: it knows nothing of what the server holds of it, and finds out that there is another branch
/// by the next exchange (decision 14).
pub(super) fn become_phone(
    shop: &Shop,
    tx: &Tx<'_>,
    plan: &Plan,
    (pair, identity): (&[u8], &PublicKey),
) -> Result<(BusinessId, Epoch), CoreError> {
    let mut device = tx.device()?.ok_or(CoreError::NotPaired)?;
    let mut head = tx.head()?.ok_or(CoreError::NotPaired)?;
    let answer = accepted(plan, &device, pair, identity)?;
    let given_up = device.standing == Standing::Authority && plan.end.is_some();
    let end = plan.end.unwrap_or(Ending {
        seq: head.seq,
        log: head.log,
        op: i64::from(device.no.get()) << 40,
    });
    device.standing = Standing::Phone;
    device.server = Some(plan.address.clone());
    device.identity = Some(plan.identity);
    tx.set_device(&device)?;
    head.epoch = answer.head.head.epoch;
    head.lineage = lineage_bytes(&answer.lineage);
    head.seq = end.seq;
    head.log = end.log;
    head.acked_op = end.op;
    if planted!(WaitingClaimsTold) && device.next_n > 1 {
        head.acked_op = device.no.id(device.next_n - 1)?.get();
    }
    head.synced_ms = shop.platform.clock.now_ms();
    tx.set_head(&head)?;
    first_state(tx, shop.platform.clock.as_ref(), &answer)?;
    if given_up {
        // As after a restore: first the own ops are told, then everything is pulled anew (decision 13).
        tx.forget_order(end.op)?;
        let mut state = SyncState::read(tx)?;
        state.healing = Some(end.seq);
        state.write(tx)?;
    }
    for (scope, _) in tx.scopes()? {
        let (_, digest) = tx.scope(scope)?.unwrap_or_default();
        tx.set_scope(scope, end.seq, digest)?;
    }
    let (_, own) = tx.scope(Scope::Own)?.unwrap_or_default();
    tx.set_scope(Scope::Own, end.seq, own)?;
    tx.drop_all_sealed()?;
    let certificate = Certificate {
        request: plan.pair.clone(),
        answer: pair.to_vec(),
    };
    meta::put(tx, CERTIFICATE, &certificate.encode())?;
    Plan::forget(tx)?;
    Ok((device.business, head.epoch))
}

/// What the server says to its new phone, if it is that server's word about this very business and order.
fn accepted(
    plan: &Plan,
    device: &DeviceRow,
    pair: &[u8],
    identity: &PublicKey,
) -> Result<PairAnswer, CoreError> {
    let not_it = || CoreError::from(Failure::NotTheAnswer);
    let signed = SignedPairAnswer::decode(pair).map_err(|_| not_it())?;
    let answer = signed.open(&plan.pair, identity).map_err(|_| not_it())?;
    let request = PairRequest::decode(&plan.pair)?;
    let meant = answer.nonce == request.nonce
        && answer.business.id == device.business
        && answer.device == device.no;
    let goes_on = |reign: &Reign| {
        let here = |end: Ending| reign.first_seq.0 == end.seq.0 + 1;
        plan.end.is_none_or(here)
    };
    let sound =
        answer.head.verify(device.business, identity).is_ok() && answer.lineage.iter().any(goes_on);
    (meant && sound).then_some(answer).ok_or_else(not_it)
}

/// This phone is the authority again, in its epoch: what it claimed meanwhile gets its order now.
pub(crate) fn order_again(shop: &Shop, tx: &Tx<'_>) -> Result<(), CoreError> {
    let mut device = tx.device()?.ok_or(CoreError::NotPaired)?;
    let mut head = tx.head()?.ok_or(CoreError::NotPaired)?;
    device.standing = Standing::Authority;
    device.server = None;
    device.identity = None;
    tx.set_device(&device)?;
    SyncState::default().write(tx)?;
    let keys = ShopKeys::decode(&device.keys)?;
    let ground = Ground {
        clock: shop.platform.clock.as_ref(),
        rng: shop.platform.rng.as_ref(),
        device: &device,
        keys: &keys,
    };
    let mut follows = Vec::new();
    for own in lift_pending(tx, head.settled_op)? {
        let op = read_own(&own)?;
        let (seq, claims) = order(tx, &ground, &mut head, &op, &own.chain)?;
        tx.set_order(own.op, seq, None)?;
        tx.set_touched(own.op, &[])?;
        follows.push((op, claims));
    }
    // After all of them: their numbers are higher, and the order of numbers is the order of seqs.
    for (op, claims) in &follows {
        follow(tx, &ground, op, claims)?;
    }
    Ok(tx.drop_all_sealed()?)
}

/// The hand-over is given up without the server's word: the next epoch but one, so that whatever the server does is in
/// another. It is told as soon as it answers, and if it has accepted after all, this phone follows it.
pub(crate) fn leave_alone(shop: &Shop, tx: &Tx<'_>, plan: &mut Plan) -> Result<Epoch, CoreError> {
    let mut head = tx.head()?.ok_or(CoreError::NotPaired)?;
    let mut random = [0; 8];
    shop.platform.rng.fill(&mut random);
    let epoch = Epoch {
        number: head.epoch.number.saturating_add(ALONE),
        random: u64::from_be_bytes(random),
    };
    let mut lineage = lineage(&head)?;
    lineage.push(Reign {
        epoch,
        first_seq: Seq(head.seq.0 + 1),
    });
    head.epoch = epoch;
    head.lineage = lineage_bytes(&lineage);
    tx.set_head(&head)?;
    order_again(shop, tx)?;
    plan.phase = Phase::Leaving;
    plan.write(tx)?;
    Ok(epoch)
}
