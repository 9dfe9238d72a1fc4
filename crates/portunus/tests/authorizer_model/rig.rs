//! Hosts and realms that play a model, and who is let in where.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use portunus::authorizer::{Authorizer, Tokens};
use portunus::credential::Credential;
use portunus::resolve::Operation;

use crate::play::{self, IMAGE, Net, Reply, Seen, World, challenge, json, status};

/// How a host wants to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    Nothing,
    Basic,
    /// At its own origin.
    OwnRealm,
    /// At a realm that several hosts share.
    SharedRealm,
    /// At a realm of somebody else.
    ForeignRealm,
}

/// What is stored for a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Login {
    Right,
    Wrong,
    /// Let in, but not to this repository.
    Narrow,
    /// An identity token, which is replaced with each use.
    Identity,
    /// A source that has it no more.
    Gone,
}

#[derive(Debug, Clone)]
pub(crate) struct HostModel {
    pub(crate) asks: Asks,
    pub(crate) logins: Vec<Login>,
}

pub(crate) fn origin(at: usize) -> String {
    format!("https://h{at}.reg.test")
}

pub(crate) fn realm(at: usize, asks: Asks) -> String {
    match asks {
        Asks::SharedRealm => "https://auth.reg.test".to_owned(),
        Asks::ForeignRealm => "https://evil.test".to_owned(),
        _ => origin(at),
    }
}

/// The first is the most specific.
pub(crate) fn key(at: usize, position: usize) -> String {
    let path = ["?path=team/app", "?path=team"][position];
    format!("h{at}.reg.test{path}")
}

/// The secret of a login: wrong ones are the same at all hosts, as people have them.
pub(crate) fn secret(at: usize, login: Login, position: usize) -> String {
    match login {
        Login::Wrong => "canary-wrong".to_owned(),
        _ => format!("canary-{login:?}-{at}-{position}"),
    }
}

/// Who is let in where, and what was seen.
pub(crate) struct Rig {
    pub(crate) net: Net,
    pub(crate) hosts: Vec<Authorizer>,
    _world: World,
}

pub(crate) fn rig(models: &[HostModel], off: bool) -> Rig {
    let mut toml = String::new();
    for at in 0..models.len() {
        toml += &format!("[host.\"{}\"]\n", origin(at));
    }
    let mut world = World::new(&format!("server = \"{}\"\n{toml}", origin(99)));
    for (at, model) in models.iter().enumerate() {
        for (position, login) in model.logins.iter().enumerate() {
            let key = key(at, position);
            let secret = secret(at, *login, position);
            let credential = match login {
                Login::Identity => play::identity(&format!("{secret}-0")),
                Login::Narrow => Credential::password("narrow", secret),
                _ => Credential::password("alice", secret),
            };
            world = world.with_login(&key, &credential, |_| {});
        }
    }
    let prepared = world.prepare(IMAGE, Operation::Pull);
    let tokens = if off { Tokens::off() } else { Tokens::new() };
    let ledger = world.ledger(&prepared).with_tokens(tokens);
    let attempts = prepared.attempts().take(models.len());
    let hosts = attempts.map(|attempt| ledger.host(&attempt)).collect();
    for (at, model) in models.iter().enumerate() {
        for (position, login) in model.logins.iter().enumerate() {
            if *login == Login::Gone {
                let key = key(at, position).parse().unwrap();
                portunus::store::Store::remove(&*world.store, &key).unwrap();
            }
        }
    }
    let rotated: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
    let mut net = Net::default();
    for (at, model) in models.iter().enumerate() {
        let (asks, rotated) = (model.asks, Arc::clone(&rotated));
        net = net.with(&origin(at), move |seen| match seen.url.path() {
            "/token" => give(seen, &rotated),
            _ => answer(seen, asks, &realm(at, asks)),
        });
    }
    for shared in ["https://auth.reg.test", "https://evil.test"] {
        let rotated = Arc::clone(&rotated);
        net = net.with(shared, move |seen| give(seen, &rotated));
    }
    Rig {
        net,
        hosts,
        _world: world,
    }
}

/// A realm: gives nothing to the anonymous.
fn give(seen: &Seen, rotated: &Mutex<BTreeMap<String, usize>>) -> Reply {
    if let Some(token) = seen.form_value("refresh_token") {
        let (base, generation) = token.rsplit_once('-').unwrap();
        let mut rotated = rotated.lock().unwrap();
        let last = rotated.entry(base.to_owned()).or_default();
        if generation != last.to_string() {
            return status(401);
        }
        *last += 1;
        return json(&format!(
            "{{\"access_token\":\"good\",\"refresh_token\":\"{base}-{last}\"}}"
        ));
    }
    match seen.basic() {
        Some(login) if login.contains("Right") => json(r#"{"token":"good"}"#),
        Some(login) if login.contains("Narrow") => json(r#"{"token":"narrow"}"#),
        _ => status(401),
    }
}

fn answer(seen: &Seen, asks: Asks, realm: &str) -> Reply {
    let bearer = |error: &str| challenge(&format!("Bearer realm=\"{realm}/token\"{error}"));
    let login = seen.basic().unwrap_or_default();
    match (asks, seen.bearer()) {
        (Asks::Nothing, _) | (_, Some("good")) => status(200),
        (Asks::Basic, _) if login.contains("Right") => status(200),
        (Asks::Basic, _) if login.contains("Narrow") => status(403),
        (Asks::Basic, _) => challenge("Basic realm=\"r\""),
        (_, Some("narrow")) => bearer(",error=\"insufficient_scope\""),
        _ => bearer(""),
    }
}
