//! What the demo itself must remember between two runs on one data folder: how far it is, and who holds which card.
//!
//! The shop's own data is in the stores; this is the script of the play. Written at the end of each day, so a run
//! that was stopped in the middle of one repeats that day with the same request ids.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use kartka_core::platform::{Rng as _, SystemRng};
use serde_json::{Value, json};

use crate::failure::Failure;

/// Which play is on: another one can't go on in the same folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Play {
    /// The seed.
    pub(crate) seed: u64,
    /// How many phones.
    pub(crate) phones: usize,
    /// Purchases of the file.
    pub(crate) purchases: usize,
    /// Σ of their amounts, in cents.
    pub(crate) total: i64,
    /// Made of the programme file; 0 without one.
    pub(crate) programme: u64,
}

/// Goods that will come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Due {
    /// On which day of the play.
    pub(crate) day: usize,
    /// Which purchase of the file.
    pub(crate) index: u64,
    /// Its id at the shop.
    pub(crate) purchase: i64,
    /// How many thousandths; 0 = everything.
    pub(crate) quantity: i64,
}

/// What one phone's counter has come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Book {
    /// Days without network still to come.
    pub(crate) away: u64,
    /// Runs of cards that were made.
    pub(crate) runs: u64,
    /// Printed cards that nobody has yet, as their K1 codes; the last goes first.
    pub(crate) blank: Vec<String>,
    /// Goods that will come back here.
    pub(crate) due: Vec<Due>,
    /// Cards scanned.
    pub(crate) scans: u64,
    /// Of them, read from a camera frame.
    pub(crate) drawn: u64,
    /// Frames it took.
    pub(crate) frames: u64,
    /// Sales made without network.
    pub(crate) offline: u64,
}

/// Everything the demo remembers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    /// Which play.
    pub(crate) play: Play,
    /// Makes request ids of this folder.
    pub(crate) salt: u64,
    /// The server's port: phones were paired with it.
    pub(crate) port: u16,
    /// Days that are done.
    pub(crate) days: usize,
    /// Purchases that are done.
    pub(crate) done: usize,
    /// The counters, one for each phone.
    pub(crate) books: Vec<Book>,
    /// The customers' cards: number in the file → K1.
    pub(crate) cards: BTreeMap<u32, String>,
}

impl State {
    /// A play that has not begun.
    pub(crate) fn new(play: Play) -> Self {
        let mut salt = [0; 8];
        SystemRng.fill(&mut salt);
        Self {
            play,
            salt: u64::from_be_bytes(salt),
            port: 0,
            days: 0,
            done: 0,
            books: vec![Book::default(); play.phones],
            cards: BTreeMap::new(),
        }
    }
}

/// Where the state lies.
pub(crate) struct StateFiles {
    folder: PathBuf,
}

impl StateFiles {
    /// In the demo's data folder.
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// What an earlier run left, if one did.
    ///
    /// # Errors
    /// [`Failure::Outside`] for a folder of another play or a file that is none of ours.
    pub(crate) fn load(&self, play: Play) -> Result<Option<State>, Failure> {
        let text = match fs::read_to_string(self.state()) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed(&error)),
        };
        let state = serde_json::from_str(&text)
            .ok()
            .and_then(|json| from_json(&json));
        let Some((mut state, cards)) = state else {
            return Err(self.failed(&"demo.json can't be read"));
        };
        if state.play != play {
            return Err(Failure::Outside(format!(
                "{} holds the demo of another file, programme, seed or number of phones: take another folder with --data",
                self.folder.display()
            )));
        }
        let lines = fs::read_to_string(self.cards()).map_err(|error| self.failed(&error))?;
        for line in lines.lines().take(cards) {
            let (customer, card) = line.split_once('\t').unwrap_or_default();
            let customer = customer
                .parse()
                .map_err(|_| self.failed(&"cards.tsv can't be read"))?;
            state.cards.insert(customer, card.to_owned());
        }
        // Cards of a day that was not finished are given out again, to the same customers.
        self.rewrite_cards(&state.cards)
            .map_err(|error| self.failed(&error))?;
        Ok(Some(state))
    }

    /// Keeps the state after a day that brought these customers.
    ///
    /// # Errors
    /// [`Failure::Outside`] with what the disk reports.
    pub(crate) fn save(&self, state: &State, new: &[(u32, String)]) -> Result<(), Failure> {
        self.append_cards(new)
            .and_then(|()| replace(&self.state(), to_json(state).to_string().as_bytes()))
            .map_err(|error| self.failed(&error))
    }

    fn append_cards(&self, new: &[(u32, String)]) -> io::Result<()> {
        let mut lines = String::new();
        for (customer, card) in new {
            lines.push_str(&format!("{customer}\t{card}\n"));
        }
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.cards())?;
        file.write_all(lines.as_bytes())
    }

    fn rewrite_cards(&self, cards: &BTreeMap<u32, String>) -> io::Result<()> {
        let lines: Vec<String> = cards
            .iter()
            .map(|(c, card)| format!("{c}\t{card}\n"))
            .collect();
        replace(&self.cards(), lines.concat().as_bytes())
    }

    fn state(&self) -> PathBuf {
        self.folder.join("demo.json")
    }

    fn cards(&self) -> PathBuf {
        self.folder.join("cards.tsv")
    }

    fn failed(&self, why: &dyn std::fmt::Display) -> Failure {
        let folder = self.folder.display();
        Failure::Outside(format!(
            "the demo's notes in {folder}: {why}; take another folder with --data"
        ))
    }
}

/// All of it or nothing: a kill leaves the old file.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    fs::write(&fresh, bytes)?;
    fs::rename(&fresh, path)
}

fn to_json(state: &State) -> Value {
    let books: Vec<Value> = state.books.iter().map(book_to_json).collect();
    json!({
        "seed": state.play.seed, "phones": state.play.phones,
        "purchases": state.play.purchases, "total": state.play.total, "programme": state.play.programme,
        "salt": state.salt, "port": state.port, "days": state.days, "done": state.done,
        "cards": state.cards.len(), "books": books,
    })
}

fn book_to_json(book: &Book) -> Value {
    let due: Vec<Value> = book
        .due
        .iter()
        .map(|due| json!([due.day, due.index, due.purchase, due.quantity]))
        .collect();
    json!({
        "away": book.away, "runs": book.runs, "blank": book.blank, "due": due,
        "scans": book.scans, "drawn": book.drawn, "frames": book.frames, "offline": book.offline,
    })
}

/// The state but for the cards, and how many of these there are.
fn from_json(json: &Value) -> Option<(State, usize)> {
    let size = |name: &str| {
        json.get(name)?
            .as_u64()
            .and_then(|n| usize::try_from(n).ok())
    };
    let number = |name: &str| json.get(name)?.as_u64();
    let play = Play {
        seed: number("seed")?,
        phones: size("phones")?,
        purchases: size("purchases")?,
        total: json.get("total")?.as_i64()?,
        programme: number("programme").unwrap_or(0),
    };
    let books = json.get("books")?.as_array()?.iter().map(book_from_json);
    let state = State {
        play,
        salt: number("salt")?,
        port: u16::try_from(number("port")?).ok()?,
        days: size("days")?,
        done: size("done")?,
        books: books
            .collect::<Option<Vec<_>>>()
            .filter(|books| books.len() == play.phones)?,
        cards: BTreeMap::new(),
    };
    Some((state, size("cards")?))
}

fn book_from_json(json: &Value) -> Option<Book> {
    let number = |name: &str| json.get(name)?.as_u64();
    let due = |json: &Value| {
        let column = |at: usize| json.get(at)?.as_i64();
        Some(Due {
            day: usize::try_from(column(0)?).ok()?,
            index: u64::try_from(column(1)?).ok()?,
            purchase: column(2)?,
            quantity: column(3)?,
        })
    };
    Some(Book {
        away: number("away")?,
        runs: number("runs")?,
        blank: json
            .get("blank")?
            .as_array()?
            .iter()
            .map(|card| card.as_str().map(str::to_owned))
            .collect::<Option<_>>()?,
        due: json
            .get("due")?
            .as_array()?
            .iter()
            .map(due)
            .collect::<Option<_>>()?,
        scans: number("scans")?,
        drawn: number("drawn")?,
        frames: number("frames")?,
        offline: number("offline")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_play_goes_on_and_another_does_not() {
        let home = tempfile::tempdir().expect("a folder");
        let files = StateFiles::new(home.path());
        let play = Play {
            seed: u64::MAX,
            phones: 2,
            purchases: 3,
            total: 700,
            programme: 0,
        };
        assert!(files.load(play).expect("empty").is_none());

        let mut state = State::new(play);
        state.port = 4_711;
        state.books[1] = Book {
            away: 2,
            blank: vec!["K1A".to_owned()],
            due: vec![Due {
                day: 4,
                index: 5,
                purchase: i64::MAX,
                quantity: 500,
            }],
            scans: 9,
            ..Book::default()
        };
        let first = [(7, "K1X".to_owned())];
        state.cards.extend(first.clone());
        files.save(&state, &first).expect("saved");
        // A day that was not finished has left a card.
        files
            .append_cards(&[(8, "K1Y".to_owned())])
            .expect("appended");
        assert_eq!(files.load(play).expect("readable"), Some(state.clone()));
        assert_eq!(files.load(play).expect("again"), Some(state));

        assert!(files.load(Play { seed: 1, ..play }).is_err());
        fs::write(files.state(), "{}").expect("written");
        assert!(files.load(play).is_err());
    }
}
