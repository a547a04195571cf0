//! The tables as Kotlin: one object for each language, its texts in parts that fit into a method.

use std::fmt::Write;

use super::table::Entry;

/// Texts of one part: the JVM bounds a method at 64 KiB.
const PART: usize = 200;

/// The Kotlin file of the language at place `at`.
pub(super) fn file(name: &str, entries: &[Entry], at: usize) -> String {
    let mut out = String::from(
        "// Written by `cargo xtask generate` from the tables under bindings/shells.\npackage kartka.presentation.words\n\n",
    );
    let parts = entries.chunks(PART);
    let calls: Vec<String> = (0..parts.len())
        .map(|part| format!("part{part}()"))
        .collect();
    let _ = writeln!(
        out,
        "internal object {name}Texts {{\n    val all: Map<String, Text> by lazy {{ {} }}",
        calls.join(" + ")
    );
    for (part, entries) in parts.enumerate() {
        let _ = writeln!(
            out,
            "\n    private fun part{part}(): Map<String, Text> =\n        mapOf("
        );
        for entry in entries {
            let _ = writeln!(out, "            {},", text(entry, at));
        }
        out.push_str("        )\n");
    }
    out.push_str("}\n");
    out
}

fn text(entry: &Entry, at: usize) -> String {
    let forms: Vec<String> = entry.texts[at].iter().map(|form| literal(form)).collect();
    let plural = entry.plural.as_deref().map_or("null".to_owned(), literal);
    format!(
        "{} to Text({plural}, listOf({}))",
        literal(&entry.key),
        forms.join(", ")
    )
}

fn literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for letter in text.chars() {
        if matches!(letter, '"' | '\\' | '$') {
            literal.push('\\');
        }
        literal.push(letter);
    }
    literal.push('"');
    literal
}
