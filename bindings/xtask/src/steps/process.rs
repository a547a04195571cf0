//! The real binaries as processes over bad lines: `tests/process`, for minutes in CI and for half an hour at night.
//!
//! Each phone and the server live in network namespaces of their own, joined by tunnels that lose, delay, double and
//! cut packets; desks and server are killed at any moment. That needs Linux and root. Before that ten thousand idle phones
//! wait for a poke, within the memory they may cost.

use std::path::Path;
use std::process::Command;

use super::{Missing, Outcome, Stop, run, rust};
use crate::house::House;
use crate::machine;

/// Minutes in `cargo xtask test`.
pub(crate) const BY_DAY: u32 = 2;
/// Minutes in `cargo xtask nightly`.
pub(crate) const BY_NIGHT: u32 = 30;

/// Runs the shop of processes for so long.
pub(crate) fn test(house: &House, minutes: u32) -> Outcome {
    machine::c_toolchain()?;
    machine::namespaces()?;
    if !machine::is_linux_root() || !Path::new("/dev/net/tun").exists() {
        return Err(Stop::Skipped(Missing {
            what: "no network namespaces with tunnels of our own on this machine".to_owned(),
            remedy: "run as root on Linux where /dev/net/tun is".to_owned(),
        }));
    }
    run(rust::cargo(house).args(["build", "--package", "kartka", "--locked"]))?;
    let python = |script: &str| {
        let mut command = Command::new("python3");
        command
            .current_dir(house.path("tests/process"))
            .args(["-B", script])
            .env("KARTKA_COMMAND", house.command());
        command
    };
    run(&mut python("pokes.py"))?;
    Ok(run(python("run.py")
        .arg("--minutes")
        .arg(minutes.to_string()))?)
}
