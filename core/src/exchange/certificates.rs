//! Gift certificates and coupons with numbers, as files spell them.

use kartka_domain::ids::{EntryId, ProgrammeVersion, VoucherId};
use kartka_domain::money::Money;
use kartka_domain::programme::{
    Certificate, Life, Nominals, NumberedCoupon, Programme, Spending, Terms, VoucherOffline,
};
use kartka_domain::quote::{Asked, Presented, Whose};
use kartka_domain::voucher::{Origin, Voucher, VoucherNumber, VoucherState};
use serde::Deserialize;

use super::FileError;
use super::plain::{Place, instrument};
use super::terms::{BenefitFile, Period};

#[derive(Debug, Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Rest {
    Lost,
    Kept,
}

/// `is.certificate`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CertificateFile {
    nominals: Option<Vec<String>>,
    from: Option<String>,
    to: Option<String>,
    once: Option<Rest>,
    months: Option<u16>,
    #[serde(default)]
    ends_with: Period,
    offline: Option<String>,
}

impl CertificateFile {
    pub(super) fn read(self, at: &Place) -> Result<Terms, FileError> {
        let nominals = match (self.nominals, self.from, self.to) {
            (Some(all), None, None) => {
                let all: Result<Vec<Money>, FileError> =
                    all.iter().map(|one| at.money(one)).collect();
                Nominals::Fixed(all?)
            }
            (None, Some(least), Some(most)) => {
                Nominals::Between(at.money(&least)?, at.money(&most)?)
            }
            _ => return Err(at.wrong("certificate", "list of nominals, or from and to")),
        };
        Ok(Terms::Certificate(Certificate {
            nominals,
            spending: match self.once {
                None => Spending::Many,
                Some(Rest::Lost) => Spending::OnceLost,
                Some(Rest::Kept) => Spending::OnceKept,
            },
            life: life(self.months, self.ends_with),
            offline: offline(self.offline.as_deref(), at)?,
        }))
    }
}

/// `is.numbered_coupon`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumberedFile {
    gives: BenefitFile,
    months: Option<u16>,
    #[serde(default)]
    ends_with: Period,
    offline: Option<String>,
}

impl NumberedFile {
    pub(super) fn read(self, at: &Place) -> Result<Terms, FileError> {
        Ok(Terms::Numbered(NumberedCoupon {
            gives: self.gives.read(at)?,
            life: life(self.months, self.ends_with),
            offline: offline(self.offline.as_deref(), at)?,
        }))
    }
}

const fn life(months: Option<u16>, ends: Period) -> Life {
    Life {
        months,
        ends: ends.read(),
    }
}

/// Nothing = taken, `ask`, or up to an amount.
fn offline(text: Option<&str>, at: &Place) -> Result<VoucherOffline, FileError> {
    Ok(match text {
        None => VoucherOffline::Accept,
        Some("ask") => VoucherOffline::Ask,
        Some(amount) => VoucherOffline::UpTo(at.money(amount)?),
    })
}

/// A voucher on the counter of a receipts file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VoucherFile {
    instrument: u32,
    balance: Option<String>,
    until: Option<String>,
    most: Option<String>,
    change: Option<String>,
}

/// A voucher that is laid on the counter.
#[derive(Debug, Clone)]
pub(super) struct Laid {
    voucher: Voucher,
    most: Option<Money>,
    change: Option<VoucherNumber>,
}

impl VoucherFile {
    /// The `place`-th voucher of a receipt; it has no identity but that.
    pub(super) fn read(&self, place: usize, at: &Place) -> Result<Laid, FileError> {
        let id = i64::try_from(place).unwrap_or(0);
        let id = EntryId::new((2 << 40) | (id + 1)).expect("device 2 and a counter are an id");
        let balance = match &self.balance {
            Some(text) => at.money(text)?,
            None => Money::ZERO,
        };
        let last_day = self.until.as_ref().map(|day| at.date(day)).transpose()?;
        Ok(Laid {
            voucher: Voucher {
                id: VoucherId(id.0),
                instrument: instrument(self.instrument),
                programme: ProgrammeVersion(1),
                number: None,
                holder: None,
                nominal: balance,
                balance,
                lapsed: Money::ZERO,
                last_day,
                state: VoucherState::Issued,
                origin: Origin::Given,
                purchase: None,
            },
            most: self.most.as_ref().map(|most| at.money(most)).transpose()?,
            change: number(self.change.as_deref(), at)?,
        })
    }
}

/// A number that is written on a voucher.
pub(super) fn number(text: Option<&str>, at: &Place) -> Result<Option<VoucherNumber>, FileError> {
    let read =
        |text: &str| VoucherNumber::read(text).ok_or_else(|| at.wrong(text, "number of a voucher"));
    text.map(read).transpose()
}

impl Laid {
    /// As the evaluator sees it; nothing of an instrument that the programme does not have.
    pub(super) fn presented<'a>(&'a self, programme: &'a Programme) -> Option<Presented<'a>> {
        Some(Presented {
            voucher: &self.voucher,
            of: programme.instrument(self.voucher.instrument)?,
            most: self.most,
            change: self.change.as_ref(),
            whose: Whose::Theirs,
            asked: Asked::Yes,
        })
    }
}
