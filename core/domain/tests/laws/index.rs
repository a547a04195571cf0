//! `docs/laws.md` leads somewhere: its files, tests and cases exist.

use std::path::Path;

const INDEX: &str = include_str!("../../../../docs/laws.md");
const CASES: [(&str, &str); 22] = [
    ("redeem.txt", include_str!("../cases/redeem.txt")),
    ("earn.txt", include_str!("../cases/earn.txt")),
    ("returns.txt", include_str!("../cases/returns.txt")),
    ("position.txt", include_str!("../cases/position.txt")),
    ("bad_input.txt", include_str!("../cases/bad_input.txt")),
    ("newer.txt", include_str!("../cases/newer.txt")),
    ("people.txt", include_str!("../cases/people.txt")),
    ("today.txt", include_str!("../cases/today.txt")),
    ("discounts.txt", include_str!("../cases/discounts.txt")),
    ("bonus.txt", include_str!("../cases/bonus.txt")),
    ("offers.txt", include_str!("../cases/offers.txt")),
    ("tiers.txt", include_str!("../cases/tiers.txt")),
    ("stamps.txt", include_str!("../cases/stamps.txt")),
    (
        "certificates.txt",
        include_str!("../cases/certificates.txt"),
    ),
    ("vouchers.txt", include_str!("../cases/vouchers.txt")),
    ("limits.txt", include_str!("../cases/limits.txt")),
    ("adjust.txt", include_str!("../cases/adjust.txt")),
    ("unlinked.txt", include_str!("../cases/unlinked.txt")),
    ("referral.txt", include_str!("../cases/referral.txt")),
    ("campaigns.txt", include_str!("../cases/campaigns.txt")),
    ("rights.txt", include_str!("../cases/rights.txt")),
    ("known.txt", include_str!("../cases/known.txt")),
];

/// Everything between backticks.
fn quoted() -> impl Iterator<Item = &'static str> {
    INDEX.split('`').skip(1).step_by(2)
}

#[test]
fn every_file_of_the_index_exists() {
    let domain = Path::new(env!("CARGO_MANIFEST_DIR"));
    for path in quoted().filter(|word| word.contains('/') && !word.contains('*')) {
        let root = domain.join("../..").join(path);
        assert!(domain.join(path).exists() || root.exists(), "{path}");
    }
}

#[test]
fn every_test_of_the_index_exists() {
    let sources = [
        include_str!("properties.rs"),
        include_str!("explain.rs"),
        include_str!("forged.rs"),
        include_str!("forged_campaigns.rs"),
        include_str!("garbage.rs"),
        include_str!("invariants.rs"),
        include_str!("joined.rs"),
        include_str!("bad_input.rs"),
        include_str!("merges.rs"),
        include_str!("newer.rs"),
        include_str!("referral.rs"),
        include_str!("rights.rs"),
        include_str!("../../../tests/wizard.rs"),
        include_str!("vouchers.rs"),
        include_str!("forged_vouchers.rs"),
        include_str!("world.rs"),
        include_str!("cases.rs"),
        include_str!("../codes.rs"),
        include_str!("../../../protocol/tests/rows_and_ops.rs"),
        include_str!("../whatif/main.rs"),
        include_str!("../whatif/budgets.rs"),
        include_str!("../wizard/main.rs"),
        include_str!("../wizard/preview.rs"),
        include_str!("../../../tests/after.rs"),
        include_str!("../../../tests/staff.rs"),
        include_str!("../../src/allocate.rs"),
        include_str!("../../src/fiscal.rs"),
        include_str!("../../src/liability.rs"),
        include_str!("../../src/outstanding.rs"),
        include_str!("../../src/position/group.rs"),
        include_str!("../../src/programme/mod.rs"),
        include_str!("../../src/programme/bonus.rs"),
    ];
    let mut count = 0;
    for name in quoted().filter(|word| word.contains('_') && !word.contains('/')) {
        let function = name.rsplit("::").next().unwrap();
        let defined = format!("fn {function}(");
        assert!(sources.iter().any(|s| s.contains(&defined)), "{name}");
        count += 1;
    }
    assert!(count > 15, "the index names its tests: {count}");
}

#[test]
fn every_case_of_the_index_exists() {
    let mut count = 0;
    for (file, cases) in CASES {
        for after in INDEX.split(&format!("{file} ")).skip(1) {
            let law = after.split([' ', ',', ';', '|']).next().unwrap();
            let is_law = law.starts_with(|c: char| c.is_ascii_uppercase());
            let told = cases
                .lines()
                .any(|line| line.starts_with(&format!("{law} ")));
            assert!(!is_law || told, "{file} has no case of {law}");
            count += usize::from(is_law);
        }
    }
    assert!(count > 25, "the index names its cases");
}

/// The letters of the laws and how many each has.
const LAWS: [(char, usize); 9] = [
    ('L', 15),
    ('E', 5),
    ('D', 6),
    ('U', 5),
    ('X', 8),
    ('Q', 3),
    ('G', 3),
    ('P', 3),
    ('I', 3),
];
/// Laws that no story of a counter can tell: what entries can't hold, and the what-if and its calculator, told by
/// `an_entry_of_the_ledger_has_no_room_for_words`, `a_bonus_card_replayed_by_hand` and `the_calculator_shows_income_and_profit`.
const OF_NO_STORY: [&str; 3] = ["L14", "P1", "P2"];

/// Titles begin with the numbers of the laws that they are about.
fn told() -> Vec<&'static str> {
    let texts = CASES.iter().flat_map(|(_, text)| text.split("\n\n"));
    let titles = texts.filter_map(|case| {
        case.lines()
            .find(|line| !line.starts_with('#') && !line.is_empty())
    });
    let numbers = |title: &'static str| {
        let is_number = |word: &&str| {
            let mut letters = word.chars();
            letters.next().is_some_and(|c| c.is_ascii_uppercase())
                && letters.as_str().parse::<u8>().is_ok()
        };
        title.split(' ').take_while(is_number)
    };
    titles.flat_map(numbers).collect()
}

#[test]
fn every_law_is_named_by_a_case() {
    let told = told();
    assert!(
        told.len() > 400,
        "the cases name their laws: {}",
        told.len()
    );
    for (letter, count) in LAWS {
        for law in (1..=count).map(|n| format!("{letter}{n}")) {
            let has_story = told.contains(&law.as_str());
            assert_ne!(has_story, OF_NO_STORY.contains(&law.as_str()), "{law}");
        }
    }
}
