/// Bytes of one kind.
pub(crate) struct ByteSet([bool; 256]);

impl ByteSet {
    /// Letters and digits of ASCII.
    pub(crate) const ALPHANUMERIC: Self = Self::between(b'0', b'9')
        .and_between(b'A', b'Z')
        .and_between(b'a', b'z');

    /// From the first to the last.
    pub(crate) const fn between(first: u8, last: u8) -> Self {
        Self([false; 256]).and_between(first, last)
    }

    /// Also those.
    pub(crate) const fn and_between(mut self, first: u8, last: u8) -> Self {
        let mut byte = first as usize;
        while byte <= last as usize {
            self.0[byte] = true;
            byte += 1;
        }
        self
    }

    /// Also each of those.
    pub(crate) const fn with(self, bytes: &[u8]) -> Self {
        self.set(bytes, true)
    }

    /// None of those.
    pub(crate) const fn without(self, bytes: &[u8]) -> Self {
        self.set(bytes, false)
    }

    const fn set(mut self, bytes: &[u8], is_held: bool) -> Self {
        let mut at = 0;
        while at < bytes.len() {
            self.0[bytes[at] as usize] = is_held;
            at += 1;
        }
        self
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
