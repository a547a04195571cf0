//! What people do: each use case is one transaction, repeated safely by its request id.

pub mod adjust;
pub mod attach;
pub mod cards;
pub mod clock;
pub mod customers;
pub mod devices;
mod erase;
mod fiscal;
pub mod found;
pub mod handover;
pub mod idle;
pub mod invite;
pub mod limits;
pub mod merge;
pub mod operator;
pub mod outlets;
pub mod pair;
pub mod programme;
pub mod referral;
pub mod reserve;
pub mod staff;
pub mod till;
pub mod unlinked;
pub mod vouchers;
pub mod wizard;

use kartka_domain::customer::ProfileGroup;
use kartka_domain::ids::OpId;
use kartka_domain::moment::Moment;
use kartka_domain::op::Fact;

use crate::commit::{Draft, Ground, commit};
use crate::error::CoreError;
use crate::shop::{Setting, Shop, setting};
use crate::store::{RequestId, Tx};

impl Shop {
    /// Runs `make` in one transaction and commits the facts it returns; a request id that was used before is
    /// answered with what it did.
    pub(crate) fn once(
        &self,
        request: RequestId,
        make: impl FnOnce(&Tx<'_>, &Setting, Moment) -> Result<Facts, CoreError>,
    ) -> Result<OpId, CoreError> {
        self.store.write(|tx| {
            if let Some(done) = tx.request(request)? {
                return Ok(done);
            }
            let setting = setting(tx)?;
            let at = self.now(&setting.outlet)?;
            let Facts { facts, personal } = make(tx, &setting, at)?;
            self.commit_facts(tx, &setting, request, at, Facts { facts, personal })
        })
    }

    pub(crate) fn fresh_request(&self) -> RequestId {
        let mut request = [0; 16];
        self.platform.rng.fill(&mut request);
        RequestId(request)
    }

    pub(crate) fn commit_facts(
        &self,
        tx: &Tx<'_>,
        setting: &Setting,
        request: RequestId,
        at: Moment,
        made: Facts,
    ) -> Result<OpId, CoreError> {
        let ground = Ground {
            clock: self.platform.clock.as_ref(),
            rng: self.platform.rng.as_ref(),
            device: &setting.device,
            keys: &setting.keys,
        };
        let draft = Draft {
            request,
            operator: setting.operator,
            outlet: setting.outlet.id,
            programme: setting.programme.version(),
            at,
            facts: made.facts,
            personal: made.personal,
        };
        commit(tx, &ground, draft)
    }
}

/// The facts of one op, with the field groups that belong to some of them.
pub(crate) struct Facts {
    pub(crate) facts: Vec<Fact>,
    pub(crate) personal: Vec<(u8, Vec<ProfileGroup>)>,
}

impl From<Vec<Fact>> for Facts {
    fn from(facts: Vec<Fact>) -> Self {
        Self {
            facts,
            personal: Vec::new(),
        }
    }
}
