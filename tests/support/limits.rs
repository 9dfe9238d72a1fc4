//! How many files this process may have open, and how many tests at a time that allows.

use std::num::NonZeroUsize;
use std::thread;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::turns::Room;

/// More are of no use here, and some daemons close every number below the limit when they start.
const ENOUGH: u64 = 65_536;

/// What the hungriest test has open at its most, in connections that stall.
const PER_TEST: u64 = 480;

/// What the process has open besides.
const BESIDES: u64 = 64;

/// How many tests that wait may run beside those that work, for each core.
const WAITING: usize = 2;

/// Raises the soft limit of open files as far as it goes, for us and for what we start, and gives
/// how many tests may run at a time.
pub(crate) fn make_room() -> Room {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.unwrap_or(ENOUGH).min(ENOUGH);
    let open_files = match current {
        Some(current) if current < wanted => {
            let raised = Rlimit {
                current: Some(wanted),
                maximum,
            };
            match setrlimit(Resource::Nofile, raised) {
                Ok(()) => wanted,
                Err(_) => current,
            }
        }
        Some(current) => current,
        None => ENOUGH,
    };
    room(
        open_files,
        thread::available_parallelism().map_or(1, NonZeroUsize::get),
    )
}

fn room(open_files: u64, cores: usize) -> Room {
    let fit = open_files.saturating_sub(BESIDES) / PER_TEST;
    let fit = usize::try_from(fit).unwrap_or(usize::MAX);
    let working = fit.clamp(1, cores);
    Room {
        working,
        waiting: fit.saturating_sub(working).min(WAITING * cores),
    }
}
