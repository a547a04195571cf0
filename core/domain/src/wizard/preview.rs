//! The draft on a sample receipt, through the evaluator and the authority (C2): what a new customer sees on the first
//! visit, and on the first one that gives them something.

use super::{Draft, Ground, Input, Kind, Model, Problem, Trade, Wrong, model};
use crate::codes::Code;
use crate::earn::works_for_all;
use crate::ids::{CustomerId, DeviceNo, OutletId, ProgrammeVersion, VoucherId};
use crate::ledger::EntryKind;
use crate::moment::{Date, DayOfYear, Moment, day_number};
use crate::money::Money;
use crate::position::Position;
use crate::programme::{Instrument, Nominals, Offer, Programme, Terms};
use crate::purchase::{GoodsId, Line, PointsAs, Quantity};
use crate::quote::{Asked, Presented, Question, Quote, Selling, Whose, quote};
use crate::redeem::CashStep;
use crate::voucher::{Origin, Voucher, VoucherState};
use crate::whatif::{Guest, Habit, Past, Replay};

/// Visits after which a draft that has given nothing is taken to give nothing.
const VISITS_MAX: u32 = 120;

/// What the sample comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The first visit.
    pub first: Quote,
    /// The first visit, counted from 1, on which something is given, and its receipt; none within 120 weekly visits.
    pub gives: Option<(u32, Quote)>,
}

/// A receipt of the trade, in whole units of the currency.
const fn sample(trade: Trade) -> &'static [i64] {
    match trade {
        Trade::Coffee => &[65, 45],
        Trade::Clothes => &[1_200, 450],
        Trade::Beauty => &[700, 150],
        Trade::Grocery => &[95, 60, 145],
        Trade::Services => &[900],
    }
}

/// When the sample is sold, and by which of the shop's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampled {
    /// The day of the first visit.
    pub today: Date,
    /// What points are to the business (D5).
    pub points_as: PointsAs,
}

/// Plays weekly visits with the sample receipt of the draft's trade, from its day on: with the goods that the draft
/// names, by somebody whose birthday and whose relative's birthday it is.
///
/// # Errors
/// The draft's problems.
pub fn preview(
    draft: &Draft,
    ground: &Ground<'_>,
    sampled: Sampled,
) -> Result<Preview, Vec<Problem>> {
    let Sampled { today, points_as } = sampled;
    // What an edited one keeps beside its answers (for whom, with which goods) is not played.
    let ground = &ground.editing(None);
    let made = draft.build(ground)?;
    // Ranges are checked above; a receipt of the sample is far from any end.
    let failed = || vec![Problem::at(super::NAME, Wrong::Together)];
    let (lines, today) = (lines(draft, ground, &made), opens(&made, today));
    let programme = match draft.kind {
        // A card that a receipt earns, or that a campaign raises, is one of the programme's.
        Kind::Issue | Kind::Campaign | Kind::Referral => draft.publish(ground)?,
        _ => Programme::publish(ProgrammeVersion(1), vec![made]).map_err(|_| failed())?,
    };
    let customer = DeviceNo::FOUNDER.id(1).map_err(|_| failed())?;
    let cash = CashStep(Money(major(ground)));
    if matches!(draft.kind, Kind::Certificate | Kind::Numbered) {
        return handed_out(&programme, &lines, (CustomerId(customer), today), cash)
            .ok_or_else(failed);
    }
    if let Some(shown) = brought(&programme, &lines, today, cash) {
        return shown.ok_or_else(failed);
    }
    let favourites: Vec<GoodsId> = lines.iter().filter_map(|line| line.goods).collect();
    let day = [DayOfYear::of(today)];
    let replay = Replay::new(&programme, Habit::default(), cash, today);
    let mut replay = replay.where_points_are(points_as);
    let mut first = None;
    for visit in 0..VISITS_MAX {
        let days = chrono::Days::new(u64::from(visit) * 7);
        let date = today.checked_add_days(days).ok_or_else(failed)?;
        let past = Past {
            customer: Some(CustomerId(customer)),
            at: noon(date),
            outlet: OutletId(1),
            lines: &lines,
            guest: Guest {
                birthday: Some(day[0]),
                relatives: &day,
                favourites: &favourites,
            },
        };
        let shown = replay.show(&past).map_err(|_| failed())?;
        let shown = shown.ok_or_else(failed)?;
        let gives = gives(&shown).then(|| (visit + 1, shown.clone()));
        let first = first.get_or_insert(shown);
        if gives.is_some() {
            return Ok(Preview {
                first: first.clone(),
                gives,
            });
        }
    }
    let first = first.ok_or_else(failed)?;
    Ok(Preview { first, gives: None })
}

/// The first day from `today` on which a campaign works; for other drafts `today` itself.
fn opens(made: &Instrument, today: Date) -> Date {
    let Terms::Campaign(campaign) = &made.terms else {
        return today;
    };
    let first = made
        .rules
        .scope
        .first_day
        .map_or(today, |first| first.max(today));
    let works = |date: &Date| {
        let at = noon(*date);
        let may = |when| works_for_all(when, at, OutletId(1)) != Some(false);
        campaign.when.iter().all(may)
    };
    first.iter_days().take(7).find(works).unwrap_or(first)
}

/// The first receipt of a friend who was brought, by the draft, which is the programme's last instrument; none for
/// drafts of other kinds.
fn brought(
    programme: &Programme,
    lines: &[Line],
    today: Date,
    cash: CashStep,
) -> Option<Option<Preview>> {
    let of = programme.instruments().last()?;
    of.referral()?;
    let alone = Programme::publish(ProgrammeVersion(1), Vec::new()).ok()?;
    let ask = Question {
        cash,
        brought: Some(of),
        ..Question::plain(lines, &alone, noon(today))
    };
    let told = |code: &Code| matches!(code, Code::ReferrerThanked { .. });
    let shown = |ask: &Question<'_>| {
        let first = quote(ask).ok()?;
        let gives = first.said.iter().any(told).then(|| (1, first.clone()));
        Some(Preview { first, gives })
    };
    Some(shown(&ask))
}

/// One copy of the programme's only instrument: sold or given on the first visit, laid on the counter on the second.
fn handed_out(
    programme: &Programme,
    lines: &[Line],
    (customer, today): (CustomerId, Date),
    cash: CashStep,
) -> Option<Preview> {
    let of = programme.instruments().first()?;
    let nominal = match of.certificate().map(|of| &of.nominals) {
        Some(Nominals::Fixed(all)) => *all.first()?,
        Some(Nominals::Between(least, _)) => *least,
        None => Money::ZERO,
    };
    let position = Position::default();
    let ask = Question {
        customer: Some((customer, &position)),
        cash,
        ..Question::plain(lines, programme, noon(today))
    };
    let sold = [Line {
        certificate: Some(of.id),
        ..Line::amount(nominal)
    }];
    let selling = [Selling {
        line: 0,
        number: None,
        holder: Some(customer),
    }];
    let first = match of.certificate() {
        Some(_) => Question {
            lines: &sold,
            selling: &selling,
            ..ask
        },
        None => ask,
    };
    let voucher = Voucher {
        id: VoucherId(customer.0),
        instrument: of.id,
        programme: programme.version(),
        number: None,
        holder: Some(customer),
        nominal,
        balance: nominal,
        lapsed: Money::ZERO,
        last_day: of.voucher_ends(today),
        state: VoucherState::Issued,
        origin: Origin::Given,
        purchase: None,
    };
    let presented = [Presented {
        voucher: &voucher,
        of,
        most: None,
        change: None,
        whose: Whose::Theirs,
        asked: Asked::Yes,
    }];
    let second = Question {
        presented: &presented,
        ..ask
    };
    let (first, second) = (quote(&first).ok()?, quote(&second).ok()?);
    let gives = gives(&second).then_some((2, second));
    Some(Preview { first, gives })
}

fn major(ground: &Ground<'_>) -> i64 {
    10_i64.pow(u32::from(ground.exponent.min(4)))
}

/// The sample's lines, in pieces enough for an offer.
fn lines(draft: &Draft, ground: &Ground<'_>, made: &Instrument) -> Vec<Line> {
    let model = model(draft.kind, draft.trade, ground);
    let named = named(draft, &model);
    let pieces = i64::from(pieces(made));
    let goods = |at: i64| match named.len() {
        0 => GoodsId(at + 1),
        some => named[usize::try_from(at).unwrap_or(0) % some],
    };
    (0..)
        .zip(sample(draft.trade))
        .map(|(at, amount)| Line {
            goods: Some(goods(at)),
            quantity: Quantity(pieces * crate::purchase::ONE.0),
            ..Line::amount(Money(amount * major(ground) * pieces))
        })
        .collect()
}

/// Goods that the draft names.
fn named(draft: &Draft, model: &Model) -> Vec<GoodsId> {
    let asked = model
        .fields()
        .filter(|field| field.input == Input::Goods && draft.asks(model, field));
    asked
        .map(|field| GoodsId(draft.value(field)))
        .filter(|goods| goods.0 != 0)
        .collect()
}

/// Pieces of each line with which an offer is met, whichever of the lines counts.
fn pieces(made: &Instrument) -> u32 {
    match &made.terms {
        Terms::Offer(Offer::Gift { buy, gift }) => u32::from(buy.pieces) + u32::from(gift.pieces),
        Terms::Offer(Offer::Bundle { parts, .. }) => {
            parts.iter().map(|part| u32::from(part.pieces)).sum()
        }
        _ => 1,
    }
}

/// Whether the customer pays less, takes a reward, gets a card or more points than usual.
fn gives(shown: &Quote) -> bool {
    let reward = |kind| matches!(kind, EntryKind::Reward | EntryKind::Redeem);
    let card = |code: &Code| matches!(code, Code::CardEarned { .. } | Code::CampaignRaised { .. });
    shown.due < shown.total
        || shown.claims.iter().any(|claim| reward(claim.kind))
        || shown.said.iter().any(card)
}

fn noon(date: Date) -> Moment {
    Moment {
        instant_ms: day_number(date) * 86_400_000 + 43_200_000,
        date,
        minute: 720,
    }
}
