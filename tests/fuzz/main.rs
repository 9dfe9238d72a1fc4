//! Changes at random what other people write, reads it, and measures what it costs.
//!
//! `cargo test --test fuzz -- [WORD…] [--seconds 300] [--seed 7] [--grown BYTES]`: of the kinds of input
//! whose names hold one of the words; one second each unless told, and 300 in a long run (`cargo xtask
//! soak fuzz`).
//! A kind fails on a panic, also in another thread, on what its reader asserts, on too much memory or
//! time for one input, and where ten times the input costs more than thirteen times as much. The
//! more seconds, the larger what is grown: in a long run up to the largest input that is read.
//!
//! Needs no nightly compiler, so that every run of the tests includes a little of it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what the machine does not give is a failed test, told to the person who runs it"
)]

mod changes;
mod cost;
mod growth;
mod json;
mod rounds;
mod target;
mod targets;

use std::process::ExitCode;

use peak_alloc::PeakAlloc;

use rounds::Rounds;
use support::soak;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

fn main() -> ExitCode {
    cost::count_panics();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<u32>().ok()
    };
    let rounds = Rounds {
        seconds: number("--seconds")
            .unwrap_or_else(|| u32::try_from(soak::rounds(1, 300)).unwrap()),
        grown: number("--grown").map(|bytes| bytes as usize),
        whole: soak::is_on(),
        seed: number("--seed").unwrap_or(1).into(),
    };
    let is_word =
        |argument: &&String| !argument.starts_with("--") && argument.parse::<u64>().is_err();
    let words: Vec<&String> = arguments.iter().filter(is_word).collect();
    let asked = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(*word));
    let asked = targets::all().into_iter().filter(|it| asked(it.name));
    let (mut passed, mut failed) = (0, 0);
    for target in asked {
        match rounds.run(&target) {
            Ok(told) => {
                println!("{}: {told}", target.name);
                passed += 1;
            }
            Err(problem) => {
                eprintln!("{}: {problem}", target.name);
                failed += 1;
            }
        }
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {verdict}. {passed} passed; {failed} failed; 0 ignored; {} s each",
        rounds.seconds
    );
    match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
