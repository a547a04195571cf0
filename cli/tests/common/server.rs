//! Runs the real server as a process.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};

use super::{Run, command, kartka};

/// A running `kartka serve`.
pub(crate) struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    said: String,
}

impl Server {
    /// Serves a folder at an address; ready when this returns.
    pub(crate) fn start(data: &Path, bind: &str) -> Self {
        let mut child = command()
            .args([
                "serve",
                "--pair",
                "--data",
                data.to_str().unwrap(),
                "--bind",
                bind,
            ])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("pairing code: ") {
            assert_ne!(out.read_line(&mut said).unwrap(), 0, "{said}");
        }
        Self { child, out, said }
    }

    /// The text of the pairing code it printed.
    pub(crate) fn code(&self) -> &str {
        code(&self.said)
    }

    /// The machine dies.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop as Ctrl-C does, and waits.
    pub(crate) fn interrupt(mut self) -> (Option<i32>, String) {
        interrupt(&self.child);
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        while self.out.read_line(&mut rest).unwrap() > 0 {}
        (status.code(), rest)
    }
}

/// A test that fails leaves no server behind.
impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn interrupt(child: &Child) {
    let id = child.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
}

/// The pairing code in what a command printed.
pub(crate) fn code(text: &str) -> &str {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("pairing code: "));
    line.unwrap_or_else(|| panic!("{text}"))
}

/// A port that is free now.
pub(crate) fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string()
}

/// Founds a coffee bar on a server.
pub(crate) fn create(data: &Path, bind: &str) -> Run {
    kartka([
        "admin",
        "create-business",
        "--data",
        data.to_str().unwrap(),
        "--bind",
        bind,
        "--name",
        "Bar",
        "--country",
        "UA",
        "--kind",
        "coffee",
        "--owner",
        "Mia",
    ])
}
