//! Asking the authority for a pairing code, so that this phone shows it to the next one (S1, sync §7).
//!
//! Nothing is written: the code is the authority's, good once and for minutes. Needs the network, and a server.

use kartka_domain::codes::Code;
use kartka_domain::ids::OperatorId;
use kartka_domain::rights::Permission;
use kartka_protocol::message::{
    Envelope, InviteRequest, Invited, Nonce, PROTO, SignedInviteAnswer,
};
use kartka_protocol::pairing::PairingQr;
use kartka_protocol::signature::PublicKey;

use crate::error::CoreError;
use crate::shop::{Shop, setting};
use crate::store::Standing;
use crate::sync::signer::DeviceSigner;
use crate::sync::{Failure, Route, Transport};

impl Shop {
    /// A code that lets one more device in, which `holder` will hold.
    ///
    /// # Errors
    /// [`Code::NeedsServer`] on a phone that is its own authority; [`CoreError::RuleRejected`] with the missing right or
    /// for a holder who does not work here; [`CoreError::Offline`] and what else keeps an answer away.
    pub fn invite(
        &self,
        holder: OperatorId,
        transport: &dyn Transport,
    ) -> Result<PairingQr, CoreError> {
        let setting = self.store.read(setting)?;
        setting.needs(Permission::Devices)?;
        let device = &setting.device;
        if device.standing == Standing::Authority {
            return Err(Code::NeedsServer.into());
        }
        let address = device.server.as_deref().ok_or(CoreError::Offline)?;
        let identity = device.identity.ok_or(CoreError::NotPaired)?;
        let key = PublicKey::new(&identity).map_err(|_| Failure::NotTheAnswer)?;
        let mut nonce = Nonce::default();
        self.platform.rng.fill(&mut nonce);
        let body = InviteRequest {
            proto: PROTO,
            nonce,
            operator: setting.operator,
            outlet: setting.outlet.id,
            holder,
        }
        .encode();
        let signer = DeviceSigner::load_or_make(&self.platform)?;
        let sign = |message: &[u8]| Ok::<_, CoreError>(signer.sign(message));
        let envelope = Envelope::seal(device.business, device.no, body.clone(), sign)?;
        let bytes = transport.post(address, Route::Invite, &envelope.encode())?;
        let answer = SignedInviteAnswer::decode(&bytes)
            .and_then(|signed| signed.open(&body, &key))
            .map_err(|_| Failure::NotTheAnswer)?;
        let said = match answer.said {
            _ if answer.nonce != nonce => return Err(Failure::NotTheAnswer.into()),
            Invited::With(code) => code,
            Invited::Refused(why) => return Err(why.into()),
        };
        let ours = said.business == device.business && said.identity == identity;
        ours.then_some(said)
            .ok_or_else(|| Failure::NotTheAnswer.into())
    }
}
