use std::process::{Command, Stdio};
use std::time::Instant;

use crate::report::{Report, Times};
use crate::spent::of_children;

/// Runs of one program whose processor time is taken together: Linux tells it in hundredths of a second.
const BATCH: u32 = 40;
const BATCHES: usize = 5;

/// A program that is run again and again.
pub(crate) struct Program<'a> {
    what: String,
    command: Box<dyn Fn() -> Command + 'a>,
}

/// What its runs took.
pub(crate) struct Took {
    pub(crate) wall: Times,
    /// The mean of each batch.
    pub(crate) processor: Times,
}

impl<'a> Program<'a> {
    /// One that is to succeed.
    pub(crate) fn new(what: impl Into<String>, command: impl Fn() -> Command + 'a) -> Self {
        Self {
            what: what.into(),
            command: Box::new(command),
        }
    }

    fn batch(&self) -> Took {
        let before = of_children();
        let once = |_| {
            let mut command = (self.command)();
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let started = Instant::now();
            let status = command.status().unwrap();
            let took = started.elapsed();
            assert!(status.success(), "{command:?}: {status}");
            took
        };
        let wall = Times::new((0..BATCH).map(once).collect());
        let processor = (of_children() - before) / BATCH;
        Took {
            wall,
            processor: Times::new(vec![processor]),
        }
    }
}

/// Runs them in turn, so that other work on the machine hits all of them, and tells what they took.
pub(crate) fn in_turn(report: &mut Report, programs: &[Program<'_>]) -> Vec<Took> {
    let batches: Vec<Vec<Took>> = (0..BATCHES)
        .map(|_| programs.iter().map(Program::batch).collect())
        .collect();
    let took = (0..programs.len()).map(|at| {
        let of_one = || batches.iter().map(|batch| &batch[at]);
        Took {
            wall: Times::of_all(of_one().map(|took| &took.wall)),
            processor: Times::of_all(of_one().map(|took| &took.processor)),
        }
    });
    let took: Vec<Took> = took.collect();
    for (program, took) in programs.iter().zip(&took) {
        report.add(format!("{}, wall", program.what), took.wall.clone());
        let what = format!("{}, processor, means of {BATCH}", program.what);
        report.add(what, took.processor.clone());
    }
    took
}
