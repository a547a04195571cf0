//! Where things lie: the checkout, the cache outside it, cargo's target folder.
//!
//! Every path another program is handed is absolute and comes from here.

use std::env;
use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

use crate::steps::Failure;

/// The checkout and the places around it.
pub(crate) struct House {
    root: PathBuf,
    cache: PathBuf,
    target: PathBuf,
    strictness: Strictness,
}

/// What a step that cannot run on this machine means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// On a person's machine: it is named with the remedy, and the rest counts.
    SkipsAllowed,
    /// With `CI=true`: a skipped step is a failed one.
    SkipsFail,
}

impl House {
    /// Finds the checkout through cargo, the cache through `KARTKA_CACHE` (default `$HOME/.cache/kartka`).
    pub(crate) fn find() -> Result<Self, Failure> {
        let metadata = MetadataCommand::new()
            .no_deps()
            .exec()
            .map_err(Failure::new)?;
        let cache = match (env::var_os("KARTKA_CACHE"), env::var_os("HOME")) {
            (Some(cache), _) => PathBuf::from(cache),
            (None, Some(home)) => Path::new(&home).join(".cache/kartka"),
            (None, None) => {
                return Err(Failure::new(
                    "set KARTKA_CACHE or HOME: no place for caches",
                ));
            }
        };
        let strictness = match env::var_os("CI") {
            Some(value) if !value.is_empty() && value != "false" => Strictness::SkipsFail,
            _ => Strictness::SkipsAllowed,
        };
        Ok(Self {
            root: metadata.workspace_root.into_std_path_buf(),
            target: metadata.target_directory.into_std_path_buf(),
            cache: std::path::absolute(cache).map_err(Failure::new)?,
            strictness,
        })
    }

    /// Cargo's target folder.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// A path inside the checkout.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A path in the cache outside the checkout.
    pub(crate) fn cached(&self, relative: &str) -> PathBuf {
        self.cache.join(relative)
    }

    /// The folder where cargo puts what the `dev` profile builds: the border library and the `kartka` command.
    pub(crate) fn built(&self) -> PathBuf {
        self.target.join("debug")
    }

    /// The border library of this machine, as the `dev` profile builds it.
    pub(crate) fn library(&self) -> PathBuf {
        self.built().join(library_name())
    }

    /// The border library of this machine in the profile that ships.
    pub(crate) fn shipped_library(&self) -> PathBuf {
        self.target.join("release").join(library_name())
    }

    /// The `kartka` command the border tests start as their server.
    pub(crate) fn command(&self) -> PathBuf {
        self.built()
            .join(format!("kartka{}", env::consts::EXE_SUFFIX))
    }

    /// Whether a skipped step fails the run.
    pub(crate) fn strictness(&self) -> Strictness {
        self.strictness
    }
}

fn library_name() -> String {
    let (prefix, suffix) = (env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    format!("{prefix}kartka_ffi{suffix}")
}
