use portunus::credential::CredentialKind;
use portunus::remedy::{Advise, Remedy};

use crate::callback::host_answer::HostAnswer;
use crate::callback::lookup::Lookup;
use crate::callback::no_answer::NoAnswer;
use crate::callback::stored_under::StoredUnder;

/// What each host of an operation is told, decided before the daemon is called.
///
/// Hosts are known by the text that containerd sends: `URL.Host` of the request, which is the
/// text of `hosts.toml` with the port only where one is written. It has neither scheme nor path,
/// so that two hosts of a plan can share it.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    hosts: Vec<AnsweredHost>,
}

#[derive(Debug, Clone)]
struct AnsweredHost {
    scheme: String,
    host: String,
    answer: HostAnswer,
}

impl Answers {
    /// Adds what a host is told. `scheme` and `host` are those of its line in `hosts.toml`.
    ///
    /// Where an `http` and an `https` host share the text, neither gets a credential: containerd
    /// does not say which of them it is about to show it to.
    ///
    /// # Errors
    /// Where a host of the same scheme and text has another answer: containerd asks once and
    /// shows the answer to both. Where the credential is a registry token.
    pub fn add(
        &mut self,
        scheme: &str,
        host: &str,
        answer: HostAnswer,
    ) -> Result<(), AnswersError> {
        if let HostAnswer::Credential(held) = &answer
            && held.credential.kind() == CredentialKind::RegistryToken
        {
            return Err(AnswersError::RegistryToken {
                host: host.to_owned(),
                stored: Box::new(held.stored.clone()),
            });
        }
        let sharing = self.hosts.iter_mut().find(|known| known.host == host);
        let Some(known) = sharing else {
            self.hosts.push(AnsweredHost {
                scheme: scheme.to_owned(),
                host: host.to_owned(),
                answer,
            });
            return Ok(());
        };
        if known.scheme != scheme {
            known.answer = without_credential(&known.answer, &answer, host);
        } else if asks_for_nothing(&known.answer) {
            known.answer = answer;
        } else if !asks_for_nothing(&answer) && answer != known.answer {
            return Err(AnswersError::Ambiguous {
                host: host.to_owned(),
            });
        }
        Ok(())
    }

    /// What a host is told; `None` where it is not in the plan. The text is compared letter by
    /// letter.
    pub fn get(&self, host: &str) -> Option<&HostAnswer> {
        let found = self.hosts.iter().find(|known| known.host == host);
        found.map(|known| &known.answer)
    }

    /// The hosts by the text that containerd sends, in the order they were added.
    pub fn hosts(&self) -> impl Iterator<Item = (&str, &HostAnswer)> {
        self.hosts
            .iter()
            .map(|known| (known.host.as_str(), &known.answer))
    }
}

impl Lookup for Answers {
    fn answer(&self, host: &str) -> Option<HostAnswer> {
        self.get(host).cloned()
    }
}

/// The answers cannot be given through containerd; the way around it is to pull without it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswersError {
    /// Two hosts of a plan that containerd cannot tell apart have different answers.
    #[error(
        "{host}: two hosts of the plan share this text and have different credentials, and containerd asks only once for both"
    )]
    #[non_exhaustive]
    Ambiguous {
        /// The shared text.
        host: String,
    },
    /// The credential is a registry token, which containerd takes from nobody.
    #[error("{host}: {stored} is a registry token, which containerd takes from nobody")]
    #[non_exhaustive]
    RegistryToken {
        /// The host.
        host: String,
        /// Where the token is stored.
        stored: Box<StoredUnder>,
    },
}

impl Advise for AnswersError {
    /// The way around it is the same: from here each host is asked on its own, with a registry
    /// token too.
    fn remedies(&self) -> Vec<Remedy> {
        vec![Remedy::PullLocally(None)]
    }
}

fn asks_for_nothing(answer: &HostAnswer) -> bool {
    matches!(
        answer,
        HostAnswer::Nothing(NoAnswer::NotNeeded | NoAnswer::NoPart)
    )
}

fn without_credential(known: &HostAnswer, added: &HostAnswer, host: &str) -> HostAnswer {
    let held = [known, added].into_iter().find_map(|answer| match answer {
        HostAnswer::Credential(held) => Some(held),
        _ => None,
    });
    match held {
        Some(held) => HostAnswer::Nothing(NoAnswer::Refused {
            stored: held.stored.clone(),
            reason: format!("an http and an https host share the text {host}"),
            remedy: Some(Box::new(Remedy::PullLocally(None))),
        }),
        None if asks_for_nothing(known) => added.clone(),
        None => known.clone(),
    }
}

#[cfg(test)]
mod tests {
    use portunus::credential::Credential;
    use portunus::name::CredentialKey;

    use super::*;
    use crate::callback::host_answer::HeldCredential;
    use crate::callback::stored_under::StoredUnder;

    fn account(name: &str) -> HostAnswer {
        let key: CredentialKey = "mirror.test?ns=reg.test".parse().unwrap();
        let stored = StoredUnder::new(key, "file");
        HostAnswer::Credential(HeldCredential::new(
            Credential::password(name, "pw"),
            stored,
        ))
    }

    #[test]
    fn a_host_is_found_by_its_exact_text_only() {
        let mut answers = Answers::default();
        answers
            .add("https", "mirror.test:443", account("alice"))
            .unwrap();
        assert!(answers.get("mirror.test:443").is_some());
        for other in ["mirror.test", "Mirror.test:443", "mirror.test:443/", ""] {
            assert_eq!(answers.get(other), None, "{other:?}");
        }
    }

    #[test]
    fn path_mirrors_with_different_accounts_stop_the_command() {
        let mut answers = Answers::default();
        answers
            .add("https", "mirror.test", account("alice"))
            .unwrap();
        answers
            .add("https", "mirror.test", account("alice"))
            .unwrap();
        answers
            .add(
                "https",
                "mirror.test",
                HostAnswer::Nothing(NoAnswer::NotNeeded),
            )
            .unwrap();
        let error = answers
            .add("https", "mirror.test", account("bob"))
            .unwrap_err();
        assert!(error.to_string().contains("mirror.test"));
        assert_eq!(error.remedies(), [Remedy::PullLocally(None)]);
    }

    #[test]
    fn a_host_without_a_part_takes_no_credential_from_the_one_that_has() {
        for answers in [
            [HostAnswer::Nothing(NoAnswer::NoPart), account("alice")],
            [account("alice"), HostAnswer::Nothing(NoAnswer::NoPart)],
        ] {
            let mut told = Answers::default();
            for answer in answers {
                told.add("https", "mirror.test", answer).unwrap();
            }
            assert_eq!(told.get("mirror.test"), Some(&account("alice")));
        }
    }

    #[test]
    fn a_registry_token_is_refused_loudly() {
        let HostAnswer::Credential(mut held) = account("alice") else {
            unreachable!()
        };
        held.credential = Credential::RegistryToken {
            token: "canary".into(),
        };
        let mut answers = Answers::default();
        let error = answers
            .add("https", "mirror.test", HostAnswer::Credential(held))
            .unwrap_err();
        assert!(error.to_string().contains("mirror.test?ns=reg.test"));
        assert_eq!(error.remedies(), [Remedy::PullLocally(None)]);
        assert!(!format!("{error:?}").contains("canary"));
    }

    #[test]
    fn http_and_https_hosts_of_one_text_get_no_secret() {
        for (first, second) in [("http", "https"), ("https", "http")] {
            let mut answers = Answers::default();
            answers.add(first, "mirror.test", account("alice")).unwrap();
            answers
                .add(second, "mirror.test", account("alice"))
                .unwrap();
            answers
                .add(
                    first,
                    "mirror.test",
                    HostAnswer::Nothing(NoAnswer::NotNeeded),
                )
                .unwrap();
            assert!(
                matches!(
                    answers.get("mirror.test"),
                    Some(HostAnswer::Nothing(NoAnswer::Refused { .. }))
                ),
                "{first}"
            );
        }
    }
}
