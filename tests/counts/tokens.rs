//! Tokens that are over: what a long-lived client still holds of them.

use allocation_counter::measure;

use crate::counted::Counted;
use crate::realm::Realm;

#[support::test]
fn tokens_that_are_over_hold_no_more_memory_than_they_did() {
    let mut counted = Counted::default();
    let realm = Realm::new();
    let held = measure(|| realm.read_each(5_000)).bytes_current;
    // How many of its places a hash map has used up depends on its seed.
    let held = u64::try_from(held).unwrap_or_default().div_ceil(1 << 20);
    counted.add("tokens of 5000 repositories, all over: MiB begun", held);
    counted.hold("tokens");
}
