//! Tokens that are over: what a long-lived client still holds of them.

use allocation_counter::measure;

use crate::counted::Counted;
use crate::realm::Realm;

#[support::test]
fn tokens_that_are_over_hold_no_more_memory_than_they_did() {
    let mut counted = Counted::default();
    for repositories in [500, 5_000] {
        let realm = Realm::new();
        let held = measure(|| realm.read_each(repositories)).bytes_current;
        let held = u64::try_from(held).unwrap_or_default();
        counted.add(
            format!("tokens of {repositories} repositories, all over: bytes"),
            held,
        );
    }
    counted.hold("tokens");
}
