/// A piece of TOML 1.1 that go-toml before 2.4, and so containerd up to 2.3, refuses together
/// with the whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::hosts) struct NewSyntax {
    /// Offset in the file.
    pub(in crate::hosts) at: usize,
    /// What it is, for messages.
    pub(in crate::hosts) what: &'static str,
}

/// The escape in a basic string, quotes included, that TOML 1.0 does not have.
pub(super) fn new_escape(raw: &str) -> Option<&'static str> {
    let mut characters = raw.chars();
    while let Some(character) = characters.next() {
        if character == '\\' {
            match characters.next() {
                Some('x') => return Some("the escape `\\x` in a string"),
                Some('e') => return Some("the escape `\\e` in a string"),
                _ => {}
            }
        }
    }
    None
}
