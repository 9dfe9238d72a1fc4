//! The registry `reg.corp.test` and its realm, as most tests have them.

use super::{Net, Reply, Seen, World, challenge, json, status};

pub(crate) const PASSWORD: &str = "canary-7c1f";
pub(crate) const HEADER: &str = "canary-header-55";
pub(crate) const REALM: &str = "https://auth.corp.test";

pub(crate) fn with_password() -> World {
    World::plain().with_password("reg.corp.test", "alice", PASSWORD)
}

/// A registry that wants a password, and takes any.
pub(crate) fn basic(seen: &Seen) -> Reply {
    match seen.basic() {
        Some(_) => status(200),
        None => challenge("Basic realm=\"r\""),
    }
}

/// A registry whose realm is `auth.corp.test`, and which lets tokens in that `good` likes.
pub(crate) fn registry(
    more: &'static str,
    good: impl Fn(&str) -> bool + Send + Sync + 'static,
    realm: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> Net {
    Net::default()
        .with("https://reg.corp.test", move |seen| match seen.bearer() {
            Some(token) if good(token) => status(200),
            _ => challenge(&format!(
                "Bearer realm=\"{REALM}/token\",service=\"svc\"{more}"
            )),
        })
        .with(REALM, realm)
}

pub(crate) fn token_of(seen: &Seen) -> Reply {
    let login = seen.basic().unwrap_or_default();
    json(&format!("{{\"token\":\"of {login}\"}}"))
}

/// The scopes that the realm was asked for, in the order of the requests.
pub(crate) fn scopes(net: &Net) -> Vec<String> {
    net.at(REALM)
        .iter()
        .map(|seen| seen.query("scope").join(" "))
        .collect()
}
