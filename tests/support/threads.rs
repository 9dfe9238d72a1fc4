//! The threads of a test: what goes wrong in any of them is that test's failure, and none of them
//! keeps the run waiting for ever.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::soak;

/// How long a test may take. The slowest takes a tenth of it on two cores.
const DEADLINE: Duration = Duration::from_secs(300);

const TICK: Duration = Duration::from_secs(1);

/// What became of a test, or the words of the panic that ended it.
pub type Outcome = Result<(), String>;

/// How many tests wait for cargo at this moment, which takes as long as the machine is slow.
static BUILDING: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// Where the test that this thread belongs to is listened to.
    static TEST: RefCell<Option<Sender<Outcome>>> = const { RefCell::new(None) };
}

/// Starts a thread that belongs to the test of the calling thread: a panic in it ends that test at
/// once, with its words, also where the test waits for something that will now never come.
pub fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    let test = TEST.with_borrow(Clone::clone);
    thread::spawn(move || {
        TEST.set(test.clone());
        catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
            if let Some(test) = test {
                // A test that is over has nobody who listens.
                let _ = test.send(Err(words(&*panic)));
            }
            resume_unwind(panic)
        })
    })
}

/// Runs a test in a thread of its own, and gives its first failure, or that it has no end.
pub(crate) fn run_test(name: &str, body: impl FnOnce() + Send + 'static) -> Outcome {
    run_within(name, body, soak::deadline(DEADLINE))
}

/// The same with another deadline.
///
/// # Errors
///
/// The words of the first panic, or that it has not ended.
pub fn run_within(name: &str, body: impl FnOnce() + Send + 'static, deadline: Duration) -> Outcome {
    let (test, outcome) = mpsc::channel();
    let named = thread::Builder::new().name(name.to_owned());
    let started = named.spawn(move || {
        TEST.set(Some(test.clone()));
        let ended = catch_unwind(AssertUnwindSafe(body)).map_err(|panic| words(&*panic));
        let _ = test.send(ended);
    });
    started.map_err(|error| format!("cannot start a thread: {error}"))?;
    first(&outcome, deadline)
}

/// Stops the clocks of all tests for as long as it takes to build something.
pub(crate) fn while_building<T>(build: impl FnOnce() -> T) -> T {
    struct Done;
    impl Drop for Done {
        fn drop(&mut self) {
            BUILDING.fetch_sub(1, Ordering::SeqCst);
        }
    }
    BUILDING.fetch_add(1, Ordering::SeqCst);
    let _done = Done;
    build()
}

/// A thread that does not end cannot be stopped. It ends with the process, and its servers with it.
fn first(outcome: &Receiver<Outcome>, deadline: Duration) -> Outcome {
    let mut waited = Duration::ZERO;
    while waited < deadline {
        let tick = TICK.min(deadline);
        match outcome.recv_timeout(tick) {
            Ok(outcome) => return outcome,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) if BUILDING.load(Ordering::SeqCst) > 0 => {}
            Err(RecvTimeoutError::Timeout) => waited += tick,
        }
    }
    Err(format!("has not ended after {deadline:?}"))
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.map_or_else(
        || "test panicked".to_owned(),
        |text| format!("test panicked: {text}"),
    )
}
