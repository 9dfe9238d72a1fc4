//! A wish that the program end, while a daemon works for it.

use std::fs;
use std::future::pending;

use tokio::signal::unix::{SignalKind, signal};

/// Done with Ctrl-C, SIGTERM or SIGHUP. From when it is first asked, these end an operation in order,
/// and not the program: leases and folders are given back.
pub(crate) async fn interrupted() {
    let hangup = async {
        // To listen to it would undo what nohup did.
        match is_ignored(SignalKind::hangup()) {
            true => pending().await,
            false => wait_for(SignalKind::hangup()).await,
        }
    };
    tokio::select! {
        () = wait_for(SignalKind::interrupt()) => {}
        () = wait_for(SignalKind::terminate()) => {}
        () = hangup => {}
    }
}

/// Where the system does not let us listen, the signal does what it does by itself.
async fn wait_for(kind: SignalKind) {
    match signal(kind) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => pending().await,
    }
}

/// Whether this process ignores a signal (`proc_pid_status(5)`). Where the kernel does not tell it
/// is taken to: then the signal does what it would do by itself.
fn is_ignored(kind: SignalKind) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_none_or(|mask| mask >> (kind.as_raw_value() - 1) & 1 == 1)
}
