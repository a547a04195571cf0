//! Bad input to the evaluator and to publishing: each is a validation error or a defined result, never a panic and never
//! a silent zero. What a person could check by hand stands in `cases/bad_input.txt`.

use kartka_domain::codes::Code;
use kartka_domain::ids::{CustomerId, InstrumentId, ProgrammeVersion};
use kartka_domain::moment::{Date, DayOfYear, Moment, date_of};
use kartka_domain::money::{AMOUNT_MAX, Currency, Money, Overflow, Points};
use kartka_domain::op::Claim;
use kartka_domain::position::{Position, Wallet};
use kartka_domain::programme::{
    Benefit, BonusCard, BundlePrice, Counting, Coupon, DiscountCard, Expiry, Gift, Goods,
    Instrument, Offer, Part, Programme, ProgrammeError, Terms,
};
use kartka_domain::purchase::{GoodsId, GroupId, LINES_MAX, Line, PurchaseError, Quantity};
use kartka_domain::quote::{Paper, Question, Quote, QuoteError, Tender, quote};
use kartka_domain::redeem::CashStep;
use proptest::prelude::*;

use crate::acts::{Act, Knows, cases, plain};
use crate::support::noon;
use crate::support::terms::instruments;
use crate::world::World;

/// The largest receipt.
const LARGEST: i64 = AMOUNT_MAX.cast_signed();
/// One instrument of every kind, with every rule that looks at a date, an amount or a quantity.
const EVERYTHING: &str = "bonus rate=5 item=1 receipt=1 expires=12 pending=14 x:sunday=2 x:birthday:3-5=2 x:first=2 \
    stamps card rate=10 stackable club coupon rate=10 greeting rate=10 stackable bundle part=1:1 part=1:2 present favourite issue gives=4 \
    tiers at=100.00 off=5 certificate numbered newer";

fn everything() -> Programme {
    let words: Vec<&str> = EVERYTHING.split_whitespace().collect();
    Programme::publish(ProgrammeVersion(1), instruments(&words)).unwrap()
}

fn who() -> CustomerId {
    World::new(plain()).people[0]
}

fn rich() -> Position {
    let mut position = Position::default();
    let mut wallet = Wallet::default();
    wallet.add_to_bucket(None, Points(i64::MAX / 4)).unwrap();
    position.wallets.insert(InstrumentId(1), wallet);
    position
}

fn ask(lines: &[Line], at: Moment) -> Result<Quote, QuoteError> {
    ask_born(DayOfYear::new(2, 29), lines, at)
}

fn ask_born(born: Option<DayOfYear>, lines: &[Line], at: Moment) -> Result<Quote, QuoteError> {
    let (programme, position) = (everything(), rich());
    quote(&Question {
        customer: Some((who(), &position)),
        birthday: born,
        relatives: born.as_slice(),
        codes: &["CODE"],
        favourites: &[GoodsId(1)],
        cash: CashStep(Money(100)),
        ..Question::plain(lines, &programme, at)
    })
}

fn sold(lines: &[Line]) -> Result<Quote, QuoteError> {
    ask(lines, noon("2028-02-29".parse().unwrap()))
}

#[test]
fn amounts_at_the_ends_of_64_bits_are_errors() {
    let amount = |gross| Line::amount(Money(gross));
    let overflow = Err(QuoteError::Receipt(PurchaseError::Overflow(Overflow)));
    for lines in [
        vec![amount(i64::MAX)],
        vec![amount(LARGEST + 1)],
        vec![amount(LARGEST), amount(1)],
        vec![amount(i64::MAX), amount(i64::MAX)],
    ] {
        assert_eq!(sold(&lines), overflow, "{lines:?}");
    }
    let negative = Err(QuoteError::Receipt(PurchaseError::NegativeAmount(1)));
    for gross in [i64::MIN, i64::MIN + 1, -1] {
        assert_eq!(sold(&[amount(gross)]), negative, "{gross}");
    }
    // The largest receipt that can be is a receipt: it earns, or says that its points can't be counted.
    let largest = sold(&[amount(LARGEST)]).unwrap();
    assert_eq!(largest.total, Money(LARGEST));
    assert!(
        largest
            .claims
            .iter()
            .any(|claim| claim.effect.points.is_positive())
    );
}

#[test]
fn a_quantity_that_is_none_is_an_error_and_the_largest_is_not() {
    let of = |quantity| Line {
        quantity: Quantity(quantity),
        ..Line::amount(Money(100))
    };
    for quantity in [0, -1, i64::MIN] {
        let wrong = Err(QuoteError::Receipt(PurchaseError::Quantity(1)));
        assert_eq!(sold(&[of(quantity)]), wrong, "{quantity}");
    }
    // Points per piece for so many pieces leave every range: an error, never a wrap.
    let answer = sold(&[of(i64::MAX)]);
    assert!(
        matches!(answer, Ok(_) | Err(QuoteError::Overflow(_))),
        "{answer:?}"
    );
}

#[test]
fn five_hundred_lines_are_a_receipt_and_one_more_is_none() {
    let lines = vec![Line::amount(Money(1)); LINES_MAX];
    let answer = sold(&lines).unwrap();
    assert_eq!(
        (LINES_MAX, answer.lines.len(), answer.total),
        (500, 500, Money(500))
    );
    let shares = answer.lines.iter().flat_map(|line| &line.shares);
    assert_eq!(
        shares.map(|share| share.value.0).sum::<i64>(),
        500 - answer.due.0
    );
    let facts = answer.into_facts(Tender::Cash, Paper::default()).unwrap();
    assert!(!facts.is_empty());
    let wrong = Err(QuoteError::Receipt(PurchaseError::LineCount));
    assert_eq!(sold(&vec![Line::amount(Money(1)); LINES_MAX + 1]), wrong);
    assert_eq!(sold(&[]), wrong);
}

#[test]
fn a_discount_over_all_of_it_can_not_be_published() {
    let id = InstrumentId(3);
    let gift = |rate| Gift {
        goods: Goods::default(),
        pieces: 1,
        rate,
    };
    let coupon = |gives| {
        Terms::Coupon(Coupon {
            code: "X".to_owned(),
            gives,
            per_customer: None,
            per_day: None,
            total: None,
            counting: Counting::Afterwards,
        })
    };
    let part = || Part {
        goods: Goods::default(),
        pieces: 1,
    };
    let all = [
        coupon(Benefit::Percent(10_001)),
        coupon(Benefit::Percent(u16::MAX)),
        coupon(Benefit::Percent(0)),
        coupon(Benefit::Amount(Money(0))),
        coupon(Benefit::Amount(Money(-1))),
        coupon(Benefit::Gift(gift(10_001))),
        Terms::Offer(Offer::Favourite { rate: 10_001 }),
        Terms::Offer(Offer::Bundle {
            parts: vec![part()],
            price: BundlePrice::Rate(10_001),
        }),
        Terms::Offer(Offer::Gift {
            buy: part(),
            gift: gift(10_001),
        }),
        Terms::Discount(DiscountCard::fixed(10_001)),
    ];
    for terms in all {
        let of = Instrument::plain(id, "x", terms);
        let wrong = Programme::publish(ProgrammeVersion(1), vec![of.clone()]);
        let said = matches!(
            wrong,
            Err(ProgrammeError::Share(3) | ProgrammeError::Range(3))
        );
        assert!(said, "{of:?}: {wrong:?}");
    }
    let mut floor = Instrument::plain(id, "x", coupon(Benefit::Percent(10_000)));
    floor.rules.stacking.floor = 10_001;
    let wrong = Programme::publish(ProgrammeVersion(1), vec![floor]);
    assert_eq!(wrong, Err(ProgrammeError::Share(3)));
}

fn present(id: u32, buy: Goods, gift: Goods) -> Instrument {
    let buy = Part {
        goods: buy,
        pieces: 1,
    };
    let gift = Gift {
        goods: gift,
        pieces: 1,
        rate: 10_000,
    };
    Instrument::plain(
        InstrumentId(id),
        "x",
        Terms::Offer(Offer::Gift { buy, gift }),
    )
}

fn goods(id: i64) -> Goods {
    Goods {
        goods: vec![GoodsId(id)],
        groups: Vec::new(),
    }
}

#[test]
fn gifts_that_lead_back_to_themselves_can_not_be_published() {
    let publish = |all: Vec<Instrument>| Programme::publish(ProgrammeVersion(1), all).map(drop);
    for (length, wrong) in [(2, 1), (3, 1), (10, 1), (60, 1)] {
        let ring = (1..=length).map(|id| {
            let next = id % length + 1;
            present(id, goods(id.into()), goods(next.into()))
        });
        assert_eq!(
            publish(ring.collect()),
            Err(ProgrammeError::GiftCycle(wrong)),
            "{length}"
        );
    }
    // A chain that ends, and "the second one free", lead nowhere.
    let chain = (1..=10).map(|id| present(id, goods(id.into()), goods(i64::from(id) + 1)));
    assert_eq!(publish(chain.collect()), Ok(()));
    assert_eq!(publish(vec![present(1, goods(1), goods(1))]), Ok(()));
}

/// Groups may overlap, so whether they lead back is known only from a receipt: each piece is given once there.
#[test]
fn gifts_by_groups_that_lead_back_give_each_piece_once() {
    let group = |id| Goods {
        goods: Vec::new(),
        groups: vec![GroupId(id)],
    };
    let ring = vec![
        present(3, group(1), group(2)),
        present(4, group(2), group(1)),
    ];
    let programme = Programme::publish(ProgrammeVersion(1), ring).unwrap();
    let line = |id| Line {
        group: Some(GroupId(id)),
        quantity: Quantity(4_000),
        ..Line::amount(Money(4_000))
    };
    let position = Position::default();
    let lines = [line(1), line(2)];
    let answer = quote(&Question {
        customer: Some((who(), &position)),
        ..Question::plain(&lines, &programme, noon("2028-01-20".parse().unwrap()))
    });
    let answer = answer.unwrap();
    assert!(answer.due >= Money(0) && answer.due < answer.total);
    for line in &answer.lines {
        assert!(line.taken_off().unwrap() <= line.gross);
    }
}

#[test]
fn dates_before_1970_and_after_2100_are_dates() {
    for day in [
        "1899-12-31",
        "1969-12-31",
        "1970-01-01",
        "2100-02-28",
        "2101-01-01",
        "9999-12-31",
    ] {
        let answer = ask(&[Line::amount(Money(10_000))], noon(day.parse().unwrap())).unwrap();
        let earned = answer
            .claims
            .iter()
            .find(|claim| claim.lot.is_some())
            .unwrap();
        assert!(earned.effect.points.is_positive(), "{day}");
        let lot = earned.lot.unwrap();
        assert!(
            lot.expires_on.is_some_and(|last| last > lot.available_on),
            "{day}: {lot:?}"
        );
    }
    // 2100 is no leap year.
    let card = BonusCard {
        expiry: Expiry::Months(1),
        ..BonusCard::plain(500, Money(1))
    };
    let last = card.lot("2100-01-31".parse().unwrap()).expires_on;
    assert_eq!(last, Some("2100-02-28".parse().unwrap()));
}

#[test]
fn the_ends_of_the_calendar_are_dates_too() {
    for date in [
        Date::MIN,
        Date::MAX,
        Date::MIN.succ_opt().unwrap(),
        Date::MAX.pred_opt().unwrap(),
    ] {
        let at = Moment {
            instant_ms: if date < "2000-01-01".parse().unwrap() {
                i64::MIN
            } else {
                i64::MAX
            },
            date,
            minute: 0,
        };
        for born in [(2, 29), (1, 1), (1, 3), (12, 31)] {
            let born = DayOfYear::new(born.0, born.1);
            let answer = ask_born(born, &[Line::amount(Money(10_000))], at).unwrap();
            let gives = |claim: &Claim| claim.effect.points.is_positive();
            assert!(answer.claims.iter().any(gives), "{date} {born:?}");
        }
    }
}

#[test]
fn who_is_born_on_a_leap_day_has_a_birthday_every_year() {
    let born = DayOfYear::new(2, 29).unwrap();
    for (day, away) in [
        ("2027-02-28", 0),
        ("2028-02-28", -1),
        ("2028-02-29", 0),
        ("2100-02-28", 0),
        ("2100-03-01", 1),
        ("2000-02-29", 0),
    ] {
        assert_eq!(born.days_away(day.parse().unwrap()), away, "{day}");
    }
    // And their greeting is given once a year, whichever day stands for the birthday.
    for day in ["2027-02-28", "2028-02-29"] {
        let said = ask(&[Line::amount(Money(10_000))], noon(day.parse().unwrap()))
            .unwrap()
            .said;
        let greeted = said
            .iter()
            .any(|code| matches!(code, Code::Discounted { instrument: 6, .. }));
        assert!(greeted, "{day}: {said:?}");
    }
}

/// The hour that comes twice, and the day that lacks one: a lot lives by dates, so neither changes it (L7).
#[test]
fn days_of_23_and_25_hours_are_days() {
    for day in ["2026-03-29", "2026-10-25"] {
        let date: Date = day.parse().unwrap();
        let lots: Vec<_> = [0, 180, 240, 1_439]
            .map(|minute| {
                let at = Moment {
                    minute,
                    ..noon(date)
                };
                let answer = ask(&[Line::amount(Money(10_000))], at).unwrap();
                answer.claims.iter().find_map(|claim| claim.lot)
            })
            .to_vec();
        assert!(
            lots.iter().all(|lot| lot.is_some() && *lot == lots[0]),
            "{day}: {lots:?}"
        );
    }
}

#[test]
fn a_currency_with_none_or_three_decimals_is_counted_in_its_own_minor_units() {
    for (code, exponent) in [("JPY", 0), ("UAH", 2), ("KWD", 3)] {
        assert_eq!(Currency::new(code).map(|c| c.exponent()), Some(exponent));
        // One unit of the currency earns 5 % of its minor units, in points of one of them; below a point nothing.
        let one = 10_i64.pow(u32::from(exponent));
        let card = Instrument::plain(
            InstrumentId(1),
            "x",
            Terms::Bonus(BonusCard::plain(500, Money(1))),
        );
        let programme = Programme::publish(ProgrammeVersion(1), vec![card]).unwrap();
        let position = Position::default();
        let lines = [Line::amount(Money(one))];
        let answer = quote(&Question {
            customer: Some((who(), &position)),
            ..Question::plain(&lines, &programme, noon("2028-01-20".parse().unwrap()))
        })
        .unwrap();
        let points: i64 = answer
            .claims
            .iter()
            .map(|claim| claim.effect.points.0)
            .sum();
        assert_eq!(points, one * 5 / 100, "{code}");
        let said = if points > 0 {
            Code::Earned { points, base: one }
        } else {
            Code::EarnedNothing { base: one }
        };
        assert!(answer.said.contains(&said), "{code}: {:?}", answer.said);
    }
    assert_eq!(Currency::new("uah"), None);
    assert_eq!(Currency::new("ГРН"), None);
}

#[test]
fn a_rule_that_names_goods_that_nobody_sells_says_what_it_lacks() {
    let (programme, position) = (everything(), Position::default());
    let mut instruments = programme.instruments().to_vec();
    instruments.push(present(40, goods(404), goods(405)));
    let programme = Programme::publish(ProgrammeVersion(1), instruments).unwrap();
    let lines = [Line::amount(Money(10_000))];
    let answer = quote(&Question {
        customer: Some((who(), &position)),
        ..Question::plain(&lines, &programme, noon("2028-01-20".parse().unwrap()))
    });
    let not_met = Code::OfferNotMet { instrument: 40 };
    assert!(answer.unwrap().said.contains(&not_met));
}

proptest! {
    #![proptest_config(cases())]

    /// Whatever is typed, at whatever moment: an answer whose sums are right, or an error; never a panic.
    #[test]
    fn anything_typed_is_a_quote_or_an_error(
        typed in proptest::collection::vec((any::<i64>(), any::<i64>(), 0_u32..63), 0..6),
        day in any::<i32>(),
        instant_ms in any::<i64>(),
        minute in 0_u16..1_440,
    ) {
        let line = |(gross, quantity, shift): &(i64, i64, u32)| Line {
            goods: Some(GoodsId(gross % 3)),
            quantity: Quantity(quantity >> shift),
            ..Line::amount(Money(gross >> shift))
        };
        let lines: Vec<Line> = typed.iter().map(line).collect();
        let date = date_of(day.into()).unwrap_or(Date::MAX);
        if let Ok(answer) = ask(&lines, Moment { instant_ms, date, minute }) {
            let mut off = 0_i128;
            for line in &answer.lines {
                let taken = line.taken_off().unwrap();
                prop_assert!(taken.0 >= 0 && taken <= line.gross);
                off += i128::from(taken.0);
            }
            prop_assert_eq!(i128::from(answer.total.0) - off, i128::from(answer.due.0));
        }
    }

    /// The authority takes the same from a phone that lies about its calendar: a verdict, never a panic.
    #[test]
    fn any_date_of_an_op_is_decided(day in any::<i32>(), instant_ms in any::<i64>(), gross in 0_i64..100_000) {
        let mut world = World::new(plain());
        let date = date_of(day.into()).unwrap_or(Date::MIN);
        world.today = date;
        let buy = Act::Buy { who: 0, lines: vec![(gross, 1_000)], spend: 0, knows: Knows::Everything };
        if let Some(mut op) = world.op_of(&buy) {
            op.time.wall.instant_ms = instant_ms;
            op.time.wall.date = date;
            world.shop.order(&op);
        }
    }
}
