//! The store as the authority's book: what a founding phone decides upon, and what a phone folds its own
//! pending ops over.

use kartka_domain::authority::Book;
use kartka_domain::brought::Brought;
use kartka_domain::business::{Business, Device, Operator};
use kartka_domain::card::CardNumber;
use kartka_domain::customer::Customer;
use kartka_domain::ids::{
    CustomerId, DeviceNo, EntryId, InstrumentId, OpId, OperatorId, ProgrammeVersion, PurchaseId,
    RequestMark, ReturnId, RoleId, VoucherId,
};
use kartka_domain::ledger::{Entry, EntryKind};
use kartka_domain::moment::Date;
use kartka_domain::money::Points;
use kartka_domain::position::Position;
use kartka_domain::programme::Programme;
use kartka_domain::purchase::{Fiscal, Purchase, ReceiptNumber, Return};
use kartka_domain::rights::Role;
use kartka_domain::row::{Card, Inbox, Merge, Row, RowKind, Unlinked, UnlinkedState};
use kartka_domain::voucher::{Moved, Voucher, VoucherNumber};

use super::{Reader, StoreError};

impl Book for Reader<'_> {
    type Error = StoreError;

    fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        Reader::customer(self, id)
    }

    fn position(&self, id: CustomerId) -> Result<Option<Position>, StoreError> {
        Reader::position(self, id)
    }

    fn card(&self, number: CardNumber) -> Result<Option<Card>, StoreError> {
        Reader::card(self, number)
    }

    fn edges(&self, id: CustomerId) -> Result<Vec<Merge>, StoreError> {
        Reader::edges(self, id)
    }

    fn purchase(&self, id: PurchaseId) -> Result<Option<Purchase>, StoreError> {
        Reader::purchase(self, id)
    }

    fn returns(&self, id: PurchaseId) -> Result<Vec<Return>, StoreError> {
        self.returns_of(id)
    }

    fn entries(&self, id: PurchaseId) -> Result<Vec<Entry>, StoreError> {
        self.entries_of(id)
    }

    fn voucher(&self, id: VoucherId) -> Result<Option<Voucher>, StoreError> {
        Reader::voucher(self, id)
    }

    fn voucher_with(&self, number: &VoucherNumber) -> Result<Option<VoucherId>, StoreError> {
        Reader::voucher_with(self, number)
    }

    fn moves(&self, id: PurchaseId) -> Result<Vec<Moved>, StoreError> {
        self.moves_of(id)
    }

    fn fiscal(&self, fiscal: &Fiscal) -> Result<Vec<PurchaseId>, StoreError> {
        self.purchases_by_fiscal(fiscal)
    }

    fn entry(&self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        Ok(match self.row(RowKind::Entry, id.get())? {
            Some(Row::Entry(entry)) => Some(entry),
            _ => None,
        })
    }

    fn unlinked(&self, id: ReturnId) -> Result<Option<Unlinked>, StoreError> {
        Ok(match self.row(RowKind::Unlinked, id.get())? {
            Some(Row::Unlinked(unlinked)) => Some(unlinked),
            _ => None,
        })
    }

    fn waiting(&self, receipt: &ReceiptNumber) -> Result<Vec<ReturnId>, StoreError> {
        let waits =
            |row: &Unlinked| row.state == UnlinkedState::Waits && row.back.receipt == *receipt;
        let all = self.unlinked_returns()?;
        Ok(all
            .iter()
            .filter(|row| waits(row))
            .map(|row| row.id)
            .collect())
    }

    fn sold(&self, date: Date, receipt: &ReceiptNumber) -> Result<Vec<PurchaseId>, StoreError> {
        let of_day = self.purchases_on(date)?.into_iter();
        let named = of_day.filter(|purchase| purchase.receipt.as_ref() == Some(receipt));
        Ok(named.map(|purchase| purchase.id).collect())
    }

    fn expiries(&self, id: CustomerId) -> Result<Vec<Entry>, StoreError> {
        let mut all = self.ledger_of(id)?;
        all.retain(|(_, entry)| matches!(entry.kind, EntryKind::Expire | EntryKind::Revive));
        Ok(all.into_iter().map(|(_, entry)| entry).collect())
    }

    fn programme(&self, version: ProgrammeVersion) -> Result<Option<Programme>, StoreError> {
        Reader::programme(self, version)
    }

    fn is_erased(&self, id: CustomerId) -> Result<bool, StoreError> {
        Reader::is_erased(self, id)
    }

    fn coupon_uses(&self, instrument: InstrumentId) -> Result<i64, StoreError> {
        Reader::coupon_uses(self, instrument)
    }

    fn campaign_spent(&self, instrument: InstrumentId) -> Result<Points, StoreError> {
        Reader::campaign_spent(self, instrument)
    }

    /// A phone's own request ids are answered before an op is made, so no second op of its own bears one.
    fn requested(&self, _: RequestMark) -> Result<Option<OpId>, StoreError> {
        Ok(None)
    }

    fn operator(&self, id: OperatorId) -> Result<Option<Operator>, StoreError> {
        Reader::operator(self, id)
    }

    fn role(&self, id: RoleId) -> Result<Option<Role>, StoreError> {
        self.newest_role(id)
    }

    fn device(&self, no: DeviceNo) -> Result<Option<Device>, StoreError> {
        self.device_row(no)
    }

    fn devices(&self) -> Result<Vec<Device>, StoreError> {
        self.device_rows()
    }

    fn business(&self) -> Result<Option<Business>, StoreError> {
        Ok(match self.row(RowKind::Business, 0)? {
            Some(Row::Business(business)) => Some(business),
            _ => None,
        })
    }

    fn inbox(&self, id: EntryId) -> Result<Option<Inbox>, StoreError> {
        Ok(match self.row(RowKind::Inbox, id.get())? {
            Some(Row::Inbox(item)) => Some(item),
            _ => None,
        })
    }

    fn has_referrals(&self) -> Result<bool, StoreError> {
        self.any_referral()
    }

    fn brought(&self, id: EntryId) -> Result<Option<Brought>, StoreError> {
        self.referral(id)
    }

    fn brought_of(&self, friend: CustomerId) -> Result<Vec<Brought>, StoreError> {
        self.referrals_of(friend)
    }

    fn brought_by(&self, referrer: CustomerId) -> Result<Vec<Brought>, StoreError> {
        self.referrals_by(referrer)
    }

    fn bought(
        &self,
        customer: CustomerId,
        from: Date,
        to: Option<Date>,
    ) -> Result<Vec<PurchaseId>, StoreError> {
        self.bought_between(customer, from, to)
    }

    fn redeemed_by(&self, operator: OperatorId, date: Date) -> Result<Points, StoreError> {
        self.redeemed_on(operator, date)
    }
}
