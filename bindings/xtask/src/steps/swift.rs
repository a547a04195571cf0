//! The Swift package under `ios/`: border tests and presenter tests, without Xcode.
//!
//! A Swift 6 compiler on the `PATH` is used as it is. On Debian, as root, `ios/tools/swift-toolchain.sh` makes one in
//! the cache. Build products stay in the cache as well.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Failure, Missing, Outcome, Stop, run};
use crate::house::House;
use crate::machine;

const WRITTEN_BY_HAND: [&str; 3] = ["Sources/CoreBridge", "Sources/Presentation", "Tests"];

/// Runs the formatter's lint and the tests of the Swift package with the border library of the `dev` profile.
pub(crate) fn test(house: &House) -> Outcome {
    let scratch = house.cached("swift-build");
    fs::create_dir_all(&scratch).map_err(Failure::new)?;
    let mut lint = compiler(house, &scratch)?;
    run(lint
        .args([
            "swift",
            "format",
            "lint",
            "--strict",
            "--recursive",
            "Package.swift",
        ])
        .args(WRITTEN_BY_HAND))?;
    let mut tests = compiler(house, &scratch)?;
    tests
        .args(["swift", "test", "--disable-xctest", "--scratch-path"])
        .arg(&scratch)
        .env("KARTKA_LIBRARY_FOLDER", house.built())
        .env("KARTKA_COMMAND", house.command());
    Ok(run(&mut tests)?)
}

/// A command that runs what is appended to it in the package's folder, with a Swift compiler in reach.
fn compiler(house: &House, scratch: &Path) -> Result<Command, Stop> {
    let package = house.path("ios");
    if machine::has("swift") {
        let mut command = Command::new("env");
        command.current_dir(&package);
        return Ok(command);
    }
    if !machine::is_debian_root() {
        return Err(Stop::Skipped(Missing {
            what: "no Swift compiler on this machine".to_owned(),
            remedy: "install Swift 6, or run as root on Debian".to_owned(),
        }));
    }
    let script = house.path("ios/tools/swift-toolchain.sh");
    let chroot = house.cached("swift-trixie");
    run(Command::new(&script)
        .arg("install")
        .env("SWIFT_CHROOT", &chroot))?;
    let binds = [scratch, &house.built(), &house.path("")]
        .map(|folder| folder.display().to_string())
        .join(":");
    let mut command = Command::new(&script);
    command
        .arg("run")
        .arg(&package)
        .env("SWIFT_CHROOT", chroot)
        .env("SWIFT_BIND", binds)
        .env("SWIFT_ENV", "KARTKA_LIBRARY_FOLDER KARTKA_COMMAND");
    Ok(command)
}
