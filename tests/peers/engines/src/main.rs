//! Other engines under the load of `cargo bench -p kartka-tests`, each part in a process of its own: `kartka-peers PART`.
//!
//! Prints one JSON object a line, `{"figure", "engine", "value", "unit"}`. Uses each engine the way its own documents
//! show, and knows nothing of Kartka.

mod documents;
mod load;
mod powersync;
mod tables;

fn main() {
    let part = std::env::args().nth(1).unwrap_or_default();
    match part.as_str() {
        "plain" => tables::run(),
        "powersync" => powersync::run(),
        "automerge" => documents::run(documents::automerge()),
        "yrs" => documents::run(documents::yrs()),
        "loro" => documents::run(documents::loro()),
        _ => {
            eprintln!("kartka-peers plain | powersync | automerge | yrs | loro");
            std::process::exit(2);
        }
    }
}

/// One figure.
pub(crate) fn say(figure: &str, engine: &str, value: f64, unit: &str) {
    println!(
        "{}",
        serde_json::json!({"figure": figure, "engine": engine, "value": value, "unit": unit})
    );
}

/// Memory that this process holds now, in bytes.
pub(crate) fn resident() -> f64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = pages
        .split(' ')
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(0.0);
    pages * 4096.0
}
