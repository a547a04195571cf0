//! Writes the bindings of the border library, in three languages, and the shells' texts into folders git ignores.
//!
//! The generator is the version of UniFFI this workspace pins, never one found on the machine. A file that would not
//! change is not touched, so that no compiler builds it again.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use cargo_metadata::camino::Utf8PathBuf;
use uniffi_bindgen::bindings::{
    GenerateOptions, SwiftBindingsOptions, TargetLanguage, generate, generate_swift_bindings,
};

use crate::house::House;
use crate::steps::rust::cargo;
use crate::steps::{Failure, run};
use crate::surface::{self, Difference};
use crate::words;

/// Generated Kotlin, seen only by the module `corebridge`.
const KOTLIN: &str = "android/corebridge/src/generated/kotlin";
/// Generated Swift, seen only by the target `CoreBridge`.
const SWIFT: &str = "ios/Sources/KartkaGenerated/generated";
/// The C header and module map under the generated Swift.
const SWIFT_FFI: &str = "ios/Sources/KartkaFFI/generated";
/// Generated Python, for the border tests.
pub(crate) const PYTHON: &str = "tests/bindings/python/generated";

/// Writes the shells' texts from the tables, which needs no library.
fn texts(house: &House) -> Result<(), Failure> {
    write(house, words::KOTLIN, |out| {
        words::kotlin(house, out.as_std_path())
    })?;
    write(house, words::ANDROID, |out| {
        words::android(house, out.as_std_path())
    })
}

/// What only the border tests export (decision 12).
pub(crate) const FOR_TESTS: [&str; 2] = ["--features", "kartka-ffi/border-tests"];

/// Builds the border library and the `kartka` command its tests talk to, compares its surface, writes all bindings.
pub(crate) fn all(house: &House, difference: Difference) -> Result<(), Failure> {
    let packages = ["-p", "kartka-ffi", "-p", "kartka"];
    run(cargo(house)
        .args(["build", "--locked"])
        .args(packages)
        .args(FOR_TESTS))?;
    surface::check(house, difference)?;
    let library = house.library();
    write(house, PYTHON, |out| {
        common(&library, TargetLanguage::Python, out)
    })?;
    shells(house, &library)
}

/// Writes the shells' bindings for the library that an app ships with: without what only the tests export, which that
/// library does not have. A binding that looks for one more function than there is stops the app when it starts.
pub(crate) fn shipped(house: &House) -> Result<(), Failure> {
    run(cargo(house).args(["build", "--release", "--locked", "-p", "kartka-ffi"]))?;
    shells(house, &house.shipped_library())
}

/// The texts, and the Kotlin and Swift that call this library.
fn shells(house: &House, library: &Path) -> Result<(), Failure> {
    let kotlin = |out| common(library, TargetLanguage::Kotlin, out);
    let sources = |out| {
        swift(
            library,
            SwiftBindingsOptions {
                generate_swift_sources: true,
                ..out
            },
        )
    };
    let header = |out| {
        swift(
            library,
            SwiftBindingsOptions {
                generate_headers: true,
                generate_modulemap: true,
                ..out
            },
        )
    };
    texts(house)?;
    write(house, KOTLIN, kotlin)?;
    write(house, SWIFT, |out_dir| {
        sources(SwiftBindingsOptions {
            out_dir,
            ..SwiftBindingsOptions::default()
        })
    })?;
    write(house, SWIFT_FFI, |out_dir| {
        header(SwiftBindingsOptions {
            out_dir,
            ..SwiftBindingsOptions::default()
        })
    })
}

fn common(library: &Path, language: TargetLanguage, out_dir: Utf8PathBuf) -> Result<(), Failure> {
    let source = utf8(library)?;
    let options = GenerateOptions {
        languages: vec![language],
        source,
        out_dir,
        ..GenerateOptions::default()
    };
    generate(options).map_err(|error| Failure::new(format!("{error:#}")))
}

fn swift(library: &Path, parts: SwiftBindingsOptions) -> Result<(), Failure> {
    let options = SwiftBindingsOptions {
        source: utf8(library)?,
        module_name: Some("KartkaFFI".to_owned()),
        modulemap_filename: Some("module.modulemap".to_owned()),
        ..parts
    };
    generate_swift_bindings(options).map_err(|error| Failure::new(format!("{error:#}")))
}

/// Lets `generator` write into an empty folder beside cargo's output, then brings `relative` to the same contents.
fn write(
    house: &House,
    relative: &str,
    generator: impl Fn(Utf8PathBuf) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let staging = house.built().join("bindings").join(relative);
    empty(&staging).map_err(Failure::new)?;
    generator(utf8(&staging)?)?;
    let out = house.path(relative);
    mirror(&staging, &out).map_err(|error| Failure::new(format!("{}: {error}", out.display())))
}

fn empty(folder: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::create_dir_all(folder)
}

/// Makes `to` hold exactly the files of `from`, and leaves files alone that are equal already.
fn mirror(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for stale in fs::read_dir(to)? {
        let stale = stale?;
        if !from.join(stale.file_name()).exists() {
            if stale.file_type()?.is_dir() {
                fs::remove_dir_all(stale.path())?
            } else {
                fs::remove_file(stale.path())?
            }
        }
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            mirror(&entry.path(), &target)?;
        } else if fs::read(&target).ok() != Some(fs::read(entry.path())?) {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

fn utf8(path: &Path) -> Result<Utf8PathBuf, Failure> {
    Utf8PathBuf::from_path_buf(path.to_owned())
        .map_err(|path| Failure::new(format!("a path must be UTF-8: {}", path.display())))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::mirror;

    #[test]
    fn a_mirrored_folder_holds_exactly_the_new_files() {
        let base = std::env::temp_dir().join(format!("kartka-mirror-{}", std::process::id()));
        let (from, to) = (base.join("from"), base.join("to"));
        fs::create_dir_all(from.join("inner")).unwrap();
        fs::create_dir_all(&to).unwrap();
        fs::write(from.join("inner/kept"), "new").unwrap();
        fs::write(to.join("stale"), "old").unwrap();
        mirror(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("inner/kept")).unwrap(), "new");
        assert!(!to.join("stale").exists());
        let before = fs::metadata(to.join("inner/kept"))
            .unwrap()
            .modified()
            .unwrap();
        mirror(&from, &to).unwrap();
        assert_eq!(
            fs::metadata(to.join("inner/kept"))
                .unwrap()
                .modified()
                .unwrap(),
            before
        );
        fs::remove_dir_all(&base).unwrap();
    }
}
