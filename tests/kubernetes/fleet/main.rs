//! A hundred thousand nodes whose kubelets ask for a login that ends: `cargo xtask bench fleet`.
//!
//! Nothing is measured: a day is played, with the answer that a kubelet really gets. All nodes start
//! within ten seconds, as after a power cut, and pull all day long, so that each asks again as soon as
//! it may. The token server is a cloud's: each node has a helper of its own, which keeps a token for
//! half of its twelve hours (`docker-credential-ecr-login`). And an hour of as many builders, whose
//! sessions ask a registry's realm for tokens of five minutes.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "what cannot be played has failed, and what was played is told"
)]

mod builder;
mod node;
mod plot;

use std::path::Path;
use std::time::Duration;

use node::{Node, Provider};

const NODES: u64 = 100_000;
/// Each of these is played, and stands for as many.
const PLAYED: u64 = 5_000;
const EACH: u64 = NODES / PLAYED;
const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;

/// What the token server was asked in each minute of a day.
struct Day {
    name: &'static str,
    /// Whether kubelets are told times that differ from node to node.
    spreads: bool,
    asked: Vec<u64>,
    /// How often providers were started.
    starts: u64,
}

fn main() {
    let days = [("all keep it equally long", false), ("as answered", true)].map(play);
    println!(
        "| {NODES} nodes | providers started | token server asked | in its worst minute after the first hour |"
    );
    println!("|---|---|---|---|");
    for day in &days {
        let later = day.asked.iter().skip(60).max().unwrap();
        let all: u64 = day.asked.iter().sum();
        println!("| {} | {} | {all} | {later} |", day.name, day.starts);
    }
    play_builders();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("fleet.svg"), plot::svg(&days)).unwrap();
}

/// Of which each stands for a hundred.
fn play_builders() {
    const PLAYED: u64 = 1_000;
    const EACH: u64 = NODES / PLAYED;
    println!(
        "| {NODES} builders | realm asked | in its worst {} seconds after the first token |",
        builder::TOGETHER
    );
    println!("|---|---|---|");
    for (name, each_its_own) in [
        ("one token for all", false),
        ("each a token of its own", true),
    ] {
        let asked = builder::play(PLAYED, each_its_own);
        let first = usize::try_from(builder::LIFETIME / builder::TOGETHER / 2).unwrap();
        let later = asked.iter().skip(first).max().unwrap() * EACH;
        println!(
            "| {name} | {} | {later} |",
            asked.iter().sum::<u64>() * EACH
        );
    }
}

/// When one of those begins that begin within ten seconds: well spread, and the same in each run.
fn moment_of(number: u64) -> Duration {
    let moment = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % 10_000_000;
    Duration::from_micros(moment)
}

fn play((name, spreads): (&'static str, bool)) -> Day {
    let mut day = Day {
        name,
        spreads,
        asked: vec![0; usize::try_from(DAY / 60).unwrap()],
        starts: 0,
    };
    let provider = Provider::new();
    for number in 0..PLAYED {
        let mut node = Node::starting(number);
        while node.asks_at() < DAY {
            day.starts += EACH;
            if let Some(at) = node.ask(&provider, day.spreads) {
                day.asked[usize::try_from(at / 60).unwrap()] += EACH;
            }
        }
    }
    day
}
