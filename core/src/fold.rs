//! How names and numbers are folded for search (the tolerant search of the customer-base issue will widen it).

/// The words of a name in lower case, longest last.
pub(crate) fn name_words(name: &str) -> Vec<String> {
    let letters = |c: char| !(c.is_alphanumeric() || c == '\'' || c == '’');
    let mut words: Vec<String> = name
        .split(letters)
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.sort_by_key(|word| (word.chars().count(), word.clone()));
    words.dedup();
    words
}

/// A number from its end, so that the last digits are a prefix.
pub(crate) fn reversed(digits: &str) -> String {
    digits.chars().rev().collect()
}
