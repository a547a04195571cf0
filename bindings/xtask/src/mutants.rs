//! `cargo xtask mutants`: one line of the domain is made wrong at a time, and the case that stands for it must fail.
//!
//! The list is `core/domain/tests/mutants.txt`: paragraphs of a file, the line as it stands, the line as it must not
//! stand, and the test (with the title of a case in quotes, where a test tells many) that dies of it. They are applied
//! to a copy of the checkout, so nothing here is ever changed; the copy is built unoptimised into one folder of its own.
//! For the night: every mutation compiles the domain anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::house::House;
use crate::steps::{Failure, rust};
use crate::suite;

/// The list, within the checkout.
const LIST: &str = "core/domain/tests/mutants.txt";
/// Fewer than this is no proof of the tests.
const AT_LEAST: usize = 40;

/// One mutation.
#[derive(Debug, PartialEq, Eq)]
struct Mutant {
    file: String,
    line: String,
    instead: String,
    /// `lib`, or the name of a test target.
    target: String,
    test: String,
    case: Option<String>,
}

/// What became of one.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Killed,
    Survived,
    /// The named test failed, but its named case did not.
    AnotherCase,
    /// It is no program any more: that proves nothing.
    NoProgram,
}

impl Fate {
    fn word(&self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::Survived => "SURVIVED",
            Self::AnotherCase => "killed by another case",
            Self::NoProgram => "DOES NOT COMPILE",
        }
    }
}

/// Runs every mutation of the list whose file holds `only`, or all, and prints what became of each.
pub(crate) fn run(house: &House, only: Option<&str>) -> Result<(), Failure> {
    let text = fs::read_to_string(house.path(LIST)).map_err(Failure::new)?;
    let all = parse(&text).map_err(Failure::new)?;
    if all.len() < AT_LEAST {
        let why = format!(
            "{LIST} names {} mutations, {AT_LEAST} are promised",
            all.len()
        );
        return Err(Failure::new(why));
    }
    let chosen: Vec<&Mutant> = all
        .iter()
        .filter(|mutant| only.is_none_or(|only| mutant.file.contains(only)))
        .collect();
    let scratch = house.target().join("mutants");
    let copy = scratch.join("copy");
    copy_checkout(house, &copy)?;
    let mut alive = 0;
    println!("{:<4}{:<44}{:<26}{:>7}  killed by", "", "file", "fate", "s");
    for (at, mutant) in chosen.iter().enumerate() {
        let start = suite::clock();
        let fate = try_one(house, (&scratch, &copy), mutant)?;
        alive += usize::from(fate != Fate::Killed);
        let by = mutant.case.as_deref().unwrap_or(&mutant.test);
        let (number, seconds) = (at + 1, start.elapsed().as_secs());
        println!(
            "{number:<4}{:<44}{:<26}{seconds:>7}  {by}",
            mutant.file,
            fate.word()
        );
    }
    println!(
        "{} mutations, {alive} not killed by their case",
        chosen.len()
    );
    if alive == 0 {
        Ok(())
    } else {
        Err(Failure::new(format!("{alive} mutations live")))
    }
}

fn parse(text: &str) -> Result<Vec<Mutant>, String> {
    let whole = |part: &&str| {
        part.lines()
            .any(|line| !line.is_empty() && !line.starts_with('#'))
    };
    text.split("\n\n").filter(whole).map(paragraph).collect()
}

fn paragraph(part: &str) -> Result<Mutant, String> {
    let lines: Vec<&str> = part.lines().filter(|line| !line.starts_with('#')).collect();
    let [file, line, instead, kills] = lines[..] else {
        return Err(format!("four lines expected in: {part}"));
    };
    let cut = |line: &str, sign: &str| {
        let rest = line.strip_prefix(sign).map(|rest| rest.trim().to_owned());
        rest.ok_or_else(|| format!("`{sign}` expected in: {line}"))
    };
    let kills = cut(kills, "kills ")?;
    let (test, case) = match kills.split_once(" \"") {
        Some((test, case)) => (test, Some(case.trim_end_matches('"').to_owned())),
        None => (kills.as_str(), None),
    };
    let (target, test) = test
        .split_once(' ')
        .ok_or_else(|| format!("a target and a test expected in: {kills}"))?;
    Ok(Mutant {
        file: file.trim().to_owned(),
        line: cut(line, "- ")?,
        instead: cut(instead, "+ ")?,
        target: target.to_owned(),
        test: test.to_owned(),
        case,
    })
}

/// The file with the one line changed; its indentation stays.
fn mutated(text: &str, mutant: &Mutant) -> Result<String, String> {
    let is_it = |line: &&str| line.trim() == mutant.line;
    match text.lines().filter(is_it).count() {
        1 => {}
        n => {
            return Err(format!(
                "{}: `{}` stands there {n} times",
                mutant.file, mutant.line
            ));
        }
    }
    let change = |line: &str| {
        if is_it(&line) {
            let indent = &line[..line.len() - line.trim_start().len()];
            format!("{indent}{}\n", mutant.instead)
        } else {
            format!("{line}\n")
        }
    };
    Ok(text.lines().map(change).collect())
}

fn try_one(
    house: &House,
    (scratch, copy): (&Path, &Path),
    mutant: &Mutant,
) -> Result<Fate, Failure> {
    let path = copy.join(&mutant.file);
    let good = fs::read_to_string(&path).map_err(Failure::new)?;
    let bad = mutated(&good, mutant).map_err(Failure::new)?;
    fs::write(&path, bad).map_err(Failure::new)?;
    let fate = outcome(house, (scratch, copy), mutant);
    fs::write(&path, good).map_err(Failure::new)?;
    fate
}

fn outcome(
    house: &House,
    (scratch, copy): (&Path, &Path),
    mutant: &Mutant,
) -> Result<Fate, Failure> {
    let target: &[&str] = match mutant.target.as_str() {
        "lib" => &["--lib"],
        other => &["--test", other],
    };
    let mut build = cargo(house, (scratch, copy), target);
    build.arg("--no-run");
    if !build.output().map_err(Failure::new)?.status.success() {
        return Ok(Fate::NoProgram);
    }
    let mut test = cargo(house, (scratch, copy), target);
    test.args(["--", "--exact", &mutant.test]);
    let output = test.output().map_err(Failure::new)?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    if said.contains("running 0 tests") {
        return Err(Failure::new(format!("there is no test {}", mutant.test)));
    }
    if output.status.success() {
        return Ok(Fate::Survived);
    }
    let named = mutant.case.as_ref().is_none_or(|case| said.contains(case));
    Ok(if named {
        Fate::Killed
    } else {
        Fate::AnotherCase
    })
}

fn cargo(house: &House, (scratch, copy): (&Path, &Path), target: &[&str]) -> Command {
    let mut command = rust::cargo(house);
    command
        .current_dir(copy)
        .args(["test", "--quiet", "--locked", "-p", "kartka-domain"])
        .args(target)
        .env("CARGO_TARGET_DIR", scratch.join("target"))
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_TEST_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1");
    command
}

/// Copies what git knows of the checkout and what it would add; files that did not change keep their time.
fn copy_checkout(house: &House, copy: &Path) -> Result<(), Failure> {
    let listed = Command::new("git")
        .current_dir(house.path(""))
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .output()
        .map_err(Failure::new)?;
    let names = String::from_utf8(listed.stdout).map_err(Failure::new)?;
    // A file that was moved would be there twice.
    let list = copy.with_extension("names");
    if fs::read_to_string(&list).ok().as_deref() != Some(names.as_str()) {
        let _ = fs::remove_dir_all(copy);
        fs::create_dir_all(copy).map_err(Failure::new)?;
        fs::write(&list, &names).map_err(Failure::new)?;
    }
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let (from, to) = (house.path(name), copy.join(name));
        let Ok(bytes) = fs::read(&from) else {
            continue; // Removed, and git has not been told.
        };
        if fs::read(&to).is_ok_and(|there| there == bytes) {
            continue;
        }
        let folder: PathBuf = to.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        fs::create_dir_all(folder).map_err(Failure::new)?;
        fs::write(&to, bytes).map_err(Failure::new)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn mutant(line: &str, instead: &str) -> Mutant {
        Mutant {
            file: "core/x.rs".to_owned(),
            line: line.to_owned(),
            instead: instead.to_owned(),
            target: "laws".to_owned(),
            test: "cases::what_a_receipt_earns".to_owned(),
            case: Some("E2 a half goes up".to_owned()),
        }
    }

    #[test]
    fn a_paragraph_is_a_mutation() {
        let text = "# about rounding\ncore/x.rs\n- a < b\n+ a <= b\nkills laws cases::what_a_receipt_earns \"E2 a half goes up\"\n";
        assert_eq!(parse(text), Ok(vec![mutant("a < b", "a <= b")]));
        assert!(parse("core/x.rs\n- a\n+ b\n").is_err());
        assert!(parse("core/x.rs\n- a\n+ b\nkills laws\n").is_err());
    }

    /// A line that was rewritten takes its mutation along, or the list proves less every month.
    #[test]
    fn every_mutation_of_the_list_finds_its_line() {
        let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let all = parse(&fs::read_to_string(house.join(LIST)).unwrap()).unwrap();
        assert!(all.len() >= AT_LEAST);
        for mutant in &all {
            let text = fs::read_to_string(house.join(&mutant.file));
            let text = text.unwrap_or_else(|error| panic!("{}: {error}", mutant.file));
            assert!(
                mutated(&text, mutant).is_ok(),
                "{}: {}",
                mutant.file,
                mutant.line
            );
        }
    }

    #[test]
    fn exactly_one_line_is_changed() {
        let text = "fn f() {\n    a < b\n}\n";
        let changed = mutated(text, &mutant("a < b", "a <= b"));
        assert_eq!(changed, Ok("fn f() {\n    a <= b\n}\n".to_owned()));
        assert!(mutated(text, &mutant("a > b", "x")).is_err());
        assert!(mutated("a\na\n", &mutant("a", "b")).is_err());
    }
}
