//! Runs the real binary.
#![allow(dead_code, clippy::unwrap_used)]

pub(crate) mod disk;
pub(crate) mod server;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// What a run of `kartka` left.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs `kartka` to its end.
pub(crate) fn kartka<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Run {
    let output = command().args(args).output().unwrap();
    ended(&output)
}

/// The binary, ready for arguments.
pub(crate) fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_kartka"))
}

/// What a process left.
pub(crate) fn ended(output: &Output) -> Run {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

/// A desk with a data folder of its own.
pub(crate) struct Desk {
    pub(crate) home: tempfile::TempDir,
    pub(crate) data: PathBuf,
}

impl Desk {
    /// With an empty folder.
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("shop");
        Self { home, data }
    }

    /// With a coffee bar founded in it.
    pub(crate) fn founded() -> Self {
        let desk = Self::new();
        desk.json("found --name Bar --country DE --kind coffee --owner Mia");
        desk
    }

    /// Runs a desk command given as words.
    pub(crate) fn run(&self, words: &str) -> Run {
        run_at(&self.data, words)
    }

    /// The answer of a command that must succeed.
    #[track_caller]
    pub(crate) fn json(&self, words: &str) -> Value {
        let run = self.run(words);
        assert_eq!(run.code, 0, "{words}: {} {}", run.out, run.err);
        serde_json::from_str(&run.out).unwrap()
    }

    /// Exit code and word of a command that must fail; it also says a sentence.
    #[track_caller]
    pub(crate) fn refused(&self, words: &str) -> (i32, String) {
        let run = self.run(words);
        assert!(run.err.starts_with("kartka: "), "{words}: {}", run.err);
        let error: Value = serde_json::from_str(&run.out).unwrap();
        (run.code, error["error"].as_str().unwrap().to_owned())
    }
}

/// Runs a desk command, given as words, on a data folder.
pub(crate) fn run_at(data: &Path, words: &str) -> Run {
    let desk = [
        "desk".as_ref(),
        "--json".as_ref(),
        "--data".as_ref(),
        data.as_os_str(),
    ];
    let words = words.split_whitespace().map(OsStr::new);
    kartka(desk.into_iter().chain(words))
}
