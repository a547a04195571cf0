//! Offers on lines (D1, step 1): a piece that was used for one offer is not used for another.

use super::{Evaluation, QuoteError};
use crate::allocate::allocate;
use crate::codes::Code;
use crate::money::{Money, Overflow, Rounding, scale};
use crate::programme::{
    BundlePrice, Gift, Goods, Instrument, Offer, Part, Stacking, Terms, Times, WHOLE,
};
use crate::purchase::{Line, ONE};

use super::bill::cut;

/// Most times that one offer works on one receipt.
const TIMES_MAX: u32 = 1_000;

/// Pieces that no offer has used yet, by line.
pub(super) struct Free(Vec<i64>);

/// Pieces that were taken for an offer, by line, with what they cost.
struct Taken {
    pieces: Vec<i64>,
    price: Vec<Money>,
}

/// Lowers the receipt by every offer, less priority first (D4).
pub(super) fn apply(on: &mut Evaluation<'_>) -> Result<(), QuoteError> {
    let whole = |line: &Line| line.quantity.0 / ONE.0;
    let mut free = Free(on.bill.lines.iter().map(whole).collect());
    for of in on.by_priority() {
        let Terms::Offer(offer) = &of.terms else {
            continue;
        };
        if !on.is_open(of) || !on.reaches_minimum(of)? {
            continue;
        }
        match offer {
            Offer::Favourite { rate } => favourite(on, of, *rate)?,
            Offer::Bundle { parts, price } => {
                work(on, of, &mut free, |on, free| {
                    bundle(on, of, free, parts, *price)
                })?;
            }
            Offer::Gift { buy, gift } => {
                work(on, of, &mut free, |on, free| give(on, of, free, buy, gift))?;
            }
        }
    }
    Ok(())
}

/// What the offer takes off each line, once or as often as it fits.
fn work(
    on: &mut Evaluation<'_>,
    of: &Instrument,
    free: &mut Free,
    once: impl Fn(&Evaluation<'_>, &mut Free) -> Result<Option<Vec<Money>>, QuoteError>,
) -> Result<(), QuoteError> {
    let rule = &of.rules.stacking;
    let mut values = vec![Money::ZERO; on.bill.lines.len()];
    for _ in 0..if rule.times == Times::Once {
        1
    } else {
        TIMES_MAX
    } {
        let Some(more) = once(on, free)? else { break };
        for (sum, value) in values.iter_mut().zip(more) {
            *sum = sum.plus(value)?;
        }
    }
    let wanted = Money::total(values.iter().copied())?;
    if !wanted.is_positive() {
        on.say(Code::OfferNotMet {
            instrument: of.id.0.into(),
        });
        return Ok(());
    }
    let room = on.bill.room(rule, &Goods::default())?;
    let room: Vec<Money> = room.iter().zip(&values).map(|(r, v)| *r.min(v)).collect();
    let cut = cut(rule, wanted, &values, &room)?;
    on.lower(of, &cut, 0);
    Ok(())
}

fn favourite(on: &mut Evaluation<'_>, of: &Instrument, rate: u16) -> Result<(), QuoteError> {
    let mut goods = on.ask.favourites.to_vec();
    goods.sort_unstable();
    let named = Goods {
        goods,
        groups: Vec::new(),
    };
    if named.is_empty() {
        on.say(Code::OfferNotMet {
            instrument: of.id.0.into(),
        });
        return Ok(());
    }
    let cut = on.bill.percent(&of.rules.stacking, &named, rate)?;
    on.lower(of, &cut, rate.into());
    Ok(())
}

fn bundle(
    on: &Evaluation<'_>,
    of: &Instrument,
    free: &mut Free,
    parts: &[Part],
    price: BundlePrice,
) -> Result<Option<Vec<Money>>, QuoteError> {
    let lines = &on.bill.lines;
    let mut left = Free(free.0.clone());
    let mut prices = vec![Money::ZERO; lines.len()];
    for part in parts {
        let Some(taken) = left.take(lines, part, &of.rules.stacking)? else {
            return Ok(None);
        };
        for (sum, price) in prices.iter_mut().zip(taken.price) {
            *sum = sum.plus(price)?;
        }
    }
    *free = left;
    let total = Money::total(prices.iter().copied())?;
    let off = match price {
        BundlePrice::Rate(rate) => scale(total.0, rate.into(), WHOLE.into(), Rounding::HalfUp)?,
        BundlePrice::Off(off) => off.0.min(total.0),
        BundlePrice::For(price) => total.0.saturating_sub(price.0).max(0),
    };
    Ok(Some(allocate(Money(off), &prices)?))
}

fn give(
    on: &Evaluation<'_>,
    of: &Instrument,
    free: &mut Free,
    buy: &Part,
    gift: &Gift,
) -> Result<Option<Vec<Money>>, QuoteError> {
    let lines = &on.bill.lines;
    let mut left = Free(free.0.clone());
    let wanted = Part {
        goods: gift.goods.clone(),
        pieces: gift.pieces,
    };
    // The gift is set aside first: the cheapest pieces; what is bought for it are others.
    let Some(given) = left.take(lines, &wanted, &of.rules.stacking)? else {
        return Ok(None);
    };
    if left.take(lines, buy, &of.rules.stacking)?.is_none() {
        return Ok(None);
    }
    *free = left;
    let off =
        |price: &Money| scale(price.0, gift.rate.into(), WHOLE.into(), Rounding::HalfUp).map(Money);
    let values: Result<Vec<Money>, Overflow> = given.price.iter().map(off).collect();
    Ok(Some(values?))
}

impl Free {
    /// The cheapest free pieces of a part, ties to the earlier line; none when there are too few (D4).
    fn take(
        &mut self,
        lines: &[Line],
        part: &Part,
        rule: &Stacking,
    ) -> Result<Option<Taken>, Overflow> {
        let counts = |line: &Line| part.goods.takes(line) && !rule.excluded.names(line);
        let mut places: Vec<usize> = (0..lines.len())
            .filter(|&at| self.0[at] > 0 && counts(&lines[at]))
            .collect();
        // a/x < b/y as a·y < b·x: no fraction is rounded.
        let piece = |at: usize| {
            (
                i128::from(lines[at].gross.0),
                i128::from(lines[at].quantity.0),
            )
        };
        places.sort_by(|&a, &b| (piece(a).0 * piece(b).1).cmp(&(piece(b).0 * piece(a).1)));
        let mut taken = Taken {
            pieces: vec![0; lines.len()],
            price: vec![Money::ZERO; lines.len()],
        };
        let mut left = i64::from(part.pieces);
        for at in places {
            let pieces = left.min(self.0[at]);
            left -= pieces;
            let (line, quantity) = (&lines[at], pieces * ONE.0);
            let price = scale(line.gross.0, quantity, line.quantity.0, Rounding::HalfUp)?;
            taken.pieces[at] = pieces;
            taken.price[at] = Money(price);
        }
        if left > 0 {
            return Ok(None);
        }
        for (free, used) in self.0.iter_mut().zip(&taken.pieces) {
            *free -= used;
        }
        Ok(Some(taken))
    }
}
