use std::path::Path;

use portunus::hosts::{self, DEFAULT_DIRECTORY, Finding, FindingSubject};
use portunus::name::{Authority, CredentialKey, RegistryNamespace};
use portunus::remedy::Remedy;
use portunus::resolve::{CheckCode, CheckSubject};

use crate::help::Help;

/// What to do about a finding: a remedy where there is one, else what the library says.
pub(crate) fn finding_help<C, S>(finding: &Finding<C, S>) -> Option<Help>
where
    C: Copy + Into<CheckCode>,
    S: Clone + Into<CheckSubject>,
{
    let said = || finding.help.clone().map(Help::from);
    let subject = finding.subject.clone().map(Into::into);
    let spoken_for = speaks_for(&finding.place.file);
    match (finding.code.into(), subject) {
        (CheckCode::CredentialDomainRefused, Some(CheckSubject::ForeignWriter(writer))) => {
            Some(Remedy::KeepOthersOut(writer).into())
        }
        (CheckCode::CredentialDomainRefused, _) => match spoken_for {
            Some(name) => Some(Remedy::ShowHosts(Some(name)).into()),
            None => said(),
        },
        (CheckCode::Hosts(code), subject) => match (code, subject) {
            (hosts::Code::SecretHeader | hosts::Code::UserinfoInUrl, subject) => {
                let key = subject.and_then(|it| login_key(&it, spoken_for));
                Some(Remedy::LogInInstead(key.map(Box::new)).into())
            }
            (
                hosts::Code::UnknownKey,
                Some(subject @ CheckSubject::Hosts(FindingSubject::Host { .. })),
            ) => {
                let key = login_key(&subject, spoken_for);
                Some(Remedy::LogInInstead(key.map(Box::new)).into())
            }
            (hosts::Code::SameHostAndPort, _) => Some(Help::from(Remedy::PullLocally(None)).in_words(
                "`{program} pull` asks each with its own; for other clients give each its own host name or port",
            )),
            (hosts::Code::PathMirrorScope, _) => Some(Help::from(Remedy::PullLocally(None)).in_words(
                "pull with `{program} pull --local`, which asks for the whole name",
            )),
            (
                hosts::Code::OpenKeyFile,
                Some(CheckSubject::Hosts(FindingSubject::File(path))),
            ) => Some(Remedy::RestrictFile(path).into()),
            _ => said(),
        },
        _ => said(),
    }
}

/// The registry namespace that a file speaks for; `None` where it does for all.
fn speaks_for(file: &Path) -> Option<RegistryNamespace> {
    let directory = file.parent()?.file_name()?.to_str()?;
    let name = RegistryNamespace::new(directory).ok()?;
    (directory != DEFAULT_DIRECTORY).then_some(name)
}

/// What a login is kept under that takes the place of a secret in a file.
fn login_key(
    subject: &CheckSubject,
    registry_namespace: Option<RegistryNamespace>,
) -> Option<CredentialKey> {
    let CheckSubject::Hosts(FindingSubject::Host { scheme, host, .. }) = subject else {
        return None;
    };
    let key = CredentialKey::plain(Authority::of_host(scheme, host).ok()?);
    Some(match registry_namespace {
        Some(name) => key.with_registry_namespace(name),
        None => key,
    })
}
