//! The Rust side: formatting, lints, documentation and the tests of the workspace.

use std::env;
use std::process::Command;

use super::{Outcome, run};
use crate::house::House;
use crate::surface::Difference;
use crate::{generate, machine};

/// Every file as rustfmt writes it.
pub(crate) fn fmt(house: &House) -> Outcome {
    Ok(run(cargo(house).args(["fmt", "--all", "--check"]))?)
}

/// No warning of the compiler or of clippy in any target, with the disallowed methods and types of `clippy.toml`.
pub(crate) fn clippy(house: &House) -> Outcome {
    machine::c_toolchain()?;
    let arguments = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    Ok(run(cargo(house).args(arguments))?)
}

/// Documentation builds without a broken link.
pub(crate) fn docs(house: &House) -> Outcome {
    machine::c_toolchain()?;
    let arguments = [
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        "--locked",
    ];
    Ok(run(cargo(house)
        .args(arguments)
        .env("RUSTDOCFLAGS", "-D warnings"))?)
}

/// Every test and documented example of the workspace.
pub(crate) fn test(house: &House) -> Outcome {
    machine::c_toolchain()?;
    Ok(run(cargo(house).args(["test", "--workspace", "--locked"]))?)
}

/// The laws of the loyalty rules on ten thousand generated shops each, where every change has five hundred.
pub(crate) fn laws_by_night(house: &House) -> Outcome {
    machine::c_toolchain()?;
    let arguments = ["test", "--locked", "-p", "kartka-domain", "--test", "laws"];
    let mut command = cargo(house);
    command.args(arguments).env("PROPTEST_CASES", "10000");
    Ok(run(&mut command)?)
}

/// The border library with its bindings, and the `kartka` command the border tests talk to.
pub(crate) fn bindings(house: &House) -> Outcome {
    machine::c_toolchain()?;
    Ok(generate::all(house, Difference::Fails)?)
}

/// Cargo in the checkout: the one that started this program, so that the pinned toolchain stays the same.
pub(crate) fn cargo(house: &House) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(house.path(""));
    command
}
