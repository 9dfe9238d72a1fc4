//! Tests that `cargo xtask soak` runs for longer than the suite does.

use std::time::Duration;

use crate::tools::env_var;

/// How much longer such a run may take.
const TIMES: u32 = 48;

/// How often a test does what it repeats: `usual` times in the suite, `soaked` in a long run.
pub fn rounds(usual: usize, soaked: usize) -> usize {
    if is_on() { soaked } else { usual }
}

/// Whether this is a long run.
pub fn is_on() -> bool {
    env_var("PORTUNUS_SOAK").is_some_and(|value| value == "1")
}

/// How long a test may take that may take `usual` in the suite.
pub(crate) fn deadline(usual: Duration) -> Duration {
    if is_on() { usual * TIMES } else { usual }
}
