//! The tables themselves: paragraphs of a key and a line for each language.

use std::collections::BTreeMap;

use super::LANGUAGES;

/// Forms of a number in Ukrainian and Russian, and in English.
const FORMS: [usize; 3] = [4, 4, 2];

/// A text in all languages.
#[derive(Debug)]
pub(super) struct Entry {
    /// Lower case, parts joined by dots.
    pub(super) key: String,
    /// The argument whose number chooses the form.
    pub(super) plural: Option<String>,
    /// Per language of [`LANGUAGES`]: one text, or one per form.
    pub(super) texts: Vec<Vec<String>>,
}

/// `strings.txt`.
pub(super) fn strings(table: &str) -> Result<Vec<Entry>, String> {
    paragraphs(table)?
        .into_iter()
        .map(|(head, lines)| match head.split_once(" plural ") {
            None => Ok(Entry {
                key: head,
                plural: None,
                texts: lines.into_iter().map(|line| vec![line]).collect(),
            }),
            Some((key, argument)) => Ok(Entry {
                key: key.to_owned(),
                plural: Some(argument.to_owned()),
                texts: lines.iter().map(|line| forms(line)).collect(),
            }),
        })
        .collect()
}

/// `codes.txt`: `MaxShare` becomes `code.max_share`.
pub(super) fn codes(table: &str) -> Result<Vec<Entry>, String> {
    let one = |(name, lines): (String, Vec<String>)| Entry {
        key: format!("code.{}", snake(&name)),
        plural: None,
        texts: lines.into_iter().map(|line| vec![line]).collect(),
    };
    Ok(paragraphs(table)?.into_iter().map(one).collect())
}

/// `wizard.txt`: a title and an explanation become two texts.
pub(super) fn wizard(table: &str) -> Result<Vec<Entry>, String> {
    let mut all = Vec::new();
    for (key, lines) in paragraphs(table)? {
        let parted: Vec<(String, String)> = lines
            .iter()
            .map(|line| {
                let (title, about) = line.split_once(" | ").unwrap_or((line, ""));
                (title.to_owned(), about.to_owned())
            })
            .collect();
        let part = |name: &str, of: fn(&(String, String)) -> &String| Entry {
            key: format!("wizard.{key}.{name}"),
            plural: None,
            texts: parted.iter().map(|both| vec![of(both).clone()]).collect(),
        };
        all.push(part("title", |both| &both.0));
        if parted.iter().any(|(_, about)| !about.is_empty()) {
            all.push(part("about", |both| &both.1));
        }
    }
    Ok(all)
}

/// All entries, none twice, each whole in every language with the same arguments.
pub(super) fn checked(all: Vec<Entry>) -> Result<Vec<Entry>, String> {
    let mut by_key: BTreeMap<String, Entry> = BTreeMap::new();
    for entry in all {
        let key = entry.key.clone();
        if !key
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.'))
        {
            return Err(format!("{key} is no key"));
        }
        for (at, texts) in entry.texts.iter().enumerate() {
            let wanted = if entry.plural.is_some() { FORMS[at] } else { 1 };
            if texts.len() != wanted {
                let (language, _) = LANGUAGES[at];
                return Err(format!(
                    "{key}: {language} has {} forms of {wanted}",
                    texts.len()
                ));
            }
        }
        let mut said = entry.texts.iter().flatten().map(|text| {
            let mut places = places(text);
            places.sort_unstable();
            places.dedup();
            places
        });
        let first = said.next();
        if said.any(|other| Some(other) != first) {
            return Err(format!("{key}: the same arguments in every language"));
        }
        if by_key.insert(key.clone(), entry).is_some() {
            return Err(format!("{key} stands twice"));
        }
    }
    Ok(by_key.into_values().collect())
}

/// The names of a text's places, in their order.
pub(super) fn places(text: &str) -> Vec<&str> {
    let inside = text.split('{').skip(1);
    inside
        .filter_map(|rest| rest.split_once('}'))
        .map(|(inside, _)| inside.split_once('|').map_or(inside, |(name, _)| name))
        .collect()
}

/// The paragraphs of a table: a head and the texts of its three languages.
fn paragraphs(table: &str) -> Result<Vec<(String, Vec<String>)>, String> {
    let mut all = Vec::new();
    for paragraph in table.split("\n\n") {
        let mut lines = paragraph
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        let Some(head) = lines.next() else { continue };
        let mut texts = Vec::new();
        for ((language, _), line) in LANGUAGES.into_iter().zip(lines.by_ref()) {
            match line.split_once(' ') {
                Some((tag, text)) if tag == language => texts.push(text.trim().to_owned()),
                _ => break,
            }
        }
        if texts.len() != LANGUAGES.len() || lines.next().is_some() {
            let names = LANGUAGES.map(|(language, _)| language);
            return Err(format!("{head}: three languages, {names:?}, a line each"));
        }
        all.push((head.to_owned(), texts));
    }
    Ok(all)
}

/// Splits the forms of a number; the bar inside a place parts nothing.
fn forms(line: &str) -> Vec<String> {
    line.split(" | ")
        .map(|form| form.trim().to_owned())
        .collect()
}

/// `MaxShare` becomes `max_share`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
