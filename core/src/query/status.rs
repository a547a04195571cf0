//! What the sync dot shows: what still has to be sent, and how old the authority's word is.

use kartka_domain::ids::{BusinessId, DeviceNo, OperatorId, Seq};
use kartka_domain::incarnation::Renumbering;
use kartka_protocol::message::Refusal;
use kartka_protocol::scope::Scope;

use crate::error::CoreError;
use crate::shop::Shop;
use crate::store::{Moved, Standing};
use crate::sync::{Trust, clock_off, is_revoked, is_wiping, trust};
use crate::usecase::clock::ClockJump;

/// How this device stands with the authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncStatus {
    /// The business.
    pub business: BusinessId,
    /// This device's number.
    pub device: DeviceNo,
    /// The server's address; none for a founding phone, which is its own authority.
    pub server: Option<String>,
    /// Ops that the authority does not hold yet.
    pub outbox: u64,
    /// The authority's order up to where this device has seen it.
    pub seq: Seq,
    /// When that was, epoch ms by this device's clock.
    pub synced_ms: i64,
    /// Age of it in milliseconds; 0 on an authority; negative when the clock went back.
    pub age_ms: i64,
    /// The code that stops the exchange until a person acts.
    pub stopped: Option<u16>,
    /// This phone's data was an older copy, and nobody has read of it yet.
    pub renumbered: Option<Renumbered>,
    /// Whether this device is still trusted, and until when.
    pub trust: Trust,
    /// How far this device's clock is ahead of the authority's (behind: negative), where it is so wrong that the authority
    /// sets the times of its sales; none where it is right or was not measured.
    pub clock_off_ms: Option<i64>,
    /// This device is its own authority and its clock jumped; nothing ends by it until somebody says that it is right, or
    /// it has shown three days in a row.
    pub clock_jump: Option<ClockJump>,
    /// Who is at it.
    pub operator: OperatorId,
    /// Whether everything here was deleted, as the owner wanted, and the authority has not heard it yet.
    pub wiping: bool,
}

/// This phone's data was an older copy: what it had sold was kept, and sent again under a new number (sync §12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renumbered {
    /// Which numbers became which: for whoever keeps an id on a screen.
    pub numbers: Renumbering,
    /// Ops that were kept and sent again.
    pub ops: u64,
    /// When, epoch ms by this device's clock.
    pub at_ms: i64,
}

fn renumbered(moved: Moved) -> Result<Renumbered, CoreError> {
    Ok(Renumbered {
        numbers: Renumbering::new(moved.old, moved.fork, moved.last, moved.new)?,
        ops: u64::try_from(moved.ops).unwrap_or(0),
        at_ms: moved.at_ms,
    })
}

impl Shop {
    /// Outbox, head and age.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn sync_status(&self) -> Result<SyncStatus, CoreError> {
        let now = self.platform.clock.now_ms();
        self.store.read(|r| {
            let device = r.device()?.ok_or(CoreError::NotPaired)?;
            let head = r.head()?.ok_or(CoreError::NotPaired)?;
            let authority = device.standing == Standing::Authority;
            let trust = trust(r, device.standing, self.platform.clock.as_ref())?;
            Ok(SyncStatus {
                trust,
                clock_off_ms: clock_off(r, device.standing, self.platform.clock.as_ref())?,
                clock_jump: self.clock_jump(r)?,
                business: device.business,
                device: device.no,
                server: device.server,
                outbox: r.outbox_len(head.acked_op)?,
                seq: head.seq,
                synced_ms: head.synced_ms,
                age_ms: if authority {
                    0
                } else {
                    now.saturating_sub(head.synced_ms)
                },
                stopped: match is_revoked(r)? {
                    true => Some(Refusal::DeviceRevoked.number()),
                    false => head.stopped,
                },
                renumbered: r.unseen_move()?.map(renumbered).transpose()?,
                operator: r.at_device()?,
                wiping: is_wiping(r)?,
            })
        })
    }

    /// Cursor and digest of every scope held here, for comparing two stores.
    ///
    /// # Errors
    /// [`CoreError::Store`].
    pub fn digests(&self) -> Result<Vec<(Scope, Seq, [u8; 16])>, CoreError> {
        self.store.read(|r| {
            let mut all = Vec::new();
            for (scope, cursor) in r.scopes()? {
                if let Some((_, digest)) = r.scope(scope)? {
                    all.push((scope, cursor, digest.to_bytes()));
                }
            }
            Ok(all)
        })
    }
}
