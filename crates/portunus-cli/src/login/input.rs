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

/// What can be said about the input before anybody is contacted.
pub(super) fn check(arguments: &LoginArguments, context: &mut Context<'_>) -> Result<(), Failure> {
    if arguments.password.is_some() {
        let message = "a password on the command line can be seen by others on this machine";
        output::warning(message, Some("use --password-stdin"), context.streams);
        if arguments.username.is_none() {
            return Err(Failure::new(Exit::Usage, "--password needs --username"));
        }
    }
    Ok(())
}

/// The credential to log in with: from the arguments, from standard input, from the store, or
/// from the person at the terminal.
pub(super) fn credential(
    key: &CredentialKey,
    found: &Found,
    arguments: &LoginArguments,
    context: &mut Context<'_>,
) -> Result<Credential, Failure> {
    if arguments.identity_token_stdin {
        let token = from_stdin("an identity token", context)?;
        return Ok(Credential::IdentityToken {
            username: arguments.username.clone(),
            token,
        });
    }
    if let (Some(username), true) = (&arguments.username, arguments.password_stdin) {
        return Ok(Credential::password(
            username,
            from_stdin("a password", context)?,
        ));
    }
    if let (Some(username), Some(password)) = (&arguments.username, &arguments.password) {
        return Ok(Credential::password(username, password.clone()));
    }
    if arguments.username.is_none()
        && let Some(stored) = stored(key, found, context)?
    {
        return Ok(stored);
    }
    from_terminal(key, arguments, context)
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
) -> Result<Option<Credential>, Failure> {
    for source in context.sources()? {
        let entries = source.entries(&found.authority)?.entries;
        if let Some(entry) = entries.iter().find(|entry| entry.key == *key)
            && let Some(credential) = source.credential(entry)?
        {
            let message = format!("using the stored login {key} in {}", entry.location);
            output::note(&message, context.streams);
            return Ok(Some(credential));
        }
    }
    Ok(None)
}

fn from_terminal(
    key: &CredentialKey,
    arguments: &LoginArguments,
    context: &mut Context<'_>,
) -> Result<Credential, Failure> {
    if !context.streams.terminals.stdin {
        return Err(
            Failure::new(Exit::Usage, "there is no terminal to ask for the password").help(
                format!("portunus login … {key} -u USER --password-stdin < FILE"),
            ),
        );
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
    Ok(Credential::password(username, password))
}
