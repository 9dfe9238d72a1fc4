use portunus::resolve::Plan;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::Exit;
use crate::failure::Failure;

/// Ctrl-C. While one is there the key ends an operation in order, and not the program: leases and
/// folders are given back.
#[derive(Debug)]
pub(super) struct Interrupt {
    signal: Signal,
}

impl Interrupt {
    /// From now on. Needs a runtime.
    pub(super) fn new() -> Result<Self, Failure> {
        let signal = signal(SignalKind::interrupt())?;
        Ok(Self { signal })
    }

    /// Done when the key was pressed, also before this was asked.
    pub(super) async fn pressed(&mut self) {
        self.signal.recv().await;
    }

    /// The failure of an operation that was stopped with the key.
    pub(super) async fn stopped(&mut self, plan: &Plan) -> Failure {
        self.pressed().await;
        let message = format!("{} of {}: cancelled", plan.operation, plan.reference);
        Failure::new(Exit::Failed, message).help("run the same command again")
    }
}
