/// Bytes of one kind.
pub(crate) struct ByteSet([bool; 256]);

impl ByteSet {
    /// From the first to the last of each of these pairs.
    pub(crate) const fn of(ranges: &[(u8, u8)]) -> Self {
        let mut held = [false; 256];
        let mut at = 0;
        while at < ranges.len() {
            let (first, last) = ranges[at];
            let mut byte = first as usize;
            while byte <= last as usize {
                held[byte] = true;
                byte += 1;
            }
            at += 1;
        }
        Self(held)
    }

    pub(crate) fn holds(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }

    /// Whether it holds each byte of a text. It does not end at the first that it does not hold: in short
    /// texts that takes longer.
    pub(crate) fn holds_all(&self, text: &str) -> bool {
        text.bytes()
            .fold(true, |so_far, byte| so_far & self.holds(byte))
    }
}
