use std::collections::HashMap;

/// Of the names of schemes, those that are told, and how much of each, in characters.
const MOST_NAMES: usize = 4;
const LONGEST_NAME: usize = 20;

/// One challenge of a `WWW-Authenticate` header.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Challenge {
    /// How the server wants to be answered.
    pub scheme: Scheme,
    parameters: Vec<(String, Vec<u8>)>,
    /// Where each name stands among the parameters: a header may hold thousands.
    positions: HashMap<String, usize>,
}

/// The schemes that are understood, in the order they are preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// A token from a realm.
    Bearer,
    /// Understood by containerd's parser, answered by nobody.
    Digest,
    /// Username and password.
    Basic,
}

impl Challenge {
    /// Reads the values of all `WWW-Authenticate` headers, best scheme first. Unknown schemes
    /// are passed over.
    ///
    /// One challenge is read as containerd reads it (`core/remotes/docker/auth/parse.go`).
    /// Unlike there, every challenge of a line counts, and blanks around `=` do no harm.
    pub fn parse_all<'a>(headers: impl IntoIterator<Item = &'a [u8]>) -> Vec<Self> {
        let parsed = headers.into_iter().flat_map(parse_line);
        let mut challenges: Vec<Self> = parsed.filter_map(|(_, challenge)| challenge).collect();
        challenges.sort_by_key(|challenge| challenge.scheme);
        challenges
    }

    /// The names of all schemes in them, known or not, each once, and no more than a few.
    pub(crate) fn scheme_names<'a>(headers: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (name, _) in headers.into_iter().flat_map(parse_line) {
            let name: String = name.chars().take(LONGEST_NAME).collect();
            if names.len() < MOST_NAMES && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The value of a parameter, by its name in lower case.
    pub fn parameter(&self, name: &str) -> Option<&[u8]> {
        let at = self.positions.get(name)?;
        Some(self.parameters[*at].1.as_slice())
    }

    /// Names in lower case and values, in the order they were written.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// A parameter that stands twice: the last one counts.
    fn set(&mut self, name: &str, value: Vec<u8>) {
        let name = name.to_ascii_lowercase();
        match self.positions.get(&name) {
            Some(at) => self.parameters[*at].1 = value,
            None => {
                self.positions.insert(name.clone(), self.parameters.len());
                self.parameters.push((name, value));
            }
        }
    }
}

impl Scheme {
    fn from_name(name: &str) -> Option<Self> {
        let schemes = [
            ("bearer", Self::Bearer),
            ("digest", Self::Digest),
            ("basic", Self::Basic),
        ];
        let found = schemes
            .into_iter()
            .find(|(known, _)| name.eq_ignore_ascii_case(known));
        found.map(|(_, scheme)| scheme)
    }
}

/// The challenges of a line, by the names of their schemes; without one where that is not known.
fn parse_line(line: &[u8]) -> Vec<(&str, Option<Challenge>)> {
    let mut challenges = Vec::new();
    let mut scanner = Scanner(line);
    let mut next_scheme = scanner.token();
    while !next_scheme.is_empty() {
        let mut challenge = Scheme::from_name(next_scheme).map(|scheme| Challenge {
            scheme,
            parameters: Vec::new(),
            positions: HashMap::new(),
        });
        let name = next_scheme;
        next_scheme = parse_parameters(&mut scanner, challenge.as_mut());
        challenges.push((name, challenge));
    }
    challenges
}

/// Reads up to the next scheme, and gives its name; empty: nothing more can be read.
fn parse_parameters<'a>(
    scanner: &mut Scanner<'a>,
    mut challenge: Option<&mut Challenge>,
) -> &'a str {
    let mut first = true;
    loop {
        scanner.skip_blanks();
        let name = scanner.token();
        if name.is_empty() {
            // An empty element: what follows belongs to no challenge until a scheme is named.
            challenge = None;
        } else if scanner.equals() {
            let value = scanner.token_or_quoted();
            if let Some(challenge) = challenge.as_mut() {
                challenge.set(name, value);
            }
            if first && scanner.skip_token68() {
                challenge = None;
            }
        } else if first {
            scanner.skip_token68();
            challenge = None;
        } else if scanner.ends_scheme() {
            return name;
        }
        first = false;
        scanner.skip_blanks();
        if !scanner.eat(b',') {
            return "";
        }
    }
}

struct Scanner<'a>(&'a [u8]);

impl<'a> Scanner<'a> {
    fn skip_blanks(&mut self) {
        self.take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    }

    fn token(&mut self) -> &'a str {
        let token = self.take_while(|byte| {
            matches!(byte, b'!'..=b'~') && !b"\"(),/:;<=>?@[]\\{}".contains(&byte)
        });
        // Only ASCII was taken.
        std::str::from_utf8(token).unwrap_or_default()
    }

    /// Skips what only a token68 (`dTpw==`) holds beyond a token; tells whether there was any.
    fn skip_token68(&mut self) -> bool {
        let more = self.take_while(|byte| {
            matches!(byte, b'+' | b'/' | b'=' | b'-' | b'.' | b'_' | b'~')
                || byte.is_ascii_alphanumeric()
        });
        !more.is_empty()
    }

    fn equals(&mut self) -> bool {
        let before = self.0;
        self.skip_blanks();
        if self.eat(b'=') {
            self.skip_blanks();
            return true;
        }
        self.0 = before;
        false
    }

    fn ends_scheme(&self) -> bool {
        matches!(self.0.first(), None | Some(b' ' | b'\t' | b','))
    }

    /// A value that is not closed is empty, and nothing follows it.
    fn token_or_quoted(&mut self) -> Vec<u8> {
        if !self.eat(b'"') {
            return self.token().as_bytes().to_vec();
        }
        let mut value = Vec::new();
        let mut escaped = false;
        while let [byte, rest @ ..] = self.0 {
            self.0 = rest;
            match byte {
                _ if escaped => {
                    escaped = false;
                    value.push(*byte);
                }
                b'\\' => escaped = true,
                b'"' => return value,
                _ => value.push(*byte),
            }
        }
        Vec::new()
    }

    fn eat(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.0.iter().position(|byte| !wanted(*byte));
        let (taken, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_challenge_of_a_line_is_read() {
        for (line, schemes) in [
            (r#"Negotiate, Bearer realm="t""#, vec![Scheme::Bearer]),
            (r#"NTLM TlRM/abc+d==, Basic realm="r""#, vec![Scheme::Basic]),
            (
                r#"Basic realm="a, Digest b", Bearer realm="t""#,
                vec![Scheme::Bearer, Scheme::Basic],
            ),
            ("Basic, Bearer", vec![Scheme::Bearer, Scheme::Basic]),
            (r#"Basic Bearer realm="t""#, vec![Scheme::Basic]),
        ] {
            let found = Challenge::parse_all([line.as_bytes()]);
            let found: Vec<_> = found.iter().map(|challenge| challenge.scheme).collect();
            assert_eq!(found, schemes, "{line}");
        }
    }

    #[test]
    fn schemes_that_are_not_known_have_their_names() {
        for (lines, names) in [
            (&["Negotiate", "NTLM"][..], &["Negotiate", "NTLM"][..]),
            (&["Negotiate, NTLM TlRM=="], &["Negotiate", "NTLM"]),
            (
                &[r#"AWS4 a="b", Digest realm="r""#, "AWS4"],
                &["AWS4", "Digest"],
            ),
            (&["a", "b", "c", "d", "e"], &["a", "b", "c", "d"]),
            (&[""], &[]),
        ] {
            let lines = lines.iter().map(|line| line.as_bytes());
            assert_eq!(Challenge::scheme_names(lines), names);
        }
    }

    #[test]
    fn a_value_belongs_to_the_challenge_before_it() {
        let line = br#"Basic realm = "r", Bearer realm="t",service="s""#.as_slice();
        let challenges = Challenge::parse_all([line]);
        assert_eq!(challenges[0].parameter("service"), Some(b"s".as_slice()));
        assert_eq!(challenges[1].parameter("realm"), Some(b"r".as_slice()));
        assert_eq!(challenges[1].parameter("service"), None);
    }

    #[test]
    fn thousands_of_parameters_are_read_in_one_pass() {
        let mut line = br#"Bearer realm="t",scope="a""#.to_vec();
        for at in 0..40_000 {
            line.extend_from_slice(format!(",name{at:05}=a").as_bytes());
        }
        line.extend_from_slice(br#",scope="b",service="s""#);
        assert!(line.len() > 400_000);
        let started = std::time::Instant::now();
        let challenges = Challenge::parse_all([line.as_slice()]);
        let elapsed = started.elapsed();
        // In steps of 40,000 times 40,000 it would take minutes, on a busy machine a second is no fault.
        assert!(elapsed < std::time::Duration::from_secs(20), "{elapsed:?}");
        assert_eq!(challenges[0].parameters().count(), 40_003);
        assert_eq!(challenges[0].parameter("realm"), Some(b"t".as_slice()));
        assert_eq!(challenges[0].parameter("scope"), Some(b"b".as_slice()));
        assert_eq!(challenges[0].parameter("service"), Some(b"s".as_slice()));
    }

    #[test]
    fn a_mebibyte_of_nonsense_is_read_in_one_pass() {
        for piece in ["Basic ,", "a=\"", "\\\"", ",", "Bearer a=b,", "=", "é"] {
            let line = piece.repeat((1 << 20) / piece.len());
            Challenge::parse_all([line.as_bytes()]);
        }
    }
}
