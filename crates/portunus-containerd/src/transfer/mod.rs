//! One run of the transfer service, the same for both directions.

pub(crate) mod deadlines;
pub(crate) mod ended;
pub(crate) mod ends;
pub(crate) mod error;
mod list_turns;
pub(crate) mod observer;
pub(crate) mod progress;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod running;
pub(crate) mod stored;
pub(crate) mod terms;
pub(crate) mod turn;
mod turns;
mod watch;
