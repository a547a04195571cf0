//! Every code has its words in every language of the shells, with its own arguments and no others (D6).
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use kartka_domain::codes::Code;

const WORDS: &str = include_str!("../../../bindings/shells/codes.txt");
const FORMS: [&str; 9] = [
    "",
    "money",
    "share",
    "times",
    "quantity",
    "place",
    "time",
    "instrument",
    "permission",
];

/// Name → its lines, in the file's order.
fn words() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut words = BTreeMap::new();
    for part in WORDS.split("\n\n") {
        let mut lines = part
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        if let Some(name) = lines.next() {
            let twice = words.insert(name, lines.collect());
            assert_eq!(
                twice, None,
                "{name} stands twice in bindings/shells/codes.txt"
            );
        }
    }
    words
}

/// The arguments of a text, each with its form.
fn arguments(text: &str) -> Vec<(&str, &str)> {
    let inside = text.split('{').skip(1).map(|rest| {
        let (inside, _) = rest
            .split_once('}')
            .unwrap_or_else(|| panic!("no end of an argument: {text}"));
        inside.split_once('|').unwrap_or((inside, ""))
    });
    inside.collect()
}

#[test]
fn every_code_has_its_words_in_three_languages() {
    let words = words();
    for &(number, name, _, args, _) in Code::CATALOGUE {
        let lines = words.get(name).unwrap_or_else(|| {
            panic!(
                "code {number} has no words: add to bindings/shells/codes.txt\n\n{name}\nuk …\nru …\nen …\n\nwith its arguments {args:?} as {{argument}} or {{argument|form}}"
            )
        });
        let tags: Vec<&str> = lines.iter().map(|line| &line[..3]).collect();
        assert_eq!(tags, ["uk ", "ru ", "en "], "{name}");
        let mut said: Vec<Vec<(&str, &str)>> = Vec::new();
        for line in lines {
            assert!(line.ends_with('.') && line.len() > 10, "{name}: {line}");
            let mut named = arguments(line);
            named.sort_unstable();
            for (argument, form) in &named {
                assert!(
                    args.contains(argument),
                    "{name} has no argument {argument}: {line}"
                );
                assert!(
                    FORMS.contains(form),
                    "{name}: there is no form {form}: {line}"
                );
            }
            said.push(named);
        }
        assert!(
            said.windows(2).all(|pair| pair[0] == pair[1]),
            "{name} tells other numbers in another language"
        );
    }
}

#[test]
fn no_words_are_left_without_a_code() {
    for name in words().keys() {
        let known = Code::CATALOGUE.iter().any(|(_, known, ..)| known == name);
        assert!(
            known,
            "{name} stands in bindings/shells/codes.txt and no code has this name"
        );
    }
}

#[test]
fn what_is_about_an_instrument_names_it() {
    for &(_, name, _, args, _) in Code::CATALOGUE {
        for line in &words()[name] {
            let named = arguments(line);
            let shown = |argument: &str| named.iter().any(|(of, _)| *of == argument);
            for argument in ["instrument", "card", "missing"] {
                let may_be_silent = argument == "instrument" && args.contains(&"card");
                assert!(
                    !args.contains(&argument) || shown(argument) || may_be_silent,
                    "{name} does not say its {argument}: {line}"
                );
            }
        }
    }
}
