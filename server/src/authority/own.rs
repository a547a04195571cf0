//! Ops of the authority's own: founding, devices, expiry. They lie on a device's chain like any other (sync §2).

use kartka_domain::authority::{Author, Standing};
use kartka_domain::business::Outlet;
use kartka_domain::customer::ProfileGroup;
use kartka_domain::ids::{
    DeviceNo, OpId, OperatorId, OutletId, ProgrammeVersion, RequestMark, Seq,
};
use kartka_domain::moment::Moment;
use kartka_domain::op::{Claim, ENTRIES_MAX, Fact, Op, OpTime, Seen};
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::batch::Personal;
use kartka_protocol::chain::ChainValue;
use kartka_protocol::limits::NONCE;

use super::push::Order;
use super::turn::{Turn, Wording};
use super::{Authority, memory};
use crate::platform::draw;
use crate::store::{Fact as KeptFact, Reads, Run, StoreError, StoredOp, Writes};

/// The number under which a server that founded writes its own ops; a restore takes a new one (sync §1).
pub(super) const SERVER: DeviceNo = DeviceNo::FOUNDER;

/// The number under which the authority writes its own ops now.
pub(super) fn author(db: &(impl Reads + ?Sized)) -> Result<DeviceNo, StoreError> {
    let malformed = || StoreError::Malformed(KeptFact::Author.name());
    let Some(bytes) = db.fact(KeptFact::Author)? else {
        return Ok(SERVER);
    };
    let bytes: [u8; 4] = bytes.try_into().map_err(|_| malformed())?;
    DeviceNo::new(u32::from_be_bytes(bytes)).map_err(|_| malformed())
}

/// Writes one op of the server, now; says the first number it took.
pub(super) fn write(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    facts: &[Fact],
) -> Result<i64, StoreError> {
    let at = moment(turn.db, authority.now_ms())?;
    let request = RequestMark(draw(authority.random.as_ref()));
    let seen = Seen {
        epoch: memory::epoch(turn.db)?,
        seq: order.seq,
    };
    let (first, follows) = write_op(turn, order, facts, (at, request, seen))?;
    for claims in follows.chunks(ENTRIES_MAX) {
        let request = RequestMark(draw(authority.random.as_ref()));
        let facts: Vec<Fact> = claims.iter().copied().map(Fact::Claim).collect();
        // Claims alone lead to nothing more.
        write_op(turn, order, &facts, (at, request, seen))?;
    }
    Ok(first)
}

/// Writes one op that the authority makes of somebody's wish: `seen` is what they had been shown, `groups` the profile of
/// its first fact.
pub(super) fn write_wish(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    (facts, groups, seen): (&[Fact], Vec<ProfileGroup>, Seq),
) -> Result<(), StoreError> {
    let at = moment(turn.db, authority.now_ms())?;
    let request = RequestMark(draw(authority.random.as_ref()));
    let seen = Seen {
        epoch: memory::epoch(turn.db)?,
        seq: seen.min(order.seq),
    };
    let personal = match groups.is_empty() {
        true => Vec::new(),
        false => vec![(0, groups)],
    };
    let nonce = draw(authority.random.as_ref());
    // What a person says of themselves leads to no claim.
    write_said(turn, order, (facts, personal, nonce), (at, request, seen)).map(drop)
}

/// Writes one op of the server on its own chain; says the first number it took, and what the authority has to claim after
/// it.
pub(super) fn write_op(
    turn: &mut Turn<'_>,
    order: &mut Order,
    facts: &[Fact],
    when: (Moment, RequestMark, Seen),
) -> Result<(i64, Vec<Claim>), StoreError> {
    let no_nonce = [0; NONCE];
    write_said(turn, order, (facts, Vec::new(), no_nonce), when)
}

/// Field groups by place.
type Groups = Vec<(u8, Vec<ProfileGroup>)>;

fn write_said(
    turn: &mut Turn<'_>,
    order: &mut Order,
    (facts, personal, nonce): (&[Fact], Groups, [u8; NONCE]),
    (at, request, seen): (Moment, RequestMark, Seen),
) -> Result<(i64, Vec<Claim>), StoreError> {
    let broken = |_| StoreError::Malformed("an own op");
    let mut device = turn
        .db
        .device(author(turn.db)?)?
        .ok_or(StoreError::Malformed("the server's own device"))?;
    let id = OpId(device.no.id(device.acked + 1).map_err(broken)?);
    let op = Op {
        id,
        request,
        operator: OperatorId(1),
        outlet: OutletId(1),
        programme: newest_programme(turn.db)?,
        time: OpTime {
            boot: 0,
            monotonic_ms: at.instant_ms,
            wall: at,
        },
        seen,
        marks: Vec::new(),
        born: None,
        facts: facts.to_vec(),
        personal,
    };
    let bytes = kartka_protocol::op::encode(&op)?;
    let personal = match bytes.personal {
        Some(bytes) => Personal::Here { nonce, bytes },
        None => Personal::None,
    };
    let last = op.last_id().map_err(broken)?;
    let seq = Seq(order.seq.0 + 1);
    let standing = Standing::Ordered {
        seq,
        corrected: None,
        author: Author::Authority,
    };
    let follows = turn.apply(&op, standing, seq, Wording::Own)?;
    let chain = ChainValue(device.chain).next(&bytes.facts, &personal.hash());
    turn.db.put_op(&StoredOp {
        id,
        last,
        seq,
        at_ms: at.instant_ms,
        request: request.0.to_vec(),
        chain: chain.0,
        facts: bytes.facts,
        personal,
    })?;
    turn.db.put_run(&Run {
        first_op: id,
        last_op: id,
        mark: chain.birth_mark(),
        alias: None,
        first_seq: seq,
        last_seq: seq,
    })?;
    *order = Order {
        seq,
        log: order.log.next(seq, id, &chain),
    };
    device.acked = last.counter();
    device.chain = chain.0;
    device.earlier_ms = device.earlier_ms.max(at.instant_ms);
    turn.db.put_device(&device)?;
    Ok((id.get(), follows))
}

/// The version in force.
pub(super) fn newest_programme(db: &dyn Writes) -> Result<ProgrammeVersion, StoreError> {
    let versions = db.rows_of(RowKind::Programme)?;
    let newest = versions.last().map_or(1, |row| row.id);
    let newest = u32::try_from(newest).map_err(|_| StoreError::Malformed("row.id"))?;
    Ok(ProgrammeVersion(newest))
}

/// The moment of an instant at the first outlet; before it exists, in UTC.
pub(super) fn moment(db: &(impl Reads + ?Sized), instant_ms: i64) -> Result<Moment, StoreError> {
    let outlet = db.row(RowKind::Outlet, 1)?;
    let outlet = outlet.map(|wire| wire.read()).transpose()?;
    let (zone, day_start) = match &outlet {
        Some(Row::Outlet(Outlet {
            zone, day_start, ..
        })) => (zone.as_str(), *day_start),
        _ => ("UTC", 0),
    };
    memory::civil_moment(instant_ms, zone, day_start)
}
