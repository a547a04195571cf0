//! Asking the authority for a pairing code, so that an owner's phone lets the next one in (sync §7, S1).
//!
//! A request goes in an envelope that the device signs; the answer is signed by the identity key over the request it
//! answers. Who may let a device in, and who will hold it, is the authority's to judge. Asking twice makes two codes;
//! each is good once, and out of time by itself.

use kartka_domain::codes::Code;
use kartka_domain::ids::{OperatorId, OutletId};

use super::Nonce;
use super::signed::{Answer, Signed, Size};
use crate::WireError;
use crate::fields::{Record, Shape};
use crate::pairing::PairingQr;
use crate::parts::{put_code, read_code};
use crate::signature::Purpose;

mod tag {
    pub(super) const PROTO: u16 = 1;
    pub(super) const NONCE: u16 = 2;
    pub(super) const OPERATOR: u16 = 3;
    pub(super) const OUTLET: u16 = 4;
    pub(super) const HOLDER: u16 = 5;
}

mod answer {
    pub(super) const NONCE: u16 = 1;
    /// The text of the code; absent = none is given.
    pub(super) const CODE: u16 = 2;
    /// Why not.
    pub(super) const WHY: u16 = 3;
}

/// A pairing code is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteRequest {
    /// The protocol the device speaks.
    pub proto: u16,
    /// Binds the answer to this request.
    pub nonce: Nonce,
    /// Who asks.
    pub operator: OperatorId,
    /// Where the new device will stand at first; the asker's role must count there.
    pub outlet: OutletId,
    /// Who will hold the new device.
    pub holder: OperatorId,
}

impl InviteRequest {
    /// As sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(tag::PROTO, self.proto);
        r.put(tag::NONCE, self.nonce);
        r.put(tag::OPERATOR, self.operator.0);
        r.put(tag::OUTLET, self.outlet.0);
        r.put(tag::HOLDER, self.holder.0);
        r.encode_open()
    }

    /// From received bytes.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::REQUEST)?;
        Ok(Self {
            proto: r.int(tag::PROTO)?,
            nonce: r.array(tag::NONCE)?,
            operator: OperatorId(r.int(tag::OPERATOR)?),
            outlet: OutletId(r.int(tag::OUTLET)?),
            holder: OperatorId(r.int(tag::HOLDER)?),
        })
    }
}

/// The authority's word.
#[derive(Clone, PartialEq, Eq)]
pub enum Invited {
    /// A code that lets one device in.
    With(PairingQr),
    /// None, and why.
    Refused(Code),
}

/// An answer to an [`InviteRequest`].
#[derive(Clone, PartialEq, Eq)]
pub struct InviteAnswer {
    /// The request's.
    pub nonce: Nonce,
    /// The word.
    pub said: Invited,
}

impl InviteAnswer {
    fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(answer::NONCE, self.nonce);
        match &self.said {
            Invited::With(code) => r.put(answer::CODE, code.to_text().as_str()),
            Invited::Refused(code) => put_code(&mut r, answer::WHY, Some(*code)),
        }
        r.encode_open()
    }

    fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::REQUEST)?;
        let said = match read_code(&r, answer::WHY)? {
            Some(code) => Invited::Refused(code),
            None => {
                let code = PairingQr::parse(r.text(answer::CODE)?);
                Invited::With(code.map_err(|_| WireError::OutOfRange(answer::CODE))?)
            }
        };
        Ok(Self {
            nonce: r.array(answer::NONCE)?,
            said,
        })
    }
}

impl Answer for InviteAnswer {
    const PURPOSE: Purpose = Purpose::Invite;
    const SIZE: Size = Size::Short;

    fn to_bytes(&self) -> Vec<u8> {
        self.encode()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        Self::decode(bytes)
    }
}

/// A [`InviteAnswer`] that the identity key signed.
pub type SignedInviteAnswer = Signed<InviteAnswer>;
