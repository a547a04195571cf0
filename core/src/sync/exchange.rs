//! One exchange: making the request, and using its answer or none (sync §4).
//!
//! An answer counts only for the request whose nonce it names, under the identity key this phone was paired with,
//! and only while the store stands as it stood when the request was made. Whatever fails leaves the store as it was.

use kartka_domain::ids::{BusinessId, Epoch, Seq};
use kartka_domain::planted;
use kartka_protocol::head::SignedHead;
use kartka_protocol::message::{Envelope, Erased, Nonce, PROTO, Refusal, SyncAnswer, SyncRequest};
use kartka_protocol::scope::Scope;
use kartka_protocol::signature::PublicKey;

use super::failure::Failure;
use super::handover;
use super::heal;
use super::history::{Known, Stop, judge, judge_epoch};
use super::incarnation::{Told, branch, follow, is_strangers, verdict, was_stopped};
use super::moving::follow_address;
use super::outbox::next_push;
use super::rebase::{Ground, apply, read_pages};
use super::retell;
use super::revoked::{self, Next};
use super::signer::DeviceSigner;
use super::state::{SyncState, Verdict, highest_epoch, note_epoch};
use super::transport::Route;
use super::trust::{is_revoked, is_wiping};
use super::wanted::cursors;
use crate::error::CoreError;
use crate::shop::Shop;
use crate::store::{DeviceRow, HeadRow, Reader, Standing, StoreError, Tx};

/// Bytes of pages taken in one exchange: some 20,000 rows in one transaction.
const BUDGET: u32 = 1_024 * 1_024;

/// What a request is about.
enum About {
    /// An exchange with the authority.
    Exchange,
    /// A hand-over, which goes its own way.
    Handover(handover::Asked),
    /// What was made under a former number.
    Retelling(retell::Asked),
}

/// A request on its way.
pub(super) struct Asked {
    /// What it is about.
    about: About,
    /// Where it goes.
    pub(super) address: String,
    /// Where it may go when nobody is there: the authority moved, and is not at its new place yet.
    pub(super) former: Option<String>,
    /// Its bytes, signed.
    pub(super) message: Vec<u8>,
    business: BusinessId,
    pub(super) nonce: Nonce,
    sent_monotonic_ms: i64,
    standpoint: Standpoint,
    /// What it shows of this copy, if it asks under which number to go on.
    fork: Option<Verdict>,
}

/// Where the store stood when a request was made.
pub(super) struct Standpoint {
    head: Option<SignedHead>,
    acked_op: i64,
    /// Whether own ops went along.
    pub(super) pushed: bool,
    /// The scopes asked for, and how far each was pulled.
    pub(super) cursors: Vec<(Scope, Seq)>,
}

impl Asked {
    /// By which way it goes.
    pub(super) fn route(&self) -> Route {
        match self.about {
            About::Exchange => Route::Sync,
            About::Handover(_) => Route::Handover,
            About::Retelling(_) => Route::Carry,
        }
    }

    /// Nobody answered, or the server refused by a word that nobody signed. Says whether the next request can go out as if
    /// nothing had happened.
    pub(super) fn came_to_nothing(&self, shop: &Shop, failure: Failure) -> Result<bool, CoreError> {
        match &self.about {
            About::Handover(asked) if failure == Failure::Refused(Refusal::PairingRefused) => {
                handover::turned_away(shop, asked).map(|()| false)
            }
            About::Retelling(asked) => retell::not_taken(shop, asked, failure),
            About::Exchange | About::Handover(_) => Ok(false),
        }
    }

    /// A request of a hand-over.
    fn of_handover(mut asked: handover::Asked, now: &Setting) -> Self {
        let address = asked.address.clone();
        let message = std::mem::take(&mut asked.message);
        Self::beside(About::Handover(asked), (address, None), message, now)
    }

    /// A request that is no exchange.
    fn beside(
        about: About,
        (address, former): (String, Option<String>),
        message: Vec<u8>,
        now: &Setting,
    ) -> Self {
        Self {
            address,
            former,
            message,
            business: now.device.business,
            nonce: Nonce::default(),
            sent_monotonic_ms: 0,
            standpoint: Standpoint {
                head: None,
                acked_op: now.head.acked_op,
                pushed: false,
                cursors: Vec::new(),
            },
            fork: None,
            about,
        }
    }
}

/// An answer that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Finished {
    /// Own ops the authority holds now and did not before.
    pub(super) ops_acked: u64,
    /// Rows that came.
    pub(super) rows: u64,
    /// Scopes whose digests differ.
    pub(super) mismatches: u32,
    /// Whether nothing is left to send or to fetch.
    pub(super) complete: bool,
    /// Own ops that go up again under a new number, if this device has one now (sync §12).
    pub(super) moved: Option<u64>,
}

struct Setting {
    device: DeviceRow,
    head: HeadRow,
    state: SyncState,
    highest: Epoch,
}

fn setting(shop: &Shop, reader: &Reader<'_>) -> Result<Setting, CoreError> {
    let device = reader.device()?.ok_or(CoreError::NotPaired)?;
    let head = reader.head()?.ok_or(CoreError::NotPaired)?;
    let kept = highest_epoch(shop.platform.keys.as_ref(), device.business)?;
    Ok(Setting {
        highest: kept.map_or(head.epoch, |kept| kept.max(head.epoch)),
        state: SyncState::read(reader)?,
        device,
        head,
    })
}

impl Standpoint {
    /// Whether the request asked for a scope.
    pub(super) fn asks(&self, scope: Scope) -> bool {
        self.cursors.iter().any(|(asked, _)| *asked == scope)
    }

    /// Whether no other exchange has moved the store since.
    fn holds(&self, reader: &Reader<'_>, now: &Setting) -> Result<bool, StoreError> {
        for (scope, asked) in &self.cursors {
            let held = reader.scope(*scope)?.unwrap_or_default().0;
            let anew = now.state.reset.contains(scope);
            if *asked != if anew { Seq(0) } else { held } && !planted!(CursorOutsideRows) {
                return Ok(false);
            }
        }
        Ok(self.head == now.state.head && self.acked_op == now.head.acked_op)
    }
}

/// What a request goes out from; one that shows this copy's chain asks for no rows.
fn standpoint(shop: &Shop, reader: &Reader<'_>, now: &Setting) -> Result<Standpoint, StoreError> {
    let clock = shop.platform.clock.as_ref();
    Ok(Standpoint {
        head: now.state.head,
        acked_op: now.head.acked_op,
        pushed: false,
        cursors: match now.state.fork {
            None => cursors(reader, &now.state, now.device.outlet, clock)?,
            Some(_) => Vec::new(),
        },
    })
}

/// Whether this copy has met another history; a verdict ends with its epoch (sync §12).
fn verdict_in_force(shop: &Shop, tx: &Tx<'_>, now: &mut Setting) -> Result<(), StoreError> {
    let ended = now.state.fork.is_some_and(|fork| fork.epoch < now.highest);
    if ended {
        now.state.fork = None;
        now.state.write(tx)?;
    }
    if was_stopped(&now.head) {
        if now.state.fork.is_none() && !ended {
            let rng = shop.platform.rng.as_ref();
            now.state.fork = Some(verdict(rng, &now.state, now.highest));
            now.state.write(tx)?;
        }
        now.head.stopped = None;
        tx.set_head(&now.head)?;
    }
    Ok(())
}

/// Makes the next request; ops that lie in no batch yet are sealed, durably, before they are sent. On an authority
/// there is nothing to ask.
///
/// # Errors
/// [`CoreError::ServerWentBack`] while a person has not acted; [`CoreError::Offline`]
/// without a server; [`CoreError::Store`], [`CoreError::Keys`].
pub(super) fn begin(shop: &Shop) -> Result<Option<Asked>, CoreError> {
    let signer = DeviceSigner::load_or_make(&shop.platform)?;
    let clock = shop.platform.clock.as_ref();
    let mut nonce = Nonce::default();
    shop.platform.rng.fill(&mut nonce);
    shop.store.write(|tx| {
        let mut now = setting(shop, tx)?;
        if let Some(asked) = handover::begin(shop, tx, &signer)? {
            return Ok(Some(Asked::of_handover(asked, &now)));
        }
        if now.device.standing == Standing::Authority {
            return Ok(None);
        }
        verdict_in_force(shop, tx, &mut now)?;
        if let Some(code) = now.head.stopped {
            return Err(Stop::from_code(code).into());
        }
        let address = now.device.server.clone().ok_or(CoreError::Offline)?;
        if now.state.fork.is_none() {
            let hand = (&signer, shop.platform.rng.as_ref());
            if let Some(mut asked) = retell::begin(tx, &now.device, &mut now.state, hand)? {
                let former = now.state.former.as_ref();
                let places = (address, former.and_then(|former| former.address.clone()));
                let message = std::mem::take(&mut asked.message);
                let asked = Asked::beside(About::Retelling(asked), places, message, &now);
                return Ok(Some(asked));
            }
        }
        let mut standpoint = standpoint(shop, tx, &now)?;
        if is_revoked(tx)? {
            // It gets no page any more; what it recorded still goes out.
            standpoint.cursors.clear();
        }
        let shown = now.state.fork.as_ref();
        let branch = shown
            .map(|fork| branch(tx, &now.device, fork))
            .transpose()?;
        let batches = match branch {
            None => next_push(tx, &now.device, &signer, now.head.acked_op)?,
            Some(_) => Vec::new(),
        };
        standpoint.pushed = !batches.is_empty();
        let compared = standpoint.cursors.iter().map(|(scope, _)| *scope);
        let sent_monotonic_ms = clock.monotonic_ms();
        let request = SyncRequest {
            proto: PROTO,
            nonce,
            epoch: now.highest,
            head: now.state.head,
            device: now.device.no,
            boot: clock.boot_id(),
            monotonic_ms: sent_monotonic_ms,
            anchors: if batches.is_empty() {
                Vec::new()
            } else {
                now.state.anchors.clone()
            },
            batches,
            cursors: standpoint.cursors.clone(),
            digests: compared.filter(|scope| *scope != Scope::Own).collect(),
            budget: BUDGET,
            erased: erased(tx, &now.head)?,
            branch,
            wiped: is_wiping(tx)?,
        };
        request.check_size()?;
        let (business, device) = (now.device.business, now.device.no);
        let envelope = Envelope::seal(business, device, request.encode(), |message| {
            Ok::<_, CoreError>(signer.sign(message))
        })?;
        let former = now.state.former.and_then(|former| former.address);
        Ok(Some(Asked {
            address,
            former,
            message: envelope.encode(),
            business,
            nonce,
            sent_monotonic_ms,
            standpoint,
            fork: now.state.fork,
            about: About::Exchange,
        }))
    })
}

/// What this phone can say of erased people: nothing while there were none, or while their traces are not wiped.
fn erased(reader: &Reader<'_>, head: &HeadRow) -> Result<Option<Erased>, StoreError> {
    if reader.has_traces()? || !reader.has_erasures()? {
        return Ok(None);
    }
    let (seq, _) = reader.scope(Scope::Base)?.unwrap_or_default();
    Ok(Some(Erased {
        epoch: head.epoch,
        seq,
    }))
}

/// Uses an answer, in one transaction, or nothing of it.
///
/// # Errors
/// [`CoreError::Offline`] for bytes that are not the answer to this request; the server's refusals;
/// [`CoreError::ServerWentBack`], noted durably; [`CoreError::Forked`] when the authority does not say under which
/// number this copy goes on; [`CoreError::Stale`] when another exchange came between; [`CoreError::Store`].
pub(super) fn finish(shop: &Shop, asked: &Asked, bytes: &[u8]) -> Result<Finished, CoreError> {
    match &asked.about {
        About::Exchange => {}
        About::Handover(asked) => return handover::finish(shop, asked, bytes),
        About::Retelling(asked) => return retell::finish(shop, asked, bytes),
    }
    let answer = SyncAnswer::decode(bytes).map_err(|_| Failure::NotTheAnswer)?;
    let mut next = Next::Nothing;
    if planted!(CursorOutsideRows) {
        shop.store.write(|tx| {
            answer.cursors.iter().try_for_each(|(scope, seq)| {
                let (_, digest) = tx.scope(*scope)?.unwrap_or_default();
                tx.set_scope(*scope, *seq, digest)
            })
        })?;
    }
    let used: Result<Finished, CoreError> = shop.store.write(|tx| {
        let now = setting(shop, tx)?;
        check_sender(&now, asked, &answer)?;
        if !asked.standpoint.holds(tx, &now)? {
            return Err(CoreError::Stale);
        }
        let word = revoked::word(asked, &now.device, &answer);
        if let Some(word) = word {
            next = revoked::obey(tx, &now.device, now.head, (&answer, word))?;
            return Ok(Err(CoreError::DeviceRevoked));
        }
        use_answer(shop, tx, now, asked, &answer)
    })?;
    if let Ok(finished) = &used {
        let keys = shop.platform.keys.as_ref();
        note_epoch(keys, asked.business, answer.head.head.epoch)?;
        if finished.moved.is_some() {
            // What was quoted names numbers that have moved.
            shop.forget_quotes();
        }
    }
    revoked::follow(shop, next)?;
    used
}

/// The outer error undoes everything; the inner one is noted and told.
fn use_answer(
    shop: &Shop,
    tx: &Tx<'_>,
    mut now: Setting,
    asked: &Asked,
    answer: &SyncAnswer,
) -> Result<Result<Finished, CoreError>, CoreError> {
    let followed = follow_address(tx, &mut now.device, &mut now.state, answer)?;
    let away = answer.refusal == Some(Refusal::Moved);
    if away && followed {
        // Nothing else in it counts; the next request goes there.
        return Ok(Ok(Finished::default()));
    }
    if answer.head.head.epoch < now.highest && !planted!(EpochIgnored) {
        // An old server was started again. Nobody need do anything here: it ends when that one does.
        return Ok(Err(CoreError::ServerWentBack));
    }
    if away {
        return Err(Failure::Refused(Refusal::Moved).into());
    }
    let known = Known {
        device: &now.device,
        head: &now.head,
        state: &now.state,
    };
    let lost = match asked.fork {
        None => heal::lost_above(&known, answer)?,
        Some(_) => None,
    };
    let stop = match (lost, asked.fork) {
        (Some(_), _) => heal::judge(tx, &known, answer)?,
        (None, None) => judge(tx, &known, answer)?,
        (None, Some(_)) => judge_epoch(&known, answer),
    };
    let pages = match stop {
        None => read_pages(&asked.standpoint, answer)?,
        Some(_) => Vec::new(),
    };
    let rows = pages.iter().flat_map(|page| &page.rows);
    let (no, next) = (now.device.no, now.device.next_n);
    let strangers = rows
        .clone()
        .any(|row| is_strangers(no, next, row.kind, row.id));
    if rows.count() > 0 {
        now.state.untold_waits = false;
    }
    match stop.or(strangers.then_some(Stop::Forked)) {
        Some(Stop::Forked) => {
            let (rng, mut state) = (shop.platform.rng.as_ref(), now.state);
            if lost.is_some() {
                retell::note(tx, &mut state, no)?;
            }
            state.fork = Some(verdict(rng, &state, answer.head.head.epoch));
            state.write(tx)?;
            return Ok(Ok(Finished::default()));
        }
        Some(Stop::ServerWentBack) => {
            let mut head = now.head;
            head.stopped = Some(Stop::ServerWentBack.code());
            tx.set_head(&head)?;
            return Ok(Err(CoreError::ServerWentBack));
        }
        None => {}
    }
    if lost.is_none()
        && let Some(refusal) = answer.refusal
    {
        return Err(Failure::Refused(refusal).into());
    }
    if let Some(fork) = asked.fork {
        return told(shop, tx, now, &fork, answer).map(Ok);
    }
    let ground = Ground {
        device: now.device,
        head: now.head,
        state: now.state,
        asked: &asked.standpoint,
        sent_monotonic_ms: asked.sent_monotonic_ms,
        clock: shop.platform.clock.as_ref(),
    };
    match lost {
        Some(shared) => heal::begin(tx, ground, answer, shared).map(Ok),
        None if ground.state.healing.is_some() => heal::go_on(tx, ground, answer).map(Ok),
        None => apply(tx, ground, answer, &pages).map(Ok),
    }
}

/// What the authority says to a copy that has shown its chain.
fn told(
    shop: &Shop,
    tx: &Tx<'_>,
    now: Setting,
    fork: &Verdict,
    answer: &SyncAnswer,
) -> Result<Finished, CoreError> {
    let mut state = now.state;
    if answer.head.head.epoch != fork.epoch {
        // The verdict ends with its epoch: the next answer is judged anew. A stranger learns from it whose epoch this is.
        state.fork = fork.stranger.then_some(Verdict {
            epoch: answer.head.head.epoch,
            ..*fork
        });
        state.write(tx)?;
        return Ok(Finished::default());
    }
    let at_ms = shop.platform.clock.now_ms();
    let mine = (now.device, now.head, &mut state);
    let moved = match follow(tx, mine, fork, answer, at_ms)? {
        Told::Kept => None,
        Told::Moved { ops } => Some(ops),
    };
    if moved.is_some() {
        // Under its old number it still has to learn what an authority that was put back has lost.
        state.head = Some(answer.head);
    }
    state.write(tx)?;
    Ok(Finished {
        moved,
        ..Finished::default()
    })
}

/// Whether this is the paired authority's answer to this very request.
fn check_sender(now: &Setting, asked: &Asked, answer: &SyncAnswer) -> Result<(), CoreError> {
    let identity = now.device.identity.ok_or(CoreError::NotPaired)?;
    let identity = PublicKey::new(&identity).map_err(|_| CoreError::Unexpected {
        what: "the identity key",
    })?;
    let meant = answer.nonce == asked.nonce || planted!(AnswerUnbound);
    let meant = meant && answer.device == now.device.no;
    if !meant || answer.head.verify(now.device.business, &identity).is_err() {
        return Err(Failure::NotTheAnswer.into());
    }
    Ok(())
}
