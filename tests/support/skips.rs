//! Which tests were skipped, and for which reasons, told in a few lines at the end.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::sync::Mutex;

use crate::tools;

/// The file that several test binaries add to, one line a test: the reason, a tab, the test.
/// `cargo xtask test` sets it, and tells what is in it when all are done.
const FILE: &str = "PORTUNUS_SKIPPED";

/// The skipped tests of this binary.
#[derive(Debug, Default)]
pub(crate) struct Skips {
    tests: Mutex<BTreeMap<String, Vec<String>>>,
}

impl Skips {
    pub(crate) fn add(&self, test: &str, reason: &str) {
        let mut tests = self.tests.lock().unwrap();
        tests
            .entry(reason.to_owned())
            .or_default()
            .push(test.to_owned());
    }

    /// Hands them to whoever tells of all binaries, or tells of them.
    pub(crate) fn report(&self) {
        let tests = self.tests.lock().unwrap();
        match tools::env_var(FILE) {
            Some(path) => {
                let mut lines = String::new();
                for (reason, names) in &*tests {
                    for name in names {
                        lines += &format!("{reason}\t{name}\n");
                    }
                }
                let file = File::options().append(true).create(true).open(&path);
                file.and_then(|mut file| file.write_all(lines.as_bytes()))
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            }
            None => {
                for (reason, names) in &*tests {
                    eprintln!("skipped {}: {reason}", names.len());
                }
            }
        }
    }
}
