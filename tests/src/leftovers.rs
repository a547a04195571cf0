//! Looks for planted names and numbers in every file that a phone or a server leaves behind (sync §8, safety 11).
//!
//! Knows nothing of Kartka's tables and shares no code with its stores: a file of SQLCipher is deciphered here page by
//! page, free space, unused pages and the write-ahead log included; what zstd packed is unpacked wherever a frame
//! begins. A text counts in any spelling a store could keep it in: as it is, in small and in capital letters, from the
//! end, in UTF-8 and UTF-16.

mod cipher;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// What was planted.
pub struct Planted {
    texts: Vec<String>,
    /// Every spelling of every text, by its first byte.
    by_first: Vec<Vec<(usize, Vec<u8>)>>,
}

impl Planted {
    /// Texts that stand nowhere else; digits are looked for from both ends.
    #[must_use]
    pub fn new(texts: &[&str]) -> Self {
        let mut by_first = vec![Vec::new(); 256];
        for (place, text) in texts.iter().enumerate() {
            for spelling in spellings(text) {
                by_first[usize::from(spelling[0])].push((place, spelling));
            }
        }
        let texts = texts.iter().map(|text| String::from(*text)).collect();
        Self { texts, by_first }
    }

    /// The planted texts that stand in `bytes`.
    #[must_use]
    pub fn found_in(&self, bytes: &[u8]) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        for (at, first) in bytes.iter().enumerate() {
            for (place, spelling) in &self.by_first[usize::from(*first)] {
                if bytes[at..].starts_with(spelling) {
                    found.insert(self.texts[*place].as_str());
                }
            }
        }
        found
    }
}

fn spellings(text: &str) -> Vec<Vec<u8>> {
    let backwards: String = text.chars().rev().collect();
    let mut all = BTreeSet::new();
    for text in [
        text.to_owned(),
        text.to_lowercase(),
        text.to_uppercase(),
        backwards,
    ] {
        all.insert(text.as_bytes().to_vec());
        all.insert(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        all.insert(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    }
    all.into_iter().collect()
}

/// A file with what of the planted texts stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Which file.
    pub file: PathBuf,
    /// What stands there.
    pub texts: Vec<String>,
}

/// Everything below `folder`, each file read as it lies and, where one of `keys` opens it, deciphered.
///
/// # Panics
/// When a file can't be read.
#[must_use]
pub fn scan(folder: &Path, keys: &[[u8; 32]], planted: &Planted) -> Vec<Hit> {
    let mut hits = Vec::new();
    for file in files(folder) {
        let texts = in_file(&file, keys, planted);
        if !texts.is_empty() {
            hits.push(Hit { file, texts });
        }
    }
    hits
}

/// All files below a folder, by name.
///
/// # Panics
/// When the folder can't be read.
#[must_use]
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn in_file(file: &Path, keys: &[[u8; 32]], planted: &Planted) -> Vec<String> {
    let bytes = fs::read(file).expect("the file can be read");
    let mut views = vec![bytes.clone()];
    for key in keys {
        views.extend(cipher::pages(&bytes, key));
    }
    let unpacked: Vec<Vec<u8>> = views.iter().flat_map(|view| frames(view)).collect();
    views.extend(unpacked);
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    views.push(name.as_bytes().to_vec());
    let texts: BTreeSet<&str> = views
        .iter()
        .flat_map(|view| planted.found_in(view))
        .collect();
    texts.into_iter().map(str::to_owned).collect()
}

/// What zstd packed into the bytes: as much of each frame as can be unpacked.
fn frames(bytes: &[u8]) -> Vec<Vec<u8>> {
    const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
    let starts = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, part)| *part == MAGIC);
    let mut found = Vec::new();
    for (at, _) in starts {
        let Ok(decoder) = zstd::stream::read::Decoder::new(&bytes[at..]) else {
            continue;
        };
        let mut text = Vec::new();
        // What comes after the frame is none of it; whatever was read until then counts.
        let _ = decoder.single_frame().take(8 << 20).read_to_end(&mut text);
        found.push(text);
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_spelling_is_found_and_nothing_else() {
        let planted = Planted::new(&["Żużanna", "380671234567"]);
        let utf16: Vec<u8> = "żużanna"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for (bytes, found) in [
            ("…Żużanna…".as_bytes(), vec!["Żużanna"]),
            ("żużanna".as_bytes(), vec!["Żużanna"]),
            (
                "ŻUŻANNA 765432176083".as_bytes(),
                vec!["380671234567", "Żużanna"],
            ),
            (utf16.as_slice(), vec!["Żużanna"]),
            ("Zuzanna 38067123456".as_bytes(), vec![]),
        ] {
            assert_eq!(
                planted.found_in(bytes).into_iter().collect::<Vec<_>>(),
                found
            );
        }
    }

    #[test]
    fn what_is_packed_or_ciphered_is_found_by_file() {
        let home = tempfile::tempdir().unwrap();
        let planted = Planted::new(&["Quagga Zebrowska"]);
        // Enough letters that zstd has a code for each of them.
        let noise: String = (1..400_u64)
            .map(|n| format!("{:x} ", n * 2_654_435_761 % 99_991))
            .collect();
        let text = format!("{noise}Quagga Zebrowska {noise}");
        let packed = zstd::bulk::compress(text.as_bytes(), 9).unwrap();
        assert!(planted.found_in(&packed).is_empty());
        fs::write(
            home.path().join("packed"),
            [b"xx".as_slice(), &packed].concat(),
        )
        .unwrap();
        let key = [0x42; 32];
        let conn = rusqlite::Connection::open(home.path().join("db")).unwrap();
        let open = format!("PRAGMA key = \"x'{}'\"", "42".repeat(32));
        conn.execute_batch(&open).unwrap();
        conn.execute_batch(
            "PRAGMA cipher_page_size = 2048; PRAGMA cipher_hmac_algorithm = HMAC_SHA256;
             PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
             CREATE TABLE t (x TEXT); INSERT INTO t VALUES ('Quagga Zebrowska');",
        )
        .unwrap();
        let found = |keys: &[[u8; 32]]| {
            let hits = scan(home.path(), keys, &planted);
            let name = |hit: &Hit| hit.file.file_name().unwrap().to_string_lossy().into_owned();
            hits.iter().map(name).collect::<Vec<_>>()
        };
        assert_eq!(found(&[]), ["packed"]);
        assert_eq!(found(&[[7; 32]]), ["packed"]);
        assert_eq!(found(&[key]), ["db-wal", "packed"]);
        conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
            .unwrap();
        assert_eq!(found(&[key]), ["db", "packed"]);
        conn.execute_batch("DELETE FROM t").unwrap();
        assert_eq!(
            found(&[key]),
            ["db", "packed"],
            "deleting alone leaves it in the free space"
        );
    }
}
