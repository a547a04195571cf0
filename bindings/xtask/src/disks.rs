//! A real disk for the border tests that is small enough to be filled, and the same disk seen read-only.
//!
//! Both are mounted in a namespace of the tests' own, so nothing stays mounted however they end. That needs Linux and
//! root; elsewhere the tests rehearse what they can't meet, and say so.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::house::{House, Strictness};
use crate::machine;
use crate::steps::Failure;

/// Enough for a founded shop and a copy of it.
const SIZE: &str = "size=6m,mode=700";

/// Mounts both, then becomes what follows.
const MOUNT: &str = "set -e
    small=$1 seen=$2 options=$3; shift 3
    mount -t tmpfs -o \"$options\" tmpfs \"$small\"
    mount --bind \"$small\" \"$seen\"
    mount -o remount,bind,ro \"$seen\"
    exec \"$@\"";

/// Where the small disk lies for the tests, and where it can only be read.
pub(crate) struct SmallDisk {
    writable: PathBuf,
    read_only: PathBuf,
}

impl SmallDisk {
    /// The names of the variables that tell the tests.
    pub(crate) const VARIABLES: [&str; 2] = ["KARTKA_SMALL_DISK", "KARTKA_READ_ONLY_DISK"];

    /// The disk's places, if this machine lets us mount; none, with the reason in view, where it does not.
    ///
    /// # Errors
    /// The same reason where nothing may be skipped.
    pub(crate) fn here(house: &House) -> Result<Option<Self>, Failure> {
        let disk = Self {
            writable: house.cached("border-disk/writable"),
            read_only: house.cached("border-disk/read-only"),
        };
        for folder in disk.places() {
            fs::create_dir_all(folder).map_err(Failure::new)?;
        }
        let mut attempt = disk.around(&Command::new("true"));
        let mounts =
            machine::is_linux_root() && attempt.output().is_ok_and(|ended| ended.status.success());
        if mounts {
            return Ok(Some(disk));
        }
        let why = "no small disk can be mounted here (Linux and root are needed): a full and a read-only disk are rehearsed";
        match house.strictness() {
            Strictness::SkipsFail => Err(Failure::new(why)),
            Strictness::SkipsAllowed => {
                println!("{why}");
                Ok(None)
            }
        }
    }

    /// The two folders, the writable one first.
    pub(crate) fn places(&self) -> [&PathBuf; 2] {
        [&self.writable, &self.read_only]
    }

    /// `command` with the disk mounted around it and named to it.
    pub(crate) fn around(&self, command: &Command) -> Command {
        let mut around = Command::new("unshare");
        around
            .args([
                "--mount",
                "--propagation",
                "private",
                "--",
                "sh",
                "-c",
                MOUNT,
                "mount",
            ])
            .args(self.places())
            .arg(SIZE)
            .arg(command.get_program())
            .args(command.get_args())
            .envs(Self::VARIABLES.into_iter().zip(self.places()));
        if let Some(folder) = command.get_current_dir() {
            around.current_dir(folder);
        }
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => around.env(name, value),
                None => around.env_remove(name),
            };
        }
        around
    }
}

/// `command`, with a small disk where this machine has one.
///
/// # Errors
/// As [`SmallDisk::here`].
pub(crate) fn with_small_disk(house: &House, command: Command) -> Result<Command, Failure> {
    Ok(match SmallDisk::here(house)? {
        Some(disk) => disk.around(&command),
        None => command,
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn what_runs_on_the_small_disk_keeps_its_place_its_arguments_and_its_environment() {
        let disk = SmallDisk {
            writable: "/w".into(),
            read_only: "/r".into(),
        };
        let mut command = Command::new("tests");
        command.args(["--all"]).current_dir("/home").env("A", "b");
        let around = disk.around(&command);
        let arguments: Vec<&OsStr> = around.get_args().collect();
        assert_eq!(
            &arguments[8..],
            ["/w", "/r", SIZE, "tests", "--all"].map(OsStr::new)
        );
        assert_eq!(around.get_current_dir(), command.get_current_dir());
        let named: Vec<_> = around
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_str()?, value?.to_str()?)))
            .collect();
        assert_eq!(
            named,
            [
                ("A", "b"),
                ("KARTKA_READ_ONLY_DISK", "/r"),
                ("KARTKA_SMALL_DISK", "/w")
            ]
        );
    }
}
