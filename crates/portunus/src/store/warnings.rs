use super::error::{SourceError, SourceErrorKind};
use super::source_label::SourceLabel;

/// How much of what is wrong in one file is told. Nobody reads more, and a file may come from
/// somebody who wants it to be read.
const MOST: usize = 100;

/// What is wrong with entries of a file, the others of which are good.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    told: Vec<SourceError>,
    more: usize,
    /// Whether one of those that are not told could not be read.
    broken: bool,
}

impl Warnings {
    /// Adds one; `tell` is not asked for what nobody is told.
    pub(crate) fn add(&mut self, kind: SourceErrorKind, tell: impl FnOnce() -> SourceError) {
        match self.told.len() < MOST {
            true => self.told.push(tell().with_kind(kind)),
            false => self.add_untold(kind, 1),
        }
    }

    /// The first that was added.
    pub(crate) fn first(&self) -> Option<&SourceError> {
        self.told.first()
    }

    /// Adds so many that nobody is told one by one.
    pub(crate) fn add_untold(&mut self, kind: SourceErrorKind, more: usize) {
        self.more += more;
        self.broken |= more > 0 && kind == SourceErrorKind::Broken;
    }

    /// Them all, with how many are not told.
    pub(crate) fn into_list(mut self, label: &SourceLabel) -> Vec<SourceError> {
        if self.more > 0 {
            let kind = match self.broken {
                true => SourceErrorKind::Broken,
                false => SourceErrorKind::Unusable,
            };
            let more = label.error(format!("and {} more", with_commas(self.more)));
            self.told.push(more.with_kind(kind));
        }
        self.told
    }
}

/// `7980` as `7,980`.
fn with_commas(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::source_name::SourceName;

    #[test]
    fn so_many_are_told_and_the_others_counted() {
        let label = SourceLabel::new(SourceName::FILE, "here");
        let mut warnings = Warnings::default();
        for at in 0..8_000 {
            let tell = || label.error(format!("entry {at}"));
            warnings.add(SourceErrorKind::Unusable, tell);
        }
        let list = warnings.into_list(&label);
        assert_eq!(list.len(), 101);
        assert_eq!(list[99].to_string(), "here: entry 99");
        assert_eq!(list[100].to_string(), "here: and 7,900 more");
        assert_eq!(list[100].kind, SourceErrorKind::Unusable);
        let numbers = [1, 999, 1_000, 999_999, 1_234_567].map(with_commas);
        assert_eq!(numbers, ["1", "999", "1,000", "999,999", "1,234,567"]);
    }
}
