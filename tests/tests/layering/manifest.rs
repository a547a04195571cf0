//! Which packages a manifest depends on, in every section and form Cargo knows.

use toml::{Table, Value};

use crate::Violation;
use crate::rules::{DIRECTIONS, Direction, OWNERS};

const SECTIONS: [&str; 3] = ["dependencies", "build-dependencies", "dev-dependencies"];

/// What is wrong with the manifest at `path`.
pub(crate) fn check(path: &str, text: &str) -> Vec<Violation> {
    let manifest: Table = text.parse().unwrap();
    let violation = |law, found: &str| Violation {
        path: path.to_owned(),
        line: line_of(text, found),
        law,
        found: found.to_owned(),
    };
    if path == "Cargo.toml" {
        let aborts = profiles(&manifest).any(|profile| profile.contains_key("panic"));
        return aborts
            .then(|| {
                violation(
                    "a panic becomes an exception at the border: no profile sets it (§5)",
                    "panic",
                )
            })
            .into_iter()
            .collect();
    }
    let mut found = Vec::new();
    if manifest
        .get("lints")
        .and_then(|lints| lints.get("workspace"))
        != Some(&Value::Boolean(true))
    {
        found.push(violation(
            "every package takes the workspace's lints",
            "no [lints] workspace = true",
        ));
    }
    let Some(direction) = DIRECTIONS
        .iter()
        .find(|direction| direction.manifest == path)
    else {
        found.push(violation(
            "every package has a direction (§2)",
            "no direction is written down for it",
        ));
        return found;
    };
    if path != "tests/Cargo.toml" {
        let law = "shortcuts of seeded worlds and planted bugs are the tests' alone";
        let asked = features_asked(&manifest).into_iter();
        let ours = asked.filter(|feature| FOR_TESTS.contains(&feature.as_str()));
        found.extend(ours.map(|feature| violation(law, &feature)));
    }
    for (section, name) in dependencies(&manifest) {
        if let Some(law) = broken(direction, section, &name) {
            found.push(violation(law, &name));
        }
    }
    found
}

/// Features that only the tests may ask for.
const FOR_TESTS: [&str; 2] = ["simulation", "plant"];

/// The features that a manifest asks of what it depends on, and those it has by default.
fn features_asked(manifest: &Table) -> Vec<String> {
    let texts = |value: Option<&Value>| -> Vec<String> {
        let list = value.and_then(Value::as_array);
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    let own = manifest.get("features").and_then(|own| own.get("default"));
    let mut asked = texts(own);
    for table in tables(manifest) {
        for section in SECTIONS {
            let section = table.get(section).and_then(Value::as_table);
            for value in section.into_iter().flat_map(Table::values) {
                asked.extend(texts(value.get("features")));
            }
        }
    }
    asked
}

fn broken(direction: &Direction, section: &str, name: &str) -> Option<&'static str> {
    if name == "kartka" || name.starts_with("kartka-") || name == "xtask" {
        return (!direction.ours.contains(&name))
            .then_some("dependencies point one way (§2, rule 2)");
    }
    if OWNERS
        .iter()
        .any(|(owned, manifests)| *owned == name && !manifests.contains(&direction.manifest))
    {
        return Some("each of these has its room (§2, rule 3)");
    }
    let linked = section != "dev-dependencies";
    let listed = direction
        .linked
        .is_none_or(|allowed| allowed.contains(&name));
    (linked && !listed)
        .then_some("domain and protocol link only what the design lists (§2, rule 1)")
}

/// Section and package name of every dependency, for every target.
fn dependencies(manifest: &Table) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for table in tables(manifest) {
        for section in SECTIONS {
            for (key, value) in table
                .get(section)
                .and_then(Value::as_table)
                .into_iter()
                .flatten()
            {
                let renamed = value.get("package").and_then(Value::as_str);
                found.push((section, renamed.unwrap_or(key).to_owned()));
            }
        }
    }
    found
}

/// The manifest and its parts for one target each.
fn tables(manifest: &Table) -> Vec<&Table> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets
        .into_iter()
        .flat_map(Table::values)
        .filter_map(Value::as_table);
    std::iter::once(manifest).chain(targets).collect()
}

fn profiles(manifest: &Table) -> impl Iterator<Item = &Table> {
    let profiles = manifest.get("profile").and_then(Value::as_table);
    profiles
        .into_iter()
        .flat_map(Table::values)
        .filter_map(Value::as_table)
}

/// The first line that says `name` outside a comment; the first line of the file if none does.
fn line_of(text: &str, name: &str) -> usize {
    let code = |line: &str| line.split('#').next().unwrap_or_default().to_owned();
    text.lines()
        .position(|line| crate::code::names(&code(line), name))
        .map_or(1, |index| index + 1)
}
