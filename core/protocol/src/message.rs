//! The messages of the exchange between a device and the authority (sync §4, §7).
//!
//! Each is a record of numbered fields like everything else. They carry batches and pages as opaque
//! bytes; a message is refused as a whole when one of its own fields is wrong.

mod answer;
mod carry;
mod envelope;
mod handover;
mod incarnation;
mod invite;
mod moved;
mod order;
mod pair;
mod refusal;
mod request;
mod reserve;
mod signed;

pub use answer::{Acked, Carried, Flag, Flags, Run, ScopeDigest, SyncAnswer};
pub use carry::{AliasRun, CarryAnswer, CarryRequest, SignedCarryAnswer};
pub use envelope::Envelope;
pub use handover::{
    HandoverAnswer, HandoverRequest, HandoverSaid, HandoverStep, SignedHandoverAnswer,
};
pub use incarnation::{Branch, Incarnation, Link};
pub use invite::{InviteAnswer, InviteRequest, Invited, SignedInviteAnswer};
pub use moved::Moved;
pub use order::{SignedWord, Word};
pub use pair::{Certificate, PairAnswer, PairError, PairLimits, PairRequest, SignedPairAnswer};
pub use refusal::Refusal;
pub use request::{Anchor, Erased, SyncRequest};
pub use reserve::{ReserveAnswer, ReserveRequest, Reserved, SignedReserveAnswer};

use kartka_domain::ids::Seq;

use crate::error::{Measure, within};
use crate::fields::{Record, Value};
use crate::scope::Scope;
use crate::{WireError, limits};

/// The protocol this code speaks (sync §9).
pub const PROTO: u16 = 1;
/// The oldest protocol a server still speaks.
pub const OLDEST_PROTO: u16 = 1;

/// Random bytes that bind an answer to its request.
pub type Nonce = [u8; 16];

/// The records under `tag`, at most `most` of them.
fn bounded(r: &Record, tag: u16, most: usize) -> Result<Vec<&Record>, WireError> {
    let records = r.records(tag)?;
    within(Measure::Items, records.len(), most)?;
    Ok(records)
}

/// Scope code, seq, scope code, seq, …
fn put_cursors(r: &mut Record, tag: u16, cursors: &[(Scope, Seq)]) {
    let numbers = cursors
        .iter()
        .flat_map(|(scope, seq)| [Value::Int(scope.code()), Value::Int(seq.0)]);
    put_list(r, tag, numbers.collect());
}

fn read_cursors(r: &Record, tag: u16) -> Result<Vec<(Scope, Seq)>, WireError> {
    let numbers = r.ints(tag)?;
    let (pairs, rest) = numbers.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(WireError::OutOfRange(tag));
    }
    within(Measure::Items, pairs.len(), limits::SCOPES)?;
    pairs
        .iter()
        .map(|[code, seq]| Ok((Scope::from_code(*code, tag)?, Seq(*seq))))
        .collect()
}

fn put_scopes(r: &mut Record, tag: u16, scopes: &[Scope]) {
    put_list(
        r,
        tag,
        scopes
            .iter()
            .map(|scope| Value::Int(scope.code()))
            .collect(),
    );
}

fn read_scopes(r: &Record, tag: u16) -> Result<Vec<Scope>, WireError> {
    let codes = r.ints(tag)?;
    within(Measure::Items, codes.len(), limits::SCOPES)?;
    codes
        .into_iter()
        .map(|code| Scope::from_code(code, tag))
        .collect()
}

fn put_list(r: &mut Record, tag: u16, list: Vec<Value>) {
    r.put_opt(tag, (!list.is_empty()).then_some(list));
}
