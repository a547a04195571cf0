//! Folding a founding phone's ops again, unchanged and in its order, by the authority's own code.
//!
//! The phone was the authority when it made them, so nobody's rights are judged and no clock is corrected; request ids
//! were answered before an op was made. An op whose author was erased since has no personal section any more: it counts
//! as having had one, since who was named then decides which cards made one person of two.

use kartka_domain::authority::{Author, Standing};
use kartka_domain::customer::ProfileGroup;
use kartka_domain::ids::{BusinessId, Seq};
use kartka_domain::op::{Fact as OpFact, Op};
use kartka_protocol::batch::{Batch, Personal};
use kartka_protocol::chain::{ChainValue, LogHash};
use kartka_protocol::message::Refusal;
use kartka_protocol::signature::PublicKey;

use super::Arrival;
use crate::authority::intake::{Turned, ready};
use crate::authority::push::{Entered, Order, ReadyOp, enter};
use crate::authority::turn::{Turn, Wording};
use crate::authority::{memory, own};
use crate::store::{DeviceState, Reads, Rights, Run, StoreError, Writes, write};

/// The order of a business in which nothing was ordered.
pub(super) fn birth(business: BusinessId) -> Order {
    Order {
        seq: Seq(0),
        log: LogHash::birth(business),
    }
}

/// The first number of the op with a seq; 0 when there is none.
pub(super) fn last_op(db: &dyn Reads, seq: Seq) -> Result<i64, StoreError> {
    let mut last = 0;
    for device in db.devices()? {
        for run in db.runs(device.no, Seq(seq.0 - 1), 1)? {
            if run.last_seq == seq {
                last = run.last_op.get();
            }
        }
    }
    Ok(last)
}

/// Takes a piece that goes on where this server stands; any other changes nothing. Says where it stands then.
pub(super) fn take(
    arrival: &Arrival,
    business: BusinessId,
    after: Seq,
    batches: &[Batch],
    now_ms: i64,
) -> Result<Order, Turned> {
    let malformed = || Turned::Away(Refusal::Malformed);
    let key = PublicKey::new(&arrival.session.key).map_err(|_| malformed())?;
    for batch in batches {
        if batch.business != business || batch.verify(&key).is_err() {
            return Err(malformed());
        }
    }
    let digest_key = arrival.keys.digest;
    let mut refused = false;
    let order = write(&arrival.store, |db| {
        let mut order = memory::read_order(db)?;
        if order.seq != after || batches.is_empty() {
            return Ok(order);
        }
        let today = own::moment(db, now_ms)?.date;
        let mut turn = Turn::new(db, &digest_key, today)?.of_an_authority();
        for batch in batches {
            if !fold(&mut turn, &mut order, arrival, batch)? {
                refused = true;
                return Err(StoreError::Malformed("a piece of a hand-over"));
            }
        }
        turn.finish()?;
        memory::write_order(db, &order)?;
        Ok(order)
    });
    match order {
        Err(_) if refused => Err(malformed()),
        order => Ok(order?),
    }
}

/// Folds a batch; false if it does not go on where its device stands.
fn fold(
    turn: &mut Turn<'_>,
    order: &mut Order,
    arrival: &Arrival,
    batch: &Batch,
) -> Result<bool, StoreError> {
    let mut device = device(turn.db, arrival, batch)?;
    if batch.first.0.counter() != device.acked + 1 {
        return Ok(false);
    }
    let Ok(ops) = batch.open(&ChainValue(device.chain)) else {
        return Ok(false);
    };
    let mut run: Option<Run> = None;
    for op in ops {
        let op = ready(op);
        fold_one(turn, order, &mut device, &op)?;
        match &mut run {
            Some(run) => {
                run.last_op = op.id;
                run.last_seq = order.seq;
            }
            None => run = Some(begun(&op, order.seq)),
        }
    }
    turn.db.put_device(&device)?;
    if let Some(run) = run {
        turn.db.put_run(&run)?;
    }
    Ok(true)
}

fn begun(op: &ReadyOp, seq: Seq) -> Run {
    Run {
        first_op: op.id,
        last_op: op.id,
        mark: op.chain.birth_mark(),
        alias: None,
        first_seq: seq,
        last_seq: seq,
    }
}

/// The device of a batch; its key is the session's until its row says otherwise.
fn device(db: &dyn Writes, arrival: &Arrival, batch: &Batch) -> Result<DeviceState, StoreError> {
    let no = batch.device();
    Ok(db.device(no)?.unwrap_or(DeviceState {
        no,
        key: arrival.session.key,
        rights: Rights::History,
        acked: 0,
        chain: ChainValue::birth(batch.business, no).0,
        earlier_ms: 0,
        forked: 0,
    }))
}

fn fold_one(
    turn: &mut Turn<'_>,
    order: &mut Order,
    device: &mut DeviceState,
    ready: &ReadyOp,
) -> Result<(), StoreError> {
    let seq = Seq(order.seq.0 + 1);
    let mut at_ms = device.earlier_ms;
    if let Some(op) = &ready.op {
        at_ms = op.time.wall.instant_ms;
        let standing = Standing::Ordered {
            seq,
            corrected: None,
            author: Author::Authority,
        };
        match once_named(op, &ready.personal) {
            Some(op) => turn.apply(&op, standing, seq, Wording::Own)?,
            None => turn.apply(op, standing, seq, Wording::Own)?,
        };
    }
    let personal = ready.personal.clone();
    enter(
        turn,
        order,
        device,
        Entered {
            ready,
            seq,
            at_ms,
            personal,
        },
    )
}

/// The op of an erased person as one of a person with a name, whatever it was; none for any other op. The erasure that
/// follows in the order takes the stand-in away again.
fn once_named(op: &Op, personal: &Personal) -> Option<Op> {
    let Personal::Erased(_) = personal else {
        return None;
    };
    let somebody = ProfileGroup::Name {
        given: "-".to_owned(),
        family: String::new(),
    };
    let about = |(place, fact): (usize, &OpFact)| {
        let person = matches!(fact, OpFact::Register | OpFact::Edit(_));
        person.then(|| u8::try_from(place).ok()).flatten()
    };
    let places = op.facts.iter().enumerate().filter_map(about);
    let personal = places.map(|place| (place, vec![somebody.clone()]));
    Some(Op {
        personal: personal.collect(),
        ..op.clone()
    })
}
