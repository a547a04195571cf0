//! K1, the static code of a card: sixteen characters that prove the shop made the number.
//!
//! Eighty bits, highest first: 3 key id · 8 shop hint · 34 number · 35 of HMAC-SHA-256 under the card key over the
//! first 45 (as six bytes, big-endian). Read as bare `K1…` or inside an address `HTTPS://HOST/BBBB/…`. Telling ours
//! from another shop's is [`super::CardKeys::read`]. Source: cards §1.

use std::fmt;

use thiserror::Error;

use super::{CardKey, CardKeys, CardNumber, KeyId, base32, number::is_spacing};

const MAC_BITS: u32 = 35;
const NUMBER_BITS: u32 = 34;
const HINT_BITS: u32 = 8;
/// Characters of a code.
const CODE_CHARS: usize = 16;
/// Characters of a shop's tag.
const TAG_CHARS: usize = 4;
/// No K1 text is longer: 253 bytes of host name, port, scheme, tag, code and room for spaces or a query.
const MAX_TEXT_BYTES: usize = 512;

/// Twenty bits drawn when the business is founded and kept for life: the four characters of its addresses; the low
/// eight are the hint inside its codes. Two shops may share it, then the MAC decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShopTag(u32);

impl ShopTag {
    /// The tag of the low twenty bits of `bits`.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits & 0xF_FFFF)
    }

    /// The twenty bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The eight bits of it that stand inside a code.
    const fn hint(self) -> u8 {
        (self.0 & 0xFF) as u8
    }
}

/// The four characters in an address.
impl fmt::Display for ShopTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base32::encode(u128::from(self.0), TAG_CHARS as u32))
    }
}

/// A K1 code, well-formed but not necessarily genuine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct K1(u128);

/// What a text says about being a K1 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum K1Text {
    /// A well-formed code; `tag` when it came inside an address.
    Code {
        /// The code.
        code: K1,
        /// The shop's tag in the address.
        tag: Option<ShopTag>,
    },
    /// Something else.
    Other,
}

/// Why a host can't stand in a printed address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Longer than [`K1::MAX_HOST`] characters: the QR would outgrow version 3-M.
    #[error("a host in a card's address has at most {} characters", K1::MAX_HOST)]
    HostTooLong,
    /// Empty, or a character besides letters, digits, `.`, `-` and `:`.
    #[error("the host of a card's address is not a host name")]
    NotAHost,
}

impl K1 {
    /// The longest host (with port) in an address, in characters.
    pub const MAX_HOST: usize = 31;

    /// The code of `number` under the current key of the business.
    #[must_use]
    pub fn make(number: CardNumber, keys: &CardKeys) -> Self {
        let head = Self::head(keys.current(), keys.tag().hint(), number);
        Self(head << MAC_BITS | u128::from(mac(keys.current_key(), head)))
    }

    fn head(id: KeyId, hint: u8, number: CardNumber) -> u128 {
        let id_and_hint = u128::from(id.value()) << HINT_BITS | u128::from(hint);
        id_and_hint << NUMBER_BITS | u128::from(number.value())
    }

    /// The code inside an address: `HTTPS://HOST/BBBB/…`, upper case, so that a QR may use its alphanumeric mode.
    /// Up to 8 characters of host fit version 2-M, up to 31 version 3-M.
    ///
    /// # Errors
    /// [`AddressError`]; print the bare code instead.
    pub fn address(self, host: &str, tag: ShopTag) -> Result<String, AddressError> {
        if host.len() > Self::MAX_HOST {
            return Err(AddressError::HostTooLong);
        }
        let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
        if host.is_empty() || !host.chars().all(is_host) {
            return Err(AddressError::NotAHost);
        }
        let host = host.to_ascii_uppercase();
        Ok(format!("HTTPS://{host}/{tag}/{}", self.characters()))
    }

    /// The sixteen characters without `K1`, as they stand in an address.
    #[must_use]
    pub fn characters(self) -> String {
        base32::encode(self.0, CODE_CHARS as u32)
    }

    /// Reads any text: bare `K1…` or an address of any host, in either case, with spaces and hyphens, with `O`, `I`
    /// and `L` for 0 and 1. A query, a fragment or a slash after the code is ignored. Never fails, reads at most
    /// 512 bytes.
    #[must_use]
    pub fn parse(text: &str) -> K1Text {
        if text.len() > MAX_TEXT_BYTES {
            return K1Text::Other;
        }
        let compact: String = text
            .chars()
            .filter(|c| !is_spacing(*c) && !c.is_control())
            .collect();
        let found = match compact.contains('/') {
            true => parse_address(&compact).map(|(code, tag)| (code, Some(tag))),
            false => parse_bare(&compact).map(|code| (code, None)),
        };
        match found {
            Some((code, tag)) => K1Text::Code { code, tag },
            None => K1Text::Other,
        }
    }

    /// The key that is said to have made the code.
    #[must_use]
    pub const fn key_id(self) -> KeyId {
        KeyId::from_low_bits((self.0 >> (HINT_BITS + NUMBER_BITS + MAC_BITS)) as u8)
    }

    /// Whether the code may be of the shop `tag`, as far as eight bits tell.
    #[must_use]
    pub const fn hints_at(self, tag: ShopTag) -> bool {
        (self.0 >> (NUMBER_BITS + MAC_BITS)) as u8 == tag.hint()
    }

    /// The number that the code says it bears, whoever made it: for a holder's phone, which has no key to prove it.
    #[must_use]
    pub fn said_number(self) -> Option<CardNumber> {
        let head = self.0 >> MAC_BITS;
        CardNumber::from_value((head & ((1 << NUMBER_BITS) - 1)) as u64).ok()
    }

    /// The number, if `key` made this code. The comparison takes the same time for every MAC.
    #[must_use]
    pub fn verify(self, key: &CardKey) -> Option<CardNumber> {
        let head = self.0 >> MAC_BITS;
        let claimed = (self.0 & ((1 << MAC_BITS) - 1)) as u64;
        // One XOR over whole words: no byte is compared before another.
        let genuine = std::hint::black_box(claimed ^ mac(key, head)) == 0;
        let number = self.said_number()?;
        genuine.then_some(number)
    }
}

/// The bare form, `K1` and sixteen characters.
impl fmt::Display for K1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "K1{}", self.characters())
    }
}

fn mac(key: &CardKey, head: u128) -> u64 {
    let bytes = (head as u64).to_be_bytes();
    key.mac64(&[&bytes[2..]]) >> (64 - MAC_BITS)
}

fn parse_bare(compact: &str) -> Option<K1> {
    let mut chars = compact.chars();
    let prefix = [chars.next()?, chars.next()?];
    let is_k1 = prefix[0].eq_ignore_ascii_case(&'K') && base32::decode_char(prefix[1]) == Some(1);
    if !is_k1 {
        return None;
    }
    base32::decode(chars.as_str(), CODE_CHARS).map(K1)
}

fn parse_address(compact: &str) -> Option<(K1, ShopTag)> {
    let after_scheme = match compact.split_once("://") {
        Some((scheme, rest)) if is_web(scheme) => rest,
        Some(_) => return None,
        None => compact,
    };
    let path = after_scheme.split(['?', '#']).next()?;
    let mut parts = path.trim_end_matches('/').split('/');
    let host = parts.next()?;
    let tag = base32::decode(parts.next()?, TAG_CHARS)?;
    let code = base32::decode(parts.next()?, CODE_CHARS)?;
    let whole = !host.is_empty() && parts.next().is_none();
    whole.then_some((K1(code), ShopTag::from_bits(tag as u32)))
}

fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
}
