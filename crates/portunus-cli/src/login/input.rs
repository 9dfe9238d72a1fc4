use std::io::Read;

use portunus::credential::Credential;
use portunus::name::CredentialKey;
use portunus::secret::Secret;

use super::{Found, LoginArguments};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// The longest secret that is read from standard input, in bytes.
const LONGEST: u64 = 1 << 20;

/// A credential that is to be checked.
#[derive(Debug)]
pub(super) struct Offered {
    pub(super) credential: Credential,
    /// Where it is stored already; `None`: it was given just now.
    pub(super) location: Option<String>,
}

impl Offered {
    fn now(credential: Credential) -> Self {
        Self {
            credential,
            location: None,
        }
    }
}

/// The credential that the arguments or standard input give. Standard input is read once, also
/// where several hosts are logged in to.
pub(super) fn given(
    arguments: &LoginArguments,
    context: &mut Context<'_>,
) -> Result<Option<Credential>, Failure> {
    if let Some(password) = &arguments.password {
        let message = "a password on the command line can be seen by others on this machine";
        output::warning(message, Some("use --password-stdin"), context.streams);
        let Some(username) = &arguments.username else {
            return Err(Failure::new(Exit::Usage, "--password needs --username"));
        };
        return Ok(Some(Credential::password(username, password.clone())));
    }
    if arguments.identity_token_stdin {
        let token = from_stdin("an identity token", context)?;
        let username = arguments.username.clone();
        return Ok(Some(Credential::IdentityToken { username, token }));
    }
    match (&arguments.username, arguments.password_stdin) {
        (Some(username), true) => {
            let password = from_stdin("a password", context)?;
            Ok(Some(Credential::password(username, password)))
        }
        _ => Ok(None),
    }
}

/// The credential to log in with: the given one, else the stored one, else what the person at
/// the terminal types.
pub(super) fn credential(
    given: Option<&Credential>,
    key: &CredentialKey,
    found: &Found,
    arguments: &LoginArguments,
    context: &mut Context<'_>,
) -> Result<Offered, Failure> {
    if let Some(given) = given {
        return Ok(Offered::now(given.clone()));
    }
    if arguments.username.is_none()
        && let Some(stored) = stored(key, found, context)?
    {
        return Ok(stored);
    }
    from_terminal(key, arguments, context)
}

/// What is asked for after a stored credential was rejected; `None`: there is nobody to ask.
pub(super) fn instead_of_rejected(
    location: &str,
    key: &CredentialKey,
    arguments: &LoginArguments,
    context: &mut Context<'_>,
) -> Result<Option<Offered>, Failure> {
    if !context.streams.terminals.stdin {
        return Ok(None);
    }
    let message = format!("the stored login {key} in {location} was rejected");
    output::warning(&message, None, context.streams);
    from_terminal(key, arguments, context).map(Some)
}

fn from_stdin(what: &str, context: &mut Context<'_>) -> Result<Secret, Failure> {
    let mut bytes = Vec::new();
    (&mut context.streams.stdin)
        .take(LONGEST)
        .read_to_end(&mut bytes)?;
    let mut text = String::from_utf8(bytes)
        .map_err(|_| Failure::new(Exit::Usage, "standard input is not UTF-8"))?;
    // Exactly one line end, as docker does: the rest may be part of the password.
    let ends = ["\r\n", "\n", "\r"];
    let end = ends
        .into_iter()
        .find(|end| text.ends_with(end))
        .map_or(0, str::len);
    text.truncate(text.len() - end);
    if text.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            format!("standard input does not hold {what}"),
        ));
    }
    Ok(Secret::new(text))
}

fn stored(
    key: &CredentialKey,
    found: &Found,
    context: &mut Context<'_>,
) -> Result<Option<Offered>, Failure> {
    for source in context.settings.sources()? {
        let entries = source.entries(&found.authority)?.entries;
        if let Some(entry) = entries.iter().find(|entry| entry.key == *key)
            && let Some(credential) = source.credential(entry)?
        {
            let message = format!("using the stored login {key} in {}", entry.location);
            output::note(&message, context.streams);
            return Ok(Some(Offered {
                credential,
                location: Some(entry.location.to_string()),
            }));
        }
    }
    Ok(None)
}

fn from_terminal(
    key: &CredentialKey,
    arguments: &LoginArguments,
    context: &mut Context<'_>,
) -> Result<Offered, Failure> {
    if !context.streams.terminals.stdin {
        let message = "there is no terminal to ask for the password";
        return Err(Failure::new(Exit::Usage, message).help(with_input(key)));
    }
    let ended = |_| Failure::new(Exit::Usage, "the input ended");
    let username = match &arguments.username {
        Some(username) => username.clone(),
        None => context
            .streams
            .prompt
            .line(&format!("username for {key}: "))
            .map_err(ended)?,
    };
    let question = format!("password for {username} at {key}: ");
    let password = context.streams.prompt.secret(&question).map_err(ended)?;
    if username.is_empty() || password.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            "a login needs a username and a password",
        ));
    }
    Ok(Offered::now(Credential::password(username, password)))
}

/// The login for a key where there is no terminal.
pub(super) fn with_input(key: &CredentialKey) -> String {
    format!("{} -u USER --password-stdin < FILE", key.login_command())
}
