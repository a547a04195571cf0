//! What a customer's phone and the authority say to each other about one card (sync §7, decision 65).
//!
//! A customer's phone is no device: it has no op log, no cursor and no key pair. It holds the bearer secret of its card,
//! and everything it asks and is told is sealed by that. Each question brings wishes with random keys, which the
//! authority makes into ops of its own, each once; each answer is a snapshot of what the holder may see. What a wish
//! comes to is decided by the authority alone.

mod ask;
mod link;
mod seal;
mod snapshot;

pub use ask::{HolderAsk, HolderEnvelope, Request, RequestKey, Wish};
pub use link::{CardLink, LinkError};
pub use seal::{HolderAnswer, Unsealed};
pub use snapshot::{
    CardStanding, LevelLine, Outcome, PointsLine, PurchaseLine, ShopFace, Snapshot, StampsLine,
    VoucherLine,
};
