//! Reads where this machine takes its Debian packages from.

use std::fs;
use std::path::Path;

/// One entry of the machine's apt sources that offers the main part of a release.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Source {
    uris: String,
    suites: Vec<String>,
    components: Vec<String>,
    /// A path or a key block, as written, or `None`.
    signed_by: Option<String>,
    trusted: bool,
}

impl Source {
    /// The release this machine runs.
    pub(crate) fn own_suite(&self) -> &str {
        self.suites.first().map_or("", String::as_str)
    }

    /// The same mirror with other releases, as a file for `sources.list.d/*.sources`.
    pub(crate) fn with_suites(&self, suites: &[&str]) -> String {
        let Self {
            uris,
            suites: _,
            components: _,
            signed_by,
            trusted,
        } = self;
        let mut text = String::new();
        for suite in suites {
            text += &format!("Types: deb\nURIs: {uris}\nSuites: {suite}\nComponents: main\n");
            if let Some(key) = signed_by {
                text += &format!("Signed-By: {key}\n");
            }
            if *trusted {
                text += "Trusted: yes\n";
            }
            text.push('\n');
        }
        text
    }

    fn is_a_release(&self) -> bool {
        let add_on = |suite: &String| suite.contains('-') || suite.contains('/');
        self.components.iter().any(|component| component == "main")
            && self.suites.first().is_some_and(|suite| !add_on(suite))
    }
}

/// The source of the machine's own release: `codename` where it is listed, else the first one.
pub(crate) fn of_machine(apt: &Path, codename: &str) -> Option<Source> {
    let mut files = vec![apt.join("sources.list")];
    if let Ok(folder) = fs::read_dir(apt.join("sources.list.d")) {
        let mut more: Vec<_> = folder.flatten().map(|entry| entry.path()).collect();
        more.sort();
        files.append(&mut more);
    }
    let mut sources = Vec::new();
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("list") => sources.extend(text.lines().filter_map(parse_line)),
            Some("sources") => sources.extend(parse_stanzas(&text)),
            _ => {}
        }
    }
    sources.retain(Source::is_a_release);
    let own = sources
        .iter()
        .position(|source| source.own_suite() == codename)
        .unwrap_or(0);
    sources.into_iter().nth(own)
}

/// `deb [signed-by=… trusted=yes] URI SUITE COMPONENT…`
fn parse_line(line: &str) -> Option<Source> {
    let rest = line.trim().strip_prefix("deb")?;
    let rest = rest.strip_prefix([' ', '\t'])?.trim_start();
    let (options, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", rest),
    };
    let rest = rest.split('#').next()?;
    let mut words = rest.split_whitespace().map(str::to_owned);
    let option = |name: &str| {
        options
            .split_whitespace()
            .find_map(|option| option.strip_prefix(name)?.strip_prefix('='))
    };
    Some(Source {
        uris: words.next()?,
        suites: vec![words.next()?],
        components: words.collect(),
        signed_by: option("signed-by").map(str::to_owned),
        trusted: option("trusted") == Some("yes"),
    })
}

/// The format of `*.sources`: stanzas of `Field: value`, continued on lines that begin with a space.
fn parse_stanzas(text: &str) -> Vec<Source> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    lines
        .split(|line| line.trim().is_empty())
        .filter_map(parse_stanza)
        .collect()
}

fn parse_stanza(lines: &[&str]) -> Option<Source> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in lines {
        if line.starts_with([' ', '\t']) {
            let (_, value) = fields.last_mut()?;
            *value += &format!("\n{line}");
        } else {
            let (name, value) = line.split_once(':')?;
            fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let field = |name: &str| {
        fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value)
    };
    let words = |name: &str| -> Option<Vec<String>> {
        Some(field(name)?.split_whitespace().map(str::to_owned).collect())
    };
    let binary = words("types")?.iter().any(|kind| kind == "deb");
    let enabled = field("enabled").is_none_or(|value| value != "no");
    (binary && enabled).then_some(())?;
    Some(Source {
        uris: words("uris")?.join(" "),
        suites: words("suites")?,
        components: words("components")?,
        signed_by: field("signed-by").cloned(),
        trusted: field("trusted").is_some_and(|value| value == "yes"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_is_taken_from_either_format_with_its_key() {
        let line = "deb [arch=amd64 signed-by=/keys/a.gpg] http://mirror.test/debian bookworm main contrib # ours";
        let stanza = "# ours\nTypes: deb deb-src\nURIs: http://mirror.test/debian\nSuites: bookworm bookworm-updates\n\
                      Components: main contrib\nSigned-By: /keys/a.gpg\n";
        let expected = "Types: deb\nURIs: http://mirror.test/debian\nSuites: forky\nComponents: main\n\
                        Signed-By: /keys/a.gpg\n\n";
        for source in [parse_line(line).unwrap(), parse_stanzas(stanza).remove(0)] {
            assert!(source.is_a_release());
            assert_eq!(source.own_suite(), "bookworm");
            assert_eq!(source.with_suites(&["forky"]), expected);
        }
    }

    #[test]
    fn a_key_block_is_carried_over_whole() {
        let stanza = "Types: deb\nURIs: http://m.test\nSuites: sid\nComponents: main\n\
                      Signed-By:\n -----BEGIN-----\n .\n abc\n";
        let text = parse_stanzas(stanza)[0].with_suites(&["forky"]);
        assert!(
            text.ends_with("Signed-By: \n -----BEGIN-----\n .\n abc\n\n"),
            "{text}"
        );
    }

    #[test]
    fn what_does_not_offer_a_release_is_passed_over() {
        for text in [
            "Types: deb-src\nURIs: http://m.test\nSuites: bookworm\nComponents: main\n",
            "Enabled: no\nTypes: deb\nURIs: http://m.test\nSuites: bookworm\nComponents: main\n",
        ] {
            assert_eq!(parse_stanzas(text), [], "{text}");
        }
        for line in [
            "deb http://m.test bookworm-security main",
            "deb http://m.test cloud other",
        ] {
            assert!(!parse_line(line).unwrap().is_a_release(), "{line}");
        }
        assert_eq!(parse_line("deb-src http://m.test bookworm main"), None);
        assert_eq!(parse_line("# deb http://m.test bookworm main"), None);
    }
}
