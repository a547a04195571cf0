//! The messages by which a founding phone hands its business to a server (sync §12): everything in pieces, then the end,
//! then the server's word.
//!
//! Each request stands alone and may come twice: a piece that does not go on where the server stands changes nothing
//! and is answered with where it stands. Every answer is signed by the identity key over the request it answers.

use kartka_domain::ids::Seq;

use super::signed::{Answer, Signed, Size};
use super::{Nonce, bounded};
use crate::batch::Batch;
use crate::chain::LogHash;
use crate::digest::Digest;
use crate::fields::{Record, Shape};
use crate::handover::HandoverToken;
use crate::head::{Head, Reign, epoch_record, read_epoch};
use crate::message::ScopeDigest;
use crate::scope::Scope;
use crate::signature::Purpose;
use crate::{WireError, limits};

mod tag {
    pub(super) const PROTO: u16 = 1;
    pub(super) const NONCE: u16 = 2;
    pub(super) const PAIR: u16 = 3;
    pub(super) const PROOF: u16 = 4;
    pub(super) const STEP: u16 = 5;
    pub(super) const AFTER: u16 = 6;
    pub(super) const BATCHES: u16 = 7;
    pub(super) const EPOCH: u16 = 8;
    pub(super) const SEQ: u16 = 9;
    pub(super) const LOG: u16 = 10;
    pub(super) const LINEAGE: u16 = 11;
    pub(super) const DIGESTS: u16 = 12;
    pub(super) const KEYS: u16 = 13;
    pub(super) const SCOPE: u16 = 14;
}

mod step {
    pub(super) const ASK: u16 = 1;
    pub(super) const PIECE: u16 = 2;
    pub(super) const LAST: u16 = 3;
    pub(super) const SHOW: u16 = 4;
    pub(super) const WITHDRAW: u16 = 5;
}

mod digest {
    pub(super) const SCOPE: u16 = 1;
    pub(super) const SUM: u16 = 2;
}

mod answer {
    pub(super) const NONCE: u16 = 1;
    pub(super) const SAID: u16 = 2;
    pub(super) const SEQ: u16 = 3;
    pub(super) const OP: u16 = 4;
    pub(super) const PAIR: u16 = 5;
    pub(super) const SCOPE: u16 = 6;
    pub(super) const PAGE: u16 = 7;
}

mod said {
    pub(super) const STANDS: u16 = 1;
    pub(super) const ACCEPTED: u16 = 2;
    pub(super) const DIFFERS: u16 = 3;
    pub(super) const SHOWN: u16 = 4;
    pub(super) const WITHDRAWN: u16 = 5;
}

/// One request of a hand-over; it goes in an envelope that the phone signs.
#[derive(Clone, PartialEq, Eq)]
pub struct HandoverRequest {
    /// The protocol the phone speaks.
    pub proto: u16,
    /// Binds the answer to this request.
    pub nonce: Nonce,
    /// A pairing request of the phone, with the id of the code's secret as its token: the same bytes in every request of
    /// one hand-over. What the server accepts the phone by is an answer to it.
    pub pair: Vec<u8>,
    /// That the sender knows the code's secret.
    pub proof: [u8; 32],
    /// What it is about.
    pub step: HandoverStep,
}

/// What a request of a hand-over is about.
#[derive(Clone, PartialEq, Eq)]
pub enum HandoverStep {
    /// Where does the server stand? Brings the shop's keys, hidden under the secret.
    Ask {
        /// [`HandoverToken::hide`] of the encoded keys.
        keys: Vec<u8>,
    },
    /// Ops, in the order of their seqs.
    Piece {
        /// The seq after which they begin.
        after: Seq,
        /// All of them, each batch of one device.
        batches: Vec<Batch>,
    },
    /// The last ops, and what everything must come to. From now on the sender decides nothing until it is answered.
    Last {
        /// The seq after which the ops begin.
        after: Seq,
        /// The last ops; may be none.
        batches: Vec<Batch>,
        /// Where the order ends.
        end: Head,
        /// The epochs up to then, oldest first.
        lineage: Vec<Reign>,
        /// The sum of every scope's rows there.
        digests: Vec<ScopeDigest>,
    },
    /// After a mismatch: the server's rows of a scope, for comparing.
    Show {
        /// Which scope.
        scope: Scope,
        /// Rows above this seq.
        from: Seq,
    },
    /// The owner has thought better of it.
    Withdraw,
}

impl HandoverRequest {
    /// A request that shows that its sender knows the secret of the code.
    #[must_use]
    pub fn new(
        proto: u16,
        nonce: Nonce,
        pair: Vec<u8>,
        token: &HandoverToken,
        step: HandoverStep,
    ) -> Self {
        let proof = token.proof(&proved(&nonce, &pair));
        Self {
            proto,
            nonce,
            pair,
            proof,
            step,
        }
    }

    /// Whether the sender knows the secret.
    #[must_use]
    pub fn is_proved(&self, token: &HandoverToken) -> bool {
        blake3::Hash::from(token.proof(&proved(&self.nonce, &self.pair))) == self.proof
    }

    /// As sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(tag::PROTO, self.proto);
        r.put(tag::NONCE, self.nonce);
        r.put(tag::PAIR, self.pair.as_slice());
        r.put(tag::PROOF, self.proof);
        match &self.step {
            HandoverStep::Ask { keys } => {
                r.put(tag::STEP, step::ASK);
                r.put(tag::KEYS, keys.as_slice());
            }
            HandoverStep::Piece { after, batches } => {
                r.put(tag::STEP, step::PIECE);
                put_ops(&mut r, *after, batches);
            }
            HandoverStep::Last {
                after,
                batches,
                end,
                lineage,
                digests,
            } => {
                r.put(tag::STEP, step::LAST);
                put_ops(&mut r, *after, batches);
                r.put(tag::EPOCH, epoch_record(end.epoch));
                r.put(tag::SEQ, end.seq.0);
                r.put(tag::LOG, end.log.0);
                r.put_records(tag::LINEAGE, lineage.iter().map(Reign::to_record));
                r.put_records(tag::DIGESTS, digests.iter().map(digest_record));
            }
            HandoverStep::Show { scope, from } => {
                r.put(tag::STEP, step::SHOW);
                r.put(tag::SCOPE, scope.code());
                r.put(tag::AFTER, from.0);
            }
            HandoverStep::Withdraw => r.put(tag::STEP, step::WITHDRAW),
        }
        r.encode_open()
    }

    /// Reads a request from bytes that nobody has checked.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::REQUEST)?;
        Ok(Self {
            proto: r.int(tag::PROTO)?,
            nonce: r.array(tag::NONCE)?,
            pair: r.bytes(tag::PAIR)?.to_vec(),
            proof: r.array(tag::PROOF)?,
            step: read_step(&r)?,
        })
    }
}

fn proved(nonce: &Nonce, pair: &[u8]) -> Vec<u8> {
    [nonce.as_slice(), pair].concat()
}

fn put_ops(r: &mut Record, after: Seq, batches: &[Batch]) {
    r.put(tag::AFTER, after.0);
    r.put_records(tag::BATCHES, batches.iter().map(Batch::to_record));
}

fn read_step(r: &Record) -> Result<HandoverStep, WireError> {
    let batches = || -> Result<Vec<Batch>, WireError> {
        let records = bounded(r, tag::BATCHES, limits::REQUEST_BATCHES)?;
        records.into_iter().map(Batch::from_record).collect()
    };
    Ok(match r.int::<u16>(tag::STEP)? {
        step::ASK => HandoverStep::Ask {
            keys: r.bytes(tag::KEYS)?.to_vec(),
        },
        step::PIECE => HandoverStep::Piece {
            after: Seq(r.int(tag::AFTER)?),
            batches: batches()?,
        },
        step::LAST => HandoverStep::Last {
            after: Seq(r.int(tag::AFTER)?),
            batches: batches()?,
            end: Head {
                epoch: read_epoch(r.record(tag::EPOCH)?)?,
                seq: Seq(r.int(tag::SEQ)?),
                log: LogHash(r.array(tag::LOG)?),
            },
            lineage: bounded(r, tag::LINEAGE, limits::LINEAGE)?
                .into_iter()
                .map(Reign::from_record)
                .collect::<Result<_, _>>()?,
            digests: bounded(r, tag::DIGESTS, limits::SCOPES)?
                .into_iter()
                .map(read_digest)
                .collect::<Result<_, _>>()?,
        },
        step::SHOW => HandoverStep::Show {
            scope: Scope::from_code(r.int(tag::SCOPE)?, tag::SCOPE)?,
            from: Seq(r.int(tag::AFTER)?),
        },
        step::WITHDRAW => HandoverStep::Withdraw,
        _ => return Err(WireError::OutOfRange(tag::STEP)),
    })
}

fn digest_record(sum: &ScopeDigest) -> Record {
    let mut r = Record::new();
    r.put(digest::SCOPE, sum.scope.code());
    r.put(digest::SUM, sum.digest.to_bytes());
    r
}

/// The seq of all of them is the end's.
fn read_digest(r: &Record) -> Result<ScopeDigest, WireError> {
    Ok(ScopeDigest {
        scope: Scope::from_code(r.int(digest::SCOPE)?, digest::SCOPE)?,
        seq: Seq(0),
        digest: Digest::from_bytes(r.array(digest::SUM)?),
    })
}

/// An answer of the server that a business is handed to.
#[derive(Clone, PartialEq, Eq)]
pub struct HandoverAnswer {
    /// The request's.
    pub nonce: Nonce,
    /// What it says.
    pub said: HandoverSaid,
}

/// The server's word.
#[derive(Clone, PartialEq, Eq)]
pub enum HandoverSaid {
    /// It holds everything up to here and wants what follows.
    Stands {
        /// The last seq it holds; 0 = none.
        seq: Seq,
        /// The first number of the op there; 0 = none.
        op: i64,
    },
    /// It is the authority now: a [`SignedPairAnswer`](super::SignedPairAnswer) to the request's pairing part.
    Accepted {
        /// Its bytes.
        pair: Vec<u8>,
    },
    /// It folded everything again and came to other rows in this scope. It will never be the authority of this
    /// hand-over.
    Differs {
        /// The first scope that differs.
        scope: Scope,
    },
    /// Its rows of a scope.
    Shown {
        /// One page.
        page: Vec<u8>,
    },
    /// It keeps nothing and will never be the authority of this hand-over.
    Withdrawn,
}

impl HandoverAnswer {
    fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(answer::NONCE, self.nonce);
        match &self.said {
            HandoverSaid::Stands { seq, op } => {
                r.put(answer::SAID, said::STANDS);
                r.put(answer::SEQ, seq.0);
                r.put(answer::OP, *op);
            }
            HandoverSaid::Accepted { pair } => {
                r.put(answer::SAID, said::ACCEPTED);
                r.put(answer::PAIR, pair.as_slice());
            }
            HandoverSaid::Differs { scope } => {
                r.put(answer::SAID, said::DIFFERS);
                r.put(answer::SCOPE, scope.code());
            }
            HandoverSaid::Shown { page } => {
                r.put(answer::SAID, said::SHOWN);
                r.put(answer::PAGE, page.as_slice());
            }
            HandoverSaid::Withdrawn => r.put(answer::SAID, said::WITHDRAWN),
        }
        r.encode_open()
    }

    /// Reads an answer whose signature nobody has checked; `SignedHandoverAnswer::open_for` is a phone's way.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::REQUEST)?;
        let scope = || Scope::from_code(r.int(answer::SCOPE)?, answer::SCOPE);
        Ok(Self {
            nonce: r.array(answer::NONCE)?,
            said: match r.int::<u16>(answer::SAID)? {
                said::STANDS => HandoverSaid::Stands {
                    seq: Seq(r.int(answer::SEQ)?),
                    op: r.int(answer::OP)?,
                },
                said::ACCEPTED => HandoverSaid::Accepted {
                    pair: r.bytes(answer::PAIR)?.to_vec(),
                },
                said::DIFFERS => HandoverSaid::Differs { scope: scope()? },
                said::SHOWN => HandoverSaid::Shown {
                    page: r.bytes(answer::PAGE)?.to_vec(),
                },
                said::WITHDRAWN => HandoverSaid::Withdrawn,
                _ => return Err(WireError::OutOfRange(answer::SAID)),
            },
        })
    }
}

impl Answer for HandoverAnswer {
    const PURPOSE: Purpose = Purpose::Handover;
    const SIZE: Size = Size::Page;

    fn to_bytes(&self) -> Vec<u8> {
        self.encode()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        Self::decode(bytes)
    }
}

/// A [`HandoverAnswer`] that the identity key signed.
pub type SignedHandoverAnswer = Signed<HandoverAnswer>;
