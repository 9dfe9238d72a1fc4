use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use url::Url;

use super::failure::HostFailure;

use super::shown::Shown;
use crate::reason::Reason;
use crate::store::SourceError;
use crate::token::trust::Origin;

/// What the user should be told. Prints as one line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A credential is not used.
    #[non_exhaustive]
    Passed {
        /// Why.
        failure: HostFailure,
    },
    /// A credential was not accepted.
    #[non_exhaustive]
    Rejected {
        /// The host.
        host: String,
        /// The credential.
        account: Shown,
        /// What the host, or its realm, says to it.
        reason: Option<Reason>,
    },
    /// A credential is not sent, because it was rejected under another key.
    #[non_exhaustive]
    SameLogin {
        /// The host.
        host: String,
        /// The credential.
        account: Shown,
        /// Who rejected it.
        judge: String,
    },
    /// An account is known, and may not do this.
    #[non_exhaustive]
    Lacks {
        /// The host.
        host: String,
        /// Which account, and what it lacks.
        failure: HostFailure,
    },
    /// Every credential was rejected, and the host is asked without one.
    #[non_exhaustive]
    AskedAnonymously {
        /// The host.
        host: String,
    },
    /// The host names a realm without TLS, and was asked at the same place with TLS.
    #[non_exhaustive]
    RealmWithoutTls {
        /// The host.
        host: String,
        /// The realm as it was named.
        realm: Url,
    },
    /// The URL of a realm says for itself what a token request says, and that is left out.
    #[non_exhaustive]
    RealmQuery {
        /// The host.
        host: String,
        /// The realm.
        realm: Origin,
        /// The names of what was left out.
        names: Vec<&'static str>,
    },
    /// The realm replaced an identity token, which cannot be written to where the old one is: it is
    /// good for this session, and the next one will find a dead token.
    #[non_exhaustive]
    NotKept {
        /// The realm.
        realm: Origin,
        /// The credential.
        account: Shown,
        /// What went wrong; `None`: the source cannot be written to.
        problem: Option<SourceError>,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed { failure } => failure.fmt(f),
            Self::Rejected {
                host,
                account,
                reason,
            } => {
                write!(f, "{host} rejected {account}")?;
                reason.iter().try_for_each(|reason| write!(f, ": {reason}"))
            }
            Self::SameLogin {
                host,
                account,
                judge,
            } => write!(
                f,
                "{host}: {account} is the same login as the one that {judge} rejected; it is not \
                 sent again"
            ),
            Self::Lacks { host, failure } => write!(f, "{host}: {failure}"),
            Self::AskedAnonymously { host } => write!(f, "asking {host} anonymously"),
            Self::RealmWithoutTls { host, realm } => write!(
                f,
                "{host} names the realm {}, which has no TLS: the registry's external URL is \
                 wrong; it is asked over https",
                realm.origin().ascii_serialization()
            ),
            Self::RealmQuery { host, realm, names } => write!(
                f,
                "{host} names the realm {realm} with `{}` in its URL, which is left out: a token is \
                 asked for what is needed and no more",
                names.join("`, `")
            ),
            Self::NotKept {
                realm,
                account,
                problem,
            } => {
                write!(
                    f,
                    "{realm} has replaced the identity token of {account}, and the new one cannot \
                     be kept there"
                )?;
                if let Some(problem) = problem {
                    write!(f, " ({problem})")?;
                }
                f.write_str(": the next run will be rejected until you log in again")
            }
        }
    }
}

/// What is to be told, until it is taken.
#[derive(Debug, Default)]
pub(super) struct Warnings(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    waiting: Vec<Warning>,
    told_once: Vec<Warning>,
}

impl Warnings {
    pub(super) fn add(&self, warning: Warning) {
        self.lock().waiting.push(warning);
    }

    /// The same for what is told once, however often it happens.
    pub(super) fn add_once(&self, warning: Warning) {
        let mut kept = self.lock();
        if !kept.told_once.contains(&warning) {
            kept.told_once.push(warning.clone());
            kept.waiting.push(warning);
        }
    }

    /// Takes back what is told as the failure itself.
    pub(super) fn retract(&self, told: &HostFailure) {
        self.lock().waiting.retain(|warning| match warning {
            Warning::Passed { failure } | Warning::Lacks { failure, .. } => failure != told,
            _ => true,
        });
    }

    pub(super) fn take(&self) -> Vec<Warning> {
        std::mem::take(&mut self.lock().waiting)
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
