//! What a shop does when nobody waits: posting expired points, moving the log, forgetting old request ids.
//!
//! Never in a sale's way: shells call it when the app has been quiet for a while and when it goes to the background.

use kartka_domain::authority::expiry::sweep;
use kartka_domain::authority::lapse::sweep_vouchers;
use kartka_domain::authority::standing::evaluate;
use kartka_domain::ids::CustomerId;
use kartka_domain::moment::{Date, Moment, day_number};
use kartka_domain::op::{Claim, ENTRIES_MAX, Fact};
use kartka_domain::position::Position;
use kartka_domain::programme::{Programme, Terms};

use crate::commit::{Draft, Ground, commit};
use crate::error::CoreError;
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
            tx.forget_old(0, at.instant_ms.saturating_sub(KEEP_REQUESTS_MS))?;
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
        Ok(())
    }

    /// Once per business day the authority posts what ended more than 72 h ago (L5).
    fn post_expiries(&self, tx: &Tx<'_>, at: Moment) -> Result<(), CoreError> {
        let today = day_number(at.date).to_be_bytes();
        if meta::get(tx, SWEPT)?.is_some_and(|swept| swept.as_slice() == today) {
            return Ok(());
        }
        let positions = tx.positions()?;
        let Setting { programme, .. } = setting(tx)?;
        let mut claims = sweep(
            positions.iter().map(|(id, p)| (*id, p)),
            &programme,
            at.date,
        )?;
        claims.extend(levels(tx, &programme, &positions, at.date)?);
        let claims = claims.into_iter().map(Fact::Claim);
        let lapsed = sweep_vouchers(tx.issued_vouchers()?.iter(), at.date);
        let facts: Vec<Fact> = claims.chain(lapsed).collect();
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

/// The daily evaluation of levels, person by person (Q2); nothing without tiers.
fn levels(
    tx: &Tx<'_>,
    programme: &Programme,
    positions: &[(CustomerId, Position)],
    today: Date,
) -> Result<Vec<Claim>, CoreError> {
    let has_tiers = programme
        .instruments()
        .iter()
        .any(|of| matches!(of.terms, Terms::Tiers(_)));
    let mut claims = Vec::new();
    for (customer, _) in positions.iter().filter(|_| has_tiers) {
        let group = tx.group_of(*customer)?;
        // Each person once: by the smallest id.
        if group.first() != Some(customer) {
            continue;
        }
        let mut members = Vec::with_capacity(group.len());
        for member in group {
            members.push((member, tx.position(member)?.unwrap_or_default()));
        }
        claims.extend(evaluate(&members, programme, today)?.claims);
    }
    Ok(claims)
}
