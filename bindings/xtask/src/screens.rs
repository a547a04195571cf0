//! The app without a phone: its screens as pictures, the app itself in a window, and its figures.
//!
//! All run Maven on the modules `ui` and `desktop`; what is drawn and shown is decided there.

use std::process::Command;

use crate::generate::FOR_TESTS;
use crate::house::House;
use crate::machine;
use crate::steps::{Missing, Outcome, Stop, run, rust};

/// Draws every screen in every state and writes the contact sheets anew: what changed is to be looked at.
pub(crate) fn draw(house: &House) -> Outcome {
    machine::jvm()?;
    machine::drawing()?;
    rust::bindings(house)?;
    let mut drawing = maven(house);
    drawing
        .args(["--projects", "presentation,corebridge,ui", "test"])
        .args(["-Dtest=ScreensTest", "-Dtests.needed=false"])
        .args([
            "-Dsurefire.failIfNoSpecifiedTests=false",
            "-Dkartka.screens.accept=true",
        ]);
    run(&mut drawing)?;
    println!("look at docs/screens and commit what is meant");
    Ok(())
}

/// Builds the library, and opens the app in a window beside a server with a demo shop.
pub(crate) fn desktop(house: &House) -> Outcome {
    if std::env::var_os("DISPLAY").is_none() && cfg!(target_os = "linux") {
        return Err(Stop::Skipped(Missing {
            what: "there is no display".to_owned(),
            remedy: "start it in a desktop session, or under xvfb-run".to_owned(),
        }));
    }
    machine::jvm()?;
    rust::bindings(house)?;
    let mut window = windowed(house);
    window.env("KARTKA_COMMAND", house.command());
    Ok(run(&mut window)?)
}

/// The same window on a display that nobody looks at: it closes after its first frame, or fails.
pub(crate) fn glance(house: &House) -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err(Stop::Skipped(Missing {
            what: "no display without a person".to_owned(),
            remedy: "cargo xtask desktop".to_owned(),
        }));
    }
    machine::display()?;
    let window = windowed(house);
    let mut hidden = Command::new("xvfb-run");
    hidden
        .args(["--auto-servernum", "--"])
        .arg(window.get_program())
        .args(window.get_args())
        .arg("-Dkartka.desktop.glance=true")
        .current_dir(house.path("android"))
        .env("KARTKA_COMMAND", house.command());
    Ok(run(&mut hidden)?)
}

/// Measures the app over a big shop with the border library of the `release` profile, and prints the figures.
pub(crate) fn figures(house: &House) -> Outcome {
    machine::jvm()?;
    machine::drawing()?;
    rust::bindings(house)?;
    // The bindings of the tests look for what only the tests export.
    run(rust::cargo(house)
        .args(["build", "--release", "--locked", "-p", "kartka-ffi"])
        .args(FOR_TESTS))?;
    let mut measuring = windowed(house);
    measuring
        .arg("-Dkartka.desktop.main=kartka.desktop.figures.FiguresKt")
        .arg(format!(
            "-Dkartka.library.folder={}",
            house.target().join("release").display()
        ));
    Ok(run(&mut measuring)?)
}

/// What starts a program of the module `desktop`, and builds it before. The tests are compiled too: ui shares its samples
/// with them, and Maven finds those in the reactor only from that phase on.
fn windowed(house: &House) -> Command {
    let mut window = maven(house);
    window
        .args(["--quiet", "--projects", "desktop", "--also-make"])
        .args(["--activate-profiles", "window", "test-compile"]);
    window
}

/// Maven in the Kotlin modules, with the border library of the `dev` profile.
pub(crate) fn maven(house: &House) -> Command {
    let mut maven = Command::new("mvn");
    maven
        .current_dir(house.path("android"))
        .args(["--batch-mode", "--no-transfer-progress"])
        .arg(format!(
            "-Dkartka.library.folder={}",
            house.built().display()
        ));
    maven
}
