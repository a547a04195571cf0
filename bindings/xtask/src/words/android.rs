//! The tables as Android resources: `error.name` becomes `error_name`, places become `%1$s` in the order of the first
//! language, so that a place keeps its number in every language.

use std::fmt::Write;

use super::table::{Entry, places};

/// Names of the forms of a number, as the tables order them.
const FOUR: [&str; 4] = ["one", "few", "many", "other"];
const TWO: [&str; 2] = ["one", "other"];

/// The resource file of the language at place `at`.
pub(super) fn file(entries: &[Entry], at: usize) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- Written by `cargo xtask generate` from the tables under bindings/shells. -->\n<resources>\n",
    );
    for entry in entries {
        let name = entry.key.replace('.', "_");
        let order = places(
            entry
                .texts
                .first()
                .and_then(|of| of.first())
                .map_or("", String::as_str),
        );
        let forms = &entry.texts[at];
        let names: &[&str] = if forms.len() == FOUR.len() {
            &FOUR
        } else {
            &TWO
        };
        let _ = match entry.plural {
            None => writeln!(
                out,
                "    <string name=\"{name}\">{}</string>",
                resource(&forms[0], &order)
            ),
            Some(_) => {
                let items = names.iter().zip(forms).map(|(quantity, form)| {
                    let form = resource(form, &order);
                    format!("        <item quantity=\"{quantity}\">{form}</item>\n")
                });
                let items: String = items.collect();
                writeln!(out, "    <plurals name=\"{name}\">\n{items}    </plurals>")
            }
        };
    }
    out.push_str("</resources>\n");
    out
}

/// A text with its places numbered and what XML and Android read otherwise put aside.
fn resource(text: &str, order: &[&str]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, after) = after.split_once('}').unwrap_or((after, ""));
        let name = inside.split_once('|').map_or(inside, |(name, _)| name);
        let place = order.iter().position(|of| *of == name).unwrap_or(0) + 1;
        out.push_str(&escaped(before, order));
        let _ = write!(out, "%{place}$s");
        rest = after;
    }
    out.push_str(&escaped(rest, order));
    match out.starts_with(['@', '?']) {
        true => format!("\\{out}"),
        false => out,
    }
}

fn escaped(text: &str, order: &[&str]) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '\'' | '"' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            // A text without places is not formatted, and shows its sign as it is.
            '%' if !order.is_empty() => out.push_str("%%"),
            letter => out.push(letter),
        }
    }
    out
}
