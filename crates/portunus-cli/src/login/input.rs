use std::io::Read;

use portunus::credential::Credential;
use portunus::name::CredentialKey;
use portunus::printable::system_words;
use portunus::secret::Secret;
use portunus_client::error::UnusableCredential;

use super::arguments::LoginArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::Help;
use crate::output;
use crate::shell_word::shell_words;
use crate::streams::Streams;

/// The longest secret that is read from standard input, in bytes.
const LONGEST: usize = 1 << 20;

/// Refuses what no host can take before anything else is looked at. What is stored unchecked is for
/// its store to judge.
pub(super) fn refuse_unusable(arguments: &LoginArguments) -> Result<(), Failure> {
    if arguments.no_verify {
        return Ok(());
    }
    if let Some(username) = &arguments.username {
        UnusableCredential::refuse_username(username)?;
    }
    match arguments.password.as_ref().is_some_and(Secret::is_empty) {
        true => Err(UnusableCredential::NoPassword.into()),
        false => Ok(()),
    }
}

/// The credential that the arguments or standard input give. Standard input is read once, also
/// where several hosts are logged in to.
pub(super) fn read_given(
    arguments: &LoginArguments,
    streams: &mut Streams,
) -> Result<Option<Credential>, Failure> {
    if arguments.identity_token_stdin {
        let token = read_stdin("an identity token", streams)?;
        let username = arguments.username.clone();
        return Ok(Some(Credential::IdentityToken { username, token }));
    }
    let Some(username) = &arguments.username else {
        return Ok(None);
    };
    if let Some(password) = &arguments.password {
        let message = "a password on the command line can be seen by others on this machine";
        output::warning(message, Some("use --password-stdin".into()), streams);
        return Ok(Some(Credential::password(username, password.clone())));
    }
    if arguments.password_stdin {
        let password = read_stdin("a password", streams)?;
        return Ok(Some(Credential::password(username, password)));
    }
    Ok(None)
}

/// The login for a key where there is no terminal; `username`: whose it is to be.
pub(super) fn with_input(key: &CredentialKey, username: Option<&str>) -> Help {
    let username = username.map_or_else(|| "USER".to_owned(), |it| shell_words([it]));
    Help::log_in(key).followed_by(&format!(" -u {username} --password-stdin < FILE"))
}

fn read_stdin(what: &str, streams: &mut Streams) -> Result<Secret, Failure> {
    // Reserved whole: bytes that grow leave copies of the secret behind.
    let mut bytes = Vec::with_capacity(LONGEST + 2);
    let most = u64::try_from(LONGEST + 1).map_err(std::io::Error::other)?;
    let read = (&mut streams.stdin).take(most).read_to_end(&mut bytes);
    read.map_err(|error| {
        let message = format!("cannot read standard input: {}", system_words(&error));
        Failure::new(Exit::Failed, message).whole()
    })?;
    if bytes.len() > LONGEST {
        let message = format!("standard input holds more than {what}: it is longer than 1 MiB");
        return Err(Failure::new(Exit::Usage, message).help("give the secret alone"));
    }
    let mut text = String::from_utf8(bytes)
        .map_err(|_| Failure::new(Exit::Usage, "standard input is not UTF-8"))?;
    // Exactly one line end, as docker does: the rest may be part of the password.
    let end = ["\r\n", "\n", "\r"]
        .into_iter()
        .find(|end| text.ends_with(end));
    text.truncate(text.len() - end.map_or(0, str::len));
    if text.is_empty() {
        let message = format!("standard input does not hold {what}");
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(Secret::new(text))
}
