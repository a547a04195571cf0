//! One signed question to the authority and its signed answer, outside the exchange: keeping something, carrying, inviting.
//!
//! Nothing is noted here and nothing is asked twice; who the answer is from is decided by the identity key alone.

use kartka_protocol::WireError;
use kartka_protocol::message::{Envelope, Nonce};
use kartka_protocol::signature::PublicKey;

use super::moving::former_address;
use super::signer::DeviceSigner;
use super::{Failure, Route, Transport, post};
use crate::error::CoreError;
use crate::shop::Shop;
use crate::store::DeviceRow;

impl Shop {
    /// Asks with a body that `ask` makes for a fresh nonce; `open` checks the answer's signature over the body and gives it
    /// with its nonce.
    ///
    /// # Errors
    /// [`CoreError::Offline`] without a server, at its former address too; [`CoreError::NotPaired`]; what else keeps an
    /// answer away; an answer of somebody else, or to another question, is none.
    pub(crate) fn ask_authority<A>(
        &self,
        device: &DeviceRow,
        (route, transport): (Route, &dyn Transport),
        ask: impl FnOnce(Nonce) -> Vec<u8>,
        open: impl FnOnce(&[u8], &[u8], &PublicKey) -> Result<(Nonce, A), WireError>,
    ) -> Result<A, CoreError> {
        let address = device.server.as_deref().ok_or(CoreError::Offline)?;
        let identity = device.identity.ok_or(CoreError::NotPaired)?;
        let identity = PublicKey::new(&identity).map_err(|_| Failure::NotTheAnswer)?;
        let mut nonce = Nonce::default();
        self.platform.rng.fill(&mut nonce);
        let body = ask(nonce);
        let signer = DeviceSigner::load_or_make(&self.platform)?;
        let sign = |message: &[u8]| Ok::<_, CoreError>(signer.sign(message));
        let envelope = Envelope::seal(device.business, device.no, body.clone(), sign)?;
        let former = self.store.read(former_address)?;
        let places = (address, former.as_deref());
        let bytes = post(transport, places, route, &envelope.encode())?;
        match open(&bytes, &body, &identity) {
            Ok((answered, answer)) if answered == nonce => Ok(answer),
            _ => Err(Failure::NotTheAnswer.into()),
        }
    }
}
