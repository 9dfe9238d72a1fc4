//! What was skipped, in a few lines.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Tells how many tests were skipped for each reason, from the file to which each test binary has
/// added lines of a reason, a tab and a test.
pub(crate) fn tell(file: &Path) {
    // No file where no test was skipped.
    let text = fs::read_to_string(file).unwrap_or_default();
    let groups = group(&text);
    if groups.is_empty() {
        eprintln!("no test was skipped");
    }
    for (reason, tests) in groups {
        eprintln!("skipped {tests}: {reason}");
    }
}

fn group(text: &str) -> BTreeMap<&str, usize> {
    let mut groups = BTreeMap::new();
    for (reason, _test) in text.lines().filter_map(|line| line.split_once('\t')) {
        *groups.entry(reason).or_insert(0) += 1;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skipped_tests_are_told_by_reason() {
        let text = "no root\ta\nno nginx\tb\nno root\tc\n";
        let groups: Vec<_> = group(text).into_iter().collect();
        assert_eq!(groups, [("no nginx", 1), ("no root", 2)]);
    }
}
