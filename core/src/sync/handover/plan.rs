//! What a founding phone remembers of a hand-over under way.

use kartka_domain::ids::Seq;
use kartka_protocol::WireError;
use kartka_protocol::chain::LogHash;
use kartka_protocol::fields::{Record, Shape};
use kartka_protocol::handover::HandoverToken;
use kartka_protocol::scope::Scope;

use crate::store::{Reader, StoreError, Tx, meta};

/// Where it lies among the facts about this file.
const KEY: &str = "handover";

mod tag {
    pub(super) const ADDRESS: u16 = 1;
    pub(super) const IDENTITY: u16 = 2;
    pub(super) const TOKEN: u16 = 3;
    pub(super) const PAIR: u16 = 4;
    pub(super) const PHASE: u16 = 5;
    pub(super) const STANDS_SEQ: u16 = 6;
    pub(super) const STANDS_OP: u16 = 7;
    pub(super) const END_SEQ: u16 = 8;
    pub(super) const END_LOG: u16 = 9;
    pub(super) const END_OP: u16 = 10;
    pub(super) const SCOPE: u16 = 11;
    pub(super) const COMPARED: u16 = 12;
    pub(super) const ROW_KIND: u16 = 13;
    pub(super) const ROW_ID: u16 = 14;
}

/// How far a hand-over has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Pieces go up; this phone is the authority.
    Sending = 1,
    /// Everything was said: this phone decides nothing until the server says yes or no.
    Waiting = 2,
    /// The server said no: its rows are compared with those here.
    Comparing = 3,
    /// The owner wants it back: this phone decides nothing until the server says whether it was too late.
    Withdrawing = 4,
    /// This phone is the authority again, and tells the server so until it answers.
    Leaving = 5,
    /// It came to nothing, because of a difference; kept until somebody has read it.
    Refused = 6,
}

/// Where the order ended when everything was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ending {
    /// The last seq.
    pub(crate) seq: Seq,
    /// The log there.
    pub(crate) log: LogHash,
    /// The last number of the op there.
    pub(crate) op: i64,
}

/// Up to where the server holds everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stand {
    /// The last seq; 0 = nothing.
    pub(crate) seq: Seq,
    /// The first number of the op there; 0 = none.
    pub(crate) op: i64,
}

/// Where phone and server differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Difference {
    /// In which scope.
    pub(crate) scope: Scope,
    /// Up to where its rows were found equal.
    pub(crate) compared: Seq,
    /// The first row that is not the same: kind and id.
    pub(crate) row: Option<(u8, i64)>,
}

/// A hand-over under way.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) address: String,
    pub(crate) identity: [u8; 33],
    pub(crate) token: HandoverToken,
    /// The pairing request by which the server will let this phone in.
    pub(crate) pair: Vec<u8>,
    pub(crate) phase: Phase,
    /// Unknown until it was asked.
    pub(crate) stands: Option<Stand>,
    /// Once everything was said.
    pub(crate) end: Option<Ending>,
    pub(crate) differs: Option<Difference>,
}

impl Plan {
    /// The hand-over under way, if there is one.
    pub(crate) fn read(reader: &Reader<'_>) -> Result<Option<Self>, StoreError> {
        let Some(bytes) = meta::get(reader, KEY)?.filter(|bytes| !bytes.is_empty()) else {
            return Ok(None);
        };
        let plan = decode(&bytes).map_err(|_| StoreError::Malformed("meta.handover"))?;
        Ok(Some(plan))
    }

    pub(crate) fn write(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        meta::put(tx, KEY, &self.encode())
    }

    /// There is none any more.
    pub(crate) fn forget(tx: &Tx<'_>) -> Result<(), StoreError> {
        meta::put(tx, KEY, &[])
    }

    fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(tag::ADDRESS, self.address.as_str());
        r.put(tag::IDENTITY, self.identity);
        r.put(tag::TOKEN, self.token.0);
        r.put(tag::PAIR, self.pair.as_slice());
        r.put(tag::PHASE, self.phase as i64);
        r.put_opt(tag::STANDS_SEQ, self.stands.map(|stand| stand.seq.0));
        r.put_opt(tag::STANDS_OP, self.stands.map(|stand| stand.op));
        r.put_opt(tag::END_SEQ, self.end.map(|end| end.seq.0));
        r.put_opt(tag::END_LOG, self.end.map(|end| end.log.0.to_vec()));
        r.put_opt(tag::END_OP, self.end.map(|end| end.op));
        let differs = self.differs;
        r.put_opt(tag::SCOPE, differs.map(|differs| differs.scope.code()));
        r.put_opt(tag::COMPARED, differs.map(|differs| differs.compared.0));
        let row = differs.and_then(|differs| differs.row);
        r.put_opt(tag::ROW_KIND, row.map(|(kind, _)| i64::from(kind)));
        r.put_opt(tag::ROW_ID, row.map(|(_, id)| id));
        r.encode()
    }
}

fn decode(bytes: &[u8]) -> Result<Plan, WireError> {
    let r = Record::decode(bytes, Shape::ENTITY)?;
    let stands = r.opt_int(tag::STANDS_SEQ)?.map(Seq);
    let stands = stands.map(|seq| {
        let op = r.int_or(tag::STANDS_OP, 0)?;
        Ok::<_, WireError>(Stand { seq, op })
    });
    let end = r.opt_int(tag::END_SEQ)?.map(Seq);
    let end = end.map(|seq| {
        Ok::<_, WireError>(Ending {
            seq,
            log: LogHash(r.array(tag::END_LOG)?),
            op: r.int(tag::END_OP)?,
        })
    });
    let scope = r.opt_int(tag::SCOPE)?;
    let differs = scope.map(|code| {
        let kind: Option<u8> = r.opt_int(tag::ROW_KIND)?;
        Ok::<_, WireError>(Difference {
            scope: Scope::from_code(code, tag::SCOPE)?,
            compared: Seq(r.int(tag::COMPARED)?),
            row: kind.zip(r.opt_int(tag::ROW_ID)?),
        })
    });
    Ok(Plan {
        address: r.text(tag::ADDRESS)?.to_owned(),
        identity: r.array(tag::IDENTITY)?,
        token: HandoverToken(r.array(tag::TOKEN)?),
        pair: r.bytes(tag::PAIR)?.to_vec(),
        phase: match r.int::<i64>(tag::PHASE)? {
            1 => Phase::Sending,
            2 => Phase::Waiting,
            3 => Phase::Comparing,
            4 => Phase::Withdrawing,
            5 => Phase::Leaving,
            6 => Phase::Refused,
            _ => return Err(WireError::OutOfRange(tag::PHASE)),
        },
        stands: stands.transpose()?,
        end: end.transpose()?,
        differs: differs.transpose()?,
    })
}
