//! What the machine has, and installing what a Debian machine lacks.
//!
//! Only Debian's own packages, only as root; elsewhere the missing thing is named with the remedy.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::{Missing, Stop, run};

/// A program and the Debian package that brings it.
struct Tool {
    program: &'static str,
    package: &'static str,
    /// What a person elsewhere installs.
    elsewhere: &'static str,
}

const C_TOOLCHAIN: &[Tool] = &[
    Tool {
        program: "cc",
        package: "gcc",
        elsewhere: "a C compiler",
    },
    Tool {
        program: "make",
        package: "make",
        elsewhere: "make",
    },
    Tool {
        program: "perl",
        package: "perl",
        elsewhere: "perl 5",
    },
];
const CPP_COMPILER: &[Tool] = &[Tool {
    program: "c++",
    package: "g++",
    elsewhere: "a C++ compiler",
}];
const PYTHON: &[Tool] = &[Tool {
    program: "python3",
    package: "python3",
    elsewhere: "Python 3.9 or newer",
}];
const JVM: &[Tool] = &[
    Tool {
        program: "javac",
        package: "openjdk-17-jdk-headless",
        elsewhere: "a JDK, 17 or newer",
    },
    Tool {
        program: "mvn",
        package: "maven",
        elsewhere: "Maven 3.8 or newer",
    },
];

/// Libraries that drawing screens needs, without a display, and their Debian packages.
const DRAWING: &[(&str, &str)] = &[
    ("libGL.so.1", "libgl1"),
    ("libX11.so.6", "libx11-6"),
    ("libfontconfig.so.1", "libfontconfig1"),
];

/// A display that nobody looks at.
const DISPLAY: &[Tool] = &[Tool {
    program: "xvfb-run",
    package: "xvfb",
    elsewhere: "xvfb",
}];

/// What Java opens a window with, beside the interpreter, and its Debian package.
const WINDOWS: (&str, &str) = ("libawt_xawt.so", "openjdk-17-jre");

const NAMESPACES: &[Tool] = &[
    Tool {
        program: "python3",
        package: "python3",
        elsewhere: "Python 3.9 or newer",
    },
    Tool {
        program: "ip",
        package: "iproute2",
        elsewhere: "iproute2, on Linux",
    },
];

const BROWSER: &[Tool] = &[
    Tool {
        program: "python3",
        package: "python3",
        elsewhere: "Python 3.10 or newer",
    },
    Tool {
        program: "chromium",
        package: "chromium",
        elsewhere: "Chromium, as `chromium` on the PATH",
    },
];

/// What the vendored OpenSSL of the encrypted store is built with.
pub(crate) fn c_toolchain() -> Result<(), Stop> {
    provide(C_TOOLCHAIN)
}

/// What the fuzzer itself is built with.
pub(crate) fn cpp_compiler() -> Result<(), Stop> {
    c_toolchain()?;
    provide(CPP_COMPILER)
}

/// The interpreter of the Python border tests.
pub(crate) fn python() -> Result<(), Stop> {
    provide(PYTHON)
}

/// JDK and Maven of the Kotlin modules.
pub(crate) fn jvm() -> Result<(), Stop> {
    provide(JVM)
}

/// What the screens are drawn with; other systems than Linux bring it.
pub(crate) fn drawing() -> Result<(), Stop> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let known = Command::new("/sbin/ldconfig").arg("-p").output();
    let known = known.map_or_else(
        |_| String::new(),
        |listing| String::from_utf8_lossy(&listing.stdout).into_owned(),
    );
    let missing = DRAWING
        .iter()
        .filter(|(library, _)| !known.contains(library));
    let (libraries, packages): (Vec<&str>, Vec<&str>) = missing.copied().unzip();
    install(&libraries, &packages, &libraries)
}

/// A display for the window's test; on other systems than Linux the desktop's own.
pub(crate) fn display() -> Result<(), Stop> {
    provide(DISPLAY)?;
    let (library, package) = WINDOWS;
    let homes = std::fs::read_dir("/usr/lib/jvm").into_iter().flatten();
    let there = homes
        .flatten()
        .any(|home| home.path().join("lib").join(library).is_file());
    let missing: &[&str] = if there { &[] } else { &[library] };
    install(missing, &[package], &["a JRE that opens windows"])
}

/// What joins network namespaces and drives the processes in them.
pub(crate) fn namespaces() -> Result<(), Stop> {
    provide(NAMESPACES)
}

/// The browser that opens the pages, and what drives it.
pub(crate) fn browser() -> Result<(), Stop> {
    provide(BROWSER)
}

/// Whether `program` is on the `PATH`.
pub(crate) fn has(program: &str) -> bool {
    let folders: Vec<PathBuf> =
        env::var_os("PATH").map_or_else(Vec::new, |path| env::split_paths(&path).collect());
    folders.iter().any(|folder| folder.join(program).is_file())
}

/// Whether this is Linux with Debian's package manager and root's rights: where the project may install things.
pub(crate) fn is_debian_root() -> bool {
    is_linux_root() && Path::new("/etc/debian_version").exists() && has("apt-get")
}

/// Whether this is Linux with root's rights: where disks and networks of our own may be had.
pub(crate) fn is_linux_root() -> bool {
    let root = || Command::new("id").arg("-u").output();
    cfg!(target_os = "linux") && root().is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

fn provide(tools: &[Tool]) -> Result<(), Stop> {
    let missing = || tools.iter().filter(|tool| !has(tool.program));
    let programs: Vec<&str> = missing().map(|tool| tool.program).collect();
    let packages: Vec<&str> = missing().map(|tool| tool.package).collect();
    let elsewhere: Vec<&str> = missing().map(|tool| tool.elsewhere).collect();
    install(&programs, &packages, &elsewhere)
}

/// Installs `packages` for what is `missing`; where that may not be done, names what a person installs `elsewhere`.
fn install(missing: &[&str], packages: &[&str], elsewhere: &[&str]) -> Result<(), Stop> {
    if missing.is_empty() {
        return Ok(());
    }
    if !is_debian_root() {
        return Err(Stop::Skipped(Missing {
            what: format!("not on this machine: {}", missing.join(", ")),
            remedy: format!("install {}", elsewhere.join(", ")),
        }));
    }
    run(Command::new("apt-get").args(["update", "-qq"]))?;
    run(Command::new("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(packages))?;
    Ok(())
}
