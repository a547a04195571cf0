//! An adversary with an enrolled phone: it has a key that the server knows, and sends what no honest program would.
//!
//! Nothing of it may change another device's ops, another customer's balance, the order of others or the server's
//! health; the honest phones' proof at the end is the same as without it.

use kartka_core::domain::ids::{
    BusinessId, CustomerId, DeviceNo, InstrumentId, OpId, OperatorId, OutletId, ProgrammeVersion,
    RequestMark, Seq,
};
use kartka_core::domain::ledger::{About, Effect, EntryKind};
use kartka_core::domain::moment::{Moment, date_of};
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::op::{Claim, Fact, Op, OpTime, Seen};
use kartka_core::sync::{Failure, Route};
use kartka_protocol::batch::{Batch, BatchOp, Personal};
use kartka_protocol::chain::{ChainValue, PersonalHash};
use kartka_protocol::message::{Envelope, PROTO, SyncRequest};

use super::dice::Dice;
use super::laws::{Law, Wrong};
use super::phone::Phone;
use super::street::Street;
use super::time::DAY;

/// What the thief has: a phone that was paired once, and its own idea of its chain.
pub(super) struct Thief {
    phone: Phone,
    business: BusinessId,
    device: DeviceNo,
    next: i64,
    chain: ChainValue,
}

/// What it tries.
#[derive(Clone, Copy, Debug)]
enum Trick {
    ForgedPoints,
    HugeClock,
    TinyOps,
    WrongSignature,
    AnotherBusiness,
    AnotherDevice,
    SkippedIds,
    ReusedIds,
    Replay,
    Garbage,
}

const TRICKS: [Trick; 10] = [
    Trick::ForgedPoints,
    Trick::HugeClock,
    Trick::TinyOps,
    Trick::WrongSignature,
    Trick::AnotherBusiness,
    Trick::AnotherDevice,
    Trick::SkippedIds,
    Trick::ReusedIds,
    Trick::Replay,
    Trick::Garbage,
];

/// Ops of a flood.
const FLOOD: usize = 60;

impl Thief {
    /// A phone that was just paired.
    pub(super) fn of(phone: Phone) -> Result<Self, Wrong> {
        let status = phone.shop().sync_status().map_err(|e| e.to_string())?;
        Ok(Self {
            business: status.business,
            device: status.device,
            next: 1,
            chain: ChainValue::birth(status.business, status.device),
            phone,
        })
    }

    fn op(&self, n: i64, facts: Vec<Fact>, dice: &mut Dice, now_ms: i64) -> Result<Op, Wrong> {
        let broken = |e: &dyn std::fmt::Display| Wrong::from(format!("the thief: {e}"));
        let mut mark = [0; 8];
        dice.fill(&mut mark);
        let date = date_of(now_ms.div_euclid(DAY).clamp(-100_000, 100_000));
        Ok(Op {
            id: OpId(self.device.id(n).map_err(|e| broken(&e))?),
            request: RequestMark(mark),
            operator: OperatorId(1),
            outlet: OutletId(1),
            programme: ProgrammeVersion(1),
            time: OpTime {
                boot: 666,
                monotonic_ms: 1_000,
                wall: Moment {
                    instant_ms: now_ms,
                    date: date.unwrap_or_default(),
                    minute: 0,
                },
            },
            seen: Seen {
                epoch: kartka_core::domain::ids::Epoch {
                    number: 1,
                    random: 0,
                },
                seq: Seq(1 << 40),
            },
            marks: Vec::new(),
            born: None,
            facts,
            personal: Vec::new(),
        })
    }

    /// Seals ops after `before`; says the chain behind them.
    fn seal(&self, before: ChainValue, ops: &[Op]) -> Result<(Batch, ChainValue), Wrong> {
        let mut chain = before;
        let mut sealed = Vec::with_capacity(ops.len());
        for op in ops {
            let bytes = kartka_protocol::op::encode(op).map_err(|e| e.to_string())?;
            chain = chain.next(&bytes.facts, &PersonalHash::NONE);
            let personal = Personal::None;
            sealed.push(BatchOp {
                facts: bytes.facts,
                personal,
            });
        }
        let first = ops
            .first()
            .map(|op| op.id)
            .ok_or_else(|| "no ops".to_owned())?;
        let signer = self.phone.signer().map_err(|e| e.to_string())?;
        let batch = Batch::seal(self.business, first, &before, &sealed, |message| {
            Ok::<_, kartka_protocol::WireError>(signer.sign(message))
        });
        Ok((batch.map_err(|e| e.to_string())?, chain))
    }

    fn envelope(
        &self,
        (business, device): (BusinessId, DeviceNo),
        epoch: kartka_core::domain::ids::Epoch,
        batches: Vec<Batch>,
        dice: &mut Dice,
    ) -> Result<Envelope, Wrong> {
        let mut nonce = [0; 16];
        dice.fill(&mut nonce);
        let request = SyncRequest {
            proto: PROTO,
            nonce,
            epoch,
            head: None,
            device,
            boot: 666,
            monotonic_ms: 2_000,
            anchors: Vec::new(),
            batches,
            cursors: Vec::new(),
            digests: Vec::new(),
            budget: 1_000,
            branch: None,
            erased: None,
            wiped: false,
        };
        let signer = self.phone.signer().map_err(|e| e.to_string())?;
        Envelope::seal(business, device, request.encode(), |message| {
            Ok::<_, Wrong>(signer.sign(message))
        })
    }
}

/// Points for somebody, out of nothing.
fn forged(customer: CustomerId, points: i64) -> Fact {
    Fact::Claim(Claim {
        customer,
        instrument: InstrumentId(1),
        kind: EntryKind::Earn,
        effect: Effect::points(Points(points), Money(points)),
        lot: None,
        about: About::Nothing,
    })
}

impl Street {
    /// The thief tries something; the server goes on as if nothing had been.
    pub(super) fn thief(&mut self, victim: usize, dice: &mut Dice) -> Result<(), Wrong> {
        let Some(mut thief) = self.thief.take() else {
            return Ok(());
        };
        let trick = dice.pick(&TRICKS).copied().unwrap_or(Trick::Garbage);
        self.world.tell(&format!("the thief tries {trick:?}"));
        self.world.summary.tricks += 1;
        let tried = self.tries(&mut thief, trick, victim, dice);
        self.thief = Some(thief);
        tried
    }

    fn tries(
        &mut self,
        thief: &mut Thief,
        trick: Trick,
        victim: usize,
        dice: &mut Dice,
    ) -> Result<(), Wrong> {
        let now_ms = self.world.time.now();
        let head = self.server.authority().head().map_err(|e| e.to_string())?;
        let (epoch, before) = (head.head.epoch, head.head.seq.0);
        let myself = (thief.business, thief.device);
        let customer =
            CustomerId::new(dice.between(1 << 40, 3 << 40) | 1).map_err(|e| e.to_string())?;
        let ops = |thief: &Thief, n: i64, dice: &mut Dice, at: i64, count: usize| {
            let op = |at_n: i64, dice: &mut Dice| {
                let points = dice.between(1, 1_000_000);
                thief.op(at_n, vec![forged(customer, points)], dice, at)
            };
            (0..count)
                .map(|k| op(n + i64::try_from(k).unwrap_or(0), dice))
                .collect::<Result<Vec<_>, _>>()
        };
        let far = now_ms + 3_650 * DAY;
        let (mut message, taken) = match trick {
            Trick::ForgedPoints | Trick::HugeClock | Trick::TinyOps => {
                let at = if matches!(trick, Trick::HugeClock) {
                    far
                } else {
                    now_ms
                };
                let count = if matches!(trick, Trick::TinyOps) {
                    FLOOD
                } else {
                    1
                };
                let ops = ops(thief, thief.next, dice, at, count)?;
                let (batch, chain) = thief.seal(thief.chain, &ops)?;
                let message = thief.envelope(myself, epoch, vec![batch], dice)?.encode();
                thief.chain = chain;
                thief.next += i64::try_from(count).unwrap_or(0);
                (message, count)
            }
            Trick::SkippedIds => {
                let (batch, _) =
                    thief.seal(thief.chain, &ops(thief, thief.next + 7, dice, now_ms, 1)?)?;
                (
                    thief.envelope(myself, epoch, vec![batch], dice)?.encode(),
                    0,
                )
            }
            Trick::ReusedIds if thief.next > 1 => {
                let birth = ChainValue::birth(thief.business, thief.device);
                let (batch, _) = thief.seal(birth, &ops(thief, 1, dice, far, 1)?)?;
                (
                    thief.envelope(myself, epoch, vec![batch], dice)?.encode(),
                    0,
                )
            }
            Trick::AnotherBusiness => {
                let other = BusinessId([0x77; 16]);
                (
                    thief
                        .envelope((other, thief.device), epoch, Vec::new(), dice)?
                        .encode(),
                    0,
                )
            }
            Trick::AnotherDevice => {
                let status = self.phones[victim]
                    .shop()
                    .sync_status()
                    .map_err(|e| e.to_string())?;
                let other = (thief.business, status.device);
                (thief.envelope(other, epoch, Vec::new(), dice)?.encode(), 0)
            }
            Trick::Replay => match self.phones[victim].sealed()? {
                Some(bytes) => {
                    let batch = Batch::decode(&bytes).map_err(|e| e.to_string())?;
                    (
                        thief.envelope(myself, epoch, vec![batch], dice)?.encode(),
                        0,
                    )
                }
                None => return Ok(()),
            },
            _ => (thief.envelope(myself, epoch, Vec::new(), dice)?.encode(), 0),
        };
        if matches!(trick, Trick::WrongSignature) {
            let end = message.len() - 1;
            message[end] ^= 1;
        }
        if matches!(trick, Trick::Garbage) {
            message = vec![0; usize::try_from(dice.between(0, 100_000)).unwrap_or(0)];
            dice.fill(&mut message);
        }
        let answer = self.server.serve(Route::Sync, &message);
        self.is_as_before(trick, before + i64::try_from(taken).unwrap_or(0), &answer)
    }

    /// Only what the thief says about itself was taken, and the impostor was turned away.
    fn is_as_before(
        &mut self,
        trick: Trick,
        want: i64,
        answer: &Result<Vec<u8>, Failure>,
    ) -> Result<(), Wrong> {
        let turned_away = matches!(answer, Err(Failure::Refused(_)));
        let must_be = matches!(
            trick,
            Trick::WrongSignature | Trick::AnotherBusiness | Trick::AnotherDevice | Trick::Garbage
        );
        if must_be && !turned_away {
            return Err(Wrong::of(
                Law::S12,
                format!("{trick:?} was not turned away"),
            ));
        }
        let seq = self.server.seq()?;
        // A new business day brings ops of the authority's own along.
        if seq < want || (seq > want + 40) {
            let what = format!("{trick:?} moved the order to {seq}, {want} was right");
            return Err(Wrong::of(Law::S2, what));
        }
        Ok(())
    }
}
