//! What the writer and the readers of a business need from a store.
//!
//! [`BusinessStore`] is the border: everything above it is the same for every backend, everything below
//! is one backend's own (`sqlite` is the embedded one). A store keeps and finds; it decides nothing.
//! Only `sqlite` names rusqlite.

mod control;
mod error;
mod keys;
mod seal;
pub(crate) mod sqlite;
mod types;

pub use control::{Balance, Control, LedgerLine};
pub use error::StoreError;
pub use keys::Place;
pub(crate) use keys::{Invitation, KeyFolder, business_of, hex};
pub(crate) use seal::SealKey;
pub use types::{
    Anchored, Apart, Descent, DeviceState, Fact, LeftApart, NewRow, Quarantined, Rights, Run,
    ScopeDigest, StoredOp, Token, Total, Visit, Waiting, scope_of,
};

use std::collections::BTreeSet;

use kartka_domain::card::CardNumber;
use kartka_domain::ids::{
    BirthMark, CustomerId, DeviceNo, EntryId, Id, OpId, OperatorId, PurchaseId, RequestMark,
    ReturnId, Seq, VoucherId,
};
use kartka_domain::moment::Date;
use kartka_domain::money::Points;
use kartka_domain::op::Op;
use kartka_domain::purchase::{Fiscal, ReceiptNumber};
use kartka_domain::reservation::{Asset, Item, Kept, Receipt};
use kartka_domain::row::RowKind;
use kartka_protocol::holder::{Outcome, RequestKey};
use kartka_protocol::rows::WireRow;
use kartka_protocol::scope::Scope;

/// One business's data: one writer at a time, any number of readers, each with one unchanging view.
pub trait BusinessStore: Send + Sync {
    /// Does `work` in one transaction: all of it is durable when this returns `Ok`, none of it after an
    /// `Err`. `work` is called once.
    ///
    /// # Errors
    /// What `work` returns, or what kept the transaction from beginning or ending.
    fn write(
        &self,
        work: &mut dyn FnMut(&dyn Writes) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Wipes what the files may still hold of rows that were deleted; false while a reader is in the way. Takes
    /// about a second for 50 MB, during which nothing is written.
    ///
    /// # Errors
    /// What the disk reports; the data is as it was, traces may be left.
    fn wipe_traces(&self) -> Result<bool, StoreError>;

    /// Lets `work` read one unchanging state, the newest at its first statement. `work` is called once.
    ///
    /// # Errors
    /// What `work` returns, or what kept the data from being read.
    fn read(
        &self,
        work: &mut dyn FnMut(&dyn Reads) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
}

/// What can be looked up.
pub trait Reads {
    /// A row.
    ///
    /// # Errors
    /// What the disk reports.
    fn row(&self, kind: RowKind, id: i64) -> Result<Option<WireRow>, StoreError>;
    /// All rows of a kind, by id.
    ///
    /// # Errors
    /// What the disk reports.
    fn rows_of(&self, kind: RowKind) -> Result<Vec<WireRow>, StoreError>;
    /// The rows of a kind with ids above `after`, by id, at most `most`.
    ///
    /// # Errors
    /// What the disk reports.
    fn rows_after(
        &self,
        kind: RowKind,
        after: i64,
        most: usize,
    ) -> Result<Vec<WireRow>, StoreError>;
    /// Walks the rows of `scope` above `after` in seq order ([`Scope::Own`]: the changed facts of `device`).
    ///
    /// # Errors
    /// What `visit` returns, or what the disk reports.
    fn feed(
        &self,
        scope: Scope,
        device: DeviceNo,
        after: Seq,
        visit: &mut dyn FnMut(WireRow) -> Result<Visit, StoreError>,
    ) -> Result<(), StoreError>;
    /// The months that hold rows, ascending.
    ///
    /// # Errors
    /// What the disk reports.
    fn digests(&self) -> Result<Vec<ScopeDigest>, StoreError>;
    /// The edges at a customer.
    ///
    /// # Errors
    /// What the disk reports.
    fn edges(&self, customer: CustomerId) -> Result<Vec<WireRow>, StoreError>;
    /// The returns of a purchase, by id.
    ///
    /// # Errors
    /// What the disk reports.
    fn returns(&self, purchase: PurchaseId) -> Result<Vec<WireRow>, StoreError>;
    /// The ledger entries of a purchase, by id.
    ///
    /// # Errors
    /// What the disk reports.
    fn entries(&self, purchase: PurchaseId) -> Result<Vec<WireRow>, StoreError>;
    /// The moves of vouchers that belong to a purchase, by id.
    ///
    /// # Errors
    /// What the disk reports.
    fn moves(&self, purchase: PurchaseId) -> Result<Vec<WireRow>, StoreError>;
    /// The voucher that bears a number, as it is looked up: the first one in the order.
    ///
    /// # Errors
    /// What the disk reports.
    fn voucher_with(&self, number: &str) -> Result<Option<VoucherId>, StoreError>;
    /// Vouchers that may be used and whose last day was before `date`, by id.
    ///
    /// # Errors
    /// What the disk reports.
    fn vouchers_due(&self, date: Date) -> Result<Vec<WireRow>, StoreError>;
    /// The entries of a customer by which points expired or came back (L5).
    ///
    /// # Errors
    /// What the disk reports.
    fn expiries(&self, customer: CustomerId) -> Result<Vec<WireRow>, StoreError>;
    /// Customers of whose points something ended before `date`, by id.
    ///
    /// # Errors
    /// What the disk reports.
    fn due(&self, date: Date) -> Result<Vec<CustomerId>, StoreError>;
    /// The newest purchases of a customer, newest first.
    ///
    /// # Errors
    /// What the disk reports.
    fn purchases_of(&self, customer: CustomerId, most: usize) -> Result<Vec<WireRow>, StoreError>;
    /// The purchases, returns or entries of a business day, by id.
    ///
    /// # Errors
    /// What the disk reports.
    fn day(&self, date: Date, kind: RowKind) -> Result<Vec<WireRow>, StoreError>;
    /// How many rows of a kind belong to a business day; customers to that of their registration.
    ///
    /// # Errors
    /// What the disk reports.
    fn count_on(&self, date: Date, kind: RowKind) -> Result<u64, StoreError>;
    /// Whether a customer bought on a day before `date`.
    ///
    /// # Errors
    /// What the disk reports.
    fn bought_before(&self, customer: CustomerId, date: Date) -> Result<bool, StoreError>;
    /// Σ effects over the whole ledger by instrument.
    ///
    /// # Errors
    /// What the disk reports.
    fn totals(&self) -> Result<Vec<Total>, StoreError>;
    /// The ledger and its sums, for proofs.
    ///
    /// # Errors
    /// What the disk reports.
    fn control(&self) -> Result<Control, StoreError>;
    /// The op that bears a request mark.
    ///
    /// # Errors
    /// What the disk reports.
    fn requested(&self, mark: RequestMark) -> Result<Option<OpId>, StoreError>;
    /// An op.
    ///
    /// # Errors
    /// What the disk reports.
    fn op(&self, id: OpId) -> Result<Option<StoredOp>, StoreError>;
    /// The op that a number belongs to.
    ///
    /// # Errors
    /// What the disk reports.
    fn op_with(&self, number: Id) -> Result<Option<StoredOp>, StoreError>;
    /// All device numbers that come from another one, by number.
    ///
    /// # Errors
    /// What the disk reports.
    fn descents(&self) -> Result<Vec<Descent>, StoreError>;
    /// The first re-issued op with a birth mark, in the line of incarnations that began with `root`.
    ///
    /// # Errors
    /// What the disk reports.
    fn reissued(&self, root: DeviceNo, mark: BirthMark) -> Result<Option<OpId>, StoreError>;
    /// The op that an op without effect stands for.
    ///
    /// # Errors
    /// What the disk reports.
    fn alias(&self, op: OpId) -> Result<Option<OpId>, StoreError>;
    /// The ops of a range that stand for others, each with its last number and the one that it stands for.
    ///
    /// # Errors
    /// What the disk reports.
    fn aliases(&self, first: OpId, last: Id) -> Result<Vec<(OpId, Id, OpId)>, StoreError>;
    /// Kept ops that still have a personal section and name one of these people.
    ///
    /// # Errors
    /// What the disk reports.
    fn ops_about(&self, people: &BTreeSet<CustomerId>) -> Result<Vec<Op>, StoreError>;
    /// A device's batches that lie apart and were not brought again.
    ///
    /// # Errors
    /// What the disk reports.
    fn left_apart(&self, no: DeviceNo) -> Result<Vec<LeftApart>, StoreError>;
    /// Walks all ops in the order of their seqs: seq, id, chain.
    ///
    /// # Errors
    /// What `visit` returns, or what the disk reports.
    fn log(
        &self,
        visit: &mut dyn FnMut(Seq, OpId, [u8; 32]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
    /// The chain's value after the op whose last number is `last`.
    ///
    /// # Errors
    /// What the disk reports.
    fn chain_at(&self, last: i64) -> Result<Option<[u8; 32]>, StoreError>;
    /// Runs of a device's own ops that reach above `after`, in order, at most `most`.
    ///
    /// # Errors
    /// What the disk reports.
    fn runs(&self, device: DeviceNo, after: Seq, most: usize) -> Result<Vec<Run>, StoreError>;
    /// A device.
    ///
    /// # Errors
    /// What the disk reports.
    fn device(&self, no: DeviceNo) -> Result<Option<DeviceState>, StoreError>;
    /// The device with this public key.
    ///
    /// # Errors
    /// What the disk reports.
    fn device_of_key(&self, key: &[u8; 33]) -> Result<Option<DeviceState>, StoreError>;
    /// All devices, by number.
    ///
    /// # Errors
    /// What the disk reports.
    fn devices(&self) -> Result<Vec<DeviceState>, StoreError>;
    /// Measured pairs of a device's clock.
    ///
    /// # Errors
    /// What the disk reports.
    fn anchors(&self, no: DeviceNo) -> Result<Vec<Anchored>, StoreError>;
    /// A pairing token by its hash.
    ///
    /// # Errors
    /// What the disk reports.
    fn token(&self, hash: &[u8; 32]) -> Result<Option<Token>, StoreError>;
    /// A fact about the business or the file.
    ///
    /// # Errors
    /// What the disk reports.
    fn fact(&self, fact: Fact) -> Result<Option<Vec<u8>>, StoreError>;
    /// The seq of the last row of a kind up to `seq`.
    ///
    /// # Errors
    /// What the disk reports.
    fn last_of(&self, kind: RowKind, seq: Seq) -> Result<Option<Seq>, StoreError>;
    /// How many rows of a kind there are.
    ///
    /// # Errors
    /// What the disk reports.
    fn count(&self, kind: RowKind) -> Result<u64, StoreError>;
    /// Whether a key was revoked.
    ///
    /// # Errors
    /// What the disk reports.
    fn is_revoked(&self, key: &[u8; 33]) -> Result<bool, StoreError>;
    /// All revoked keys, in order.
    ///
    /// # Errors
    /// What the disk reports.
    fn revoked_keys(&self) -> Result<Vec<[u8; 33]>, StoreError>;
    /// Ops of a device that wait in quarantine with last numbers up to `up_to`, in their order, at most `most`.
    ///
    /// # Errors
    /// What the disk reports.
    fn quarantined(
        &self,
        device: DeviceNo,
        up_to: i64,
        most: usize,
    ) -> Result<Vec<Quarantined>, StoreError>;
    /// Ops of any device that came into quarantine before an instant (epoch ms), by number, at most `most`.
    ///
    /// # Errors
    /// What the disk reports.
    fn quarantined_before(
        &self,
        before_ms: i64,
        most: usize,
    ) -> Result<Vec<Quarantined>, StoreError>;
    /// The inbox item under which a device's ops of a business day wait, if any do.
    ///
    /// # Errors
    /// What the disk reports.
    fn item_of(&self, device: DeviceNo, day: i64) -> Result<Option<EntryId>, StoreError>;
    /// What waits under an inbox item.
    ///
    /// # Errors
    /// What the disk reports.
    fn waiting(&self, item: EntryId) -> Result<Waiting, StoreError>;
    /// The purchases with a fiscal receipt, by id (X8).
    ///
    /// # Errors
    /// What the disk reports.
    fn fiscal(&self, fiscal: &Fiscal) -> Result<Vec<PurchaseId>, StoreError>;
    /// The unlinked returns that wait for a receipt with this number, by id (X1).
    ///
    /// # Errors
    /// What the disk reports.
    fn unlinked(&self, receipt: &ReceiptNumber) -> Result<Vec<ReturnId>, StoreError>;
    /// Whether anybody was ever said to have brought somebody (G3).
    ///
    /// # Errors
    /// What the disk reports.
    fn any_brought(&self) -> Result<bool, StoreError>;
    /// What was said of who brought a customer, by id.
    ///
    /// # Errors
    /// What the disk reports.
    fn brought_of(&self, friend: CustomerId) -> Result<Vec<WireRow>, StoreError>;
    /// What was said of whom a customer brought, by id.
    ///
    /// # Errors
    /// What the disk reports.
    fn brought_by(&self, referrer: CustomerId) -> Result<Vec<WireRow>, StoreError>;
    /// The first purchases of a customer from one business date to another, by date and id.
    ///
    /// # Errors
    /// What the disk reports.
    fn bought(
        &self,
        customer: CustomerId,
        from: Date,
        to: Option<Date>,
    ) -> Result<Vec<PurchaseId>, StoreError>;
    /// Points that an operator let redeem on a business date.
    ///
    /// # Errors
    /// What the disk reports.
    fn redeemed_by(&self, operator: OperatorId, date: Date) -> Result<Points, StoreError>;
    /// For which receipts something is kept at `now_ms`, by device and request.
    ///
    /// # Errors
    /// What the disk reports.
    fn reserved(&self, asset: Asset, now_ms: i64) -> Result<Vec<Kept>, StoreError>;
    /// For how many receipts of a device something is kept at `now_ms`.
    ///
    /// # Errors
    /// What the disk reports.
    fn reserving(&self, device: DeviceNo, now_ms: i64) -> Result<usize, StoreError>;
    /// The newest consents or vouchers of a person, newest first, at most `most`.
    ///
    /// # Errors
    /// What the disk reports.
    fn of_person(
        &self,
        customer: CustomerId,
        kind: RowKind,
        most: usize,
    ) -> Result<Vec<WireRow>, StoreError>;
    /// What became of a holder's request, if it came before.
    ///
    /// # Errors
    /// What the disk reports.
    fn holder_request(&self, key: &RequestKey) -> Result<Option<Outcome>, StoreError>;
    /// How many requests about a card came since an instant (epoch ms).
    ///
    /// # Errors
    /// What the disk reports.
    fn holder_requests(&self, card: CardNumber, since_ms: i64) -> Result<usize, StoreError>;
}

/// What can be kept, within one transaction.
pub trait Writes: Reads {
    /// Writes a row over an older one, with everything by which it is found.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_row(&self, row: &NewRow<'_>) -> Result<(), StoreError>;
    /// Keeps the first day on which something of a customer's points ends; none when nothing does.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_due(&self, customer: CustomerId, day: Option<i64>) -> Result<(), StoreError>;
    /// Keeps an op.
    ///
    /// # Errors
    /// What the disk reports; an op id that is there already is a fault of the program.
    fn put_op(&self, op: &StoredOp) -> Result<(), StoreError>;
    /// Keeps a run.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_run(&self, run: &Run) -> Result<(), StoreError>;
    /// Keeps a scope's sum.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_digest(&self, digest: &ScopeDigest) -> Result<(), StoreError>;
    /// Keeps a device.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_device(&self, device: &DeviceState) -> Result<(), StoreError>;
    /// Keeps a measured pair and drops the device's oldest beyond `most`.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_anchor(&self, anchor: &Anchored, most: usize) -> Result<(), StoreError>;
    /// Keeps a batch apart; once, however often it comes. Says whether it was new.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_apart(&self, apart: &Apart<'_>) -> Result<bool, StoreError>;
    /// Notes the inbox item that tells of all batches of a device that are left apart.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_apart_item(&self, no: DeviceNo, item: EntryId) -> Result<(), StoreError>;
    /// Notes which incarnation brings the ops of a batch again that lies apart.
    ///
    /// # Errors
    /// What the disk reports.
    fn move_apart(&self, no: DeviceNo, hash: &[u8; 32], to: DeviceNo) -> Result<(), StoreError>;
    /// Keeps where a device number comes from.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_descent(&self, descent: &Descent) -> Result<(), StoreError>;
    /// Keeps the first re-issued op with a birth mark.
    ///
    /// # Errors
    /// What the disk reports; a second op with it is a fault of the program.
    fn put_reissued(&self, root: DeviceNo, mark: BirthMark, op: OpId) -> Result<(), StoreError>;
    /// Keeps that an op stands for an earlier one.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_alias(&self, op: OpId, first: OpId) -> Result<(), StoreError>;
    /// Keeps a pairing token and drops those that ended before `before_ms`.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_token(&self, token: &Token, before_ms: i64) -> Result<(), StoreError>;
    /// Lets go of all pairing tokens that nobody has used.
    ///
    /// # Errors
    /// What the disk reports.
    fn drop_tokens(&self) -> Result<(), StoreError>;
    /// Deletes the personal sections of kept ops; hashes stay in their place.
    ///
    /// # Errors
    /// What the disk reports.
    fn wipe_ops(&self, ops: &[OpId]) -> Result<(), StoreError>;
    /// Deletes the personal sections about these people in what has no place in the order: batches kept apart, and ops
    /// that wait for a person.
    ///
    /// # Errors
    /// What the disk reports.
    fn wipe_apart(&self, people: &BTreeSet<CustomerId>) -> Result<(), StoreError>;
    /// Deletes everything there is, as if the file were new: a business that was on its way here and will not come.
    ///
    /// # Errors
    /// What the disk reports.
    fn forget_everything(&self) -> Result<(), StoreError>;
    /// Keeps a fact about the business or the file.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_fact(&self, fact: Fact, value: &[u8]) -> Result<(), StoreError>;
    /// Keeps a revoked key, for ever.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_revoked(&self, key: &[u8; 33]) -> Result<(), StoreError>;
    /// Keeps an op in quarantine.
    ///
    /// # Errors
    /// What the disk reports; an op id that is there already is a fault of the program.
    fn put_quarantined(&self, op: &Quarantined) -> Result<(), StoreError>;
    /// Lets what waits under an inbox item wait under the first op that still does; says which, if any.
    ///
    /// # Errors
    /// What the disk reports.
    fn move_item(&self, item: EntryId) -> Result<Option<EntryId>, StoreError>;
    /// Lets an op go from quarantine: it has its order now.
    ///
    /// # Errors
    /// What the disk reports.
    fn drop_quarantined(&self, id: OpId) -> Result<(), StoreError>;
    /// Adds to what an operator let redeem on a business date.
    ///
    /// # Errors
    /// What the disk reports.
    fn add_redeemed(
        &self,
        operator: OperatorId,
        date: Date,
        points: Points,
    ) -> Result<(), StoreError>;
    /// Keeps things for a receipt until `until_ms`; nothing is kept for it yet.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_reserved(
        &self,
        receipt: Receipt,
        items: &[Item],
        until_ms: i64,
    ) -> Result<(), StoreError>;
    /// Lets go of everything that is kept for a receipt.
    ///
    /// # Errors
    /// What the disk reports.
    fn drop_reserved(&self, receipt: Receipt) -> Result<(), StoreError>;
    /// Lets go of everything whose time is over.
    ///
    /// # Errors
    /// What the disk reports.
    fn drop_late_reserved(&self, now_ms: i64) -> Result<(), StoreError>;
    /// Keeps what became of a holder's request, which never came before, at `at_ms`.
    ///
    /// # Errors
    /// What the disk reports.
    fn put_holder_request(
        &self,
        of: (&RequestKey, CardNumber),
        outcome: Outcome,
        at_ms: i64,
    ) -> Result<(), StoreError>;
    /// Lets go of what became of holders' requests before `before_ms`.
    ///
    /// # Errors
    /// What the disk reports.
    fn drop_holder_requests(&self, before_ms: i64) -> Result<(), StoreError>;
}

/// [`BusinessStore::write`] with a value.
///
/// # Errors
/// As there.
pub fn write<T>(
    store: &dyn BusinessStore,
    work: impl FnOnce(&dyn Writes) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut work = Some(work);
    let mut value = None;
    store.write(&mut |view| {
        if let Some(work) = work.take() {
            value = Some(work(view)?);
        }
        Ok(())
    })?;
    value.ok_or(StoreError::Malformed("the transaction did not run"))
}

/// [`BusinessStore::read`] with a value.
///
/// # Errors
/// As there.
pub fn read<T>(
    store: &dyn BusinessStore,
    work: impl FnOnce(&dyn Reads) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut work = Some(work);
    let mut value = None;
    store.read(&mut |view| {
        if let Some(work) = work.take() {
            value = Some(work(view)?);
        }
        Ok(())
    })?;
    value.ok_or(StoreError::Malformed("the view was not read"))
}
