//! How long plans and files of credentials take, and how that grows: `cargo xtask bench core`.
//!
//! Tables as Markdown on standard output, plots as SVG in `target/bench`. Of each row the processor
//! time, where it says nothing else, of the best of several batches counts, which other work on the
//! machine moves least. Go's clients cannot be had here: their figures are of another day, each beside
//! a yardstick that is measured in this run, so that a reader can scale them.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "what cannot be measured has failed, and what was measured is told"
)]

#[path = "../counts/inputs.rs"]
mod inputs;
mod measure;
mod plot;
#[path = "../counts/realm.rs"]
mod realm;
mod rows;
mod table;

use std::path::Path;

use table::Table;

/// A table, and the name of its plot.
type Measured = (&'static str, fn() -> Table);

const TABLES: [Measured; 8] = [
    ("hosts", rows::hosts),
    ("kept", rows::kept),
    ("threads", rows::threads),
    ("docker", rows::docker),
    ("broken", rows::broken),
    ("own", rows::own),
    ("one-mirror", rows::one_mirror),
    ("tokens", rows::tokens),
];

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, measure) in TABLES {
        if !words.is_empty() && !words.iter().any(|word| word == name) {
            continue;
        }
        let table = measure();
        println!("{table}");
        std::fs::write(folder.join(format!("{name}.svg")), plot::svg(&table)).unwrap();
    }
}
