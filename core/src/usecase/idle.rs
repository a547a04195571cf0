//! What a shop does when nobody waits: posting expired points, moving the log, forgetting old request ids.
//!
//! Never in a sale's way: shells call it when the app has been quiet for a while and when it goes to the background.

use kartka_domain::authority::expiry::{has_inactivity, sweep_person};
use kartka_domain::authority::lapse::sweep_vouchers;
use kartka_domain::authority::standing::{evaluate, has_tiers};
use kartka_domain::ids::CustomerId;
use kartka_domain::moment::{Date, Moment, day_number};
use kartka_domain::op::{ENTRIES_MAX, Fact};
use kartka_domain::position::Position;
use kartka_domain::programme::Programme;

use super::clock::is_sure_of;
use crate::commit::{Draft, Ground, commit};
use crate::error::CoreError;
use crate::recovery::RecoveryError;
use crate::shop::{OWNER, Setting, Shop, setting};
use crate::store::{Checkpoint, LogFile, RequestId, Standing, Tx, meta};

/// Pages of log that are worth a checkpoint.
const LOG_PAGES: u32 = 2_000;
/// Request ids and notes of redemptions are kept for 7 days (architecture §3).
const KEEP_REQUESTS_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// Where the day of the last sweep is noted: days since 1970, big-endian.
const SWEPT: &str = "swept_day";

impl Shop {
    /// Does what is due and quick; nothing if there is nothing.
    ///
    /// # Errors
    /// [`CoreError::Store`]; nothing is lost and the next call tries again.
    pub fn idle(&self) -> Result<(), CoreError> {
        self.store.write(|tx| {
            let Ok(setting) = setting(tx) else {
                return Ok(());
            };
            let at = self.now(&setting.outlet)?;
            tx.forget_requests(at.instant_ms.saturating_sub(KEEP_REQUESTS_MS))?;
            if setting.device.standing == Standing::Authority {
                self.post_expiries(tx, at)?;
            }
            Ok::<_, CoreError>(())
        })?;
        self.wipe_erased()?;
        if self.store.wal_pages()? > LOG_PAGES {
            // A reader in the way only means that the next idle moment does it.
            let (Checkpoint::Complete | Checkpoint::Partial) =
                self.store.checkpoint(LogFile::Reuse)?;
        }
        // Last: a key store that is locked keeps nothing else from being done.
        self.wrap_to_the_shop()
            .and_then(|()| self.change_key_if_asked())
            .map_err(RecoveryError::into_core)
    }

    /// Once per business day the authority posts what ended more than 72 h ago (L5).
    fn post_expiries(&self, tx: &Tx<'_>, at: Moment) -> Result<(), CoreError> {
        if !is_sure_of(tx, day_number(at.date))? {
            return Ok(());
        }
        let today = day_number(at.date).to_be_bytes();
        if meta::get(tx, SWEPT)?.is_some_and(|swept| swept.as_slice() == today) {
            return Ok(());
        }
        let Setting { programme, .. } = setting(tx)?;
        let mut facts = day(tx, &programme, at.date)?;
        facts.extend(sweep_vouchers(tx.issued_vouchers()?.iter(), at.date));
        for facts in facts.chunks(ENTRIES_MAX) {
            let setting = setting(tx)?;
            let mut request = [0; 16];
            self.platform.rng.fill(&mut request);
            let draft = Draft {
                request: RequestId(request),
                operator: OWNER,
                outlet: setting.outlet.id,
                programme: setting.programme.version(),
                at,
                facts: facts.to_vec(),
                personal: Vec::new(),
            };
            let ground = Ground {
                clock: self.platform.clock.as_ref(),
                rng: self.platform.rng.as_ref(),
                device: &setting.device,
                keys: &setting.keys,
            };
            commit(tx, &ground, draft)?;
        }
        Ok(meta::put(tx, SWEPT, &today)?)
    }
}

/// What a business day asks for, person by person: points that ended (L5, L6), levels (Q2).
fn day(tx: &Tx<'_>, programme: &Programme, today: Date) -> Result<Vec<Fact>, CoreError> {
    let tiers = has_tiers(programme);
    let by_person = tiers || has_inactivity(programme);
    let mut facts = Vec::new();
    for (customer, position) in tx.positions()? {
        let members = if by_person {
            members(tx, customer)?
        } else {
            vec![(customer, position)]
        };
        // Each person once: by the smallest id.
        if members.first().is_none_or(|(first, _)| *first != customer) {
            continue;
        }
        let ended = sweep_person(&members, programme, today)?;
        facts.extend(ended.into_iter().map(Fact::Claim));
        if tiers {
            facts.extend(evaluate(&members, programme, today)?.into_facts());
        }
    }
    Ok(facts)
}

/// Whoever is one person with a customer and has an account, in id order (I2).
fn members(tx: &Tx<'_>, customer: CustomerId) -> Result<Vec<(CustomerId, Position)>, CoreError> {
    let mut members = Vec::new();
    for member in tx.group_of(customer)? {
        members.extend(tx.position(member)?.map(|position| (member, position)));
    }
    Ok(members)
}
