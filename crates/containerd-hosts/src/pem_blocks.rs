/// Cuts a PEM text before each line that begins a block. A block that cannot be read then
/// hides none of the others, as in Go (`AppendCertsFromPEM` in `crypto/x509`).
pub fn pem_blocks(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let next = rest.windows(BEGIN.len()).position(|it| it == BEGIN);
        let end = next.map_or(rest.len(), |at| at + 1);
        let (section, more) = rest.split_at(end);
        rest = more;
        Some(section)
    })
}

const BEGIN: &[u8] = b"\n-----BEGIN ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_before_each_begin() {
        for (text, expected) in [
            ("", &[][..]),
            ("a", &["a"]),
            ("-----BEGIN A\nx", &["-----BEGIN A\nx"]),
            (
                "words\n-----BEGIN A\nx\n-----BEGIN B\ny",
                &["words\n", "-----BEGIN A\nx\n", "-----BEGIN B\ny"],
            ),
            ("\n-----BEGIN A", &["\n", "-----BEGIN A"]),
            ("\n\n-----BEGIN A", &["\n\n", "-----BEGIN A"]),
        ] {
            let found: Vec<&[u8]> = pem_blocks(text.as_bytes()).collect();
            let expected: Vec<&[u8]> = expected.iter().map(|it| it.as_bytes()).collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
