//! A real disk of a few megabytes that a test can fill, in a mount namespace of its own.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Mounted until it is dropped.
pub(crate) struct SmallDisk {
    home: tempfile::TempDir,
    keeper: Child,
}

impl SmallDisk {
    /// A disk of so many kilobytes; none, with the reason in view, where nothing may be mounted.
    ///
    /// With `CI=true` that is a failure.
    pub(crate) fn of(kilobytes: u32) -> Option<Self> {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("disk")).unwrap();
        let mount =
            format!("mount -t tmpfs -o size={kilobytes}k tmpfs \"$1\" && echo mounted && read end");
        let keeper = Command::new("unshare")
            .args([
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                &mount,
                "mount",
            ])
            .arg(home.path().join("disk"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut said = String::new();
        if let Ok(mut keeper) = keeper {
            let mut out = BufReader::new(keeper.stdout.take().unwrap());
            out.read_line(&mut said).unwrap();
            if said == "mounted\n" {
                return Some(Self { home, keeper });
            }
            keeper.wait().unwrap();
        }
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "no disk can be mounted"
        );
        println!("skipped: no disk can be mounted here; run the tests as root on Linux");
        None
    }

    /// Runs a program where the disk is seen.
    pub(crate) fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("nsenter");
        command
            .args(["--mount", "--target", &self.keeper.id().to_string(), "--"])
            .arg(program);
        command
    }

    /// A path on the disk, for programs that see it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join("disk").join(name)
    }

    /// The same path for this process.
    pub(crate) fn seen_here(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        let root = PathBuf::from(format!("/proc/{}/root", self.keeper.id()));
        root.join(path.strip_prefix("/").unwrap())
    }

    /// Takes every free byte.
    pub(crate) fn fill(&self) {
        let mut filler = File::create(self.seen_here("filler")).unwrap();
        while filler.write_all(&[0; 4_096]).is_ok() {}
        assert!(
            filler.metadata().unwrap().len() > 0,
            "full before it was filled"
        );
    }

    /// Gives them back.
    pub(crate) fn make_room(&self) {
        fs::remove_file(self.seen_here("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().unwrap();
    }
}
