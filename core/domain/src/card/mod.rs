//! What a card carries: its number, the codes printed on it, and whether a text that was read is one of ours.
//!
//! Pure: keys, texts and counters come from the caller; nothing here draws random bytes, looks at a clock or knows
//! which cards were handed out. A code that verifies says only "this shop made this number", never "this card is
//! active". Source: cards §1.

mod alias;
mod base32;
mod bearer;
mod emission;
mod k1;
mod keys;
mod linear;
mod number;
mod read;

pub use alias::{Alias, AliasError};
pub use bearer::Bearer;
pub use emission::{Emission, EmissionError, EmitterSlot, Place};
pub use k1::{AddressError, K1, K1Text, ShopTag};
pub use keys::{CardKey, CardKeys, KeyId, PermutationKey};
pub use linear::{EanPrefix, ean13_check_digit};
pub use number::{CardNumber, NumberError, NumberLength};
pub use read::{CardCode, Carrier};
