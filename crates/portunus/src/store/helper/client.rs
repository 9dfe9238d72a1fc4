use zeroize::Zeroizing;

use super::answer::{self, TOKEN};
use super::cloud::{Cloud, is_ecr};
use super::process::{HelperOutput, run};
use super::programs::HelperPrograms;
use super::said::{KEEPS_NOTHING, NOT_FOUND, NOT_IN_PASS, PASS_WITHOUT_STORE, known_reason};
use crate::credential::Credential;
use crate::name::Authority;
use crate::remedy::Remedy;
use crate::store::docker::credential_key;
use crate::store::entry::Entry;
use crate::store::error::SourceError;
use crate::store::json::{RenderedObject, rendered_string};
use crate::store::location::{HelperChoice, Location};
use crate::store::removal::Removal;
use crate::store::source::Rotation;
use crate::store::source_label::SourceLabel;
use crate::store::source_name::SourceName;

/// Helpers read lines of at most this length, in bytes.
const LONGEST_INPUT: usize = 64 * 1024;

/// One helper, spoken to in docker's credential helper protocol.
#[derive(Debug, Clone)]
pub(crate) struct HelperClient {
    name: String,
    label: SourceLabel,
    programs: HelperPrograms,
    /// Whether it is asked for no other hosts than those of its cloud.
    for_its_cloud: bool,
}

impl HelperClient {
    /// The helper `docker-credential-NAME`.
    pub(crate) fn new(
        kind: SourceName,
        name: &str,
        chosen_by: HelperChoice,
        programs: &HelperPrograms,
    ) -> Self {
        let location = Location::Helper {
            name: name.to_owned(),
            chosen_by,
        };
        Self {
            name: name.to_owned(),
            label: SourceLabel::new(kind, location),
            programs: programs.clone(),
            for_its_cloud: false,
        }
    }

    /// The same, named for every host: a helper that hands out the login of a cloud is asked for the
    /// registries of that cloud alone, since some answer for any host.
    pub(crate) fn for_every_host(mut self) -> Self {
        self.for_its_cloud = true;
        self
    }

    /// The helper, and who chose it.
    pub(crate) fn location(&self) -> Location {
        self.label.location.clone()
    }

    /// The helper in errors.
    pub(super) fn label(&self) -> &SourceLabel {
        &self.label
    }

    /// Whether it is portunus itself, which is never started.
    pub(crate) fn is_own_program(&self) -> bool {
        self.programs.is_own_program(&self.name)
    }

    /// What it has for a key; `None` where it has nothing.
    pub(crate) fn get(&self, key: &str) -> Result<Option<Credential>, SourceError> {
        let Some(output) = self.ask("get", key, plain(key))? else {
            return Ok(None);
        };
        answer::credential(&output).map_err(|_| self.no_answer(key))
    }

    /// What it has for the first of several spellings it has something for. Those of clouds keep
    /// nothing under any: one is enough.
    pub(crate) fn get_any(&self, keys: &[String]) -> Result<Option<Credential>, SourceError> {
        let cloud = Cloud::of_helper(&self.name);
        let host = keys.first().and_then(|key| host_of(key));
        if let (Some(cloud), Some(key), Some(host)) = (cloud, keys.first(), &host) {
            let is_asked = !self.for_its_cloud || cloud.has(host);
            let found = match is_asked {
                true => self.get(key)?,
                false => None,
            };
            if found.is_none() && is_asked && cloud == Cloud::Amazon && is_ecr(host) {
                let problem = "it has no login, or AWS refused it, which it tells in \
                    `~/.ecr/log/ecr-login.log` alone";
                let remedy = Remedy::run_helper(&self.name, "get");
                return Err(self.failure(key, problem).with_remedy(remedy));
            }
            return Ok(found);
        }
        for key in keys {
            if let Some(credential) = self.get(key)? {
                return Ok(Some(credential));
            }
        }
        Ok(None)
    }

    /// Stores a credential under a key, in place of the one of any other account: `pass` and
    /// `secretservice` would keep both and go on giving the old one.
    pub(crate) fn replace(&self, key: &str, credential: &Credential) -> Result<(), SourceError> {
        // Nothing is erased for what cannot be stored.
        let message = self.message(key, credential)?;
        // Where the old one cannot be read, it cannot be put back either.
        let held = self.get(key);
        let has_nothing = matches!(held, Ok(None));
        let old = held.unwrap_or_default();
        let same_account = old.as_ref().is_some_and(|old| {
            old.kind() == credential.kind() && old.username() == credential.username()
        });
        if !same_account {
            let erased = self.erase(key);
            if !has_nothing {
                // Some have no way to erase what is not there.
                erased?;
            }
        }
        let stored = self
            .ask("store", key, message)
            .and_then(|_| self.confirm(key, Some(credential)));
        if let (Err(_), Some(old)) = (&stored, old) {
            let _ = self.store(key, &old);
        }
        stored
    }

    /// Looks whether it has done what it says it has: that of gcloud keeps nothing and says it does,
    /// that of ECR too where it is told to.
    fn confirm(&self, key: &str, kept: Option<&Credential>) -> Result<(), SourceError> {
        let held = match self.get(key) {
            Ok(held) => held,
            // Nobody will get it from there.
            Err(failure) if kept.is_some() => return Err(failure),
            // One that cannot tell has not said that it has erased nothing.
            Err(_) => return Ok(()),
        };
        let same = held.as_ref().map(Credential::secret) == kept.map(Credential::secret);
        match (same, kept) {
            (true, _) => Ok(()),
            (false, Some(_)) => Err(self.cannot_keep(key, "it says that it has, and has not")),
            (false, None) => Err(self.failure(key, "it says that it has erased it, and has not")),
        }
    }

    /// Puts an identity token in place of one that a realm has replaced by it; where it holds
    /// something else by now, that stays. Helpers have no lock that others could take.
    pub(crate) fn rotate(
        &self,
        spellings: &[String],
        key: &str,
        replaced: &[Credential],
        new: &Credential,
    ) -> Result<Rotation, SourceError> {
        let held = self.get_any(spellings)?;
        let is_old = held.is_some_and(|held| replaced.contains(&held));
        if is_old {
            self.replace(key, new)?;
        }
        Ok(Rotation::of(is_old))
    }

    /// Removes what it has under the spellings of one key, and says what it was: entries for
    /// `entry`. It is not asked again once it failed.
    pub(crate) fn remove(&self, spellings: &[String], entry: &Entry) -> Removal {
        let mut outcome = Removal::default();
        for key in spellings {
            let removed = match self.get(key) {
                Ok(None) => continue,
                Ok(Some(held)) => {
                    self.erase(key)
                        .and_then(|()| self.confirm(key, None))
                        .map(|()| {
                            let mut entry = entry.clone();
                            entry.username = held.username().map(str::to_owned);
                            entry.kind = Some(held.kind());
                            vec![entry]
                        })
                }
                Err(error) => Err(error),
            };
            outcome.add(removed);
            if !outcome.errors.is_empty() {
                break;
            }
        }
        outcome
    }

    /// Stores a credential under a key.
    pub(crate) fn store(&self, key: &str, credential: &Credential) -> Result<(), SourceError> {
        self.ask("store", key, self.message(key, credential)?)
            .map(|_| ())
    }

    /// What `store` reads.
    fn message(
        &self,
        key: &str,
        credential: &Credential,
    ) -> Result<Zeroizing<Vec<u8>>, SourceError> {
        let (username, secret) = match credential {
            Credential::Password { username, password } => (username.as_str(), password),
            Credential::IdentityToken { token, .. } => (TOKEN, token),
            Credential::RegistryToken { .. } => {
                return Err(self.cannot_keep(key, "a helper keeps no registry token"));
            }
        };
        if username.is_empty() {
            return Err(self.cannot_keep(key, "a helper keeps no login without a user name"));
        }
        let in_path = username.contains(['/', '\\']) || username == "..";
        if self.name == "pass" && in_path {
            return Err(self.cannot_keep(key, "`pass` keeps no user name with a slash"));
        }
        if username.contains('\0') || secret.expose().contains('\0') {
            return Err(self.cannot_keep(key, "a helper keeps no NUL characters"));
        }
        let mut message = RenderedObject::default();
        message.set("ServerURL", Some(rendered_string(key)));
        message.set("Username", Some(rendered_string(username)));
        message.set("Secret", Some(rendered_string(secret.expose())));
        let mut line = message.text(None, "");
        let mut bytes = Zeroizing::new(std::mem::take(&mut *line).into_bytes());
        if bytes.len() >= LONGEST_INPUT {
            return Err(self.cannot_keep(key, "the secret is longer than helpers read (64 KiB)"));
        }
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Removes what is stored under a key; whether something was there is not always said.
    pub(crate) fn erase(&self, key: &str) -> Result<(), SourceError> {
        self.ask("erase", key, plain(key)).map(|_| ())
    }

    /// Keys and user names of everything it has.
    pub(crate) fn list(&self) -> Result<Vec<(String, String)>, SourceError> {
        let Some(output) = self.ask("list", "all", plain("unused"))? else {
            return Ok(Vec::new());
        };
        answer::list(&output).map_err(|_| self.no_answer("all"))
    }

    /// Runs a verb; `None` where the helper says that it has nothing.
    fn ask(
        &self,
        verb: &'static str,
        key: &str,
        input: Zeroizing<Vec<u8>>,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, SourceError> {
        if !HelperPrograms::is_name(&self.name) {
            let problem = "a helper's name has letters, digits, dots, hyphens and underscores only";
            let file = self.name.rsplit('/').next().unwrap_or_default();
            let bare = HelperPrograms::bare_name(file).filter(|it| HelperPrograms::is_name(it));
            let problem = match bare {
                Some(bare) => format!("{problem}: write `{bare}`"),
                None => problem.to_owned(),
            };
            return Err(self.failure(key, &problem));
        }
        if key.is_empty() || key.contains(char::is_control) {
            return Err(self.failure(key, "the key is empty or has control characters"));
        }
        if self.is_own_program() {
            return Err(self.failure(key, "it is portunus itself, which would never end"));
        }
        if self.programs.is_inside_helper() {
            let problem = "it is not started, because portunus was itself started by a helper";
            return Err(self.failure(key, problem));
        }
        let program = self.programs.find_helper(&self.name).ok_or_else(|| {
            if let Some(file) = self.programs.find_unusable(&self.name) {
                return self.failure(key, &format!("{} is not executable", file.display()));
            }
            let absent = "there is no such program on PATH";
            let (problem, name) = match HelperPrograms::bare_name(&self.name) {
                // Whoever meant that program has named it as no reader of that file does.
                Some(bare) if self.programs.find_helper(bare).is_some() => {
                    let problem = format!("a helper is named without its prefix: write `{bare}`");
                    return self.failure(key, &problem);
                }
                Some(bare) => (
                    format!("{absent}, and a helper is named without its prefix: `{bare}`"),
                    bare,
                ),
                None => (absent.to_owned(), &*self.name),
            };
            self.failure(key, &problem)
                .with_remedy(Remedy::InstallHelper(name.to_owned()))
        })?;
        let HelperOutput { succeeded, output } = run(&self.programs, &program, verb, input)
            .map_err(|problem| self.failure(key, &problem))?;
        if succeeded {
            return Ok(Some(output));
        }
        // What it printed may hold a secret: only known sentences are understood, none is shown.
        let said = str::from_utf8(&output).unwrap_or_default().trim();
        if said == NOT_FOUND || (verb == "erase" && said.ends_with(NOT_IN_PASS)) {
            return Ok(None);
        }
        if matches!(verb, "store" | "erase") && KEEPS_NOTHING.iter().any(|it| said.contains(it)) {
            return Err(self.cannot_keep(key, "it hands out logins and keeps none"));
        }
        let problem = format!("`{verb}` failed{}", known_reason(said));
        let remedy = match PASS_WITHOUT_STORE.iter().any(|it| said.contains(it)) {
            true => Remedy::InitializePass,
            false => Remedy::run_helper(&self.name, verb),
        };
        Err(self.failure(key, &problem).with_remedy(remedy))
    }

    fn no_answer(&self, key: &str) -> SourceError {
        self.failure(key, "its answer is not what the protocol says")
    }

    fn failure(&self, key: &str, problem: &str) -> SourceError {
        self.label
            .error(format!("cannot ask for `{}`: {problem}", shorten(key)))
    }

    fn cannot_keep(&self, key: &str, problem: &str) -> SourceError {
        self.label
            .cannot_keep(format!("cannot store `{}`: {problem}", shorten(key)))
    }
}

/// The host that a key names.
fn host_of(key: &str) -> Option<Authority> {
    credential_key(key)?.host().authority().cloned()
}

fn plain(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.as_bytes().to_vec())
}

fn shorten(key: &str) -> String {
    key.chars().take(200).collect()
}
