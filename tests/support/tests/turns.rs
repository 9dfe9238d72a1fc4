//! In which order tests have their turn.

use std::sync::Mutex;
use std::thread;

use support::turns::{Kind, Room, Turns};

#[support::test]
fn the_long_ones_begin_first_and_those_that_wait_take_nobody_s_turn() {
    for (waiting, expected) in [
        (1, ["last of the long", "a", "b", "waits"]),
        (0, ["waits", "last of the long", "a", "b"]),
    ] {
        let turns = Turns::new(Room {
            working: 1,
            waiting,
        });
        let begun = Mutex::new(Vec::new());
        let before = turns.queue(Kind::Short, 0).wait();
        let beside = (waiting > 0).then(|| turns.queue(Kind::Waits, 1).wait());
        let places = [
            ("b", turns.queue(Kind::Short, 4)),
            ("a", turns.queue(Kind::Short, 2)),
            ("waits", turns.queue(Kind::Waits, 5)),
            ("last of the long", turns.queue(Kind::Long, 9)),
        ];
        thread::scope(|scope| {
            let threads = places.map(|(name, place)| {
                let begun = &begun;
                scope.spawn(move || {
                    let _turn = place.wait();
                    begun.lock().unwrap().push(name);
                })
            });
            drop(before);
            let [short, other, waits, long] = threads;
            for working in [short, other, long] {
                working.join().unwrap();
            }
            drop(beside);
            waits.join().unwrap();
        });
        assert_eq!(begun.into_inner().unwrap(), expected);
    }
}
