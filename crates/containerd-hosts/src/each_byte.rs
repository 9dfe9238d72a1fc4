/// Whether each byte of a text is one of those. It does not end at the first that is not, so that many are
/// looked at in one step.
pub(crate) fn each_byte(text: &str, is_one: impl Fn(u8) -> bool) -> bool {
    text.bytes()
        .fold(true, |so_far, byte| so_far & is_one(byte))
}
