use memchr::memchr_iter;

/// Where the lines of a text start, and how many characters stand before each stretch of it: so
/// that thousands of places in one text, or in one line, are found without counting from its start.
///
/// ```
/// use containerd_hosts::Places;
///
/// let text = "server = 1\nca = [é]".as_bytes();
/// assert_eq!(Places::of(text).line_and_column(text, 19), (2, 8));
/// ```
#[derive(Debug, Clone)]
pub struct Places {
    /// Offsets.
    line_starts: Vec<usize>,
    counts: Vec<usize>,
}

/// In bytes.
const STRETCH: usize = 1024;

impl Places {
    /// The places of a text.
    pub fn of(text: &[u8]) -> Self {
        let breaks = memchr_iter(b'\n', text);
        // To count them costs less than to make room again and again.
        let mut line_starts = Vec::with_capacity(1 + breaks.clone().count());
        line_starts.push(0);
        line_starts.extend(breaks.map(|index| index + 1));
        let counts = text.chunks(STRETCH).scan(0, |count, stretch| {
            let before = *count;
            *count += characters(stretch);
            Some(before)
        });
        Self {
            line_starts,
            counts: counts.collect(),
        }
    }

    /// Line and column of an offset in that same text, counted from 1; the column in characters. An
    /// offset behind the text is its end.
    pub fn line_and_column(&self, text: &[u8], at: usize) -> (usize, usize) {
        let at = at.min(text.len());
        let line = self.line(at);
        let start = self.line_starts[line - 1];
        let before = match at - start {
            0..STRETCH => characters(&text[start..at]),
            _ => self.before(text, at) - self.before(text, start),
        };
        (line, 1 + before)
    }

    /// Where the line of an offset starts and ends.
    pub(crate) fn line_at(&self, text: &[u8], at: usize) -> std::ops::Range<usize> {
        let line = self.line(at);
        let end = self
            .line_starts
            .get(line)
            .map_or(text.len(), |next| next - 1);
        self.line_starts[line - 1]..end
    }

    fn line(&self, at: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= at)
    }

    /// How many characters begin before an offset.
    fn before(&self, text: &[u8], at: usize) -> usize {
        let stretch = (at / STRETCH).min(self.counts.len().saturating_sub(1));
        let before = self.counts.get(stretch).copied().unwrap_or_default();
        before + characters(&text[stretch * STRETCH..at])
    }
}

/// How many begin there. Places that are told are at or before the first byte that is no UTF-8.
/// Summed up in single bytes, many are counted at a time.
fn characters(bytes: &[u8]) -> usize {
    let begins = |byte: &u8| u8::from(byte & 0b1100_0000 != 0b1000_0000);
    let of_part = |part: &[u8]| part.iter().map(begins).sum::<u8>();
    let parts = bytes.chunks(u8::MAX.into());
    parts.map(|part| usize::from(of_part(part))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_counted_in_characters_however_long_the_line() {
        let text = format!("a = 1\nb = \"{}\"", "é€😀".repeat(1000));
        let places = Places::of(text.as_bytes());
        for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let before = &text[..at];
            let start = before.rfind('\n').map_or(0, |end| end + 1);
            let expected = (
                1 + before.matches('\n').count(),
                1 + before[start..].chars().count(),
            );
            assert_eq!(
                places.line_and_column(text.as_bytes(), at),
                expected,
                "{at}"
            );
        }
        assert_eq!(Places::of(b"").line_and_column(b"", 7), (1, 1));
    }
}
