//! Bringing the business of this phone to a server (S7): "when a server appears, the phone brings everything there".
//!
//! The owner scans the server's code; everything goes up while the shop goes on selling. Only at the very end the phone
//! waits for the server's word. Giving it up is possible at any moment, with the server or without.

use kartka_domain::rights::Permission;
use kartka_domain::row::RowKind;
use kartka_protocol::handover::HandoverCode;
use kartka_protocol::limits;
use kartka_protocol::message::{Nonce, PROTO, PairRequest};
use kartka_protocol::scope::Scope;

use crate::error::{CoreError, Field};
use crate::shop::{Shop, setting};
use crate::store::Standing;
use crate::sync::signer::DeviceSigner;
use crate::sync::{
    Cancel, Phase, Plan, SyncReport, Transport, leave_alone, note_epoch, order_again,
};

/// A hand-over under way, or one that came to nothing and was not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// Where it goes.
    pub address: String,
    /// How far it has come.
    pub stage: HandOverStage,
    /// Ops that the server holds.
    pub sent: i64,
    /// Of so many.
    pub of: i64,
}

/// How far a hand-over has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandOverStage {
    /// Everything goes up; this phone decides.
    Sending,
    /// Everything was said; what is sold is a claim until the server has said yes or no.
    Waiting,
    /// The server came to other rows and said no; which row it is, is being looked for.
    Comparing,
    /// The owner wants it back, and the server has not said yet whether it was too late.
    Withdrawing,
    /// This phone decides again; the server was not told yet.
    Leaving,
    /// The server came to other rows: this phone decides as before.
    Refused(Difference),
}

/// Where phone and server differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// In which scope.
    pub scope: Scope,
    /// The first row that is not the same, by kind and id; none if only the sums differ.
    pub row: Option<(RowKind, i64)>,
}

/// How a hand-over is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GiveUp {
    /// The server is asked first: what it has accepted stays accepted.
    AskServer,
    /// The server is out of reach: this phone decides again at once, in a new epoch.
    WithoutServer,
}

impl Shop {
    /// Hands the business to the server of a code, or goes on with it, until the server has said yes or no; `progress`
    /// hears of every step. After a yes this device is a phone of the server; what a no was about says
    /// [`hand_over_state`](Self::hand_over_state).
    ///
    /// # Errors
    /// As [`plan_hand_over`](Self::plan_hand_over) and [`sync`](Self::sync); [`CoreError::PairingRefused`] for a code
    /// that the server does not take, and then nothing has begun. Whatever else happens, the next exchange goes on, and
    /// so does the next call unless the hand-over is being given up.
    pub fn hand_over(
        &self,
        code: &str,
        transport: &dyn Transport,
        cancel: &Cancel,
        progress: &mut dyn FnMut(&HandOver),
    ) -> Result<SyncReport, CoreError> {
        self.plan_hand_over(code)?;
        let mut watch = |shop: &Self| {
            if let Ok(Some(state)) = shop.hand_over_state() {
                progress(&state);
            }
        };
        self.sync_watched(transport, cancel, &mut watch)
    }

    /// Notes the wish to hand the business to the server of a code: the exchanges from now on do it.
    ///
    /// # Errors
    /// [`CoreError::Validation`] for a text that is no such code; [`CoreError::AlreadyPaired`] on a phone that decides
    /// nothing itself, or that is handing its business to another server; [`CoreError::RuleRejected`] for whoever may
    /// not; [`CoreError::Store`], [`CoreError::Keys`].
    pub fn plan_hand_over(&self, code: &str) -> Result<(), CoreError> {
        let field = Field::PairingCode;
        let code = HandoverCode::parse(code).map_err(|_| CoreError::Validation { field })?;
        if code.address.len() > limits::ADDRESS {
            return Err(CoreError::Validation { field });
        }
        let signer = DeviceSigner::load_or_make(&self.platform)?;
        let mut nonce = Nonce::default();
        self.platform.rng.fill(&mut nonce);
        self.store.write(|tx| {
            let earlier = Plan::read(tx)?.filter(|plan| plan.phase != Phase::Refused);
            if let Some(earlier) = earlier {
                let same = earlier.token == code.token && earlier.phase != Phase::Leaving;
                return same.then_some(()).ok_or(CoreError::AlreadyPaired);
            }
            let setting = setting(tx)?;
            if setting.device.standing == Standing::Phone {
                return Err(CoreError::AlreadyPaired);
            }
            setting.needs(Permission::Devices)?;
            let device = tx.device_row(setting.device.no)?;
            let pair = PairRequest {
                proto: PROTO,
                token: code.token.id(),
                public_key: signer.public_key(),
                nonce,
                name: device.map_or_else(String::new, |device| device.name),
            };
            let plan = Plan {
                address: code.address.clone(),
                identity: code.identity,
                token: code.token,
                pair: pair.encode(),
                phase: Phase::Sending,
                stands: None,
                end: None,
                differs: None,
            };
            Ok(plan.write(tx)?)
        })
    }

    /// How far the hand-over has come; none when there is none, or when the server has said yes.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn hand_over_state(&self) -> Result<Option<HandOver>, CoreError> {
        self.store.read(|r| {
            let Some(plan) = Plan::read(r)? else {
                return Ok(None);
            };
            let head = r.head()?.ok_or(CoreError::NotPaired)?;
            Ok(Some(HandOver {
                stage: stage(&plan)?,
                sent: plan.stands.map_or(0, |stands| stands.seq.0),
                of: plan.end.map_or(head.seq, |end| end.seq).0,
                address: plan.address,
            }))
        })
    }

    /// Gives the hand-over up, or notes that a refusal was read. The next exchange tells the server.
    ///
    /// # Errors
    /// [`CoreError::NotFound`] when there is none; [`CoreError::RuleRejected`] for whoever may not;
    /// [`CoreError::Store`], [`CoreError::Keys`].
    pub fn give_up_hand_over(&self, how: GiveUp) -> Result<(), CoreError> {
        let reigns = self.store.write(|tx| {
            let mut plan = Plan::read(tx)?.ok_or(CoreError::NotFound)?;
            setting(tx)?.needs(Permission::Devices)?;
            match (plan.phase, how) {
                (Phase::Refused, _) => Plan::forget(tx)?,
                (Phase::Leaving, _) => {}
                // Nothing was said to its end: the server can't have taken it.
                (Phase::Sending, _) => {
                    plan.phase = Phase::Leaving;
                    plan.write(tx)?;
                }
                // The server has said no already.
                (Phase::Comparing, _) => {
                    order_again(self, tx)?;
                    plan.phase = Phase::Leaving;
                    plan.write(tx)?;
                }
                (Phase::Waiting | Phase::Withdrawing, GiveUp::AskServer) => {
                    plan.phase = Phase::Withdrawing;
                    plan.write(tx)?;
                }
                (Phase::Waiting | Phase::Withdrawing, GiveUp::WithoutServer) => {
                    let business = tx.device()?.ok_or(CoreError::NotPaired)?.business;
                    return Ok(Some((business, leave_alone(self, tx, &mut plan)?)));
                }
            }
            Ok::<_, CoreError>(None)
        })?;
        match reigns {
            Some((business, epoch)) => note_epoch(self.platform.keys.as_ref(), business, epoch),
            None => Ok(()),
        }
    }
}

fn stage(plan: &Plan) -> Result<HandOverStage, CoreError> {
    Ok(match plan.phase {
        Phase::Sending => HandOverStage::Sending,
        Phase::Waiting => HandOverStage::Waiting,
        Phase::Comparing => HandOverStage::Comparing,
        Phase::Withdrawing => HandOverStage::Withdrawing,
        Phase::Leaving => HandOverStage::Leaving,
        Phase::Refused => {
            let differs = plan.differs.ok_or(CoreError::Unexpected {
                what: "why a hand-over was refused",
            })?;
            let known = |(kind, id)| RowKind::from_number(kind).map(|kind| (kind, id));
            HandOverStage::Refused(Difference {
                scope: differs.scope,
                row: differs.row.and_then(known),
            })
        }
    })
}
