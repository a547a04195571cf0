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

/// The interpreter of the Python border tests.
pub(crate) fn python() -> Result<(), Stop> {
    provide(PYTHON)
}

/// JDK and Maven of the Kotlin modules.
pub(crate) fn jvm() -> Result<(), Stop> {
    provide(JVM)
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
    let missing: Vec<&Tool> = tools.iter().filter(|tool| !has(tool.program)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !is_debian_root() {
        return Err(Stop::Skipped(Missing {
            what: format!(
                "not on this machine: {}",
                join(&missing, |tool| tool.program)
            ),
            remedy: format!("install {}", join(&missing, |tool| tool.elsewhere)),
        }));
    }
    run(Command::new("apt-get").args(["update", "-qq"]))?;
    let packages = missing.iter().map(|tool| tool.package);
    run(Command::new("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(packages))?;
    Ok(())
}

fn join(tools: &[&Tool], name: impl Fn(&Tool) -> &'static str) -> String {
    tools
        .iter()
        .map(|tool| name(tool))
        .collect::<Vec<_>>()
        .join(", ")
}
