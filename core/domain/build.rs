//! Makes `enum Code` from `codes.txt`, so that a code exists in one place only.
#![allow(clippy::unwrap_used, reason = "writing into a string does not fail")]

use std::fmt::Write as _;
use std::path::PathBuf;

struct Row {
    number: u16,
    kind: String,
    name: String,
    args: Vec<String>,
    law: String,
}

fn parse(text: &str) -> Vec<Row> {
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split_whitespace().collect();
            let [number, kind, name, args, law, _since] = cells[..] else {
                panic!("codes.txt: six columns expected in: {line}");
            };
            let args = if args == "-" {
                Vec::new()
            } else {
                args.split(',').map(str::to_owned).collect()
            };
            let number = number
                .parse()
                .unwrap_or_else(|_| panic!("codes.txt: no number in: {line}"));
            Row {
                number,
                kind: kind.to_owned(),
                name: name.to_owned(),
                args,
                law: law.to_owned(),
            }
        })
        .collect()
}

fn main() {
    println!("cargo:rerun-if-changed=codes.txt");
    let text = std::fs::read_to_string("codes.txt").expect("codes.txt lies beside build.rs");
    let rows = parse(&text);
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("codes.rs");
    std::fs::write(out, generate(&rows)).expect("OUT_DIR is writable");
}

fn pattern(row: &Row) -> String {
    if row.args.is_empty() {
        row.name.clone()
    } else {
        format!("{} {{ {} }}", row.name, row.args.join(", "))
    }
}

fn generate(rows: &[Row]) -> String {
    let mut s = String::new();
    let w = &mut s;
    writeln!(
        w,
        "/// Everything Kartka says in codes; generated from `codes.txt`."
    )
    .unwrap();
    writeln!(
        w,
        "#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]\npub enum Code {{"
    )
    .unwrap();
    for row in rows {
        writeln!(w, "    /// {} {} (law {}).", row.kind, row.number, row.law).unwrap();
        if row.args.is_empty() {
            writeln!(w, "    {},", row.name).unwrap();
        } else {
            writeln!(w, "    {} {{", row.name).unwrap();
            for arg in &row.args {
                writeln!(w, "        /// Argument `{arg}`.\n        {arg}: i64,").unwrap();
            }
            writeln!(w, "    }},").unwrap();
        }
    }
    writeln!(w, "}}\n\nimpl Code {{").unwrap();
    table(
        w,
        rows,
        "number",
        "u16",
        "Its number in the catalogue: the wire tag.",
        |r| r.number.to_string(),
    );
    table(
        w,
        rows,
        "name",
        "&'static str",
        "Its name: the key of its text in the shells.",
        |r| format!("{:?}", r.name),
    );
    table(w, rows, "law", "&'static str", "The law it follows.", |r| {
        format!("{:?}", r.law)
    });
    table(
        w,
        rows,
        "kind",
        "CodeKind",
        "What sort of word it is.",
        |r| {
            let mut letters = r.kind.chars();
            let first = letters
                .next()
                .map(|c| c.to_ascii_uppercase())
                .into_iter()
                .collect::<String>();
            format!("CodeKind::{first}{}", letters.as_str())
        },
    );
    writeln!(
        w,
        "    /// Its arguments by name, in the catalogue's order.\n    #[must_use]"
    )
    .unwrap();
    writeln!(
        w,
        "    pub fn args(&self) -> Vec<(&'static str, i64)> {{\n        match *self {{"
    )
    .unwrap();
    for row in rows {
        let args: Vec<String> = row.args.iter().map(|a| format!("({a:?}, {a})")).collect();
        writeln!(
            w,
            "            Self::{} => vec![{}],",
            pattern(row),
            args.join(", ")
        )
        .unwrap();
    }
    writeln!(w, "        }}\n    }}\n\n    /// The code with this number and these arguments, if the catalogue has it.\n    #[must_use]").unwrap();
    writeln!(w, "    pub fn from_parts(number: u16, args: &[i64]) -> Option<Self> {{\n        Some(match (number, args) {{").unwrap();
    for row in rows {
        let fields: Vec<String> = row.args.iter().map(|a| format!("{a}: *{a}")).collect();
        let made = if row.args.is_empty() {
            row.name.clone()
        } else {
            format!("{} {{ {} }}", row.name, fields.join(", "))
        };
        writeln!(
            w,
            "            ({}, [{}]) => Self::{made},",
            row.number,
            row.args.join(", ")
        )
        .unwrap();
    }
    writeln!(w, "            _ => return None,\n        }})\n    }}\n\n    /// Numbers, names, kinds, argument names and laws of the whole catalogue.").unwrap();
    writeln!(w, "    pub const CATALOGUE: &'static [(u16, &'static str, CodeKind, &'static [&'static str], &'static str)] = &[").unwrap();
    for row in rows {
        let mut kind = row.kind.clone();
        kind[..1].make_ascii_uppercase();
        writeln!(
            w,
            "        ({}, {:?}, CodeKind::{kind}, &{:?}, {:?}),",
            row.number, row.name, row.args, row.law
        )
        .unwrap();
    }
    writeln!(w, "    ];\n}}").unwrap();
    s
}

fn table(
    w: &mut String,
    rows: &[Row],
    name: &str,
    ty: &str,
    doc: &str,
    value: impl Fn(&Row) -> String,
) {
    writeln!(w, "    /// {doc}\n    #[must_use]\n    pub const fn {name}(&self) -> {ty} {{\n        match self {{").unwrap();
    for row in rows {
        let pattern = if row.args.is_empty() {
            row.name.clone()
        } else {
            format!("{} {{ .. }}", row.name)
        };
        writeln!(w, "            Self::{pattern} => {},", value(row)).unwrap();
    }
    writeln!(w, "        }}\n    }}\n").unwrap();
}
