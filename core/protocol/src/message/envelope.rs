//! Who sends a request, and their signature over its bytes.

use kartka_domain::ids::{BusinessId, DeviceNo};

use super::request::device_no;
use crate::WireError;
use crate::fields::{Record, Shape};
use crate::parts::id;
use crate::signature::{PublicKey, Signature, SignatureError, request_message};

mod tag {
    pub(super) const BUSINESS: u16 = 1;
    pub(super) const DEVICE: u16 = 2;
    pub(super) const BODY: u16 = 3;
    pub(super) const SIGNATURE: u16 = 4;
}

/// A signed request.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    /// To which business.
    pub business: BusinessId,
    /// From which device.
    pub device: DeviceNo,
    /// The request's bytes.
    pub body: Vec<u8>,
    /// By the device's key.
    pub signature: Signature,
}

impl Envelope {
    /// Signs a request; `sign` gets the bytes to sign.
    ///
    /// # Errors
    /// What `sign` fails with.
    pub fn seal<E>(
        business: BusinessId,
        device: DeviceNo,
        body: Vec<u8>,
        sign: impl FnOnce(&[u8]) -> Result<Signature, E>,
    ) -> Result<Self, E> {
        let signature = sign(&request_message(business, device, &body))?;
        Ok(Self {
            business,
            device,
            body,
            signature,
        })
    }

    /// Checks the device's signature.
    ///
    /// # Errors
    /// [`SignatureError::Signature`].
    pub fn verify(&self, key: &PublicKey) -> Result<(), SignatureError> {
        key.verify(
            &request_message(self.business, self.device, &self.body),
            &self.signature,
        )
    }

    /// As sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(tag::BUSINESS, self.business.0);
        r.put(tag::DEVICE, self.device.get());
        r.put(tag::BODY, self.body.as_slice());
        r.put(tag::SIGNATURE, self.signature.0);
        r.encode_open()
    }

    /// From received bytes.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::ENVELOPE)?;
        Ok(Self {
            business: BusinessId(r.array(tag::BUSINESS)?),
            device: id(&r, tag::DEVICE, device_no)?,
            body: r.bytes(tag::BODY)?.to_vec(),
            signature: Signature(r.array(tag::SIGNATURE)?),
        })
    }
}
