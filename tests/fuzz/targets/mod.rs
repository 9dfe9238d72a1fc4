//! The kinds of input.

mod answers;
mod conversation;
mod dockerfiles;
mod files;
mod hosts;
mod images;
mod manifests;
mod program;
mod words;

use std::path::Path;

use serde_json::Value;

use crate::target::Target;

/// All of them, in the order in which they are read.
pub(crate) fn all() -> Vec<Target> {
    let mut all = vec![hosts::HOSTS_TOML];
    all.extend(files::ALL);
    all.push(manifests::PULL_SECRET_MANIFEST);
    all.extend(words::ALL);
    all.extend(answers::ALL);
    all.extend(images::ALL);
    all.push(dockerfiles::DOCKERFILE);
    all.push(program::CONFIG_TOML);
    all
}

/// The lines of a file of vectors, in a folder of `tests`.
fn vectors(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn texts(all: &[&str]) -> Vec<Vec<u8>> {
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// One of so many ways to read an input: by its start, so that one that grows is read in one way.
fn way(input: &[u8], of: usize) -> usize {
    let start = input.iter().take(8).map(|byte| usize::from(*byte));
    start.sum::<usize>() % of
}
