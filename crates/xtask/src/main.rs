//! Chores of this repository: `cargo xtask tools | test | demo`.
fn main() {}
