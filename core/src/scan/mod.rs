//! Codes out of pictures: camera frames in, card codes and hints out.
//!
//! [`ScanSession`] is what the Scan screen feeds; [`decode_picture`] reads still pictures; [`draw`] makes the pictures
//! the other two are tried on, and the pairing QR. Everything is synchronous on the caller's thread and owns no
//! clock: a shell calls from its camera thread and drops the frames that arrive meanwhile ("keep the latest").
//! Nothing here knows the store: whether a card exists, is active or has an alias is asked elsewhere, and a code
//! that is not ours is never silently a card. Source: cards §2.

mod cycle;
pub mod draw;
mod engine;
mod filter;
mod frame;
mod picture;
mod session;

pub use engine::{Found, FrameDecoder, Rxing};
pub use frame::{FrameError, LumaFrame, LumaImage};
pub use picture::decode_picture;
pub use session::{Reading, ScanEvent, ScanSession, Scanned};
