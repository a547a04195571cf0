//! Records turned on their side: one column per field, so that equal things lie together (sync §4).
//!
//! Works on the canonical bytes of any records, knows no field, and gives back exactly the bytes it
//! was given. Numbers come first, texts and everything else last. What is read was written by
//! strangers: nothing is allocated beyond a small multiple of the bytes at hand.

mod ints;
mod table;

pub(crate) use ints::{Ints, write_ints};
pub(crate) use table::{Table, write_table};
