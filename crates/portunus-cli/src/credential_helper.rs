//! The program as `docker-credential-portunus`: docker's credential helper protocol over our own
//! stores.
//!
//! Everything is said on standard output, errors too, as other helpers do. docker's file and its
//! helpers are not looked at: they are what asks.

use std::io::Read;
use std::path::Path;

use portunus::credential::Credential;
use portunus::name::{CredentialKey, Profile};
use portunus::remedy::{LogIn, Remedy};
use portunus::secret::Secret;
use portunus::store::{Provenance, docker_key};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::commands;
use crate::context::Context;
use crate::exit::Exit;
use crate::explain::client::describe_kept;
use crate::failure::Failure;
use crate::help::Help;
use crate::output;
use crate::program::Program;
use crate::streams::Streams;
use portunus_client::Environment;
use portunus_client::Overrides;
use portunus_client::docker_folder::{profile_of_docker_folder, unknown_to_builders};
use portunus_client::settings::PROFILE_VARIABLE;

const NAME: &str = "docker-credential-portunus";
const USAGE: &str = "Usage: docker-credential-portunus <store|get|erase|list|version>";
const HELP: &str = "\
docker's credential helper protocol over the logins that portunus keeps

Usage: docker-credential-portunus <store|get|erase|list|version>

  store    keep the login that standard input describes: {\"ServerURL\",\"Username\",\"Secret\"}
  get      print the login of the server that standard input names
  erase    remove it
  list     print servers and user names as JSON
  version  print the version

docker is told to ask it by `\"credsStore\": \"portunus\"` in ~/.docker/config.json. PORTUNUS_PROFILE
names the profile whose logins are meant.";
/// What docker takes for "anonymous" (docker-credential-helpers `credentials/error.go`).
const NOT_FOUND: &str = "credentials not found in native keychain";
const NO_SERVER: &str = "no credentials server URL";
const NO_USERNAME: &str = "no credentials username";
/// The user name that says that the secret is an identity token.
const TOKEN: &str = "<token>";
/// The longest message that is read, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// Whether the program was started under the helper's name.
pub(crate) fn is_meant(program: &Path) -> bool {
    program.file_stem().is_some_and(|name| name == NAME)
}

/// Runs one verb of the protocol.
pub(crate) fn run(verb: Option<&str>, environment: &Environment, streams: &mut Streams) -> Exit {
    let outcome = answer(verb, environment, streams);
    let (text, exit) = match outcome {
        Ok(text) => (text, Exit::Done),
        Err(failure) => {
            let program = Program::default();
            let help = failure.help.iter();
            let help = help.filter_map(|help| help.text(&program));
            let help = help.map(|help| format!("; help: {help}"));
            (
                failure.message.clone() + &help.collect::<String>(),
                Exit::Failed,
            )
        }
    };
    match text.is_empty() || output::verbatim(&(text + "\n"), streams).is_ok() {
        true => exit,
        false => Exit::Failed,
    }
}

fn answer(
    verb: Option<&str>,
    environment: &Environment,
    streams: &mut Streams,
) -> Result<String, Failure> {
    match verb {
        Some("version" | "--version") => {
            return Ok(format!("{NAME} (portunus) {}", env!("CARGO_PKG_VERSION")));
        }
        Some("help" | "--help" | "-h") => return Ok(HELP.to_owned()),
        Some("get" | "store" | "erase" | "list") => {}
        Some(other) => {
            let message = format!("Unknown credential action `{other}`");
            return Err(failure(message).help(USAGE));
        }
        None => {
            return Err(failure(USAGE));
        }
    }
    let input = Secret::new(read(streams)?);
    let overrides = overrides_of_folder(environment)?;
    // Builders tell accounts apart by docker's folder alone, so that the directory of whoever runs
    // docker may not choose one.
    let mut environment = environment.clone();
    environment.working_directory = None;
    let mut context = Context::new(&overrides, &environment, streams)?;
    match verb {
        Some("store") => store(&input, &mut context),
        Some("get") => get(input.expose(), &mut context),
        Some("erase") => erase(input.expose(), &mut context),
        _ => list(&mut context),
    }
}

/// A docker configuration folder of a profile says whose logins are asked for there.
fn overrides_of_folder(environment: &Environment) -> Result<Overrides, Failure> {
    let mut overrides = Overrides::default();
    let Some(profile) = profile_of_docker_folder(environment)? else {
        return Ok(overrides);
    };
    let named = environment.text(PROFILE_VARIABLE)?;
    if named.is_some_and(|named| named != profile.to_string()) {
        let message = format!(
            "DOCKER_CONFIG is the folder of profile {profile}, and {PROFILE_VARIABLE} names another"
        );
        return Err(failure(message).help(format!("unset {PROFILE_VARIABLE}")));
    }
    overrides.profile = Some(profile.to_string());
    Ok(overrides)
}

fn store(input: &Secret, context: &mut Context<'_>) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct HelperRecord {
        #[serde(rename = "ServerURL", default)]
        server: String,
        #[serde(rename = "Username", default)]
        username: String,
        #[serde(rename = "Secret", default)]
        secret: String,
    }
    let message: HelperRecord = serde_json::from_str(input.expose())
        .map_err(|_| failure("what is to be stored is not the JSON of the protocol"))?;
    let secret = Secret::new(message.secret);
    let key = key(&message.server, &context.settings.profile)?;
    refuse_limited(
        &message.server,
        &key,
        Remedy::from(LogIn::new(key.clone())).into(),
    )?;
    if message.username.is_empty() {
        return Err(failure(NO_USERNAME));
    }
    let credential = match message.username.as_str() {
        TOKEN => Credential::IdentityToken {
            username: None,
            token: secret,
        },
        _ => Credential::password(message.username, secret),
    };
    let mut provenance = Provenance::default();
    provenance.stored_by = Some(format!("{NAME} {}", env!("CARGO_PKG_VERSION")));
    provenance.stored_at = Some((context.settings.environment().now)());
    let settings = &context.settings;
    let stored = unknown_to_builders(settings, || {
        let store = settings.stores()?.for_helper()?;
        Ok::<_, Failure>(store.put(&key, &credential, &provenance)?)
    })?;
    for warning in &stored.warnings {
        output::warning(&describe_kept(warning), None, context.streams);
    }
    Ok(String::new())
}

fn get(server: &str, context: &mut Context<'_>) -> Result<String, Failure> {
    let key = key(server, &context.settings.profile)?;
    // Who asks cannot say to which registry namespace it will show the secret.
    if key.registry_namespace().is_some() {
        return Err(failure(NOT_FOUND));
    }
    let (username, secret) = match find(&key, context)? {
        Some(Credential::Password { username, password }) => (username, password),
        Some(Credential::IdentityToken { token, .. }) => (TOKEN.to_owned(), token),
        // The protocol has no word for a registry token.
        Some(Credential::RegistryToken { .. }) | None => return Err(failure(NOT_FOUND)),
    };
    let answer =
        json!({"ServerURL": server.trim(), "Username": username, "Secret": secret.expose()});
    Ok(answer.to_string())
}

/// What our stores have under exactly this key, or under a glob over hosts that covers it.
fn find(key: &CredentialKey, context: &mut Context<'_>) -> Result<Option<Credential>, Failure> {
    let inherits = key
        .profile()
        .name()
        .is_some_and(|name| context.settings.config.inherits(name));
    let mut keys = vec![key.clone()];
    if inherits {
        keys.push(key.clone().with_profile(Profile::DEFAULT));
    }
    let Some(host) = key.host().authority() else {
        return Ok(None);
    };
    let stores = context.settings.stores()?.own();
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

fn erase(server: &str, context: &mut Context<'_>) -> Result<String, Failure> {
    let key = key(server, &context.settings.profile)?;
    refuse_limited(server, &key, commands::logout(&key))?;
    let settings = &context.settings;
    unknown_to_builders(settings, || {
        for store in settings.stores()?.own() {
            store.remove(&key)?;
        }
        Ok(String::new())
    })
}

/// The host-wide entries of the profile, as server and user name.
fn list(context: &mut Context<'_>) -> Result<String, Failure> {
    let mut listed = Map::new();
    for store in context.settings.stores()?.own() {
        for entry in store.list()?.entries {
            let key = &entry.key;
            let host_wide = key.registry_namespace().is_none() && key.repository().is_none();
            let host = key.host().authority().filter(|_| host_wide);
            if let Some(host) = host.filter(|_| *key.profile() == context.settings.profile) {
                let username = entry.username.unwrap_or_else(|| TOKEN.to_owned());
                listed
                    .entry(docker_key::write_key(host))
                    .or_insert(Value::String(username));
            }
        }
    }
    Ok(Value::Object(listed).to_string())
}

/// A client that verified a login for the host knows nothing of a registry namespace or a
/// repository there: it must not replace, nor remove, what was verified for these.
fn refuse_limited(server: &str, key: &CredentialKey, command: Help) -> Result<(), Failure> {
    let is_limited = key.registry_namespace().is_some() || key.repository().is_some();
    if !is_limited || docker_key::DOCKER_HUB_TOKENS.contains(&server.trim()) {
        return Ok(());
    }
    let message = format!("`{key}` is not the plain login of a host: it is left alone");
    Err(failure(message).help(command))
}

/// The key behind a server URL. A path is kept as a repository, so that what docker stores beside
/// a host's login (`https://index.docker.io/v1/access-token`) never answers for the host.
fn key(server: &str, profile: &Profile) -> Result<CredentialKey, Failure> {
    let server = server.trim();
    if server.is_empty() {
        return Err(failure(NO_SERVER));
    }
    let without_scheme = || server.split_once("://").map_or(server, |(_, rest)| rest);
    let key = docker_key::credential_key(server)
        .or_else(|| docker_key::credential_key(without_scheme()))
        .ok_or_else(|| failure("the server URL names no host"))?;
    Ok(key.with_profile(profile.clone()))
}

fn read(streams: &mut Streams) -> Result<String, Failure> {
    // Reserved whole: a text that grows leaves copies of the secret behind.
    let mut text = String::with_capacity(64 * 1024);
    let mut input = (&mut streams.stdin).take(LONGEST + 1);
    let read = input
        .read_to_string(&mut text)
        .map_err(|_| failure("the input is not UTF-8 text"))?;
    if u64::try_from(read).is_ok_and(|read| read > LONGEST) {
        return Err(failure("the input is longer than 1 MiB"));
    }
    Ok(text)
}

fn failure(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Failed, message)
}
