use std::fs;

use portunus::resolve::Plan;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::ClientError;

/// A wish that the program end: Ctrl-C, SIGTERM, or SIGHUP. While one of these is there it ends an
/// operation in order, and not the program: leases and folders are given back.
#[derive(Debug)]
pub(super) struct Interrupt {
    interrupt: Signal,
    terminate: Signal,
    /// `None` where the program is to outlive its terminal.
    hangup: Option<Signal>,
}

impl Interrupt {
    /// From now on. Needs a runtime.
    pub(super) fn new() -> Result<Self, ClientError> {
        let hangup = SignalKind::hangup();
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            // To listen to it would undo what nohup did.
            hangup: match is_ignored(hangup) {
                true => None,
                false => Some(signal(hangup)?),
            },
        })
    }

    /// Done when a signal came, also before this was asked.
    pub(super) async fn wait(&mut self) {
        let Self {
            interrupt,
            terminate,
            hangup,
        } = self;
        let hangup = async {
            match hangup {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup => {}
        }
    }

    /// Why an operation failed that was stopped by a signal.
    pub(super) async fn wait_and_fail(&mut self, plan: &Plan) -> ClientError {
        self.wait().await;
        ClientError::Cancelled {
            operation: plan.operation,
            reference: Box::new(plan.reference.clone()),
        }
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
