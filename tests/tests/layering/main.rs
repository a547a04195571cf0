//! Which way dependencies point, and which room may name what (architecture §2).
//!
//! Every rule is one line of data in `rules.rs`; the checks here read manifests and source texts and know no crate by
//! name. Comments and string literals do not count. A violation prints file, line and the rule it breaks.

#![allow(clippy::unwrap_used)]

mod code;
mod manifest;
mod rules;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use rules::Rule;

/// A line that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
struct Violation {
    path: String,
    line: usize,
    law: &'static str,
    found: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}: {}",
            self.path, self.line, self.law, self.found
        )
    }
}

/// What is wrong with one file of the checkout.
fn check(path: &str, text: &str) -> Vec<Violation> {
    if path.ends_with("Cargo.toml") {
        manifest::check(path, text)
    } else {
        check_source(path, text)
    }
}

fn check_source(path: &str, text: &str) -> Vec<Violation> {
    let mut found = Vec::new();
    let lines = text.lines().count();
    if lines > rules::LONGEST_FILE {
        found.push(Violation {
            path: path.to_owned(),
            line: rules::LONGEST_FILE + 1,
            law: "a file fits into a head (at most 600 lines)",
            found: format!("{lines} lines"),
        });
    }
    let code = code::without_comments_and_strings(text);
    for rule in rules::SOURCES.iter().filter(|rule| rule.forbids_in(path)) {
        found.extend(naming(rule, path, &code));
    }
    found.extend(code::allowances(&code).into_iter().filter_map(|allowance| {
        let law = match allowance {
            code::Allowance { gives_reason: false, .. } => "an exception from the disallowed methods and types has a reason (§2, rule 5)",
            _ if rules::is_pure(path) => "domain and protocol make no exception from the disallowed methods and types (§2, rule 5)",
            _ => return None,
        };
        Some(Violation { path: path.to_owned(), line: allowance.line, law, found: allowance.text })
    }));
    found
}

fn naming(rule: &Rule, path: &str, code: &str) -> Vec<Violation> {
    let hits = |line: &str| {
        rule.names
            .iter()
            .find(|name| code::names(line, name))
            .copied()
    };
    let violation = |(index, line): (usize, &str)| {
        hits(line).map(|name| Violation {
            path: path.to_owned(),
            line: index + 1,
            law: rule.law,
            found: name.to_owned(),
        })
    };
    code.lines().enumerate().filter_map(violation).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every manifest and every file of code a person wrote, relative to the checkout, in order.
fn files(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() && !name.starts_with('.') && !rules::NOT_OURS.contains(&name.as_str())
            {
                open.push(entry.path());
            } else if kind.is_file() && rules::CODE.iter().any(|ending| name.ends_with(ending)) {
                found.push(
                    entry
                        .path()
                        .strip_prefix(root)
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .to_owned(),
                );
            }
        }
    }
    found.retain(|path| !rules::APART.iter().any(|apart| path.starts_with(apart)));
    found.sort();
    found
}

#[test]
fn every_file_keeps_to_its_room() {
    let root = root();
    let files = files(&root);
    assert!(
        files.len() > 50,
        "only {} files found under {}",
        files.len(),
        root.display()
    );
    let violations: Vec<String> = files
        .iter()
        .flat_map(|path| check(path, &fs::read_to_string(root.join(path)).unwrap()))
        .map(|violation| violation.to_string())
        .collect();
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn a_planted_violation_is_found() {
    for (path, text, line, found) in rules::PLANTED {
        let violations = check(path, text);
        let seen: Vec<(usize, &str)> = violations
            .iter()
            .map(|v| (v.line, v.found.as_str()))
            .collect();
        assert_eq!(seen, [(*line, *found)], "{path}:\n{text}");
    }
    let long = "\n".repeat(rules::LONGEST_FILE + 1);
    assert_eq!(check("core/src/long.rs", &long)[0].found, "601 lines");
}

#[test]
fn what_keeps_to_its_room_passes() {
    for (path, text) in rules::CLEAN {
        assert_eq!(check(path, text), [], "{path}:\n{text}");
    }
}
