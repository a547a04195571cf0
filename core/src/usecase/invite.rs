//! Asking the authority for a pairing code, so that this phone shows it to the next one (S1, sync §7).
//!
//! Nothing is written: the code is the authority's, good once and for minutes. Needs the network, and a server.

use kartka_domain::codes::Code;
use kartka_domain::ids::{OperatorId, OutletId};
use kartka_domain::rights::Permission;
use kartka_protocol::message::{InviteRequest, Invited, PROTO, SignedInviteAnswer};
use kartka_protocol::pairing::PairingQr;

use crate::error::CoreError;
use crate::shop::{Shop, setting};
use crate::store::Standing;
use crate::sync::{Failure, Route, Transport};

impl Shop {
    /// A code that lets one more device in, which `holder` will hold and which stands in `outlet` at first; none = where
    /// this device stands.
    ///
    /// # Errors
    /// [`Code::NeedsServer`] on a phone that is its own authority; [`CoreError::RuleRejected`] with the missing right or
    /// for a holder who does not work here; [`CoreError::Offline`] and what else keeps an answer away.
    pub fn invite(
        &self,
        holder: OperatorId,
        outlet: Option<OutletId>,
        transport: &dyn Transport,
    ) -> Result<PairingQr, CoreError> {
        let setting = self.store.read(setting)?;
        setting.needs(Permission::Devices)?;
        let device = &setting.device;
        if device.standing == Standing::Authority {
            return Err(Code::NeedsServer.into());
        }
        let question = |nonce| {
            InviteRequest {
                proto: PROTO,
                nonce,
                operator: setting.operator,
                outlet: outlet.unwrap_or(setting.outlet.id),
                holder,
            }
            .encode()
        };
        let way = (Route::Invite, transport);
        let said = self.ask_authority(device, way, question, |bytes, body, identity| {
            let answer = SignedInviteAnswer::decode(bytes)?.open(body, identity)?;
            Ok((answer.nonce, answer.said))
        })?;
        let said = match said {
            Invited::With(code) => code,
            Invited::Refused(why) => return Err(why.into()),
        };
        let ours = said.business == device.business && device.identity == Some(said.identity);
        ours.then_some(said)
            .ok_or_else(|| Failure::NotTheAnswer.into())
    }
}
