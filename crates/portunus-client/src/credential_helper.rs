//! What is docker answered when it asks for a login by its credential helper protocol?
//!
//! The protocol is that of docker-credential-helpers: a verb, a text on standard input, a text back.
//! The answers are those of our own stores. docker's file and its helpers are not looked at: they are
//! what asks.

use portunus::credential::Credential;
use portunus::name::{CredentialKey, Profile};
use portunus::secret::Secret;
use portunus::store::{Provenance, docker_key};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::docker_folder::{profile_of_docker_folder, unknown_to_builders};
use crate::environment::Environment;
use crate::error::ClientError;
use crate::error::helper_protocol::HelperProtocolError;
use crate::settings::overrides::Overrides;
use crate::settings::{PROFILE_VARIABLE, Settings};
use crate::stores::StoringWarning;

/// The longest message that is to be read, in bytes.
pub const LONGEST_MESSAGE: usize = 1 << 20;

/// The user name that says that the secret is an identity token.
const TOKEN: &str = "<token>";

/// What is asked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum HelperRequest {
    /// The login of the server with this URL.
    Get(String),
    /// That this record of a login be kept.
    Store {
        /// `{"ServerURL", "Username", "Secret"}`.
        record: Secret,
        /// What the entry says of who stored it: a program and its version.
        stored_by: Option<String>,
    },
    /// That the login of the server with this URL be removed.
    Erase(String),
    /// Which servers have a login.
    List,
}

/// What is answered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HelperAnswer {
    /// The text of the protocol. It may hold a secret.
    pub text: Secret,
    /// What the user should be told about where a login is kept.
    pub warnings: Vec<StoringWarning>,
}

/// What the caller has to say before the settings are read: a docker configuration folder of a
/// profile says whose logins are asked for there. The settings are to be read without a working
/// directory: builders tell accounts apart by that folder alone.
///
/// # Errors
/// Where the folder and the environment name two profiles, or others may write what names it.
pub fn overrides_of_docker_folder(environment: &Environment) -> Result<Overrides, ClientError> {
    let mut overrides = Overrides::default();
    let Some(folder) = profile_of_docker_folder(environment)? else {
        return Ok(overrides);
    };
    let variable = PROFILE_VARIABLE;
    let named = environment.text(variable)?;
    if named.is_some_and(|named| named != folder.to_string()) {
        return Err(HelperProtocolError::OtherProfile { folder, variable }.into());
    }
    overrides.profile = Some(folder.to_string());
    Ok(overrides)
}

/// Answers one request, for the profile in force.
///
/// # Errors
/// Where it is none of the protocol, nothing is stored for it, or a store fails.
pub fn answer_docker(
    request: &HelperRequest,
    settings: &Settings,
) -> Result<HelperAnswer, ClientError> {
    match request {
        HelperRequest::Get(server) => get(server, settings),
        HelperRequest::Store { record, stored_by } => store(record, stored_by.clone(), settings),
        HelperRequest::Erase(server) => erase(server, settings),
        HelperRequest::List => list(settings),
    }
}

fn store(
    record: &Secret,
    stored_by: Option<String>,
    settings: &Settings,
) -> Result<HelperAnswer, ClientError> {
    #[derive(Deserialize)]
    struct HelperRecord {
        #[serde(rename = "ServerURL", default)]
        server: String,
        #[serde(rename = "Username", default)]
        username: String,
        #[serde(rename = "Secret", default)]
        secret: String,
    }
    let record: HelperRecord =
        serde_json::from_str(record.expose()).map_err(|_| HelperProtocolError::NoRecord)?;
    let secret = Secret::new(record.secret);
    let key = key(&record.server, &settings.profile)?;
    refuse_limited(&record.server, &key)?;
    if record.username.is_empty() {
        return Err(HelperProtocolError::NoUsername.into());
    }
    let credential = match record.username.as_str() {
        TOKEN => Credential::IdentityToken {
            username: None,
            token: secret,
        },
        _ => Credential::password(record.username, secret),
    };
    let mut provenance = Provenance::default();
    provenance.stored_by = stored_by;
    provenance.stored_at = Some((settings.environment().now)());
    let stored = unknown_to_builders(settings, || {
        let store = settings.stores()?.for_helper()?;
        Ok::<_, ClientError>(store.put(&key, &credential, &provenance)?)
    })?;
    let warnings = stored.warnings;
    Ok(HelperAnswer {
        warnings,
        ..said(String::new())
    })
}

fn get(server: &str, settings: &Settings) -> Result<HelperAnswer, ClientError> {
    let key = key(server, &settings.profile)?;
    // Who asks cannot say to which registry namespace it will show the secret.
    let found = match key.registry_namespace() {
        Some(_) => None,
        None => find(&key, settings)?,
    };
    let (username, secret) = match found {
        Some(Credential::Password { username, password }) => (username, password),
        Some(Credential::IdentityToken { token, .. }) => (TOKEN.to_owned(), token),
        // The protocol has no word for a registry token.
        Some(Credential::RegistryToken { .. }) | None => {
            return Err(HelperProtocolError::NotFound.into());
        }
    };
    let answer =
        json!({"ServerURL": server.trim(), "Username": username, "Secret": secret.expose()});
    Ok(said(answer.to_string()))
}

/// What our stores have under exactly this key, or under a glob over hosts that covers it.
fn find(key: &CredentialKey, settings: &Settings) -> Result<Option<Credential>, ClientError> {
    let name = key.profile().name();
    let mut keys = vec![key.clone()];
    if name.is_some_and(|name| settings.config.inherits(name)) {
        keys.push(key.clone().with_profile(Profile::DEFAULT));
    }
    let Some(host) = key.host().authority() else {
        return Ok(None);
    };
    let stores = settings.stores()?.own();
    for key in &keys {
        for exact in [true, false] {
            for store in &stores {
                let found = store.entries(host)?;
                let fits = |held: &CredentialKey| {
                    held.host().is_glob() != exact
                        && held.registry_namespace() == key.registry_namespace()
                        && held.repository() == key.repository()
                        && held.profile() == key.profile()
                };
                for entry in found.entries.iter().filter(|entry| fits(&entry.key)) {
                    if let Some(credential) = store.credential(entry)? {
                        return Ok(Some(credential));
                    }
                }
            }
        }
    }
    Ok(None)
}

fn erase(server: &str, settings: &Settings) -> Result<HelperAnswer, ClientError> {
    let key = key(server, &settings.profile)?;
    refuse_limited(server, &key)?;
    unknown_to_builders(settings, || {
        for store in settings.stores()?.own() {
            store.remove(&key)?;
        }
        Ok(said(String::new()))
    })
}

/// The host-wide entries of the profile, as server and user name.
fn list(settings: &Settings) -> Result<HelperAnswer, ClientError> {
    let mut listed = Map::new();
    for store in settings.stores()?.own() {
        for entry in store.list()?.entries {
            let key = &entry.key;
            let host_wide = key.registry_namespace().is_none() && key.repository().is_none();
            let host = key.host().authority().filter(|_| host_wide);
            if let Some(host) = host.filter(|_| *key.profile() == settings.profile) {
                let username = entry.username.unwrap_or_else(|| TOKEN.to_owned());
                listed
                    .entry(docker_key::write_key(host))
                    .or_insert(Value::String(username));
            }
        }
    }
    Ok(said(Value::Object(listed).to_string()))
}

fn said(text: String) -> HelperAnswer {
    HelperAnswer {
        text: Secret::new(text),
        warnings: Vec::new(),
    }
}

/// A client that verified a login for the host knows nothing of a registry namespace or a
/// repository there: it must not replace, nor remove, what was verified for these.
fn refuse_limited(server: &str, key: &CredentialKey) -> Result<(), HelperProtocolError> {
    let is_limited = key.registry_namespace().is_some() || key.repository().is_some();
    match is_limited && !docker_key::DOCKER_HUB_TOKENS.contains(&server.trim()) {
        true => Err(HelperProtocolError::Limited(Box::new(key.clone()))),
        false => Ok(()),
    }
}

/// The key behind a server URL. A path is kept as a repository, so that what docker stores beside
/// a host's login (`https://index.docker.io/v1/access-token`) never answers for the host.
fn key(server: &str, profile: &Profile) -> Result<CredentialKey, HelperProtocolError> {
    let server = server.trim();
    if server.is_empty() {
        return Err(HelperProtocolError::NoServer);
    }
    let without_scheme = || server.split_once("://").map_or(server, |(_, rest)| rest);
    let key = docker_key::credential_key(server)
        .or_else(|| docker_key::credential_key(without_scheme()))
        .ok_or(HelperProtocolError::NoHost)?;
    Ok(key.with_profile(profile.clone()))
}
