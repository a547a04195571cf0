//! Asking the authority to keep points or vouchers for one receipt, and its word (mode `online`; sync §4).
//!
//! A request goes in an envelope that the device signs; an answer is signed by the identity key over the request it
//! answers, so that nobody between them lends a shop points that are not there. A request stands alone and may come
//! twice: what is asked for a receipt takes the place of what was asked for it before, and nothing lets go of it.

use kartka_domain::codes::Code;
use kartka_domain::ids::{CustomerId, InstrumentId, ProgrammeVersion, RequestMark, VoucherId};
use kartka_domain::reservation::{Asset, ITEMS_MAX, Item};

use super::signed::{Answer, Signed, Size};
use super::{Nonce, bounded};
use crate::WireError;
use crate::fields::{Record, Shape};
use crate::parts::{id, opt_id, put_code, read_code};
use crate::signature::Purpose;

mod tag {
    pub(super) const PROTO: u16 = 1;
    pub(super) const NONCE: u16 = 2;
    pub(super) const REQUEST: u16 = 3;
    pub(super) const PROGRAMME: u16 = 4;
    /// Absent = let go.
    pub(super) const ITEMS: u16 = 5;
}

mod item {
    /// Points of whom, of which card …
    pub(super) const CUSTOMER: u16 = 1;
    pub(super) const INSTRUMENT: u16 = 2;
    /// … or a voucher.
    pub(super) const VOUCHER: u16 = 3;
    pub(super) const AMOUNT: u16 = 4;
    /// … or a code that many know.
    pub(super) const COUPON: u16 = 5;
}

mod answer {
    pub(super) const NONCE: u16 = 1;
    /// Kept for so many milliseconds; absent = not kept.
    pub(super) const KEPT: u16 = 2;
    /// Why not; absent in an answer to letting go.
    pub(super) const WHY: u16 = 3;
}

/// What a till asks to be kept for a receipt; nothing = it lets go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReserveRequest {
    /// The protocol the device speaks.
    pub proto: u16,
    /// Binds the answer to this request.
    pub nonce: Nonce,
    /// The request that the sale's op will bear.
    pub request: RequestMark,
    /// The rules the till works by.
    pub programme: ProgrammeVersion,
    /// What, at most [`ITEMS_MAX`].
    pub items: Vec<Item>,
}

impl ReserveRequest {
    /// As sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(tag::PROTO, self.proto);
        r.put(tag::NONCE, self.nonce);
        r.put(tag::REQUEST, self.request.0);
        r.put(tag::PROGRAMME, self.programme.0);
        r.put_records(tag::ITEMS, self.items.iter().map(item_record));
        r.encode_open()
    }

    /// From received bytes.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::REQUEST)?;
        Ok(Self {
            proto: r.int(tag::PROTO)?,
            nonce: r.array(tag::NONCE)?,
            request: RequestMark(r.array(tag::REQUEST)?),
            programme: ProgrammeVersion(r.int(tag::PROGRAMME)?),
            items: bounded(&r, tag::ITEMS, ITEMS_MAX)?
                .into_iter()
                .map(read_item)
                .collect::<Result<_, _>>()?,
        })
    }
}

fn item_record(of: &Item) -> Record {
    let mut r = Record::new();
    match of.asset {
        Asset::Points {
            customer,
            instrument,
        } => {
            r.put(item::CUSTOMER, customer.get());
            r.put(item::INSTRUMENT, instrument.0);
        }
        Asset::Voucher(voucher) => r.put(item::VOUCHER, voucher.get()),
        Asset::Coupon(coupon) => r.put(item::COUPON, coupon.0),
    }
    r.put_unless(item::AMOUNT, of.amount, 0);
    r
}

fn read_item(r: &Record) -> Result<Item, WireError> {
    let voucher = opt_id(r, item::VOUCHER, VoucherId::new)?;
    let asset = match (voucher, r.opt_int(item::COUPON)?) {
        (Some(voucher), None) => Asset::Voucher(voucher),
        (None, Some(coupon)) => Asset::Coupon(InstrumentId(coupon)),
        (Some(_), Some(_)) => return Err(WireError::OutOfRange(item::COUPON)),
        (None, None) => Asset::Points {
            customer: id(r, item::CUSTOMER, CustomerId::new)?,
            instrument: InstrumentId(r.int(item::INSTRUMENT)?),
        },
    };
    Ok(Item {
        asset,
        amount: r.int_or(item::AMOUNT, 0)?,
    })
}

/// The authority's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// Everything is kept for this receipt; the till may sell within so many milliseconds of its having asked.
    Kept {
        /// Milliseconds.
        for_ms: i64,
    },
    /// Nothing is kept, and why.
    Refused(Code),
    /// Nothing is kept any more, as the till asked.
    Free,
}

/// An answer to a [`ReserveRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReserveAnswer {
    /// The request's.
    pub nonce: Nonce,
    /// The word.
    pub said: Reserved,
}

impl ReserveAnswer {
    /// As it is signed.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(answer::NONCE, self.nonce);
        match self.said {
            Reserved::Kept { for_ms } => r.put(answer::KEPT, for_ms),
            Reserved::Refused(code) => put_code(&mut r, answer::WHY, Some(code)),
            Reserved::Free => {}
        }
        r.encode_open()
    }

    /// Reads an answer that was signed, or one that somebody only says was.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::REQUEST)?;
        let kept = r.opt_int(answer::KEPT)?;
        Ok(Self {
            nonce: r.array(answer::NONCE)?,
            said: match (kept, read_code(&r, answer::WHY)?) {
                (Some(for_ms), None) => Reserved::Kept { for_ms },
                (None, Some(code)) => Reserved::Refused(code),
                (None, None) => Reserved::Free,
                (Some(_), Some(_)) => return Err(WireError::OutOfRange(answer::WHY)),
            },
        })
    }
}

impl Answer for ReserveAnswer {
    const PURPOSE: Purpose = Purpose::Reserve;
    const SIZE: Size = Size::Short;

    fn to_bytes(&self) -> Vec<u8> {
        self.encode()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        Self::decode(bytes)
    }
}

/// A [`ReserveAnswer`] that the identity key signed.
pub type SignedReserveAnswer = Signed<ReserveAnswer>;
