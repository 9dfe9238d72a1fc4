use portunus::credential::Credential;
use portunus::name::CredentialKey;
use portunus::token::trust::Refusal;
use portunus_client::error::UnusableCredential;
use portunus_client::login::{Login, LoginEvent, LoginPerson, Offered};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::Help;
use crate::output;
use crate::streams::Streams;
use crate::waiting::Waiting;

/// The person at the terminal who logs in.
#[derive(Debug)]
pub(super) struct AtTerminal<'a> {
    streams: &'a mut Streams,
    /// That the host is asked.
    waiting: Option<Waiting>,
}

impl<'a> AtTerminal<'a> {
    pub(super) fn new(streams: &'a mut Streams) -> Self {
        Self {
            streams,
            waiting: None,
        }
    }

    /// The account that is logged in already.
    fn tell_stored(&mut self, key: &CredentialKey, stored: &Offered) {
        let account = stored.credential.username().unwrap_or("an identity token");
        let location = stored.location.as_ref().map(ToString::to_string);
        let location = location.unwrap_or_default();
        let message = format!("using the stored login of {account} for {key} in {location}");
        output::info(&message, self.streams);
        let another = Help::log_in(key).followed_by(" -u USER");
        if let Some(another) = another.text(&self.streams.messages.program) {
            output::info(&format!("for another account: {another}"), self.streams);
        }
    }
}

impl LoginPerson for AtTerminal<'_> {
    type Error = Failure;

    fn is_there(&self) -> bool {
        self.streams.terminals.stdin
    }

    fn credential(&mut self, login: &Login<'_>) -> Result<Credential, Failure> {
        let (key, streams) = (&login.key, &mut *self.streams);
        let ended = |_| Failure::new(Exit::Usage, "the input ended");
        let username = match &login.request.username {
            Some(username) => username.clone(),
            None => output::ask(&format!("username for {key}: "), streams).map_err(ended)?,
        };
        UnusableCredential::refuse_username(&username)?;
        let question = format!("password for {username} at {key}: ");
        let password = output::ask_secret(&question, streams).map_err(ended)?;
        if password.is_empty() {
            let problem = UnusableCredential::NoPassword.to_string();
            return Err(Failure::new(Exit::Usage, problem));
        }
        Ok(Credential::password(username, password))
    }

    fn trusts(&mut self, realm: &str, refusal: &Refusal) -> Result<bool, Failure> {
        output::info(&refusal.message, self.streams);
        let question = format!("trust {realm} with this login?");
        Ok(output::agrees(&question, self.streams))
    }

    fn observe(&mut self, login: &Login<'_>, event: LoginEvent<'_>) {
        self.waiting = None;
        match event {
            LoginEvent::Asking => {
                let what = format!("asking {}", login.at.authority);
                self.waiting = Some(Waiting::new(what, self.streams));
            }
            LoginEvent::UsesStored(stored) => self.tell_stored(&login.key, stored),
            LoginEvent::StoredRejected(location) => {
                let message = format!("the stored login {} in {location} was rejected", login.key);
                output::warning(&message, None, self.streams);
            }
            _ => {}
        }
    }
}
