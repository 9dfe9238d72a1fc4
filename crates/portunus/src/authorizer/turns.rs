use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Ticket;
use super::signal::Signal;

/// Things that one call at a time may do.
#[derive(Debug)]
pub(super) struct Turns<K>(Mutex<Vec<(K, Signal)>>);

/// Leave to do one of them, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn<K: PartialEq> {
    turns: Arc<Turns<K>>,
    signal: Signal,
}

impl<K> Default for Turns<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq + Clone> Turns<K> {
    /// The turn, or whom to wait for.
    pub(super) fn take(self: &Arc<Self>, key: &K) -> Result<Turn<K>, Ticket> {
        let mut taken = self.lock();
        if let Some((_, signal)) = taken.iter().find(|(held, _)| held == key) {
            return Err(signal.ticket());
        }
        let signal = Signal::default();
        taken.push((key.clone(), signal.clone()));
        Ok(Turn {
            turns: Arc::clone(self),
            signal,
        })
    }
}

impl<K> Turns<K> {
    fn lock(&self) -> MutexGuard<'_, Vec<(K, Signal)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: PartialEq> Drop for Turn<K> {
    fn drop(&mut self) {
        self.turns
            .lock()
            .retain(|(_, signal)| !signal.is(&self.signal));
        self.signal.ring();
    }
}
