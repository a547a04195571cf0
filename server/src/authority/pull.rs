//! What a device is sent: pages, seqs of its own ops, digests, all from one view of the data (sync §4).

use kartka_domain::ids::{DeviceNo, Seq};
use kartka_domain::moment::{Month, date_of};
use kartka_domain::row::RowKind;
use kartka_protocol::chain::ChainValue;
use kartka_protocol::digest::Digest;
use kartka_protocol::limits;
use kartka_protocol::message::{
    Acked, Flag, Refusal, Run, ScopeDigest, SignedWord, SyncAnswer, SyncRequest,
};
use kartka_protocol::page::{End, Fit, PageWriter};
use kartka_protocol::rows::WireRow;
use kartka_protocol::scope::Scope;

use super::push::{History, Order};
use super::{Authority, Done, Grant, hold, memory, moving, quarantine};
use crate::store::{DeviceState, Reads, Rights, StoreError, Visit, read};

/// Months before the current one that every phone may have (sync §4).
const RECENT: i32 = 3;
/// Left of an answer for everything but pages.
const ENVELOPE: usize = 256 * 1_024;
/// Bytes of pages in one answer, at most.
pub(super) const PAGES: usize = limits::ANSWER - ENVELOPE;
/// Rows pack to a sixth and better; a page that does not is cut again by its writer.
const PACKING: usize = 6;

impl Authority {
    /// Answers a request whose job, if it brought one, is durable.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn answer(
        &self,
        request: &SyncRequest,
        done: Option<Done>,
        refusal: Option<Refusal>,
    ) -> Result<SyncAnswer, StoreError> {
        read(self.store.as_ref(), |db| {
            let order = memory::read_order(db)?;
            let Some(device) = db.device(request.device)? else {
                return self.answer_to_stranger(db, request, (done, refusal));
            };
            let mut answer = self.bare(db, request, &device)?;
            if hold::hold(db)?.is_some() {
                answer.flags = answer.flags.with(Flag::Heal);
            }
            let away = self.is_away(db)?.then_some(Refusal::Moved);
            answer.refusal = away.or(refusal).or_else(|| refused(done));
            let forked = matches!(answer.refusal, Some(Refusal::Fork { .. }));
            if away.is_some() {
                // Nothing else counts.
            } else if let Some(Done::Fork(grant)) = done {
                answer.incarnation = self.incarnation(answer.head.head.epoch, request, grant);
            } else if !forked && db.is_revoked(&device.key)? {
                // No page from that moment; a copy of it only learns its number, and what it sends waits (sync §7).
                let word = quarantine::word_to(db, device.no, request.batches.len())?;
                let about = (self.memory.business, device.no, &request.nonce);
                let sign = |message: &[u8]| self.memory.identity.sign(message);
                answer.refusal = Some(Refusal::DeviceRevoked);
                answer.word = Some(SignedWord::seal(word, about, sign));
            } else if answer.refusal.is_none() {
                self.fill(db, request, &device, order, &mut answer)?;
            }
            Ok(answer)
        })
    }

    /// A phone whose number is unknown here learns whose epoch this is and under which number it goes on, nothing else.
    fn answer_to_stranger(
        &self,
        db: &dyn Reads,
        request: &SyncRequest,
        (done, refusal): (Option<Done>, Option<Refusal>),
    ) -> Result<SyncAnswer, StoreError> {
        let nothing = DeviceState {
            no: request.device,
            key: [0; 33],
            rights: Rights::Recent,
            acked: 0,
            chain: ChainValue::birth(self.memory.business, request.device).0,
            earlier_ms: 0,
            forked: 0,
        };
        let mut answer = self.bare(db, request, &nothing)?;
        answer.refusal = refusal.or_else(|| refused(done));
        if let Some(Done::Fork(grant)) = done {
            answer.incarnation = self.incarnation(answer.head.head.epoch, request, grant);
        }
        Ok(answer)
    }

    fn bare(
        &self,
        db: &dyn Reads,
        request: &SyncRequest,
        device: &DeviceState,
    ) -> Result<SyncAnswer, StoreError> {
        let acked = Acked {
            last: device.acked,
            chain: ChainValue(device.chain),
        };
        let mut answer = SyncAnswer::new(
            request.nonce,
            request.device,
            self.sign(db)?,
            self.now_ms(),
            acked,
        );
        answer.lineage = memory::lineage(db)?;
        answer.moved = moving::address(db)?;
        Ok(answer)
    }

    fn fill(
        &self,
        db: &dyn Reads,
        request: &SyncRequest,
        device: &DeviceState,
        order: Order,
        answer: &mut SyncAnswer,
    ) -> Result<(), StoreError> {
        let months = Months::of(device.rights, self.now_ms());
        answer.oldest_month = months.oldest;
        let own_cursor = cursor_of(request, Scope::Own);
        let mut pull = Pull {
            db,
            device: device.no,
            own_cursor: own_cursor.unwrap_or_default(),
            head: order.seq,
            left: usize::try_from(request.budget).unwrap_or(usize::MAX),
        };
        pull.left = pull.left.min(self.pages);
        for (scope, after) in ordered(request) {
            if !months.allow(scope) {
                continue;
            }
            let mut end = order.seq;
            if scope == Scope::Own {
                end = pull.runs(after, answer)?;
            }
            let reached = pull.pages(scope, after, end, answer)?;
            answer.cursors.push((scope, reached));
            if reached < order.seq {
                answer.flags = answer.flags.with(Flag::More);
                if scope == Scope::Own {
                    // What `knows` leaves out elsewhere is judged by how far this one is.
                    pull.left = 0;
                }
            }
        }
        answer.digests = digests(db, request, &months, order.seq)?;
        if device.rights == Rights::History {
            name_other_months(db, answer)?;
        }
        Ok(())
    }
}

/// The owner's devices keep every month; those they did not ask for stand at 0 among the cursors.
fn name_other_months(db: &dyn Reads, answer: &mut SyncAnswer) -> Result<(), StoreError> {
    for sum in db.digests()? {
        let known = answer.cursors.iter().any(|(scope, _)| *scope == sum.scope);
        let room = answer.cursors.len() < limits::SCOPES;
        if matches!(sum.scope, Scope::Month(_)) && !known && room {
            answer.cursors.push((sum.scope, Seq(0)));
        }
    }
    Ok(())
}

fn refused(done: Option<Done>) -> Option<Refusal> {
    match done {
        Some(Done::Push(outcome)) if outcome.history == History::Forked => Some(Refusal::Fork {
            acked: outcome.device.acked,
        }),
        Some(Done::Fork(Grant::TooMany { retry_ms })) => Some(Refusal::Busy { retry_ms }),
        _ => None,
    }
}

fn cursor_of(request: &SyncRequest, scope: Scope) -> Option<Seq> {
    let found = request.cursors.iter().find(|(asked, _)| *asked == scope);
    found.map(|(_, seq)| *seq)
}

/// What is needed first comes first: own, by which the others are judged, base, then months from the newest.
fn ordered(request: &SyncRequest) -> Vec<(Scope, Seq)> {
    let mut cursors = request.cursors.clone();
    cursors.sort_by_key(|(scope, _)| match scope {
        Scope::Own => (0, 0),
        Scope::Base => (1, 0),
        Scope::Month(month) => (2, -i64::from(month.0)),
    });
    cursors.dedup_by_key(|(scope, _)| *scope);
    cursors
}

/// The months a device may have.
struct Months {
    oldest: Option<Month>,
}

impl Months {
    fn of(rights: Rights, now_ms: i64) -> Self {
        const DAY_MS: i64 = 86_400_000;
        let today = date_of(now_ms.div_euclid(DAY_MS));
        Self {
            oldest: match rights {
                Rights::History => None,
                Rights::Recent => today.map(|today| Month::of(today).back(RECENT)),
            },
        }
    }

    fn allow(&self, scope: Scope) -> bool {
        match (scope, self.oldest) {
            (Scope::Month(month), Some(oldest)) => month >= oldest,
            _ => true,
        }
    }
}

/// Pages being made from one view.
struct Pull<'v> {
    db: &'v dyn Reads,
    device: DeviceNo,
    /// Own ops up to here are settled on the device.
    own_cursor: Seq,
    head: Seq,
    /// Bytes that may still be sent.
    left: usize,
}

impl Pull<'_> {
    /// Adds the seqs of own ops above `after`; says up to where they are complete.
    fn runs(&self, after: Seq, answer: &mut SyncAnswer) -> Result<Seq, StoreError> {
        let runs = self.db.runs(self.device, after, limits::RUNS)?;
        let complete = match runs.last() {
            Some(last) if runs.len() == limits::RUNS => last.last_seq,
            _ => self.head,
        };
        answer.runs = runs
            .into_iter()
            .map(|run| Run {
                first_op: run.first_op,
                last_op: run.last_op,
                first_seq: run.first_seq,
                mark: run.mark,
                alias: run.alias,
            })
            .collect();
        Ok(complete)
    }

    /// Adds pages of a scope until `end`, or until there is no room; says where they end.
    fn pages(
        &mut self,
        scope: Scope,
        after: Seq,
        end: Seq,
        answer: &mut SyncAnswer,
    ) -> Result<Seq, StoreError> {
        let mut from = after.max(Seq(0));
        while from < end && self.left > 0 && answer.pages.len() < limits::ANSWER_PAGES {
            let budget = limits::PAGE_UNPACKED.min(self.left.saturating_mul(PACKING));
            let mut page = PageWriter::new(scope, from, budget);
            let all = self.fill(&mut page, scope, (after, from, end))?;
            let packed = page.finish(all)?;
            if packed.rows > 0 {
                self.left = self.left.saturating_sub(packed.bytes.len());
                answer.pages.push(packed.bytes);
            }
            from = packed.to;
        }
        Ok(from)
    }

    /// Hands rows to a page until it is full or there are no more.
    fn fill(
        &self,
        page: &mut PageWriter,
        scope: Scope,
        (after, from, end): (Seq, Seq, Seq),
    ) -> Result<End, StoreError> {
        let mut all = End::Complete(end);
        self.db.feed(scope, self.device, from, &mut |row| {
            if row.seq > end {
                return Ok(Visit::Stop);
            }
            if self.knows(scope, after, &row) {
                return Ok(Visit::More);
            }
            Ok(match page.push(row)? {
                Fit::Taken => Visit::More,
                Fit::Full => {
                    all = End::More;
                    Visit::Stop
                }
            })
        })?;
        Ok(all)
    }

    /// Facts that the device makes from its own ops when it learns their seqs. Those it has settled before
    /// are sent again when the scope is pulled anew, whichever exchange they fall into.
    fn knows(&self, scope: Scope, after: Seq, row: &WireRow) -> bool {
        let own = row.id >> 40 == i64::from(self.device.get());
        let fact = RowKind::from_number(row.kind).is_some_and(RowKind::is_fact);
        scope != Scope::Own && after > Seq(0) && own && fact && row.seq > self.own_cursor
    }
}

fn digests(
    db: &dyn Reads,
    request: &SyncRequest,
    months: &Months,
    seq: Seq,
) -> Result<Vec<ScopeDigest>, StoreError> {
    if request.digests.is_empty() {
        return Ok(Vec::new());
    }
    let sums = db.digests()?;
    let asked = request
        .digests
        .iter()
        .filter(|scope| **scope != Scope::Own && months.allow(**scope));
    Ok(asked
        .map(|scope| {
            let found = sums.iter().find(|sum| sum.scope == *scope);
            let digest = found.map_or(Digest::default(), |sum| sum.digest);
            ScopeDigest {
                scope: *scope,
                seq,
                digest,
            }
        })
        .collect())
}
