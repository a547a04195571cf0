//! The Swift package under `ios/`: border tests and presenter tests, without Xcode.
//!
//! A Swift 6 compiler on the `PATH` is used as it is. On Debian, as root, `ios/tools/swift-toolchain.sh` makes one in
//! the cache. Build products stay in the cache as well.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Failure, Missing, Outcome, Stop, run};
use crate::disks::SmallDisk;
use crate::house::House;
use crate::machine;

const WRITTEN_BY_HAND: [&str; 3] = ["Sources/CoreBridge", "Sources/Presentation", "Tests"];

/// Runs the formatter's lint and the tests of the Swift package with the border library of the `dev` profile.
pub(crate) fn test(house: &House) -> Outcome {
    let scratch = house.cached("swift-build");
    fs::create_dir_all(&scratch).map_err(Failure::new)?;
    let mut lint = compiler(house, &scratch, None)?;
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
    let disk = SmallDisk::here(house)?;
    let mut tests = compiler(house, &scratch, disk.as_ref())?;
    tests
        .args(["swift", "test", "--disable-xctest", "--scratch-path"])
        .arg(&scratch)
        .env("KARTKA_LIBRARY_FOLDER", house.built())
        .env("KARTKA_COMMAND", house.command());
    Ok(run(&mut match disk {
        Some(disk) => disk.around(&tests),
        None => tests,
    })?)
}

/// A command that runs what is appended to it in the package's folder, with a Swift compiler and the disk in reach.
fn compiler(house: &House, scratch: &Path, disk: Option<&SmallDisk>) -> Result<Command, Stop> {
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
    let mut folders = vec![scratch.to_owned(), house.built(), house.path("")];
    folders.extend(disk.into_iter().flat_map(SmallDisk::places).cloned());
    let binds: Vec<String> = folders
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    let variables = ["KARTKA_LIBRARY_FOLDER", "KARTKA_COMMAND"];
    let variables = [&variables[..], &SmallDisk::VARIABLES].concat();
    let mut command = Command::new(&script);
    command
        .arg("run")
        .arg(&package)
        .env("SWIFT_CHROOT", chroot)
        .env("SWIFT_BIND", binds.join(":"))
        .env("SWIFT_ENV", variables.join(" "));
    Ok(command)
}
