//! Licences, banned crates and sources of every dependency, against `deny.toml`.
//!
//! Reads the part of cargo-deny's format the project uses, so that the step needs no other tool. Checks what
//! `Cargo.lock` names for every platform.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use cargo_metadata::{CargoOpt, MetadataCommand};
use spdx::{Expression, Licensee, ParseMode};
use toml::{Table, Value};

use crate::house::House;
use crate::steps::{Failure, Outcome};

/// A dependency as the check sees it.
struct Package {
    name: String,
    version: String,
    licence: Option<String>,
    origin: Origin,
}

/// Where a dependency comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// A folder of this workspace.
    Workspace,
    /// The public registry.
    Registry,
    /// A git address, another registry or a folder outside.
    Elsewhere,
}

/// What `deny.toml` says.
struct Policy {
    allowed: Vec<Licensee>,
    bans: Vec<Ban>,
}

struct Ban {
    name: String,
    reason: String,
    /// Only more than one version is banned, not the crate.
    versions_only: bool,
}

/// Checks every package of the lock file.
pub(crate) fn check(house: &House) -> Outcome {
    let text = fs::read_to_string(house.path("deny.toml")).map_err(Failure::new)?;
    let policy = Policy::read(&text)?;
    let packages = packages(house)?;
    let complaints = judge(&packages, &policy);
    if complaints.is_empty() {
        println!(
            "{} packages, each with an allowed licence; no banned crate",
            packages.len()
        );
        return Ok(());
    }
    for complaint in &complaints {
        println!("{complaint}");
    }
    Err(Failure::new(format!(
        "{} dependencies against deny.toml",
        complaints.len()
    ))
    .into())
}

fn packages(house: &House) -> Result<Vec<Package>, Failure> {
    let metadata = MetadataCommand::new()
        .current_dir(house.path(""))
        .features(CargoOpt::AllFeatures)
        .other_options(["--locked".to_owned()])
        .exec()
        .map_err(Failure::new)?;
    let package = |package: cargo_metadata::Package| Package {
        name: package.name.to_string(),
        version: package.version.to_string(),
        licence: package.license,
        origin: match package.source {
            None => Origin::Workspace,
            Some(source) if source.is_crates_io() => Origin::Registry,
            Some(_) => Origin::Elsewhere,
        },
    };
    Ok(metadata.packages.into_iter().map(package).collect())
}

fn judge(packages: &[Package], policy: &Policy) -> Vec<String> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut complaints = Vec::new();
    for package in packages {
        versions
            .entry(&package.name)
            .or_default()
            .insert(&package.version);
        if package.origin == Origin::Elsewhere {
            complaints.push(format!(
                "{} {}: not from the registry",
                package.name, package.version
            ));
        }
        if !policy.accepts(package.licence.as_deref()) {
            let licence = package.licence.as_deref().unwrap_or("no licence");
            complaints.push(format!(
                "{} {}: {licence} is not allowed",
                package.name, package.version
            ));
        }
    }
    for ban in &policy.bans {
        let found = versions.get(ban.name.as_str()).map_or(0, BTreeSet::len);
        if found > usize::from(ban.versions_only) {
            let what = if ban.versions_only {
                "more than one version"
            } else {
                "banned"
            };
            complaints.push(format!("{}: {what}: {}", ban.name, ban.reason));
        }
    }
    complaints
}

impl Policy {
    fn read(text: &str) -> Result<Self, Failure> {
        let table: Table = text
            .parse()
            .map_err(|error| Failure::new(format!("deny.toml: {error}")))?;
        let allowed = strings(section(&table, "licenses", "allow")?)
            .map(|name| {
                Licensee::parse(name)
                    .map_err(|error| Failure::new(format!("deny.toml: {name}: {error}")))
            })
            .collect::<Result<_, _>>()?;
        let bans = section(&table, "bans", "deny")?
            .iter()
            .map(Ban::read)
            .collect::<Result<_, _>>()?;
        Ok(Self { allowed, bans })
    }

    /// Whether the expression can be met with allowed licences alone. No licence meets nothing.
    fn accepts(&self, licence: Option<&str>) -> bool {
        let parsed = licence.and_then(|text| Expression::parse_mode(text, ParseMode::LAX).ok());
        parsed.is_some_and(|expression| {
            expression.evaluate(|required| {
                self.allowed
                    .iter()
                    .any(|licensee| licensee.satisfies(required))
            })
        })
    }
}

impl Ban {
    fn read(value: &Value) -> Result<Self, Failure> {
        let text = |key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .map(str::to_owned)
                .ok_or_else(|| {
                    Failure::new(format!(
                        "deny.toml: an entry of bans.deny without `{key}`: {value}"
                    ))
                })
        };
        Ok(Self {
            name: text("crate")?,
            reason: text("reason")?,
            versions_only: value
                .get("deny-multiple-versions")
                .and_then(Value::as_bool)
                .unwrap_or(false),
        })
    }
}

fn section<'a>(table: &'a Table, section: &str, key: &str) -> Result<&'a Vec<Value>, Failure> {
    let found = table
        .get(section)
        .and_then(|section| section.get(key))
        .and_then(Value::as_array);
    found.ok_or_else(|| Failure::new(format!("deny.toml has no list {section}.{key}")))
}

fn strings(values: &[Value]) -> impl Iterator<Item = &str> {
    values.iter().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::{Origin, Package, Policy, judge};

    const POLICY: &str = r#"
        [licenses]
        allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"]
        [bans]
        deny = [
            { crate = "openssl", reason = "one TLS" },
            { crate = "rustls", deny-multiple-versions = true, reason = "one TLS" },
        ]
    "#;

    fn package(name: &str, version: &str, licence: &str) -> Package {
        let licence = (!licence.is_empty()).then(|| licence.to_owned());
        Package {
            name: name.to_owned(),
            version: version.to_owned(),
            licence,
            origin: Origin::Registry,
        }
    }

    #[test]
    fn a_licence_is_accepted_only_when_allowed_ones_meet_it() {
        let policy = Policy::read(POLICY).unwrap();
        let cases = [
            ("MIT", true),
            ("MIT/Apache-2.0", true),
            ("GPL-3.0-only OR MIT", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("GPL-3.0-only", false),
            ("MIT AND GPL-3.0-only", false),
            ("my own words", false),
            ("", false),
        ];
        for (licence, accepted) in cases {
            let found = judge(&[package("a", "1.0.0", licence)], &policy);
            assert_eq!(found.is_empty(), accepted, "{licence}: {found:?}");
        }
    }

    #[test]
    fn bans_and_foreign_sources_are_found() {
        let policy = Policy::read(POLICY).unwrap();
        let once = [package("rustls", "0.23.1", "MIT")];
        assert!(judge(&once, &policy).is_empty());
        let twice = [
            package("rustls", "0.23.1", "MIT"),
            package("rustls", "0.22.0", "MIT"),
        ];
        assert_eq!(
            judge(&twice, &policy),
            ["rustls: more than one version: one TLS"]
        );
        assert_eq!(
            judge(&[package("openssl", "1.0.0", "MIT")], &policy),
            ["openssl: banned: one TLS"]
        );
        let foreign = Package {
            origin: Origin::Elsewhere,
            ..package("a", "1.0.0", "MIT")
        };
        assert_eq!(
            judge(&[foreign], &policy),
            ["a 1.0.0: not from the registry"]
        );
    }
}
