//! Whose turn it is: as many tests at a time as there is room for, the long ones first, and those
//! that do little but wait beside the others.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many tests may run at a time.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Of those that work.
    pub working: usize,
    /// Of those that wait, beside the others.
    pub waiting: usize,
}

/// What a test asks of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It waits for some seconds, and hardly uses a processor meanwhile.
    Waits,
    /// It works for some seconds.
    Long,
    /// It is over soon.
    Short,
}

/// The tests of one run, each of which begins when it is its turn.
#[derive(Debug)]
pub struct Turns {
    working: Queue,
    /// Where there is no room beside the others they wait among them.
    waiting: Option<Queue>,
}

impl Turns {
    /// With so much room.
    pub fn new(room: Room) -> Self {
        Self {
            working: Queue::new(room.working),
            waiting: (room.waiting > 0).then(|| Queue::new(room.waiting)),
        }
    }

    /// Takes a place among those that wait for their turn, of whom the one with the lowest number is
    /// next, the long ones before the short.
    pub fn queue(&self, kind: Kind, number: usize) -> Place<'_> {
        let queue = match (&self.waiting, kind) {
            (Some(beside), Kind::Waits) => beside,
            _ => &self.working,
        };
        let (called, call) = mpsc::channel();
        let mut state = queue.state();
        state.places.insert((kind, number), called);
        state.call();
        Place { queue, call }
    }
}

#[derive(Debug)]
struct Queue(Mutex<State>);

#[derive(Debug)]
struct State {
    free: usize,
    places: BTreeMap<(Kind, usize), Sender<()>>,
}

/// The place of a test that waits for its turn.
#[derive(Debug)]
pub struct Place<'a> {
    queue: &'a Queue,
    call: Receiver<()>,
}

impl<'a> Place<'a> {
    /// Comes back when it is this one's turn.
    pub fn wait(self) -> Turn<'a> {
        self.call.recv().expect("called before it is forgotten");
        Turn(self.queue)
    }
}

/// A test's turn, until it is dropped.
#[derive(Debug)]
pub struct Turn<'a>(&'a Queue);

impl Queue {
    fn new(free: usize) -> Self {
        let places = BTreeMap::new();
        Self(Mutex::new(State { free, places }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn call(&mut self) {
        while self.free > 0 {
            let Some((_, next)) = self.places.pop_first() else {
                return;
            };
            self.free -= usize::from(next.send(()).is_ok());
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.free += 1;
        state.call();
    }
}
