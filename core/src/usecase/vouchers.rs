//! Gift certificates and coupons with numbers, at the counter and by hand (G1, G2).
//!
//! Selling and using one is part of a sale (`till`); here is what a till knows of a voucher, and what somebody with the
//! right does without a sale: give, extend, cancel.

use kartka_domain::codes::Code;
use kartka_domain::ids::{CustomerId, InstrumentId, VoucherId};
use kartka_domain::moment::Date;
use kartka_domain::money::Money;
use kartka_domain::op::{ENTRIES_MAX, Fact};
use kartka_domain::programme::Instrument;
use kartka_domain::quote::{Asked, Presented, Selling, Whose};
use kartka_domain::rights::Permission;
use kartka_domain::voucher::{Act, Issued, Move, Origin, Voucher, VoucherNumber, VoucherReason};

use super::reserve::Keeps;
use super::till::TillRequest;
use crate::error::{CoreError, Field};
use crate::shop::{Setting, Shop, setting};
use crate::store::{Reader, RequestId, Standing};

/// Numbers drawn for a voucher before giving up: of 32⁸ none is likely to be taken.
const DRAWS: u32 = 64;

/// A gift certificate that is sold with a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCertificate {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// What it is worth and costs, in minor units.
    pub nominal: Money,
    /// The number on it as it was typed or read; empty for one of a customer's own.
    pub number: String,
    /// For whom; none = whoever will hold it.
    pub holder: Option<CustomerId>,
}

/// A voucher that is laid on the counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaidDown {
    /// Which.
    pub voucher: VoucherId,
    /// At most so much of a certificate; none = as much as fits.
    pub most: Option<Money>,
    /// The number of the certificate that is given as change; empty when none is, or for one of a customer's own.
    pub change: String,
}

/// Vouchers that are given away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gift {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// What each is worth; zero for a coupon.
    pub nominal: Money,
    /// For whom; none = whoever will hold them.
    pub holder: Option<CustomerId>,
    /// One number for each; an empty one only for a customer's own.
    pub numbers: Vec<String>,
}

/// What a till shows of a voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherView {
    /// As it is.
    pub voucher: Voucher,
    /// The name of its instrument, as the owner calls it.
    pub name: String,
    /// Why it can't be used today, if so.
    pub refusal: Option<Code>,
}

/// What lies on the counter, read once for a quote.
pub(crate) struct Counter {
    laid: Vec<Laid>,
    sold: Vec<(u16, Option<VoucherNumber>, Option<CustomerId>)>,
}

struct Laid {
    voucher: Voucher,
    of: Instrument,
    most: Option<Money>,
    change: Option<VoucherNumber>,
    whose: Whose,
    asked: Asked,
}

impl Counter {
    pub(crate) fn presented(&self) -> Vec<Presented<'_>> {
        let presented = self.laid.iter().map(|one| Presented {
            voucher: &one.voucher,
            of: &one.of,
            most: one.most,
            change: one.change.as_ref(),
            whose: one.whose,
            asked: one.asked,
        });
        presented.collect()
    }

    pub(crate) fn selling(&self) -> Vec<Selling<'_>> {
        let selling = self.sold.iter().map(|(line, number, holder)| Selling {
            line: *line,
            number: number.as_ref(),
            holder: *holder,
        });
        selling.collect()
    }
}

impl Shop {
    /// A voucher by the number that was typed or read.
    ///
    /// # Errors
    /// [`CoreError::NotFound`]; [`CoreError::Store`].
    pub fn voucher_by_number(&self, text: &str) -> Result<VoucherView, CoreError> {
        let number = VoucherNumber::read(text).ok_or(CoreError::NotFound)?;
        self.store.read(|r| {
            let id = r.voucher_with(&number)?.ok_or(CoreError::NotFound)?;
            let voucher = r.voucher(id)?.ok_or(CoreError::NotFound)?;
            self.view(r, voucher)
        })
    }

    /// The vouchers of a customer's own, of the whole person (I2), those that may be used first.
    ///
    /// # Errors
    /// [`CoreError::Store`].
    pub fn vouchers_of(&self, customer: CustomerId) -> Result<Vec<VoucherView>, CoreError> {
        self.store.read(|r| {
            let mut views = Vec::new();
            for member in r.group_of(customer)? {
                for voucher in r.vouchers_of(member)? {
                    views.push(self.view(r, voucher)?);
                }
            }
            views.sort_by_key(|one| (one.refusal.is_some(), one.voucher.id));
            Ok(views)
        })
    }

    pub(crate) fn view(
        &self,
        reader: &Reader<'_>,
        voucher: Voucher,
    ) -> Result<VoucherView, CoreError> {
        let today = self.now(&setting(reader)?.outlet)?.date;
        let of = instrument_of(reader, &voucher)?;
        Ok(VoucherView {
            name: of.map(|of| of.name).unwrap_or_default(),
            refusal: voucher.usable(today).err(),
            voucher,
        })
    }

    /// A number that no voucher bears yet, for one that is printed or written now.
    ///
    /// # Errors
    /// [`CoreError::Store`].
    pub fn fresh_voucher_number(&self) -> Result<String, CoreError> {
        const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        self.store.read(|r| {
            for _ in 0..DRAWS {
                let mut drawn = [0; 8];
                self.platform.rng.fill(&mut drawn);
                let mut text = String::from("V-");
                text.extend(drawn.map(|byte| char::from(LETTERS[usize::from(byte % 32)])));
                if let Some(number) = VoucherNumber::read(&text)
                    && r.voucher_with(&number)?.is_none()
                {
                    return Ok(text);
                }
            }
            Err(CoreError::Unexpected {
                what: "a number that is not taken",
            })
        })
    }

    /// Gives vouchers away; says how the first one is named, the others follow it.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] without the right to adjust, for what the instrument does not issue and for a number
    /// that is taken; [`CoreError::Validation`]; [`CoreError::NotFound`]; [`CoreError::Store`].
    pub fn give_vouchers(&self, request: RequestId, gift: &Gift) -> Result<VoucherId, CoreError> {
        let op = self.once(request, |tx, setting, _| {
            setting.needs(Permission::Adjust)?;
            if !(1..=ENTRIES_MAX).contains(&gift.numbers.len()) {
                return Err(CoreError::Validation { field: Field::Text });
            }
            if let Some(holder) = gift.holder
                && tx.living(holder)?.is_none()
            {
                return Err(CoreError::NotFound);
            }
            let instrument = i64::from(gift.instrument.0);
            let of = setting.programme.instrument(gift.instrument);
            if !of.is_some_and(|of| of.issues(gift.nominal)) {
                let nominal = gift.nominal.0;
                return Err(Code::NominalNotIssued {
                    instrument,
                    nominal,
                }
                .into());
            }
            let mut numbers = Vec::new();
            for text in &gift.numbers {
                let number = free_number(tx, gift.instrument, text)?;
                if number.is_none() && gift.holder.is_none() {
                    return Err(Code::VoucherNumberNeeded { instrument }.into());
                }
                if number.is_some() && numbers.contains(&number) {
                    return Err(Code::VoucherNumberTaken { instrument }.into());
                }
                numbers.push(number);
            }
            let issue = |number| {
                Fact::Issue(Issued {
                    instrument: gift.instrument,
                    number,
                    holder: gift.holder,
                    nominal: gift.nominal,
                    origin: Origin::Given,
                })
            };
            Ok(numbers.into_iter().map(issue).collect::<Vec<_>>().into())
        })?;
        Ok(VoucherId(op.0))
    }

    /// Gives a voucher another last day (none = for ever); what had expired comes back.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] without the right to adjust, or when it was used up or cancelled;
    /// [`CoreError::NotFound`]; [`CoreError::Store`].
    pub fn extend_voucher(
        &self,
        request: RequestId,
        id: VoucherId,
        until: Option<Date>,
        why: VoucherReason,
    ) -> Result<(), CoreError> {
        self.by_hand(request, id, why, |voucher| Act::Extend {
            until,
            revived: voucher.lapsed,
            why,
        })
    }

    /// Takes a voucher back with what is left of it.
    ///
    /// # Errors
    /// As [`extend_voucher`](Self::extend_voucher).
    pub fn cancel_voucher(
        &self,
        request: RequestId,
        id: VoucherId,
        why: VoucherReason,
    ) -> Result<(), CoreError> {
        self.by_hand(request, id, why, |voucher| {
            Act::Cancel(voucher.balance.max(Money::ZERO), why)
        })
    }

    fn by_hand(
        &self,
        request: RequestId,
        id: VoucherId,
        why: VoucherReason,
        act: impl FnOnce(&Voucher) -> Act,
    ) -> Result<(), CoreError> {
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Adjust)?;
            if why == VoucherReason::Returned {
                return Err(CoreError::Validation { field: Field::Text });
            }
            let voucher = tx.voucher(id)?.ok_or(CoreError::NotFound)?;
            if let Some(code) = voucher.is_over() {
                return Err(code.into());
            }
            let act = act(&voucher);
            Ok(vec![Fact::Move(Move { voucher: id, act })].into())
        })?;
        Ok(())
    }

    /// Reads what a receipt sells and what it is paid with.
    pub(crate) fn on_counter(
        &self,
        reader: &Reader<'_>,
        setting: &Setting,
        request: &TillRequest,
        keeps: &Keeps,
    ) -> Result<Counter, CoreError> {
        let first = request.lines.len();
        let mut sold = Vec::new();
        for (place, one) in request.certificates.iter().enumerate() {
            let line = u16::try_from(first + place);
            let line = line.map_err(|_| CoreError::Validation {
                field: Field::Lines,
            })?;
            let number = free_number(reader, one.instrument, &one.number)?;
            sold.push((line, number, one.holder));
        }
        let mut laid = Vec::new();
        if !request.vouchers.is_empty() {
            self.trusted(reader, setting)?;
            setting.needs(Permission::Redeem)?;
        }
        for one in &request.vouchers {
            laid.push(self.lay_down(reader, setting, (request.customer, keeps), one)?);
        }
        Ok(Counter { laid, sold })
    }

    fn lay_down(
        &self,
        reader: &Reader<'_>,
        setting: &Setting,
        (customer, keeps): (Option<CustomerId>, &Keeps),
        one: &LaidDown,
    ) -> Result<Laid, CoreError> {
        let voucher = reader.voucher(one.voucher)?.ok_or(CoreError::NotFound)?;
        let of = instrument_of(reader, &voucher)?.ok_or(CoreError::NotFound)?;
        let theirs = match (voucher.holder, customer) {
            (None, _) => true,
            (Some(holder), Some(customer)) => reader.group_of(customer)?.contains(&holder),
            (Some(_), None) => false,
        };
        let kept = keeps.of_voucher(voucher.id);
        let most = match (one.most, kept.flatten()) {
            (Some(most), Some(kept)) => Some(most.min(kept)),
            (most, kept) => most.or(kept),
        };
        Ok(Laid {
            change: free_number(reader, voucher.instrument, &one.change)?,
            of,
            most,
            whose: if theirs {
                Whose::Theirs
            } else {
                Whose::Anothers
            },
            asked: match setting.device.standing {
                Standing::Authority => Asked::Yes,
                Standing::Phone if kept.is_some() => Asked::Yes,
                Standing::Phone => Asked::No,
            },
            voucher,
        })
    }
}

/// The number that was typed, if it is one and no voucher bears it; none for nothing.
fn free_number(
    reader: &Reader<'_>,
    instrument: InstrumentId,
    text: &str,
) -> Result<Option<VoucherNumber>, CoreError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let number = VoucherNumber::read(text).ok_or(CoreError::Validation { field: Field::Text })?;
    let held = match &number {
        VoucherNumber::Card(card) => reader.card(*card)?.is_some(),
        VoucherNumber::Code(_) => false,
    };
    if held || reader.voucher_with(&number)?.is_some() {
        let instrument = instrument.0.into();
        return Err(Code::VoucherNumberTaken { instrument }.into());
    }
    Ok(Some(number))
}

/// The instrument of a voucher, under the version it was issued by (L9).
fn instrument_of(reader: &Reader<'_>, voucher: &Voucher) -> Result<Option<Instrument>, CoreError> {
    let programme = reader.programme(voucher.programme)?;
    Ok(programme.and_then(|p| p.instrument(voucher.instrument).cloned()))
}
