//! Rows between the domain's types and their bytes (sync §4).
//!
//! One function each way; both sides of the protocol and both stores use them, so a row that is not
//! echoed has the same bytes on phone and authority. A kind or value that is newer than this code is an
//! error here and stays as bytes in the store.

mod brought;
mod campaign;
mod coupon;
mod erasure;
mod facts;
mod limits;
mod people;
mod shop;
mod standing;
mod unlinked;
mod visits;
mod voucher;

use kartka_domain::ids::Seq;
use kartka_domain::row::{Row, RowKind};

use crate::WireError;
use crate::fields::{Record, Shape};
use crate::rows::WireRow;

pub(crate) use shop::{
    DEVICE_STATES, business_record, device_record, operator_record, outlet_record,
    programme_record, role_record,
};
pub(crate) use shop::{
    read_business, read_device, read_operator, read_outlet, read_programme_row, read_role,
};

/// The canonical bytes of a row's record; its kind and key stand beside them.
#[must_use]
pub fn encode(row: &Row) -> Vec<u8> {
    let record = record(row);
    // Facts are the same bytes on both sides, whoever made them (sync §4): a state may grow.
    if row.kind().is_fact() {
        record.encode()
    } else {
        record.encode_open()
    }
}

fn record(row: &Row) -> Record {
    match row {
        Row::Business(business) => business_record(business),
        Row::Outlet(outlet) => outlet_record(outlet),
        Row::Operator(operator) => operator_record(operator),
        Row::Device(device) => device_record(device),
        Row::Programme(programme) => programme_record(programme),
        Row::Customer(customer) => people::customer_record(customer),
        Row::Position(_, position) => people::position_record(position),
        Row::Card(card) => people::card_record(card),
        Row::Merge(merge) => people::merge_record(merge),
        Row::Consent(consent) => people::consent_record(consent),
        Row::Emission(emission) => people::emission_record(emission),
        Row::Inbox(item) => people::inbox_record(item),
        Row::Erasure(erased) => erasure::erasure_record(erased),
        Row::ErasureDone(done) => erasure::done_record(done),
        Row::Role(role) => role_record(role),
        Row::Purchase(purchase) => facts::purchase_record(purchase),
        Row::Return(back) => facts::return_record(back),
        Row::Entry(entry) => facts::entry_record(entry),
        Row::Voucher(of) => voucher::voucher_record(of),
        Row::Moved(of) => voucher::moved_record(of),
        Row::NotedVisits(noted) => visits::noted_record(noted),
        Row::Unlinked(back) => unlinked::unlinked_record(back),
        Row::CouponUses(uses) => coupon::uses_record(*uses),
        Row::CampaignSpent(spent) => campaign::spent_record(*spent),
        Row::Brought(of) => brought::brought_record(of),
    }
}

/// The row that stands as `kind`, `key` and the bytes of a record.
///
/// # Errors
/// [`WireError::UnknownKind`] for a newer kind; any other [`WireError`] for bytes that are no such row.
pub fn decode(kind: u8, key: i64, bytes: &[u8]) -> Result<Row, WireError> {
    let kind = RowKind::from_number(kind).ok_or(WireError::UnknownKind(kind))?;
    let record = Record::decode(bytes, Shape::ENTITY)?;
    let r = &record;
    Ok(match kind {
        RowKind::Business => Row::Business(read_business(r)?),
        RowKind::Outlet => Row::Outlet(read_outlet(key, r)?),
        RowKind::Operator => Row::Operator(read_operator(key, r)?),
        RowKind::Device => Row::Device(read_device(key, r)?),
        RowKind::Programme => Row::Programme(read_programme_row(key, r)?),
        RowKind::Customer => Row::Customer(people::read_customer(key, r)?),
        RowKind::Position => Row::Position(people::customer_key(key)?, people::read_position(r)?),
        RowKind::Card => Row::Card(people::read_card(key, r)?),
        RowKind::Merge => Row::Merge(people::read_merge(key, r)?),
        RowKind::Consent => Row::Consent(people::read_consent(key, r)?),
        RowKind::Emission => Row::Emission(people::read_emission(key, r)?),
        RowKind::Inbox => Row::Inbox(people::read_inbox(key, r)?),
        RowKind::Erasure => Row::Erasure(erasure::read_erasure(key, r)?),
        RowKind::ErasureDone => Row::ErasureDone(erasure::read_done(key, r)?),
        RowKind::Role => Row::Role(read_role(key, r)?),
        RowKind::Purchase => Row::Purchase(facts::read_purchase(key, r)?),
        RowKind::Return => Row::Return(facts::read_return(key, r)?),
        RowKind::Entry => Row::Entry(facts::read_entry(key, r)?),
        RowKind::Voucher => Row::Voucher(voucher::read_voucher(key, r)?),
        RowKind::Moved => Row::Moved(voucher::read_moved(key, r)?),
        RowKind::NotedVisits => Row::NotedVisits(visits::read_noted(key, r)?),
        RowKind::Unlinked => Row::Unlinked(unlinked::read_unlinked_row(key, r)?),
        RowKind::CouponUses => Row::CouponUses(coupon::read_uses(key, r)?),
        RowKind::CampaignSpent => Row::CampaignSpent(campaign::read_spent(key, r)?),
        RowKind::Brought => Row::Brought(brought::read_brought(key, r)?),
    })
}

/// The number an error names when a row's key, not a field, is out of range.
pub(crate) const KEY: u16 = 0;

/// A key that is a small number above zero, or whatever `T` allows.
pub(crate) fn key_as<T: TryFrom<i64>>(key: i64) -> Result<T, WireError> {
    T::try_from(key).map_err(|_| WireError::OutOfRange(KEY))
}

impl WireRow {
    /// The row as sent and stored, at `seq`.
    #[must_use]
    pub fn of(row: &Row, seq: Seq) -> Self {
        Self {
            kind: row.kind() as u8,
            id: row.key(),
            seq,
            record: encode(row),
        }
    }

    /// The domain's row.
    ///
    /// # Errors
    /// As [`decode`].
    pub fn read(&self) -> Result<Row, WireError> {
        decode(self.kind, self.id, &self.record)
    }
}
