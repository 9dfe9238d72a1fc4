use std::collections::{BTreeSet, HashMap};

use crate::name::{Authority, HostPattern};

/// Globs over hosts, the first of which answers for a host, found without a look at each: by how a
/// host has to begin and to end. Globs with two stars that begin and end alike are compared one by one.
#[derive(Debug, Default)]
pub(crate) struct GlobIndex {
    /// The numbers of the globs, in their order, by their texts before the first star and after the
    /// last one.
    by_ends: HashMap<(String, String), Vec<usize>>,
    /// How long these texts are, in bytes.
    lengths: BTreeSet<(usize, usize)>,
    globs: Vec<HostPattern>,
}

impl GlobIndex {
    /// Those globs, the best first.
    pub(crate) fn new(globs: impl IntoIterator<Item = HostPattern>) -> Self {
        let mut index = Self::default();
        for (number, glob) in globs.into_iter().enumerate() {
            let (start, end) = glob.ends();
            index.lengths.insert((start.len(), end.len()));
            let ends = (start.to_owned(), end.to_owned());
            index.by_ends.entry(ends).or_default().push(number);
            index.globs.push(glob);
        }
        index
    }

    /// The number of the first that covers a host.
    pub(crate) fn first(&self, host: &Authority) -> Option<usize> {
        let name = host.host();
        let ends = self.lengths.iter().filter_map(|&(start, end)| {
            let end = name.len().checked_sub(end)?;
            Some((name.get(..start)?.to_owned(), name.get(end..)?.to_owned()))
        });
        let alike = ends.filter_map(|ends| self.by_ends.get(&ends));
        let firsts = alike.filter_map(|numbers| {
            let mut numbers = numbers.iter();
            numbers.find(|&&number| self.globs[number].covers(host))
        });
        firsts.min().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(globs: &[&str], host: &str) -> Option<usize> {
        let globs = globs.iter().map(|glob| HostPattern::parse(glob).unwrap());
        GlobIndex::new(globs).first(&host.parse().unwrap())
    }

    #[test]
    fn the_first_that_covers_a_host_is_found_wherever_its_stars_are() {
        let globs = [
            "*.reg.test",
            "a*.reg.test",
            "*.reg.test:5000",
            "reg-*.test",
            "r*g-*x.test",
            "1.*.ecr.*.test",
            "*",
        ];
        for (host, found) in [
            ("a.reg.test", Some(0)),
            ("a.b.reg.test", None),
            ("a.reg.test:5000", Some(2)),
            ("reg-7.test", Some(3)),
            ("rg-ax.test", Some(4)),
            ("1.dkr.ecr.eu.test", Some(5)),
            ("2.dkr.ecr.eu.test", None),
            ("reg", Some(6)),
        ] {
            assert_eq!(first(&globs, host), found, "{host}");
        }
        assert_eq!(first(&["a*.reg.test", "*.reg.test"], "a.reg.test"), Some(0));
    }
}
