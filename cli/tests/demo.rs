//! The demo as a process: small histories, bad files, being stopped and killed on the way.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use common::{Run, command, ended};

const SAMPLE: &str = include_str!("../../tests/fixtures/cdnow/CDNOW_sample.txt");

/// A purchases file and a data folder.
struct Stage {
    _home: tempfile::TempDir,
    file: PathBuf,
    data: PathBuf,
}

impl Stage {
    fn with(text: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (file, data) = (home.path().join("purchases.txt"), home.path().join("data"));
        std::fs::write(&file, text).unwrap();
        Self {
            _home: home,
            file,
            data,
        }
    }

    /// The first lines of the sample.
    fn sample(lines: usize) -> Self {
        let text: Vec<&str> = SAMPLE.lines().take(lines).collect();
        Self::with(&text.join("\n"))
    }

    fn demo(&self) -> Command {
        let mut demo = command();
        demo.args(["demo", "--phones", "2", "--scan-every", "20", "--purchases"])
            .arg(&self.file);
        demo
    }

    /// Runs to the end without keeping the data.
    fn run(&self, more: &[&str]) -> Run {
        ended(&self.demo().arg("--exit").args(more).output().unwrap())
    }

    /// Runs to the end on the data folder.
    fn go_on(&self) -> Run {
        ended(
            &self
                .demo()
                .arg("--exit")
                .arg("--data")
                .arg(&self.data)
                .output()
                .unwrap(),
        )
    }

    /// A run on the data folder that has done so many percent, with its progress still open.
    fn running(&self, percent: u32) -> (Child, BufReader<ChildStderr>) {
        let mut child = self
            .demo()
            .arg("--data")
            .arg(&self.data)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut progress = BufReader::new(child.stderr.take().unwrap());
        let mut done = 0;
        while done < percent {
            let mut line = String::new();
            assert_ne!(
                progress.read_line(&mut line).unwrap(),
                0,
                "it ended before {percent} %"
            );
            let words: Vec<&str> = line.split_whitespace().collect();
            done = words[1].parse().unwrap();
        }
        assert!(done < 100, "too late to be stopped");
        (child, progress)
    }
}

#[track_caller]
fn proven(run: &Run, purchases: &str, money: &str) {
    assert_eq!(run.code, 0, "{}\n{}", run.out, run.err);
    for (what, found) in [
        ("✓ purchases", purchases),
        ("✓ money", money),
        ("✓ ops left to send", "0"),
    ] {
        let line = run.out.lines().find(|line| line.contains(what));
        let line = line.unwrap_or_else(|| panic!("no {what} in {}", run.out));
        assert!(line.trim_end().ends_with(&format!(" {found}")), "{line}");
    }
    assert!(!run.out.contains('✗'), "{}", run.out);
}

/// Everything the shop came to, without what it cost the machine.
fn shop(run: &Run) -> String {
    run.out.split("\nCost").next().unwrap().to_owned()
}

#[test]
fn a_quiet_shop_with_months_between_its_days_is_replayed_too() {
    let run = Stage::sample(100).run(&[]);
    assert_eq!(run.code, 0, "{}\n{}", run.out, run.err);
}

#[test]
fn a_history_is_replayed_by_a_programme_file_and_proven() {
    let stage = Stage::sample(600);
    let plain = stage.run(&[]);
    for example in ["coffee-bar", "clothes-shop", "beauty-salon"] {
        let file = example_file(example);
        let run = stage.run(&["--programme", &file]);
        assert_eq!(run.code, 0, "{example}: {}\n{}", run.out, run.err);
        assert!(!run.out.contains('✗'), "{example}: {}", run.out);
        assert_ne!(shop(&run), shop(&plain), "{example} changes nothing");
        assert!(run.out.contains("What if"), "{example}");
        // The weekends of the coffee bar have a budget, and the what-if says when it is given.
        let budget =
            "as it is: campaign 4 adds 10000 of its 10000 points ($100.00), all of it by 1997-";
        assert_eq!(
            run.out.contains(budget),
            example == "coffee-bar",
            "{}",
            run.out
        );
    }
    let receipts = stage.run(&["--programme", &example_file("coffee-bar-receipts")]);
    assert_eq!(receipts.code, 2, "{}", receipts.err);
    assert!(
        receipts.err.contains("coffee-bar-receipts.toml") && receipts.err.contains("receipt"),
        "{}",
        receipts.err
    );
}

fn example_file(name: &str) -> String {
    format!(
        "{}/../docs/examples/{name}.toml",
        env!("CARGO_MANIFEST_DIR")
    )
}

#[test]
fn a_history_is_replayed_and_proven_the_same_way_by_the_same_seed() {
    let stage = Stage::sample(300);
    let first = stage.run(&[]);
    proven(&first, "300", "10200.13");
    assert_eq!(shop(&stage.run(&[])), shop(&first));
    assert_ne!(shop(&stage.run(&["--seed", "2"])), shop(&first));
}

#[test]
fn a_bad_file_says_where_and_why() {
    let good = "1 19970101 1 10.00\n1 19970102 2 0.00\n";
    for (text, more, code, words) in [
        (
            "1 19970101 1 10.00\nbroken\n",
            &[][..],
            2,
            &["purchases.txt", "line 2", "--skip-bad"][..],
        ),
        ("1 19970101 1 -5.00\n", &[], 2, &["line 1", "negative"]),
        ("1 19970231 1 5.00\n", &[], 2, &["line 1", "date"]),
        ("", &[], 2, &["purchases.txt", "no purchases"]),
        ("broken\n", &["--skip-bad"], 2, &["no purchases"]),
        (good, &["--phones", "0"], 2, &["--phones"]),
        (good, &["--scan-every", "0"], 2, &["--scan-every"]),
    ] {
        let run = Stage::with(text).run(more);
        assert_eq!(run.code, code, "{text:?}: {}", run.err);
        for word in words {
            assert!(run.err.contains(word), "{text:?}: {}", run.err);
        }
    }
    let missing = command()
        .args(["demo", "--exit", "--purchases", "no-such-file"])
        .output()
        .unwrap();
    let missing = ended(&missing);
    assert!(
        missing.code == 1 && missing.err.contains("no-such-file"),
        "{}",
        missing.err
    );
}

#[test]
fn bad_lines_may_be_left_out_and_are_counted() {
    let stage = Stage::with("1 19970101 1 10.00\nbroken\n1 19970102 1 -1\n2 19970102 2 0.00\n");
    let run = stage.run(&["--skip-bad"]);
    proven(&run, "2", "10.00");
    let line = run
        .out
        .lines()
        .find(|line| line.contains("left out"))
        .unwrap();
    assert!(line.ends_with(" 2"), "{line}");
}

#[test]
fn a_demo_stopped_by_ctrl_c_goes_on_where_it_was() {
    let stage = Stage::sample(400);
    let (child, _progress) = stage.running(20);
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let stopped = ended(&child.wait_with_output().unwrap());
    assert_eq!(stopped.code, 0, "{}", stopped.out);
    assert!(
        stopped.out.contains("stopped after 1997-") && stopped.out.contains("--data"),
        "{}",
        stopped.out
    );

    let again = stage.go_on();
    assert!(
        again
            .out
            .contains("found the store of an earlier run intact"),
        "{}",
        again.out
    );
    proven(&again, "400", "13185.40");
    // It is done: a third run only shows and proves it.
    proven(&stage.go_on(), "400", "13185.40");
}

#[test]
fn a_demo_that_was_killed_repeats_its_day_and_does_nothing_twice() {
    let stage = Stage::sample(400);
    for percent in [20, 50] {
        let (mut child, _progress) = stage.running(percent);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    proven(&stage.go_on(), "400", "13185.40");
}

#[test]
fn a_folder_that_does_not_fit_is_refused_and_left_alone() {
    let stage = Stage::with("1 19970101 1 10.00\n");
    proven(&stage.go_on(), "1", "10.00");
    let other = Stage::with("1 19970101 1 11.00\n");
    let run = ended(
        &other
            .demo()
            .arg("--exit")
            .arg("--data")
            .arg(&stage.data)
            .output()
            .unwrap(),
    );
    assert!(
        run.code == 1 && run.err.contains("take another folder"),
        "{}",
        run.err
    );

    let keys = stage.data.join("phone-1.keys").join("database-key");
    let right = std::fs::read(&keys).unwrap();
    std::fs::write(&keys, [7; 32]).unwrap();
    let run = stage.go_on();
    assert!(
        run.code == 1 && run.err.contains("does not open it"),
        "{}",
        run.err
    );
    std::fs::write(&keys, right).unwrap();
    proven(&stage.go_on(), "1", "10.00");
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_can_not_be_written_is_named() {
    // Not even root writes there.
    let data = Path::new("/sys/kartka-demo");
    let run = ended(
        &command()
            .args(["demo", "--exit", "--data"])
            .arg(data)
            .output()
            .unwrap(),
    );
    assert!(
        run.code == 1 && run.err.contains("/sys/kartka-demo") && run.err.contains("--data"),
        "{}",
        run.err
    );
}

#[test]
fn the_pages_are_served_until_ctrl_c() {
    let stage = Stage::with("1 19970101 1 10.00\n2 19970108 1 20.00\n1 19970108 1 30.00\n");
    let mut child = stage
        .demo()
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    while !said.contains("card page") {
        assert_ne!(out.read_line(&mut said).unwrap(), 0, "{said}");
    }
    let address = |name: &str| {
        let line = said.lines().find(|line| line.contains(name)).unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    };
    let owner = page(&address("the owner's page"));
    assert!(
        owner.contains("CDNOW") && owner.contains("50.00"),
        "{owner}"
    );
    let card = page(&address("card page"));
    assert!(card.contains("CDNOW"), "{card}");

    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// What a browser would get.
fn page(address: &str) -> String {
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
}
