//! Counts beside those of the file.

use std::collections::BTreeMap;
use std::path::Path;

use allocation_counter::{AllocationInfo, measure};

/// In percent of what the file says.
const MOST: u64 = 110;

/// The counts of one section of the file, by what was counted.
#[derive(Default)]
pub(crate) struct Counted(BTreeMap<String, u64>);

impl Counted {
    /// Notes one count.
    pub(crate) fn add(&mut self, what: impl Into<String>, count: u64) {
        self.0.insert(what.into(), count);
    }

    /// Notes what something allocates when it is run again and again.
    pub(crate) fn allocations<T>(&mut self, what: &str, run: impl Fn() -> T) {
        drop(run());
        let info = allocated(&run);
        self.add(format!("{what}: allocations"), info.count_total);
        self.add(format!("{what}: bytes"), info.bytes_total);
    }

    /// Notes what reading a file of so many bytes allocates, in percent of them.
    pub(crate) fn load<T>(&mut self, what: &str, file: u64, load: impl Fn() -> T) {
        let info = allocated(&load);
        self.add(
            format!("{what}: bytes allocated, in percent of the file"),
            info.bytes_total * 100 / file,
        );
        self.add(
            format!("{what}: bytes held at most, in percent of the file"),
            info.bytes_max * 100 / file,
        );
    }

    /// Compares with a section of `tests/counts.toml`, which names just these.
    pub(crate) fn hold(self, section: &str) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../counts.toml");
        let text = std::fs::read_to_string(file).unwrap();
        let mut sections: BTreeMap<String, BTreeMap<String, u64>> = toml::from_str(&text).unwrap();
        let held = sections.remove(section).unwrap_or_default();
        let now: Vec<String> = self
            .0
            .iter()
            .map(|(it, n)| format!("{it:?} = {n}"))
            .collect();
        let now = format!("now:\n[{section}]\n{}", now.join("\n"));
        println!("{now}");
        assert!(held.keys().eq(self.0.keys()), "not what is counted; {now}");
        for (what, count) in &self.0 {
            let most = held[what] * MOST / 100;
            assert!(*count <= most, "{what}: {count}, {most} at most; {now}");
        }
    }
}

fn allocated<T>(run: impl Fn() -> T) -> AllocationInfo {
    let mut made = None;
    let info = measure(|| made = Some(run()));
    drop(made);
    info
}
