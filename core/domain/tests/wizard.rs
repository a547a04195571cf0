//! The wizard's model (C2): fields that hold together, drafts that become instruments, a preview that is a quote.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use kartka_domain::ids::InstrumentId;
use kartka_domain::moment::Date;
use kartka_domain::money::{Money, Points};
use kartka_domain::programme::{BonusCard, Expiry, Instrument, Multiplier, Terms, When};
use kartka_domain::wizard::{Draft, Input, Kind, NAME, Problem, Trade, Wrong, model, preview};
use proptest::prelude::*;

const WORDS: &str = include_str!("../../../bindings/shells/wizard.txt");
const HRYVNIA: u8 = 2;

fn today() -> Date {
    "2026-11-22".parse().unwrap()
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
                let draft = draft(kind, trade);
                assert_eq!(draft.check(exponent), [], "{kind:?} {trade:?} {exponent}");
                let shown = preview(&draft, exponent, today()).unwrap();
                assert!(shown.gives.is_some(), "{kind:?} {trade:?} gives nothing");
            }
        }
    }
}

#[test]
fn a_kind_has_few_steps_and_one_in_a_hurry() {
    for kind in Kind::ALL {
        let model = model(kind, Trade::Coffee, HRYVNIA);
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
            assert!(
                (field.least..=field.most).contains(&field.default),
                "{}",
                field.key
            );
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
        assert_eq!(draft.check(HRYVNIA), problems, "{draft:?}");
    }
}

#[test]
fn answers_become_terms() {
    let card = answered(
        Kind::Bonus,
        &[("rate", 700), ("family", 1), ("months", 3), ("offline", 0)],
    );
    let made = card.build(InstrumentId(4), None, HRYVNIA).unwrap();
    let Terms::Bonus(bonus) = &made.terms else {
        panic!("a bonus card")
    };
    assert_eq!(
        (made.id, bonus.rate, bonus.expiry),
        (InstrumentId(4), 700, Expiry::Months(3))
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
    let made = scale.build(InstrumentId(5), None, HRYVNIA).unwrap();
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
    let mut draft = Draft::of(&published, Trade::Coffee).unwrap();
    let again = draft
        .build(published.id, Some(&published), HRYVNIA)
        .unwrap();
    assert_eq!(again, published, "opening and closing changes nothing");
    draft.answers.insert("rate".to_owned(), 800);
    draft.name = "New".to_owned();
    let edited = draft
        .build(published.id, Some(&published), HRYVNIA)
        .unwrap();
    let Terms::Bonus(card) = &edited.terms else {
        panic!("a bonus card")
    };
    assert_eq!(
        (card.rate, &card.multipliers[..], edited.name.as_str()),
        (800, &[friday][..], "New")
    );
}

#[test]
fn the_preview_is_what_a_till_says() {
    // 110.00 earn 550 points; a week later all of them pay 5.50 of 110.00.
    let shown = preview(&draft(Kind::Bonus, Trade::Coffee), HRYVNIA, today()).unwrap();
    assert_eq!(
        (shown.first.total, shown.first.due),
        (Money(11_000), Money(11_000))
    );
    assert_eq!(shown.first.claims[0].effect.points, Points(550));
    let (visit, second) = shown.gives.unwrap();
    assert_eq!((visit, second.due), (2, Money(11_000 - 550)));
    // Six pieces fill a coffee card: two a visit, so the fourth visit takes the reward.
    let shown = preview(&draft(Kind::Stamps, Trade::Coffee), HRYVNIA, today()).unwrap();
    assert_eq!(shown.gives.unwrap().0, 4);
    let shown = preview(&draft(Kind::Discount, Trade::Clothes), HRYVNIA, today()).unwrap();
    let (visit, first) = shown.gives.unwrap();
    assert_eq!((visit, first.due), (1, Money(156_750)));
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
    let mut wanted: BTreeSet<String> = [
        "name",
        "quick",
        "wrong.below",
        "wrong.above",
        "wrong.name",
        "wrong.unknown",
        "wrong.together",
    ]
    .map(str::to_owned)
    .into();
    wanted.extend(Trade::ALL.map(|trade| format!("trade.{}", trade.key())));
    for kind in Kind::ALL {
        let of = kind.key();
        wanted.insert(format!("kind.{of}"));
        for step in model(kind, Trade::Coffee, HRYVNIA).steps {
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
        kind in 0..3_usize,
        typed in proptest::collection::btree_map(0..12_usize, prop_oneof![any::<i64>(), 0..20_000_i64], 0..12),
    ) {
        let kind = Kind::ALL[kind];
        let model = model(kind, Trade::Grocery, HRYVNIA);
        let mut draft = draft(kind, Trade::Grocery);
        for (at, value) in typed {
            if let Some(field) = model.fields().nth(at) {
                draft.answers.insert(field.key.to_owned(), value);
            }
        }
        match draft.build(InstrumentId(1), None, HRYVNIA) {
            Err(problems) => prop_assert!(!problems.is_empty()),
            Ok(made) => {
                let again = Draft::of(&made, Trade::Grocery).unwrap();
                prop_assert_eq!(again.build(made.id, Some(&made), HRYVNIA), Ok(made));
                prop_assert!(preview(&draft, HRYVNIA, today()).is_ok());
            }
        }
    }
}
