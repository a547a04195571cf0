//! `docs/laws.md` leads somewhere: its files, tests and cases exist.

use std::path::Path;

const INDEX: &str = include_str!("../../../../docs/laws.md");
const CASES: [(&str, &str); 19] = [
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
        include_str!("../codes.rs"),
        include_str!("../whatif.rs"),
        include_str!("../wizard.rs"),
        include_str!("../../../tests/after.rs"),
        include_str!("../../../tests/staff.rs"),
        include_str!("../../src/allocate.rs"),
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
