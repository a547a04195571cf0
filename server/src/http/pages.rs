//! The pages people see: the owner's, the pairing code, and a customer's card. Plain HTML, no script.
//!
//! Everything that came from outside goes through [`html::text`]; figures come from the store and
//! `domain::report`, never from here.

pub(super) mod card;
mod figures;
mod html;
pub(super) mod owner;
mod words;

pub(super) use html::STYLE;
