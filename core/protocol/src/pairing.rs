//! The text of a pairing QR: where the authority is, who it is, and a token that is good once (sync §7).
//!
//! `KARTKA1:` and base32, all in the alphanumeric mode of a QR code; the text may be typed or pasted, in
//! small letters, with spaces and line breaks. Whether it is still in time is the caller's question.

use kartka_domain::ids::BusinessId;

use crate::fields::{Record, Shape};
use crate::limits;

const PREFIX: &str = "KARTKA";
const VERSION: &str = "1";
/// Bytes of the check sum at the end.
const CHECK: usize = 4;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

mod tag {
    pub(super) const ADDRESS: u16 = 1;
    pub(super) const IDENTITY: u16 = 2;
    pub(super) const BUSINESS: u16 = 3;
    pub(super) const TOKEN: u16 = 4;
    pub(super) const EXPIRES: u16 = 5;
}

/// Why a text is no pairing QR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PairingError {
    /// Something else altogether.
    #[error("this is not a pairing code of Kartka")]
    NotPairing,
    /// Made by a newer Kartka.
    #[error("this pairing code needs a newer version of Kartka")]
    Newer,
    /// Cut off, mistyped or misread.
    #[error("this pairing code is damaged or incomplete")]
    Damaged,
    /// Longer than any pairing code.
    #[error("this text is too long for a pairing code")]
    TooLong,
}

/// What a pairing QR says.
#[derive(Clone, PartialEq, Eq)]
pub struct PairingQr {
    /// Where the authority is reached: a URL.
    pub address: String,
    /// The key by which it proves who it is, P-256 compressed.
    pub identity: [u8; 33],
    /// Which business.
    pub business: BusinessId,
    /// Good once.
    pub token: [u8; 16],
    /// Until when, epoch ms (whole seconds).
    pub expires_ms: i64,
}

impl PairingQr {
    /// The text to draw.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut r = Record::new();
        r.put(tag::ADDRESS, self.address.as_str());
        r.put(tag::IDENTITY, self.identity);
        r.put(tag::BUSINESS, self.business.0);
        r.put(tag::TOKEN, self.token);
        r.put(tag::EXPIRES, self.expires_ms.div_euclid(1_000));
        draw(PREFIX, &r.encode())
    }

    /// Reads a scanned, typed or pasted text.
    ///
    /// # Errors
    /// [`PairingError`].
    pub fn parse(text: &str) -> Result<Self, PairingError> {
        Self::from_bytes(&read(PREFIX, text)?).ok_or(PairingError::Damaged)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let r = Record::decode(bytes, Shape::ENTITY).ok()?;
        Some(Self {
            address: r.text(tag::ADDRESS).ok()?.to_owned(),
            identity: r.array(tag::IDENTITY).ok()?,
            business: BusinessId(r.array(tag::BUSINESS).ok()?),
            token: r.array(tag::TOKEN).ok()?,
            expires_ms: r.int::<i64>(tag::EXPIRES).ok()?.checked_mul(1_000)?,
        })
    }
}

/// The text of a code: what it is, the version of the format, its bytes with a check sum.
pub(crate) fn draw(prefix: &str, bytes: &[u8]) -> String {
    let sum = check(bytes);
    let framed = [bytes, &sum].concat();
    format!("{prefix}{VERSION}:{}", to_base32(&framed))
}

/// The bytes of a scanned, typed or pasted code of this kind.
pub(crate) fn read(prefix: &str, text: &str) -> Result<Vec<u8>, PairingError> {
    if text.len() > 2 * limits::PAIRING_TEXT {
        return Err(PairingError::TooLong);
    }
    let text: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect();
    if text.len() > limits::PAIRING_TEXT {
        return Err(PairingError::TooLong);
    }
    let rest = text.strip_prefix(prefix).ok_or(PairingError::NotPairing)?;
    let (version, body) = rest.split_once(':').ok_or(PairingError::NotPairing)?;
    if version != VERSION {
        let number = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit());
        return Err(if number {
            PairingError::Newer
        } else {
            PairingError::NotPairing
        });
    }
    let bytes = from_base32(body).ok_or(PairingError::Damaged)?;
    let (bytes, sum) = bytes
        .split_last_chunk::<CHECK>()
        .ok_or(PairingError::Damaged)?;
    if check(bytes) != *sum {
        return Err(PairingError::Damaged);
    }
    Ok(bytes.to_vec())
}

fn check(bytes: &[u8]) -> [u8; CHECK] {
    let hash = blake3::Hasher::new_derive_key("kartka 2026 pairing text")
        .update(bytes)
        .finalize();
    let mut sum = [0; CHECK];
    sum.copy_from_slice(&hash.as_bytes()[..CHECK]);
    sum
}

fn to_base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter(held >> bits));
        }
    }
    if bits > 0 {
        text.push(letter(held << (5 - bits)));
    }
    text
}

fn letter(value: u32) -> char {
    char::from(ALPHABET[(value & 31) as usize])
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0u32, 0);
    for byte in text.bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == byte)?;
        held = (held << 5 | value as u32) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    let left_over = held & ((1 << bits) - 1);
    (bits < 5 && left_over == 0).then_some(bytes)
}
