//! What the authority may look up while it decides: the store, with the turn's own changes in view.

use kartka_domain::authority::Book;
use kartka_domain::brought::Brought;
use kartka_domain::business::{Business, Device, Operator};
use kartka_domain::card::CardNumber;
use kartka_domain::customer::Customer;
use kartka_domain::ids::{
    CustomerId, DeviceNo, EntryId, InstrumentId, OpId, OperatorId, ProgrammeVersion, PurchaseId,
    RequestMark, ReturnId, RoleId, VoucherId,
};
use kartka_domain::ledger::Entry;
use kartka_domain::moment::Date;
use kartka_domain::money::Points;
use kartka_domain::position::Position;
use kartka_domain::programme::Programme;
use kartka_domain::purchase::{Fiscal, Purchase, ReceiptNumber, Return};
use kartka_domain::reservation::{Asset, Kept};
use kartka_domain::rights::Role;
use kartka_domain::row::{Card, Inbox, Merge, Row, RowKind, Unlinked};
use kartka_domain::voucher::{Moved, Voucher, VoucherNumber};
use kartka_protocol::rows::WireRow;

use super::turn::Turn;
use crate::store::StoreError;

/// Reads rows of one kind.
fn read_all<T>(rows: &[WireRow], take: impl Fn(Row) -> Option<T>) -> Result<Vec<T>, StoreError> {
    rows.iter()
        .map(|wire| take(wire.read()?).ok_or(StoreError::Malformed("row.kind")))
        .collect()
}

fn brought(row: Row) -> Option<Brought> {
    match row {
        Row::Brought(brought) => Some(brought),
        _ => None,
    }
}

impl Book for Turn<'_> {
    type Error = StoreError;

    fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        self.state(RowKind::Customer, id.get(), |row| match row {
            Row::Customer(customer) => Some(customer.clone()),
            _ => None,
        })
    }

    fn position(&self, id: CustomerId) -> Result<Option<Position>, StoreError> {
        self.state(RowKind::Position, id.get(), |row| match row {
            Row::Position(_, position) => Some(position.clone()),
            _ => None,
        })
    }

    fn card(&self, number: CardNumber) -> Result<Option<Card>, StoreError> {
        let key = i64::try_from(number.value()).unwrap_or(i64::MAX);
        self.state(RowKind::Card, key, |row| match row {
            Row::Card(card) => Some(*card),
            _ => None,
        })
    }

    fn edges(&self, id: CustomerId) -> Result<Vec<Merge>, StoreError> {
        read_all(&self.db.edges(id)?, |row| match row {
            Row::Merge(merge) => Some(merge),
            _ => None,
        })
    }

    fn purchase(&self, id: PurchaseId) -> Result<Option<Purchase>, StoreError> {
        let wire = self.db.row(RowKind::Purchase, id.get())?;
        let row = wire.as_ref().map(WireRow::read).transpose()?;
        Ok(row.and_then(|row| match row {
            Row::Purchase(purchase) => Some(purchase),
            _ => None,
        }))
    }

    fn returns(&self, id: PurchaseId) -> Result<Vec<Return>, StoreError> {
        read_all(&self.db.returns(id)?, |row| match row {
            Row::Return(back) => Some(back),
            _ => None,
        })
    }

    fn entries(&self, id: PurchaseId) -> Result<Vec<Entry>, StoreError> {
        read_all(&self.db.entries(id)?, |row| match row {
            Row::Entry(entry) => Some(entry),
            _ => None,
        })
    }

    fn voucher(&self, id: VoucherId) -> Result<Option<Voucher>, StoreError> {
        let wire = self.db.row(RowKind::Voucher, id.get())?;
        Ok(match wire.map(|wire| wire.read()).transpose()? {
            Some(Row::Voucher(voucher)) => Some(voucher),
            _ => None,
        })
    }

    fn voucher_with(&self, number: &VoucherNumber) -> Result<Option<VoucherId>, StoreError> {
        self.db.voucher_with(&number.key())
    }

    fn moves(&self, id: PurchaseId) -> Result<Vec<Moved>, StoreError> {
        read_all(&self.db.moves(id)?, |row| match row {
            Row::Moved(moved) => Some(moved),
            _ => None,
        })
    }

    fn fiscal(&self, fiscal: &Fiscal) -> Result<Vec<PurchaseId>, StoreError> {
        self.db.fiscal(fiscal)
    }

    fn entry(&self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        let wire = self.db.row(RowKind::Entry, id.get())?;
        Ok(match wire.map(|wire| wire.read()).transpose()? {
            Some(Row::Entry(entry)) => Some(entry),
            _ => None,
        })
    }

    fn unlinked(&self, id: ReturnId) -> Result<Option<Unlinked>, StoreError> {
        let wire = self.db.row(RowKind::Unlinked, id.get())?;
        Ok(match wire.map(|wire| wire.read()).transpose()? {
            Some(Row::Unlinked(unlinked)) => Some(unlinked),
            _ => None,
        })
    }

    fn waiting(&self, receipt: &ReceiptNumber) -> Result<Vec<ReturnId>, StoreError> {
        self.db.unlinked(receipt)
    }

    fn sold(&self, date: Date, receipt: &ReceiptNumber) -> Result<Vec<PurchaseId>, StoreError> {
        let mut found = Vec::new();
        for wire in self.db.day(date, RowKind::Purchase)? {
            if let Row::Purchase(purchase) = wire.read()?
                && purchase.receipt.as_ref() == Some(receipt)
            {
                found.push(purchase.id);
            }
        }
        Ok(found)
    }

    fn expiries(&self, id: CustomerId) -> Result<Vec<Entry>, StoreError> {
        read_all(&self.db.expiries(id)?, |row| match row {
            Row::Entry(entry) => Some(entry),
            _ => None,
        })
    }

    fn reserved(&self, asset: Asset) -> Result<Vec<Kept>, StoreError> {
        self.db.reserved(asset, self.now_ms)
    }

    fn coupon_uses(&self, instrument: InstrumentId) -> Result<i64, StoreError> {
        let wire = self.db.row(RowKind::CouponUses, i64::from(instrument.0))?;
        Ok(match wire.map(|wire| wire.read()).transpose()? {
            Some(Row::CouponUses(uses)) => uses.count,
            _ => 0,
        })
    }

    fn campaign_spent(&self, instrument: InstrumentId) -> Result<Points, StoreError> {
        let key = i64::from(instrument.0);
        let wire = self.db.row(RowKind::CampaignSpent, key)?;
        Ok(match wire.map(|wire| wire.read()).transpose()? {
            Some(Row::CampaignSpent(spent)) => spent.points,
            _ => Points::ZERO,
        })
    }

    fn programme(&self, version: ProgrammeVersion) -> Result<Option<Programme>, StoreError> {
        self.version(version)
    }

    fn is_erased(&self, id: CustomerId) -> Result<bool, StoreError> {
        Ok(self.db.row(RowKind::Erasure, id.get())?.is_some())
    }

    fn requested(&self, mark: RequestMark) -> Result<Option<OpId>, StoreError> {
        match self.from_authority {
            true => Ok(None),
            false => self.db.requested(mark),
        }
    }

    fn operator(&self, id: OperatorId) -> Result<Option<Operator>, StoreError> {
        self.find_operator(id)
    }

    fn role(&self, id: RoleId) -> Result<Option<Role>, StoreError> {
        self.find_role(id)
    }

    fn device(&self, no: DeviceNo) -> Result<Option<Device>, StoreError> {
        self.find_device(no)
    }

    fn devices(&self) -> Result<Vec<Device>, StoreError> {
        read_all(&self.db.rows_of(RowKind::Device)?, |row| match row {
            Row::Device(device) => Some(device),
            _ => None,
        })
    }

    fn business(&self) -> Result<Option<Business>, StoreError> {
        let wire = self.db.row(RowKind::Business, 0)?;
        Ok(match wire.map(|wire| wire.read()).transpose()? {
            Some(Row::Business(business)) => Some(business),
            _ => None,
        })
    }

    fn inbox(&self, id: EntryId) -> Result<Option<Inbox>, StoreError> {
        let wire = self.db.row(RowKind::Inbox, id.get())?;
        Ok(match wire.map(|wire| wire.read()).transpose()? {
            Some(Row::Inbox(item)) => Some(item),
            _ => None,
        })
    }

    fn has_referrals(&self) -> Result<bool, StoreError> {
        self.db.any_brought()
    }

    fn brought(&self, id: EntryId) -> Result<Option<Brought>, StoreError> {
        let wire = self.db.row(RowKind::Brought, id.get())?;
        Ok(match wire.map(|wire| wire.read()).transpose()? {
            Some(Row::Brought(brought)) => Some(brought),
            _ => None,
        })
    }

    fn brought_of(&self, friend: CustomerId) -> Result<Vec<Brought>, StoreError> {
        read_all(&self.db.brought_of(friend)?, brought)
    }

    fn brought_by(&self, referrer: CustomerId) -> Result<Vec<Brought>, StoreError> {
        read_all(&self.db.brought_by(referrer)?, brought)
    }

    fn bought(
        &self,
        customer: CustomerId,
        from: Date,
        to: Option<Date>,
    ) -> Result<Vec<PurchaseId>, StoreError> {
        self.db.bought(customer, from, to)
    }

    fn redeemed_by(&self, operator: OperatorId, date: Date) -> Result<Points, StoreError> {
        self.db.redeemed_by(operator, date)
    }
}
