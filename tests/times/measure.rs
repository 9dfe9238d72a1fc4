use std::thread;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// Batches of which the best counts.
const BATCHES: u32 = 7;
/// What a batch takes at least.
const BATCH: Duration = Duration::from_millis(20);

/// The processor time that one run takes, in microseconds.
pub(crate) fn measure<T>(mut run: impl FnMut() -> T) -> f64 {
    let once = time(1, &mut run);
    let runs = BATCH.as_nanos() / once.as_nanos().max(1);
    let runs = u32::try_from(runs.clamp(1, 100_000)).unwrap();
    let best = (0..BATCHES).map(|_| time(runs, &mut run)).min().unwrap();
    micros(best) / f64::from(runs)
}

/// The same of what is not to be repeated, divided by so many parts.
pub(crate) fn measure_once(parts: u32, run: impl FnOnce()) -> f64 {
    let start = clock(ClockId::ThreadCPUTime);
    run();
    micros(clock(ClockId::ThreadCPUTime).saturating_sub(start)) / f64::from(parts)
}

/// The processor time that one run takes where so many threads do the same, and the time that went by
/// divided by the runs of all of them, in microseconds.
pub(crate) fn measure_in_threads<T>(threads: usize, run: impl Fn() -> T + Sync) -> [f64; 2] {
    const RUNS: usize = 20_000;
    let batch = || {
        let (started, before) = (Instant::now(), clock(ClockId::ProcessCPUTime));
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| (0..RUNS / threads).for_each(|_| drop(std::hint::black_box(run()))));
            }
        });
        let processor = clock(ClockId::ProcessCPUTime).saturating_sub(before);
        [processor, started.elapsed()]
    };
    let batches: Vec<[Duration; 2]> = (0..BATCHES).map(|_| batch()).collect();
    let best = |at: usize| batches.iter().map(|batch| batch[at]).min().unwrap();
    [best(0), best(1)].map(|time| micros(time) / RUNS as f64)
}

fn time<T>(runs: u32, run: &mut impl FnMut() -> T) -> Duration {
    let start = clock(ClockId::ThreadCPUTime);
    for _ in 0..runs {
        std::hint::black_box(run());
    }
    clock(ClockId::ThreadCPUTime).saturating_sub(start)
}

fn clock(of: ClockId) -> Duration {
    clock_gettime(of).try_into().unwrap()
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
