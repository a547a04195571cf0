//! `kartka scan` on the labelled photographs.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

fn photo(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/photos");
    folder.join(name).to_str().unwrap().to_owned()
}

#[test]
fn every_code_is_one_line_and_an_unread_picture_is_named() {
    let labels = std::fs::read_to_string(photo("labels.tsv")).unwrap();
    let labels: Vec<(&str, &str, &str)> = labels
        .lines()
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some((columns.next()?, columns.next()?, columns.next()?))
        })
        .filter(|(_, kind, _)| ["qr", "ean13", "code128"].contains(kind))
        .collect();
    let (file, kind, text) = labels[0];
    let path = photo(file);
    let none = photo("labels.tsv");
    let run = common::kartka(["scan", &path, &none, "no-such-file.png"]);
    assert_eq!(run.code, 1);
    assert_eq!(run.out, format!("{path}\t{kind}\t{text}\n"));
    assert!(
        run.err.contains("labels.tsv: it is no PNG picture"),
        "{}",
        run.err
    );
    assert!(
        run.err.contains("no-such-file.png: it can't be opened"),
        "{}",
        run.err
    );
    assert!(run.err.contains("2 of 3 pictures"), "{}", run.err);
    assert_eq!(common::kartka(["scan", &path]).code, 0);
    assert_eq!(common::kartka(["scan"]).code, 2);
}
