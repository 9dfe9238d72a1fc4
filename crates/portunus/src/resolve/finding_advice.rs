use std::path::Path;

use super::check::CheckSubject;
use super::check_code::CheckCode;
use crate::name::{Authority, CredentialKey, RegistryNamespace};
use crate::remedy::{Advise, Remedy};
use containerd_hosts::{Code, DEFAULT_DIRECTORY, Finding, FindingSubject};

impl<C, S> Advise for Finding<C, S>
where
    C: Copy + Into<CheckCode>,
    S: Clone + Into<CheckSubject>,
{
    /// What is more than [`Finding::help`] says.
    fn remedies(&self) -> Vec<Remedy> {
        let subject = self.subject.clone().map(Into::into);
        let remedy = remedy(self.code.into(), subject, speaks_for(&self.place.file));
        remedy.into_iter().collect()
    }
}

/// `spoken_for`: whose hosts the file has.
fn remedy(
    code: CheckCode,
    subject: Option<CheckSubject>,
    spoken_for: Option<RegistryNamespace>,
) -> Option<Remedy> {
    Some(match (code, subject) {
        (CheckCode::CredentialDomainRefused, Some(CheckSubject::ForeignWriter(writer))) => {
            Remedy::KeepOthersOut(writer)
        }
        (CheckCode::CredentialDomainRefused, _) => Remedy::ShowHosts(Some(spoken_for?)),
        (
            CheckCode::Hosts(Code::UnknownKey | Code::SecretHeader | Code::UserinfoInUrl),
            Some(CheckSubject::Hosts(FindingSubject::Host { scheme, host, .. })),
        ) => Remedy::LogInInstead(login_key(&scheme, &host, spoken_for).map(Box::new)),
        (CheckCode::Hosts(Code::SecretHeader | Code::UserinfoInUrl), _) => {
            Remedy::LogInInstead(None)
        }
        (CheckCode::Hosts(Code::SameHostAndPort | Code::PathMirrorScope), _) => {
            Remedy::PullLocally(None)
        }
        (
            CheckCode::Hosts(Code::OpenKeyFile),
            Some(CheckSubject::Hosts(FindingSubject::File(path))),
        ) => Remedy::RestrictFile(path),
        _ => return None,
    })
}

/// The registry namespace that a file speaks for; `None` where it does for all.
fn speaks_for(file: &Path) -> Option<RegistryNamespace> {
    let directory = file.parent()?.file_name()?.to_str()?;
    let name = RegistryNamespace::new(directory).ok()?;
    (directory != DEFAULT_DIRECTORY).then_some(name)
}

/// What a login is kept under that takes the place of a secret in a file.
fn login_key(
    scheme: &str,
    host: &str,
    registry_namespace: Option<RegistryNamespace>,
) -> Option<CredentialKey> {
    let key = CredentialKey::plain(Authority::of_host(scheme, host).ok()?);
    Some(match registry_namespace {
        Some(name) => key.with_registry_namespace(name),
        None => key,
    })
}
