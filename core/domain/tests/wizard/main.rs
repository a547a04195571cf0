//! The wizard's model (C2): fields that hold together, drafts that become instruments, a preview that is a quote.
#![allow(clippy::unwrap_used)]

mod preview;

use std::collections::BTreeSet;

use kartka_domain::ids::{InstrumentId, ProgrammeVersion};
use kartka_domain::moment::{Date, PeriodEnd};
use kartka_domain::money::{Money, Points};
use kartka_domain::programme::{
    Audience, Benefit, BonusCard, BundlePrice, Campaign, Certificate, Club, Counting, CountsWhen,
    Coupon, Demotion, DiscountCard, Expiry, Gift, Goods, Greeting, GreetingFor, Instrument, Issue,
    Joining, Level, Life, Multiplier, Need, Nominals, NumberedCoupon, Offer, Part, Programme,
    Referral, Spending, Terms, Tiers, VoucherOffline, When, Window,
};
use kartka_domain::purchase::{GoodsId, GroupId, PointsAs};
use kartka_domain::wizard::{
    Draft, Ground, Input, Kind, NAME, Problem, Sampled, Trade, Wrong, model, preview,
};
use proptest::prelude::*;

const WORDS: &str = include_str!("../../../../bindings/shells/wizard.txt");
const HRYVNIA: u8 = 2;
/// The club that stands in every ground here.
const CLUB: InstrumentId = InstrumentId(7);
/// And the bonus card.
const BONUS: InstrumentId = InstrumentId(8);

/// A programme with one club, so that a receipt has a card to earn, and a bonus card to thank with and for campaigns to raise.
fn programme() -> Programme {
    let club = Club {
        joining: Joining::Invitation,
        months: None,
        rate: 500,
    };
    let club = Instrument::plain(CLUB, "Club", Terms::Club(club));
    let bonus = Terms::Bonus(BonusCard::plain(500, Money(1)));
    let bonus = Instrument::plain(BONUS, "Points", bonus);
    Programme::publish(ProgrammeVersion(3), vec![club, bonus]).unwrap()
}

fn ground(programme: &Programme) -> Ground<'_> {
    Ground {
        exponent: HRYVNIA,
        programme,
        edits: None,
    }
}

/// Opens a published instrument for editing, and builds it again as it is.
fn reopened(published: &Instrument) -> (Draft, Result<Instrument, Vec<Problem>>) {
    let mut all = programme().instruments().to_vec();
    all.push(published.clone());
    let programme = Programme::publish(ProgrammeVersion(4), all).unwrap();
    let draft = Draft::of(published, Trade::Coffee).unwrap();
    let built = draft.build(&ground(&programme).editing(Some(published.id)));
    (draft, built)
}

fn today() -> Date {
    "2026-11-22".parse().unwrap()
}

fn sampled(points_as: PointsAs) -> Sampled {
    Sampled {
        today: today(),
        points_as,
    }
}

fn draft(kind: Kind, trade: Trade) -> Draft {
    Draft::new(kind, trade, "Картка")
}

fn answered(kind: Kind, answers: &[(&str, i64)]) -> Draft {
    let mut draft = draft(kind, Trade::Coffee);
    for (key, value) in answers {
        draft.answers.insert((*key).to_owned(), *value);
    }
    draft
}

#[test]
fn every_default_of_every_trade_can_be_published_and_gives_something() {
    for kind in Kind::ALL {
        for trade in Trade::ALL {
            for exponent in [0, 2, 3] {
                let (draft, programme) = (draft(kind, trade), programme());
                let ground = Ground {
                    exponent,
                    ..ground(&programme)
                };
                assert_eq!(draft.check(&ground), [], "{kind:?} {trade:?} {exponent}");
                let shown = preview(&draft, &ground, sampled(PointsAs::Payment)).unwrap();
                assert!(shown.gives.is_some(), "{kind:?} {trade:?} gives nothing");
            }
        }
    }
}

#[test]
fn a_kind_has_few_steps_and_one_in_a_hurry() {
    let programme = programme();
    for kind in Kind::ALL {
        let model = model(kind, Trade::Coffee, &ground(&programme));
        assert!((1..=4).contains(&model.steps.len()), "{kind:?}");
        assert!(
            model
                .steps
                .iter()
                .all(|step| (1..=5).contains(&step.fields.len()))
        );
        assert!((1..=3).contains(&model.quick().fields.len()), "{kind:?}");
        let keys: BTreeSet<&str> = model.fields().map(|field| field.key).collect();
        assert_eq!(
            keys.len(),
            model.fields().count(),
            "{kind:?} asks something twice"
        );
        for field in model.fields() {
            let default = match field.input {
                Input::Text(text) => i64::try_from(text.len()).unwrap(),
                _ => field.default,
            };
            assert!(
                (field.least..=field.most).contains(&default),
                "{}",
                field.key
            );
            if let Some(only) = field.only {
                let other = model.fields().find(|other| other.key == only.field);
                let range = other.map(|other| other.least..=other.most).unwrap();
                assert!(only.is.iter().all(|value| range.contains(value)));
            }
        }
    }
}

#[test]
fn a_field_out_of_its_range_is_named_with_the_bound() {
    let wrong = |field: &str, why| Problem {
        field: field.to_owned(),
        why,
    };
    for (draft, problems) in [
        (
            answered(Kind::Bonus, &[("rate", 5_001)]),
            vec![wrong("rate", Wrong::Above(5_000))],
        ),
        (
            answered(Kind::Bonus, &[("rate", -1), ("months", 0)]),
            vec![
                wrong("rate", Wrong::Below(10)),
                wrong("months", Wrong::Below(1)),
            ],
        ),
        (
            answered(Kind::Bonus, &[("family", 3)]),
            vec![wrong("family", Wrong::Above(2))],
        ),
        (
            answered(Kind::Stamps, &[("rate", 5)]),
            vec![wrong("rate", Wrong::Unknown)],
        ),
        (
            answered(Kind::Stamps, &[("size", i64::MAX)]),
            vec![wrong("size", Wrong::Above(100))],
        ),
        (
            answered(Kind::Discount, &[("second_rate", 700)]),
            vec![wrong("second_from", Wrong::Together)],
        ),
        (
            answered(
                Kind::Discount,
                &[("second_from", 100_000), ("second_rate", 300)],
            ),
            vec![wrong("second_rate", Wrong::Together)],
        ),
        (
            answered(Kind::Club, &[("joining", 3)]),
            vec![wrong("fee_goods", Wrong::Together)],
        ),
        (
            answered(Kind::Issue, &[("card", 6)]),
            vec![wrong("card", Wrong::NotThere)],
        ),
        (
            answered(Kind::Tiers, &[("second_from", 100_000)]),
            vec![wrong("second_from", Wrong::Together)],
        ),
        (
            answered(
                Kind::Tiers,
                &[("first_from", 0), ("second_from", 0), ("third_from", 0)],
            ),
            vec![wrong("first_from", Wrong::Together)],
        ),
        (
            // What is not asked is not looked at.
            answered(Kind::Greeting, &[("gives", 1), ("rate", 99_999)]),
            vec![],
        ),
        (
            Draft {
                name: " ".to_owned(),
                ..answered(Kind::Bonus, &[])
            },
            vec![wrong(NAME, Wrong::Name)],
        ),
        (
            Draft {
                name: "x".repeat(65),
                ..answered(Kind::Bonus, &[])
            },
            vec![wrong(NAME, Wrong::Name)],
        ),
    ] {
        assert_eq!(draft.check(&ground(&programme())), problems, "{draft:?}");
    }
}

#[test]
fn answers_become_terms() {
    let card = answered(
        Kind::Bonus,
        &[("rate", 700), ("family", 1), ("months", 3), ("offline", 0)],
    );
    let programme = programme();
    let ground = ground(&programme);
    let made = card.build(&ground).unwrap();
    let Terms::Bonus(bonus) = &made.terms else {
        panic!("a bonus card")
    };
    assert_eq!(
        (made.id, bonus.rate, bonus.expiry),
        (InstrumentId(9), 700, Expiry::Months(3))
    );
    let scale = answered(
        Kind::Discount,
        &[
            ("second_from", 500_000),
            ("second_rate", 700),
            ("third_from", 900_000),
            ("third_rate", 1_000),
        ],
    );
    let made = scale.build(&ground).unwrap();
    let Terms::Discount(card) = &made.terms else {
        panic!("a discount card")
    };
    let rates: Vec<Option<u16>> = [0, 500_000, 899_999, 900_000]
        .map(|spent| card.rate(Money(spent)))
        .into();
    assert_eq!(rates, [Some(500), Some(700), Some(700), Some(1_000)]);
}

#[test]
fn editing_keeps_what_the_wizard_does_not_ask() {
    let friday = Multiplier {
        when: When::Weekdays(0b1_0000),
        factor: 20_000,
    };
    let published = Instrument::plain(
        InstrumentId(3),
        "Old",
        Terms::Bonus(BonusCard {
            multipliers: vec![friday.clone()],
            ..BonusCard::plain(500, Money(1))
        }),
    );
    let (mut draft, again) = reopened(&published);
    assert_eq!(
        again.unwrap(),
        published,
        "opening and closing changes nothing"
    );
    draft.answers.insert("rate".to_owned(), 800);
    draft.name = "New".to_owned();
    let programme = Programme::publish(ProgrammeVersion(1), vec![published.clone()]).unwrap();
    let edited = draft
        .build(&ground(&programme).editing(Some(published.id)))
        .unwrap();
    let Terms::Bonus(card) = &edited.terms else {
        panic!("a bonus card")
    };
    assert_eq!(
        (card.rate, &card.multipliers[..], edited.name.as_str()),
        (800, &[friday][..], "New")
    );
}

/// Instruments that say more than the wizard asks.
fn rich() -> Vec<Instrument> {
    let goods = Goods {
        goods: vec![GoodsId(4), GoodsId(9)],
        groups: vec![GroupId(2)],
    };
    let part = |pieces| Part {
        goods: goods.clone(),
        pieces,
    };
    let gift = Gift {
        goods: goods.clone(),
        pieces: 2,
        rate: 5_000,
    };
    let spent_and_visits = Need {
        spent: Some(Money(500_000)),
        visits: Some(5),
        ..Need::default()
    };
    let status = Need {
        status: Some(Points(900)),
        ..Need::default()
    };
    let level = |join: Vec<Need>, keep: Vec<Need>, rate| Level { join, keep, rate };
    let all = [
        Terms::Offer(Offer::Bundle {
            parts: vec![part(1), part(2)],
            price: BundlePrice::For(Money(9_900)),
        }),
        Terms::Offer(Offer::Gift {
            buy: part(3),
            gift: gift.clone(),
        }),
        Terms::Coupon(Coupon {
            code: "SPRING-26".to_owned(),
            gives: Benefit::Gift(gift),
            per_customer: None,
            per_day: Some(2),
            total: None,
            counting: Counting::Afterwards,
        }),
        Terms::Greeting(Greeting {
            on: GreetingFor::FirstVisit,
            before: 1,
            after: 2,
            gives: Benefit::Amount(Money(5_000)),
        }),
        Terms::Club(Club {
            joining: Joining::Fee(GoodsId(77)),
            months: Some(6),
            rate: 0,
        }),
        Terms::Issue(Issue {
            card: CLUB,
            receipt: Money(123_456),
        }),
        Terms::Discount(DiscountCard::fixed(700)),
        Terms::Certificate(Certificate {
            nominals: Nominals::Fixed([100, 200, 300, 400].map(Money).to_vec()),
            spending: Spending::OnceKept,
            life: Life {
                months: None,
                ends: PeriodEnd::Year,
            },
            offline: VoucherOffline::UpTo(Money(1_234)),
        }),
        Terms::Certificate(Certificate {
            nominals: Nominals::Between(Money(500), Money(900)),
            spending: Spending::OnceLost,
            life: Life {
                months: Some(7),
                ends: PeriodEnd::Quarter,
            },
            offline: VoucherOffline::Ask,
        }),
        Terms::Referral(Referral {
            welcome: Points(50),
            every: 3,
            counts: CountsWhen::Joining,
            window_days: 14,
            per_month: Some(5),
            within_days: Some(90),
            ..Referral::plain(BONUS, Points(300))
        }),
        Terms::Numbered(NumberedCoupon {
            gives: Benefit::Amount(Money(2_500)),
            life: Life::default(),
            offline: VoucherOffline::UpTo(Money(150)),
        }),
        Terms::Campaign(Campaign {
            card: BONUS,
            factor: 25_000,
            per_receipt: Points(7),
            goods,
            when: vec![
                When::Weekdays(0b001_1111),
                When::Hours { from: 600, to: 720 },
            ],
            budget: Points(5_000),
        }),
        Terms::Tiers(Tiers {
            window: Window::Rolling(9),
            levels: vec![
                level(vec![spent_and_visits], vec![], 200),
                level(vec![status], vec![spent_and_visits], 300),
                level(vec![status], vec![], 400),
                level(vec![status], vec![], 500),
            ],
            grace_days: 3,
            demotion: Demotion::OwnerConfirms,
        }),
    ];
    let named = |terms| Instrument::plain(InstrumentId(9), "Rich", terms);
    all.into_iter().map(named).collect()
}

#[test]
fn opening_and_closing_changes_nothing_that_was_published() {
    for published in rich() {
        let (_, again) = reopened(&published);
        assert_eq!(again, Ok(published));
    }
}

#[test]
fn a_code_is_typed_in_any_case_and_belongs_to_one_coupon() {
    let mut draft = draft(Kind::Coupon, Trade::Coffee);
    let mut typed = |text: &str| {
        draft.texts.insert("code".to_owned(), text.to_owned());
        draft.clone()
    };
    let base = programme();
    let why = |draft: &Draft, programme: &Programme| -> Vec<Wrong> {
        let problems = draft.check(&ground(programme));
        problems.iter().map(|problem| problem.why).collect()
    };
    assert_eq!(why(&typed("гривня"), &base), [Wrong::Code]);
    assert_eq!(why(&typed(" "), &base), [Wrong::Below(1)]);
    let spring = typed(" spring-26 ");
    let with = spring.publish(&ground(&base)).unwrap();
    let Terms::Coupon(coupon) = &with.instruments()[2].terms else {
        panic!("a coupon")
    };
    assert_eq!(coupon.code, "SPRING-26");
    assert_eq!(why(&spring, &with), [Wrong::Taken]);
    let again = ground(&with).editing(Some(with.instruments()[2].id));
    assert_eq!(spring.check(&again), [], "its own code is free for itself");
}

#[test]
fn a_receipt_earns_a_card_for_whoever_buys() {
    let programme = programme();
    let made = draft(Kind::Issue, Trade::Coffee)
        .build(&ground(&programme))
        .unwrap();
    assert_eq!(made.rules.scope.audience, Audience::Anybody);
}

#[test]
fn a_bonus_card_keeps_its_family() {
    let by_age = answered(Kind::Bonus, &[("family", 1)]);
    let programme = by_age.publish(&ground(&programme())).unwrap();
    let id = programme.instruments()[2].id;
    let inactive = answered(Kind::Bonus, &[("family", 2)]);
    let problems = inactive.check(&ground(&programme).editing(Some(id)));
    assert_eq!(problems[0].field, "family");
}

/// Key → the words of its languages.
fn words() -> Vec<(&'static str, Vec<&'static str>)> {
    let paragraphs = WORDS.split("\n\n").map(|part| {
        let mut lines = part
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        (lines.next().unwrap_or_default(), lines.collect())
    });
    paragraphs.filter(|(key, _)| !key.is_empty()).collect()
}

#[test]
fn every_key_has_its_words_in_three_languages() {
    let mut wanted: BTreeSet<String> = ["name", "quick"].map(str::to_owned).into();
    let wrongs = [
        Wrong::Below(0),
        Wrong::Above(0),
        Wrong::Name,
        Wrong::Unknown,
        Wrong::Together,
        Wrong::Code,
        Wrong::Taken,
        Wrong::NotThere,
    ];
    wanted.extend(wrongs.map(|why| format!("wrong.{}", why.key())));
    let programme = programme();
    wanted.extend(Trade::ALL.map(|trade| format!("trade.{}", trade.key())));
    for kind in Kind::ALL {
        let of = kind.key();
        wanted.insert(format!("kind.{of}"));
        for step in model(kind, Trade::Coffee, &ground(&programme)).steps {
            wanted.insert(format!("{of}.{}", step.key));
            for field in step.fields {
                wanted.insert(format!("{of}.{}", field.key));
                if let Input::Choice(choices) = field.input {
                    wanted.extend(
                        choices
                            .iter()
                            .map(|choice| format!("{of}.{}.{choice}", field.key)),
                    );
                }
            }
        }
    }
    let found: BTreeSet<String> = words().iter().map(|(key, _)| (*key).to_owned()).collect();
    assert_eq!(found, wanted);
    for (key, lines) in words() {
        let tags: Vec<&str> = lines.iter().map(|line| &line[..3]).collect();
        assert_eq!(tags, ["uk ", "ru ", "en "], "{key}");
        for line in lines {
            let (title, explanation) = line[3..].split_once(" | ").unwrap();
            assert!(
                !title.is_empty() && explanation.ends_with('.'),
                "{key}: {line}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whatever is typed is a list of problems or an instrument that its own draft gives back.
    #[test]
    fn any_answers_are_problems_or_an_instrument(
        kind in 0..Kind::ALL.len(),
        typed in proptest::collection::btree_map(0..14_usize, prop_oneof![any::<i64>(), 0..20_000_i64, 0..4_i64], 0..14),
    ) {
        let (kind, programme) = (Kind::ALL[kind], programme());
        let ground = ground(&programme);
        let model = model(kind, Trade::Grocery, &ground);
        let mut draft = draft(kind, Trade::Grocery);
        for (at, value) in typed {
            if let Some(field) = model.fields().nth(at) {
                draft.answers.insert(field.key.to_owned(), value);
            }
        }
        match draft.build(&ground) {
            Err(problems) => prop_assert!(!problems.is_empty()),
            Ok(made) => {
                prop_assert_eq!(reopened(&made).1, Ok(made));
                prop_assert!(preview(&draft, &ground, sampled(PointsAs::Payment)).is_ok());
            }
        }
    }
}
