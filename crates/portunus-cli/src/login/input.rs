use std::io::Read;

use portunus::credential::Credential;
use portunus::name::CredentialKey;
use portunus::remedy::{LogIn, Remedy};
use portunus::secret::Secret;
use portunus::token::trust::RefusalKind;
use portunus_http::{Client, Error};

use super::arguments::LoginArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::Help;
use crate::output;
use crate::streams::Streams;
use crate::waiting::Waiting;
use portunus_client::http;
use portunus_client::login::{Login, Offered};

/// The longest secret that is read from standard input, in bytes.
const LONGEST: usize = 1 << 20;

/// Refuses what no host can take before one is asked: a username ends at its first colon
/// (RFC 7617, section 2). What is stored unchecked is for its store to judge.
pub(super) fn refuse_unusable(arguments: &LoginArguments) -> Result<(), Failure> {
    if arguments.no_verify {
        return Ok(());
    }
    if let Some(username) = &arguments.username {
        refuse_username(username)?;
    }
    match arguments.password.as_ref().is_some_and(Secret::is_empty) {
        true => Err(Failure::new(Exit::Usage, "the password is empty")
            .help("give it with --password-stdin, or leave it out to be asked for it")),
        false => Ok(()),
    }
}

fn refuse_username(username: &str) -> Result<(), Failure> {
    let problem = if username.is_empty() {
        "the username is empty"
    } else if username.contains(':') {
        "the username has a colon in it: what is behind it would be taken for the password"
    } else if username.contains(char::is_control) {
        "the username has control characters in it"
    } else {
        return Ok(());
    };
    Err(Failure::new(Exit::Usage, problem).help("name the account alone: -u USER"))
}

/// The credential that the arguments or standard input give. Standard input is read once, also
/// where several hosts are logged in to.
pub(super) fn read_given(
    arguments: &LoginArguments,
    streams: &mut Streams,
) -> Result<Option<Credential>, Failure> {
    if let Some(password) = &arguments.password {
        let Some(username) = &arguments.username else {
            return Err(Failure::new(Exit::Usage, "--password needs --username")
                .help("name the account with -u USER"));
        };
        let message = "a password on the command line can be seen by others on this machine";
        output::warning(message, Some("use --password-stdin".into()), streams);
        return Ok(Some(Credential::password(username, password.clone())));
    }
    if arguments.identity_token_stdin {
        let token = read_stdin("an identity token", streams)?;
        let username = arguments.username.clone();
        return Ok(Some(Credential::IdentityToken { username, token }));
    }
    match (&arguments.username, arguments.password_stdin) {
        (Some(username), true) => {
            let password = read_stdin("a password", streams)?;
            Ok(Some(Credential::password(username, password)))
        }
        _ => Ok(None),
    }
}

/// The credential to log in with: the given one, else the stored one, else what the person at
/// the terminal types.
pub(super) fn obtain(
    login: &Login<'_>,
    given: Option<&Credential>,
    username: Option<&str>,
    streams: &mut Streams,
) -> Result<Offered, Failure> {
    if let Some(given) = given {
        return Ok(Offered::new(given.clone()));
    }
    if username.is_none()
        && let Some(stored) = login.find_stored()?
    {
        output::info(&describe_stored(login, &stored), streams);
        let another = with_account(&login.key).text(streams.messages.program());
        if let Some(another) = another {
            output::info(&format!("for another account: {another}"), streams);
        }
        return Ok(stored);
    }
    ask_credential(&login.key, username, streams)
}

/// The account that is logged in already.
fn describe_stored(login: &Login<'_>, stored: &Offered) -> String {
    let account = stored.credential.username().unwrap_or("an identity token");
    let location = stored.location.as_ref();
    let location = location.map_or_else(String::new, ToString::to_string);
    let key = &login.key;
    format!("using the stored login of {account} for {key} in {location}")
}

/// What is asked for after a stored credential was rejected; `None`: there is nobody to ask.
pub(super) fn replace_rejected(
    login: &Login<'_>,
    location: &str,
    username: Option<&str>,
    streams: &mut Streams,
) -> Result<Option<Offered>, Failure> {
    if !streams.terminals.stdin {
        return Ok(None);
    }
    let message = format!("the stored login {} in {location} was rejected", login.key);
    output::warning(&message, None, streams);
    ask_credential(&login.key, username, streams).map(Some)
}

/// Asks the person at the terminal whether a foreign realm is to be trusted; its URL if so.
pub(super) fn ask_trust(
    login: &Login<'_>,
    error: &Error,
    client: &Client,
    streams: &mut Streams,
) -> Result<Option<String>, Failure> {
    let mut refused = error.hosts.iter().filter_map(|it| it.outcome.refusal());
    let refused = refused.find(|refusal| refusal.kind == RefusalKind::ForeignRealm);
    let asks = login.trusted_realm.is_none() && streams.terminals.stdin;
    let Some(refusal) = refused.filter(|_| asks) else {
        return Ok(None);
    };
    let waiting = Waiting::new(format!("asking {}", login.at.authority), streams);
    let realm = http::block_on(login.ask_realm(client))?;
    drop(waiting);
    let Some(realm) = realm else {
        return Ok(None);
    };
    output::info(&refusal.message, streams);
    let question = format!("trust {realm} with this login? [y/N] ");
    let answer = output::ask(&question, streams).unwrap_or_default();
    Ok(output::is_yes(&answer).then_some(realm))
}

/// The login for a key with another account than the stored one.
fn with_account(key: &CredentialKey) -> Help {
    let log_in = Remedy::from(LogIn::new(key.clone()));
    Help::from(log_in).followed_by(" -u USER")
}

/// The login for a key where there is no terminal.
pub(super) fn with_input(key: &CredentialKey) -> Help {
    let log_in = Remedy::from(LogIn::new(key.clone()));
    Help::from(log_in).followed_by(" -u USER --password-stdin < FILE")
}

fn read_stdin(what: &str, streams: &mut Streams) -> Result<Secret, Failure> {
    // Reserved whole: bytes that grow leave copies of the secret behind.
    let mut bytes = Vec::with_capacity(LONGEST + 2);
    let most = u64::try_from(LONGEST + 1).map_err(std::io::Error::other)?;
    (&mut streams.stdin).take(most).read_to_end(&mut bytes)?;
    if bytes.len() > LONGEST {
        let message = format!("standard input holds more than {what}: it is longer than 1 MiB");
        return Err(Failure::new(Exit::Usage, message).help("give the secret alone"));
    }
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

fn ask_credential(
    key: &CredentialKey,
    username: Option<&str>,
    streams: &mut Streams,
) -> Result<Offered, Failure> {
    if !streams.terminals.stdin {
        let message = "there is no terminal to ask for the password";
        return Err(Failure::new(Exit::Usage, message).help(with_input(key)));
    }
    let ended = |_| Failure::new(Exit::Usage, "the input ended");
    let username = match username {
        Some(username) => username.to_owned(),
        None => {
            let question = format!("username for {key}: ");
            output::ask(&question, streams).map_err(ended)?
        }
    };
    refuse_username(&username)?;
    let question = format!("password for {username} at {key}: ");
    let password = output::ask_secret(&question, streams).map_err(ended)?;
    if password.is_empty() {
        let message = "the password is empty";
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(Offered::new(Credential::password(username, password)))
}
