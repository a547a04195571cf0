//! Every decoder of outside bytes under a fuzzer: `tests/fuzz`, for the night.
//!
//! What the fuzzer grows lies in the cache, one folder a target, so that the next night goes on from there; the
//! examples in the checkout are only read. An input that breaks a target is kept beside them and named.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{Failure, Missing, Outcome, Stop, run, rust};
use crate::house::House;
use crate::machine;

/// Seconds of one target.
const SECONDS: u32 = 600;
/// Memory that one input may cost, in MiB: a decoder that believes a length breaks here.
const MEMORY: u32 = 1_024;
/// Seconds that one input may cost.
const PATIENCE: u32 = 10;
/// Where the targets lie, within the checkout.
const FOLDER: &str = "tests/fuzz";

/// Ten minutes of each target, as many at once as the machine has processors.
pub(crate) fn by_night(house: &House) -> Outcome {
    machine::cpp_compiler()?;
    provide(house)?;
    run(&mut fuzz(house, "build"))?;
    let names = targets(house)?;
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut broken = Vec::new();
    for some in names.chunks(workers) {
        let ended = std::thread::scope(|threads| {
            let started = some
                .iter()
                .map(|name| (name, threads.spawn(|| one(house, name))));
            let started: Vec<_> = started.collect();
            let ended = started.into_iter();
            let ended =
                ended.map(|(name, running)| (name, running.join().is_ok_and(|end| end.is_ok())));
            ended.collect::<Vec<_>>()
        });
        broken.extend(
            ended
                .into_iter()
                .filter(|(_, well)| !well)
                .map(|(name, _)| name.as_str()),
        );
    }
    if broken.is_empty() {
        return Ok(());
    }
    let kept = found(house);
    let why = format!(
        "{} broke; the inputs lie in {}: put each into {FOLDER}/corpus/<target> as the test of its mend",
        broken.join(", "),
        kept.display()
    );
    Err(Failure::new(why).into())
}

/// One target for its time.
fn one(house: &House, name: &str) -> Result<(), Failure> {
    let (grown, kept) = (house.cached("fuzz/grown").join(name), found(house));
    for folder in [&grown, &kept] {
        fs::create_dir_all(folder).map_err(Failure::new)?;
    }
    let mut command = fuzz(house, "run");
    command
        .arg(name)
        .args([&grown, &house.path(FOLDER).join("corpus").join(name)]);
    command.arg("--").args([
        format!("-max_total_time={SECONDS}"),
        format!("-rss_limit_mb={MEMORY}"),
        format!("-timeout={PATIENCE}"),
        format!("-artifact_prefix={}/{name}-", kept.display()),
        "-print_final_stats=1".to_owned(),
        "-verbosity=0".to_owned(),
    ]);
    run(&mut command)
}

/// Where inputs that broke a target are kept.
fn found(house: &House) -> PathBuf {
    house.cached("fuzz/found")
}

/// `cargo fuzz` with what every call of it is told. The sanitizers want a nightly compiler; the targets are safe Rust and
/// check their own results.
fn fuzz(house: &House, verb: &str) -> Command {
    let mut command = rust::cargo(house);
    // Twenty-six programs are linked here, each with everything in it.
    command.env("CARGO_PROFILE_RELEASE_LTO", "off");
    command.args(["fuzz", verb, "--fuzz-dir", FOLDER]);
    if verb != "list" {
        command.args(["--sanitizer", "none", "--features", "libfuzzer"]);
    }
    command
}

/// The names of all targets.
fn targets(house: &House) -> Result<Vec<String>, Failure> {
    let listing = fuzz(house, "list").output().map_err(Failure::new)?;
    let names = String::from_utf8_lossy(&listing.stdout);
    let names: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
    match names.is_empty() {
        false => Ok(names),
        true => Err(Failure::new("cargo fuzz names no targets")),
    }
}

/// cargo-fuzz, built from the registry where the project may install things.
fn provide(house: &House) -> Result<(), Stop> {
    if machine::has("cargo-fuzz") {
        return Ok(());
    }
    if !machine::is_debian_root() {
        return Err(Stop::Skipped(Missing {
            what: "not on this machine: cargo-fuzz".to_owned(),
            remedy: "cargo install cargo-fuzz --locked".to_owned(),
        }));
    }
    Ok(run(rust::cargo(house).args([
        "install",
        "cargo-fuzz",
        "--locked",
    ]))?)
}
