//! Backups of the server, one put back, and the old server that is started again (sync §12).

use kartka_core::sync::{Failure as SyncFailure, Route};

use super::dice::Dice;
use super::laws::{Law, Wrong};
use super::server::{Backup, Server};
use super::street::Street;
use super::time::{DAY, HOUR, MINUTE};

/// A backup older than this is taken anew instead of being put back: after thirty days no key opens it. Nor is a server
/// switched on again that was lost so long ago: a phone that has not heard of the loss would let go of what it told it.
const KEPT_MS: i64 = 20 * DAY;

/// What lies beside the server that reigns.
#[derive(Default)]
pub(super) struct Spare {
    backup: Option<Backup>,
    /// The server that was lost last.
    old: Option<Server>,
    /// When it was lost, by the world's time.
    lost_at: i64,
    /// Until then, by the world's time, the old server answers some of the phones.
    old_until: i64,
    /// It was started again at some time.
    pub(super) old_was_up: bool,
}

impl Street {
    /// Who has heard of a restored server does not go back to the lost one when that is switched on again (safety 16).
    pub(super) fn follows_no_lower_reign(&mut self, no: usize) -> Result<(), Wrong> {
        if self.world.summary.restores == 0 {
            return Ok(());
        }
        let phone = &mut self.phones[no];
        let (epoch, _) = phone.seen()?;
        if epoch < phone.followed {
            let what = format!(
                "phone {no} goes back from the reign {:?} to {epoch:?}",
                phone.followed
            );
            return Err(Wrong::of(Law::S16, what));
        }
        phone.followed = epoch;
        Ok(())
    }

    /// A backup is made, or one is put back.
    pub(super) fn restore(&mut self) -> Result<(), Wrong> {
        let now = self.world.time.now();
        let fresh = |backup: &Backup| now - backup.at_ms < KEPT_MS;
        let Some(backup) = self.spare.backup.take().filter(fresh) else {
            let seq = self.server.seq()?;
            self.spare.backup = Some(self.server.back_up()?);
            self.world
                .tell(&format!("a backup is made of the server at seq {seq}"));
            return Ok(());
        };
        let lost = self.server.seq()?;
        self.learn_order()?;
        let erased = self.erased_so_far()?;
        let old = self.server.restore(&backup, erased)?;
        let seq = self.server.seq()?;
        self.world.tell(&format!(
            "the server is lost at seq {lost}; its backup is put back at seq {seq}"
        ));
        self.world.summary.restores += 1;
        self.spare.old = Some(old);
        self.spare.lost_at = now;
        self.spare.old_until = 0;
        self.server_seq = seq;
        self.learned = 0;
        self.world.model.forget_order();
        self.seen = super::ledger::Seen::default();
        self.thief = None;
        self.phones
            .iter_mut()
            .for_each(|phone| phone.healing = true);
        Ok(())
    }

    /// The people that the server has erased, by the model, with its numbers for them.
    fn erased_so_far(&mut self) -> Result<Vec<(usize, i64)>, Wrong> {
        if !self.world.model.erases() {
            return Ok(Vec::new());
        }
        let conn = self.server.ledger()?;
        let ops = super::ledger::ops(&conn)?;
        let erased = self.expected(&ops)?.erased;
        Ok(self.world.model.of_ids(erased.iter()))
    }

    /// Somebody switches the lost server on again: some phones reach it and not the new one, for a while.
    pub(super) fn old_box(&mut self, dice: &mut Dice) -> Result<(), Wrong> {
        let now = self.world.time.now();
        let lately = now - self.spare.lost_at < KEPT_MS;
        let Some(old) = self.spare.old.as_mut().filter(|_| lately) else {
            return Ok(());
        };
        old.restart()?;
        let ms = dice.between(MINUTE, 3 * HOUR);
        self.spare.old_until = now + ms;
        self.spare.old_was_up = true;
        self.world.tell(&format!(
            "the old server is on again for {} min",
            ms / MINUTE
        ));
        Ok(())
    }

    /// The old server is off for good.
    pub(super) fn end_of_the_old_box(&mut self) {
        self.spare.old_until = 0;
    }

    /// What the old server says to a request, if it is the one that hears it.
    pub(super) fn asks_the_old_box(
        &mut self,
        no: usize,
        route: Route,
        message: &[u8],
    ) -> Option<Result<Vec<u8>, SyncFailure>> {
        if self.world.time.now() >= self.spare.old_until || !self.phones[no].luck.percent(50) {
            return None;
        }
        let answer = self.spare.old.as_ref()?.serve(route, message);
        self.world.tell(&format!(
            "the old server answers phone {no}{}",
            if answer.is_ok() { "" } else { ": no" }
        ));
        Some(answer)
    }
}
