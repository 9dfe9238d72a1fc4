use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Something that happens once, and who waits for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Signal(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Debug, Default)]
struct State {
    over: bool,
    next: u64,
    wakers: BTreeMap<u64, Waker>,
}

/// Another call is finding out what this one needs: whether a login is right, a token, a secret.
///
/// It is over when that call knows, or is dropped; the next step tells which. It is a future, and
/// can be waited for on a thread; never on the one that drives the other call.
#[derive(Debug)]
#[must_use = "the call goes on when the ticket is over"]
pub struct Ticket {
    signal: Signal,
    place: Option<u64>,
}

impl Signal {
    /// Wakes everybody who waits, and all who come later.
    pub(super) fn ring(&self) {
        let wakers = {
            let mut state = self.lock();
            state.over = true;
            std::mem::take(&mut state.wakers)
        };
        self.0.bell.notify_all();
        wakers.into_values().for_each(Waker::wake);
    }

    pub(super) fn ticket(&self) -> Ticket {
        Ticket {
            signal: self.clone(),
            place: None,
        }
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// Blocks until it is over.
    pub fn wait(self) {
        let mut state = self.signal.lock();
        while !state.over {
            let bell = &self.signal.0.bell;
            state = bell.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Future for Ticket {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let ticket = self.get_mut();
        let mut state = ticket.signal.lock();
        if state.over {
            return Poll::Ready(());
        }
        let place = ticket.place.unwrap_or(state.next);
        state.next = state.next.max(place + 1);
        state.wakers.insert(place, context.waker().clone());
        ticket.place = Some(place);
        Poll::Pending
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.signal.lock().wakers.remove(&place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_over_for_threads_and_futures_alike() {
        let signal = Signal::default();
        let (on_thread, early) = (signal.ticket(), signal.ticket());
        let waiting = std::thread::spawn(move || on_thread.wait());
        let mut early = std::pin::pin!(early);
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(early.as_mut().poll(&mut context), Poll::Pending);
        signal.ring();
        assert_eq!(early.as_mut().poll(&mut context), Poll::Ready(()));
        waiting.join().unwrap();
        signal.ticket().wait();
    }

    #[test]
    fn who_waits_no_longer_is_forgotten() {
        let signal = Signal::default();
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..10 {
            let mut ticket = std::pin::pin!(signal.ticket());
            assert_eq!(ticket.as_mut().poll(&mut context), Poll::Pending);
            assert_eq!(ticket.as_mut().poll(&mut context), Poll::Pending);
        }
        assert!(signal.lock().wakers.is_empty());
    }
}
