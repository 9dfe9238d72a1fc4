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

use std::num::NonZeroUsize;
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::thread;

use peak_alloc::PeakAlloc;

use rounds::Rounds;
use support::soak;
use target::Target;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Before the name of the kind that a process of its own reads.
const ALONE: &str = "--alone";

fn main() -> ExitCode {
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
    if let Some(at) = arguments.iter().position(|argument| argument == ALONE) {
        let mut all = targets::all().into_iter();
        return read_alone(
            &rounds,
            &all.find(|it| it.name == arguments[at + 1]).unwrap(),
        );
    }
    let is_word =
        |argument: &&String| !argument.starts_with("--") && argument.parse::<u64>().is_err();
    let words: Vec<&String> = arguments.iter().filter(is_word).collect();
    let asked = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(*word));
    let asked = targets::all().into_iter().filter(|it| asked(it.name));
    let (passed, failed) = read_side_by_side(&arguments, asked);
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

/// Reads one kind of input, and says what came of it.
fn read_alone(rounds: &Rounds, target: &Target) -> ExitCode {
    cost::count_panics();
    match rounds.run(target) {
        Ok(told) => println!("{}: {told}", target.name),
        Err(problem) => {
            eprintln!("{}: {problem}", target.name);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Reads each in a process of its own, since memory is that of a process; as many at a time as there
/// are cores. How many have passed, and how many failed.
fn read_side_by_side(
    arguments: &[String],
    asked: impl Iterator<Item = Target> + Send,
) -> (usize, usize) {
    let own = std::env::current_exe().unwrap();
    let (asked, ended) = (Mutex::new(asked), Mutex::new(Vec::new()));
    let read = || {
        loop {
            let Some(target) = asked.lock().unwrap().next() else {
                return;
            };
            let mut process = Command::new(&own);
            process.args(arguments).args([ALONE, target.name]);
            let passed = process.status().unwrap().success();
            ended.lock().unwrap().push(passed);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZeroUsize::get) {
            scope.spawn(read);
        }
    });
    let ended = ended.into_inner().unwrap();
    let passed = ended.iter().filter(|passed| **passed).count();
    (passed, ended.len() - passed)
}
