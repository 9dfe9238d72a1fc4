use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::signal::{Signal, Ticket};

/// Things that one call at a time may do.
#[derive(Debug)]
pub(super) struct SingleFlight<K>(Mutex<Vec<(K, Signal)>>);

/// Leave to do one of them, until it is dropped.
#[derive(Debug)]
pub(super) struct Flight<K: PartialEq> {
    flights: Arc<SingleFlight<K>>,
    signal: Signal,
}

impl<K> Default for SingleFlight<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq + Clone> SingleFlight<K> {
    /// The flight, or whom to wait for.
    pub(super) fn take(self: &Arc<Self>, key: &K) -> Result<Flight<K>, Ticket> {
        let mut taken = self.lock();
        if let Some((_, signal)) = taken.iter().find(|(held, _)| held == key) {
            return Err(signal.ticket());
        }
        let signal = Signal::default();
        taken.push((key.clone(), signal.clone()));
        Ok(Flight {
            flights: Arc::clone(self),
            signal,
        })
    }
}

impl<K> SingleFlight<K> {
    fn lock(&self) -> MutexGuard<'_, Vec<(K, Signal)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: PartialEq> Drop for Flight<K> {
    fn drop(&mut self) {
        self.flights
            .lock()
            .retain(|(_, signal)| !signal.is(&self.signal));
        self.signal.ring();
    }
}
