//! Sealing to the recovery key's public half: HPKE (RFC 9180) in base mode, P-256, HKDF-SHA-256, ChaCha20-Poly1305.

use std::convert::Infallible;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{
    Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _, setup_receiver,
    setup_sender_with_rng,
};
use zeroize::Zeroizing;

use super::Sheet;
use crate::platform::Rng;

/// What is sealed for; another purpose's bytes don't open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The keys of a device.
    Keys,
    /// What a device has not sent.
    Outbox,
}

impl Purpose {
    const fn info(self) -> &'static [u8] {
        match self {
            Self::Keys => b"kartka recovery 1",
            Self::Outbox => b"kartka outbox 1",
        }
    }
}

type Curve = DhP256HkdfSha256;

/// The public half of a recovery key: 65 bytes, as SEC1 writes a point.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct PublicHalf(<Curve as Kem>::PublicKey);

impl PublicHalf {
    pub(super) fn of(sheet: &Sheet) -> Self {
        Self(Curve::derive_keypair(sheet.key()).1)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes().to_vec()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        <Curve as Kem>::PublicKey::from_bytes(bytes).ok().map(Self)
    }
}

/// What only the sheet opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sealed {
    /// The one-use key that was agreed with.
    pub(super) encapped: Vec<u8>,
    /// The sealed bytes with their tag.
    pub(super) bytes: Vec<u8>,
}

/// Seals bytes so that only the private half opens them; none for a key that agrees with nothing.
pub(super) fn seal(
    to: &PublicHalf,
    purpose: Purpose,
    rng: &dyn Rng,
    bytes: &[u8],
) -> Option<Sealed> {
    let mode = OpModeS::Base;
    let (encapped, mut context) = setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, Curve>(
        &mode,
        &to.0,
        purpose.info(),
        &mut Chance(rng),
    )
    .ok()?;
    Some(Sealed {
        encapped: encapped.to_bytes().to_vec(),
        bytes: context.seal(bytes, b"").ok()?,
    })
}

/// Opens what was sealed to this sheet; nothing for another one, or for bytes that were changed.
pub(super) fn open(sheet: &Sheet, purpose: Purpose, sealed: &Sealed) -> Option<Zeroizing<Vec<u8>>> {
    let private = Curve::derive_keypair(sheet.key()).0;
    let encapped = <Curve as Kem>::EncappedKey::from_bytes(&sealed.encapped).ok()?;
    let mode = OpModeR::Base;
    let info = purpose.info();
    let mut context =
        setup_receiver::<ChaCha20Poly1305, HkdfSha256, Curve>(&mode, &private, &encapped, info)
            .ok()?;
    context.open(&sealed.bytes, b"").ok().map(Zeroizing::new)
}

/// The platform's randomness as the library asks for it.
struct Chance<'a>(&'a dyn Rng);

impl TryRng for Chance<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Chance<'_> {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::platform::SystemRng;

    #[test]
    fn only_the_sheet_opens_what_was_sealed_to_it() {
        let (sheet, other) = (Sheet::generate(&SystemRng), Sheet::generate(&SystemRng));
        let half = PublicHalf::of(&sheet);
        let half = PublicHalf::from_bytes(&half.to_bytes()).unwrap();
        let sealed = seal(&half, Purpose::Keys, &SystemRng, b"secret").unwrap();
        assert_eq!(
            open(&sheet, Purpose::Keys, &sealed).unwrap().as_slice(),
            b"secret"
        );
        assert!(open(&sheet, Purpose::Outbox, &sealed).is_none());
        assert!(open(&other, Purpose::Keys, &sealed).is_none());
        let mut changed = sealed.clone();
        changed.bytes[0] ^= 1;
        assert!(open(&sheet, Purpose::Keys, &changed).is_none());
        let again = seal(&half, Purpose::Keys, &SystemRng, b"secret").unwrap();
        assert_ne!(again, sealed);
        assert!(PublicHalf::from_bytes(&[7; 65]).is_none());
    }
}
