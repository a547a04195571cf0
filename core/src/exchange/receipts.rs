//! A receipts file: what was bought, when, and what the customer had before.

use std::collections::BTreeMap;

use kartka_domain::ids::{CustomerId, InstrumentId, OutletId};
use kartka_domain::moment::{Date, DayOfYear, Moment, Month, day_number};
use kartka_domain::money::{Money, Points, Stamps};
use kartka_domain::position::{Membership, MonthSum, Position, Uses};
use kartka_domain::programme::Programme;
use kartka_domain::purchase::{GoodsId, GroupId, Line, TaxRate};
use kartka_domain::quote::{Presented, Question, Quote, QuoteError, RewardTaken, Selling, quote};
use kartka_domain::redeem::CashStep;
use kartka_domain::row::CampaignSpent;
use kartka_domain::voucher::VoucherNumber;
use serde::Deserialize;

use super::campaigns::SpentFile;
use super::certificates::{Laid, VoucherFile, number};
use super::plain::{Place, instrument};
use super::{FILE_MAX, FileError, ProgrammeFile};

const FORMAT: &str = "kartka receipts 1";

/// One receipt with everything that its evaluation depends on.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// As the file calls it.
    pub name: String,
    /// When it was bought.
    pub at: Moment,
    /// Where.
    pub outlet: OutletId,
    /// What.
    pub lines: Vec<Line>,
    /// What the customer had before, if there is one.
    pub customer: Option<Position>,
    birthday: Option<DayOfYear>,
    relatives: Vec<DayOfYear>,
    favourites: Vec<GoodsId>,
    brought: Option<InstrumentId>,
    codes: Vec<String>,
    invited: Vec<InstrumentId>,
    spend: Points,
    rewards: Vec<RewardTaken>,
    cash: CashStep,
    vouchers: Vec<Laid>,
    spent: Vec<CampaignSpent>,
    /// Lines that sell a certificate, and its number.
    sold: Vec<(u16, VoucherNumber)>,
}

impl Receipt {
    /// What it comes to, as at the counter of the authority.
    ///
    /// # Errors
    /// [`QuoteError`] with the rule that refuses it.
    pub fn quote(&self, programme: &Programme) -> Result<Quote, QuoteError> {
        let codes: Vec<&str> = self.codes.iter().map(String::as_str).collect();
        let presented = self.vouchers.iter().filter_map(|v| v.presented(programme));
        let presented: Vec<Presented<'_>> = presented.collect();
        let selling = self.sold.iter().map(|(line, number)| Selling {
            line: *line,
            number: Some(number),
            holder: None,
        });
        let selling: Vec<Selling<'_>> = selling.collect();
        quote(&Question {
            customer: self
                .customer
                .as_ref()
                .map(|position| (somebody(), position)),
            birthday: self.birthday,
            relatives: &self.relatives,
            favourites: &self.favourites,
            codes: &codes,
            invited: &self.invited,
            outlet: self.outlet,
            spend: self.spend,
            rewards: &self.rewards,
            cash: self.cash,
            presented: &presented,
            selling: &selling,
            spent: &self.spent,
            brought: self.brought.and_then(|id| programme.instrument(id)),
            ..Question::plain(&self.lines, programme, self.at)
        })
    }
}

/// The customer of a receipts file has no identity: one id for all.
fn somebody() -> CustomerId {
    CustomerId::new((1 << 40) | 1).expect("device 1, counter 1 is an id")
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    #[serde(default)]
    receipt: Vec<ReceiptFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceiptFile {
    name: String,
    date: String,
    time: Option<String>,
    outlet: Option<u32>,
    line: Vec<LineFile>,
    customer: Option<CustomerFile>,
    #[serde(default)]
    coupons: Vec<String>,
    #[serde(default)]
    invited_to: Vec<u32>,
    #[serde(default)]
    spend: i64,
    #[serde(default)]
    reward: Vec<RewardFile>,
    #[serde(default)]
    voucher: Vec<VoucherFile>,
    #[serde(default)]
    spent: Vec<SpentFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LineFile {
    amount: String,
    quantity: Option<String>,
    goods: Option<i64>,
    group: Option<i64>,
    tax: Option<String>,
    certificate: Option<u32>,
    number: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RewardFile {
    card: u32,
    number: Option<u8>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomerFile {
    /// Which referral promised something for having brought them, while their purchase is waited for.
    brought: Option<u32>,
    #[serde(default)]
    visits: i64,
    spent: Option<String>,
    first_visit: Option<String>,
    last_visit: Option<String>,
    birthday: Option<String>,
    #[serde(default)]
    relatives: Vec<String>,
    #[serde(default)]
    favourites: Vec<i64>,
    #[serde(default)]
    points: Vec<PointsFile>,
    #[serde(default)]
    stamps: Vec<StampsFile>,
    #[serde(default)]
    member: Vec<MemberFile>,
    #[serde(default)]
    level: Vec<LevelFile>,
    #[serde(default)]
    used: Vec<UsedFile>,
    #[serde(default)]
    month: Vec<MonthFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PointsFile {
    instrument: u32,
    points: i64,
    until: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StampsFile {
    instrument: u32,
    stamps: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberFile {
    instrument: u32,
    until: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelFile {
    instrument: u32,
    level: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UsedFile {
    instrument: u32,
    times: i64,
    last: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MonthFile {
    of: String,
    spent: Option<String>,
    #[serde(default)]
    visits: i64,
    #[serde(default)]
    status: i64,
}

/// Reads a receipts file; amounts are in the programme's currency.
///
/// # Errors
/// [`FileError`] with the place and what should stand there.
pub fn read_receipts(text: &str, programme: &ProgrammeFile) -> Result<Vec<Receipt>, FileError> {
    if text.len() > FILE_MAX {
        return Err(FileError::TooLarge(FILE_MAX));
    }
    let file: File = toml::from_str(text)?;
    if file.format != FORMAT {
        return Err(FileError::Format(FORMAT));
    }
    let exponent = programme.currency.exponent();
    file.receipt
        .into_iter()
        .map(|receipt| read_receipt(receipt, exponent))
        .collect()
}

fn read_receipt(file: ReceiptFile, exponent: u8) -> Result<Receipt, FileError> {
    let at = Place {
        name: format!("receipt {}", file.name),
        exponent,
    };
    let lines: Result<Vec<Line>, FileError> = file.line.iter().map(|l| read_line(l, &at)).collect();
    let date = at.date(&file.date)?;
    let mut sold = Vec::new();
    for (line, place) in file.line.iter().zip(0_u16..) {
        if line.certificate.is_some() {
            let text = line.number.as_deref().unwrap_or("SOLD");
            sold.extend(number(Some(text), &at)?.map(|number| (place, number)));
        }
    }
    let laid = file.voucher.iter().enumerate();
    let vouchers: Result<Vec<Laid>, FileError> = laid.map(|(n, v)| v.read(n, &at)).collect();
    let is_known = file.customer.is_some();
    let customer = file.customer.unwrap_or_default();
    let days = |texts: &[String]| -> Result<Vec<DayOfYear>, FileError> {
        texts.iter().map(|day| at.day(day)).collect()
    };
    Ok(Receipt {
        at: moment(date, file.time.map_or(Ok(720), |time| at.time(&time))?),
        outlet: OutletId(file.outlet.unwrap_or(1)),
        lines: lines?,
        birthday: customer
            .birthday
            .as_ref()
            .map(|day| at.day(day))
            .transpose()?,
        relatives: days(&customer.relatives)?,
        favourites: customer.favourites.iter().copied().map(GoodsId).collect(),
        brought: customer.brought.map(instrument),
        customer: is_known.then(|| read_position(customer, &at)).transpose()?,
        codes: file.coupons,
        invited: file.invited_to.into_iter().map(instrument).collect(),
        spend: Points(file.spend),
        rewards: file.reward.iter().map(read_reward).collect(),
        cash: CashStep(Money(10_i64.pow(u32::from(exponent)))),
        vouchers: vouchers?,
        spent: file.spent.iter().map(SpentFile::read).collect(),
        sold,
        name: file.name,
    })
}

/// A moment at the counter; the instant is only as good as the file: the same day and minute in UTC.
fn moment(date: Date, minute: u16) -> Moment {
    Moment {
        instant_ms: day_number(date) * 86_400_000 + i64::from(minute) * 60_000,
        date,
        minute: minute.min(1_439),
    }
}

fn read_line(file: &LineFile, at: &Place) -> Result<Line, FileError> {
    let mut line = Line::amount(at.money(&file.amount)?);
    line.certificate = file.certificate.map(instrument);
    if let Some(quantity) = &file.quantity {
        line.quantity = at.quantity(quantity)?;
    }
    line.goods = file.goods.map(GoodsId);
    line.group = file.group.map(GroupId);
    line.tax = match &file.tax {
        Some(rate) => Some(TaxRate(at.percent(rate)?)),
        None => None,
    };
    Ok(line)
}

fn read_reward(file: &RewardFile) -> RewardTaken {
    RewardTaken {
        instrument: instrument(file.card),
        reward: file.number.unwrap_or(1).saturating_sub(1),
    }
}

fn read_position(file: CustomerFile, at: &Place) -> Result<Position, FileError> {
    let date = |text: Option<&String>| text.map(|text| at.date(text)).transpose();
    let money = |text: Option<&String>| text.map_or(Ok(Money::ZERO), |text| at.money(text));
    let mut position = Position {
        visits: file.visits,
        spent: money(file.spent.as_ref())?,
        first_visit: date(file.first_visit.as_ref())?,
        last_visit: date(file.last_visit.as_ref())?,
        ..Position::default()
    };
    let too_large = |_| at.wrong("points", "sum of points");
    for lot in &file.points {
        let wallet = position
            .wallets
            .entry(instrument(lot.instrument))
            .or_default();
        let (points, until) = (Points(lot.points), date(lot.until.as_ref())?);
        if points.0 < 0 {
            let owed = points.negated().map_err(too_large)?;
            wallet.debt = wallet.debt.plus(owed).map_err(too_large)?;
        }
        wallet.add_to_bucket(until, points).map_err(too_large)?;
    }
    for held in &file.stamps {
        position
            .stamps
            .insert(instrument(held.instrument), Stamps(held.stamps));
    }
    for held in &file.member {
        let until = date(held.until.as_ref())?.map_or(Membership::Lasting, Membership::Until);
        position
            .memberships
            .insert(instrument(held.instrument), until);
    }
    let levels = file
        .level
        .iter()
        .map(|held| (instrument(held.instrument), held.level));
    position.levels = levels.collect::<BTreeMap<_, _>>();
    for used in &file.used {
        let last = at.date(&used.last)?;
        let uses = Uses {
            count: used.times,
            last: Some(last),
            on_last: 1,
        };
        position.uses.insert(instrument(used.instrument), uses);
    }
    for month in &file.month {
        let first = at.date(&format!("{}-01", month.of))?;
        let part = MonthSum {
            spent: money(month.spent.as_ref())?,
            visits: month.visits,
            status: Points(month.status),
        };
        let of = Month::of(first);
        position.add_to_month(of, part).map_err(too_large)?;
    }
    Ok(position)
}
