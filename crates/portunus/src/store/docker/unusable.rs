//! What stands in a file in docker's format and answers for nobody: why, in words.

use std::borrow::Cow;

use super::auth;
use super::key::{NERDCTL, url_host, without_scheme};
use crate::name::{Authority, Repository};
use crate::store::json::{Document, Member, Object};

/// The longest key that is shown, in characters.
const LONGEST: usize = 200;

/// Something in the file that is passed over.
#[derive(Debug)]
pub(super) struct Unusable {
    /// Its offset in the text.
    pub(super) at: usize,
    /// What it is, and why.
    pub(super) problem: String,
}

impl Unusable {
    /// Something at that offset: the key as text, and behind it what is wrong.
    pub(super) fn new(at: usize, key: &str, problem: &str) -> Self {
        let problem = format!("`{}` {problem}", shown(key));
        Self { at, problem }
    }

    /// A key of `auths` that answers for no host.
    pub(super) fn key(at: usize, key: &str, why: &str) -> Self {
        Self::new(at, key, &format!("is used for no host: {why}"))
    }
}

/// Entries that stand beside `auths`, where no program looks for any.
pub(super) fn find_stray(document: &Document<'_>, root: &Object<'_>) -> Vec<Unusable> {
    let problem = match root.named_in_any_case("auths").next() {
        Some(_) => "is not read: it stands outside of `auths`",
        None => "is not read: there is no `auths` in this file, in which it would have to stand",
    };
    let holds_credential = |member: &Member<'_>| {
        let object = document.object(member, "the entry");
        object.is_ok_and(|object| object.members().any(|it| auth::is_field(&it.name())))
    };
    let beside = root.members();
    let beside = beside.filter(|member| !member.name().eq_ignore_ascii_case("auths"));
    let stray = beside.filter(holds_credential);
    stray
        .map(|member| Unusable::new(member.name_place().start, &member.name(), problem))
        .collect()
}

/// Names beside `auths` that are meant for those of helpers, and that docker does not know.
pub(super) fn find_misspelt(root: &Object<'_>) -> Vec<Unusable> {
    const MEANT: [(&str, &[&str]); 3] = [
        ("auths", &["auth", "authes", "authentications"]),
        (
            "credsStore",
            &[
                "credstore",
                "credsstores",
                "credentialstore",
                "credentialsstore",
                "credsstor",
            ],
        ),
        (
            "credHelpers",
            &[
                "credhelper",
                "credshelper",
                "credshelpers",
                "credentialhelpers",
                "credentialhelper",
            ],
        ),
    ];
    let meant = |name: &str| {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        let name: String = letters.map(|c| c.to_ascii_lowercase()).collect();
        let mut known = MEANT.iter();
        known.find_map(|(known, typed)| typed.contains(&&*name).then_some(*known))
    };
    let found = root.members().filter_map(|member| {
        let problem = format!("is not read: did you mean `{}`?", meant(&member.name())?);
        let at = member.name_place().start;
        Some(Unusable::new(at, &member.name(), &problem))
    });
    found.collect()
}

/// Why a key names no host of which docker or containers/image would think.
pub(super) fn why_no_host(text: &str) -> &'static str {
    if text.starts_with(NERDCTL) {
        return "it is not what nerdctl writes";
    }
    if text.contains('*') {
        return "docker knows no globs";
    }
    let (is_url, rest) = without_scheme(text);
    if let Some((_, query)) = rest.split_once('?') {
        return match query.starts_with("ns=") {
            true => "it names no host, or no registry namespace",
            false => "of queries only `?ns=` is known",
        };
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = match is_url {
        true => Cow::Owned(url_host(host)),
        false => Cow::Borrowed(host),
    };
    if Authority::parse(&host).is_err() {
        return "it names none";
    }
    match Repository::new(path.trim_end_matches('/')) {
        Err(_) => "its path is no repository, which has neither tag nor digest",
        Ok(_) if is_url => {
            "docker takes a URL with a path for none; without `https://` the path is that of a repository"
        }
        Ok(_) => "its path ends with a slash",
    }
}

/// The key without user information, which may be a secret.
pub(super) fn shown(text: &str) -> String {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    let rest = match rest.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => rest.to_owned(),
    };
    (scheme + &rest).chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_that_answers_for_nobody_has_its_reason() {
        for (key, reason) in [
            ("https://reg.test/team/app", "a URL with a path"),
            ("https://u:canary-9@reg.test:/team", "a URL with a path"),
            ("u@reg.test/team", "names none"),
            ("reg.test/team/app:v1", "neither tag nor digest"),
            ("reg.test?x=1", "only `?ns=`"),
            ("mirror.test?ns=a b", "no registry namespace"),
            ("*.reg.test", "no globs"),
            ("nerdctl-experimental://x", "what nerdctl writes"),
            ("", "names none"),
        ] {
            let problem = Unusable::key(0, key, why_no_host(key)).problem;
            assert!(problem.contains(reason), "{problem}");
        }
        let key = "https://u:canary-9@reg.test/team";
        let problem = Unusable::key(0, key, why_no_host(key)).problem;
        assert!(problem.contains("https://…@reg.test/team"), "{problem}");
    }
}
