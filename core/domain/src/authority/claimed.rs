//! What a phone writes for its own op once it is ordered, when the authority has told nothing else about it (sync §4).

use super::{Book, Standing, decide};
use crate::brought::Brought;
use crate::card::CardNumber;
use crate::customer::Customer;
use crate::ids::{CustomerId, OpId, ProgrammeVersion, PurchaseId, RequestMark};
use crate::ledger::Entry;
use crate::op::Op;
use crate::position::Position;
use crate::programme::Programme;
use crate::purchase::{Purchase, Return};
use crate::row::{Card, Merge, Row, Unlinked, UnlinkedState};
use crate::voucher::Moved;

/// The fact rows of `op` exactly as claimed: what a phone writes for its own ordered op when the authority
/// sent nothing else about it (sync §4). The same bytes as [`decide`] makes for rows with
/// [`Echo::AsClaimed`](super::Echo::AsClaimed); states (customer, position, card, …) always come from the authority.
#[must_use]
pub fn as_claimed(op: &Op) -> Vec<Row> {
    let rows = decide(&Nothing, op, Standing::Pending).unwrap_or_default();
    let plain = |row: Row| match row {
        Row::Entry(entry) => Row::Entry(Entry {
            verdict: None,
            uses: Vec::new(),
            ..entry
        }),
        Row::Return(back) => Row::Return(Return {
            verdict: None,
            ..back
        }),
        Row::Moved(moved) => Row::Moved(Moved {
            verdict: None,
            ..moved
        }),
        Row::Unlinked(unlinked) => Row::Unlinked(Unlinked {
            state: UnlinkedState::Waits,
            ..unlinked
        }),
        Row::Brought(brought) => Row::Brought(Brought {
            refused: None,
            counted: None,
            ..brought
        }),
        other => other,
    };
    rows.into_iter()
        .map(|d| d.row)
        .filter(|row| row.kind().is_fact())
        .map(plain)
        .collect()
}

/// A book without any state.
struct Nothing;

impl Book for Nothing {
    type Error = std::convert::Infallible;

    fn customer(&self, _: CustomerId) -> Result<Option<Customer>, Self::Error> {
        Ok(None)
    }
    fn position(&self, _: CustomerId) -> Result<Option<Position>, Self::Error> {
        Ok(None)
    }
    fn card(&self, _: CardNumber) -> Result<Option<Card>, Self::Error> {
        Ok(None)
    }
    fn edges(&self, _: CustomerId) -> Result<Vec<Merge>, Self::Error> {
        Ok(Vec::new())
    }
    fn purchase(&self, _: PurchaseId) -> Result<Option<Purchase>, Self::Error> {
        Ok(None)
    }
    fn returns(&self, _: PurchaseId) -> Result<Vec<Return>, Self::Error> {
        Ok(Vec::new())
    }
    fn entries(&self, _: PurchaseId) -> Result<Vec<Entry>, Self::Error> {
        Ok(Vec::new())
    }
    fn programme(&self, _: ProgrammeVersion) -> Result<Option<Programme>, Self::Error> {
        Ok(None)
    }
    fn is_erased(&self, _: CustomerId) -> Result<bool, Self::Error> {
        Ok(false)
    }
    fn requested(&self, _: RequestMark) -> Result<Option<OpId>, Self::Error> {
        Ok(None)
    }
}
