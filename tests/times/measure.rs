use std::time::Duration;

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
    best.as_secs_f64() * 1e6 / f64::from(runs)
}

fn time<T>(runs: u32, run: &mut impl FnMut() -> T) -> Duration {
    let start = on_this_thread();
    for _ in 0..runs {
        std::hint::black_box(run());
    }
    on_this_thread().saturating_sub(start)
}

fn on_this_thread() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}
