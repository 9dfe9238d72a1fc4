use portunus::authorizer::Permit;
use portunus::credential::Credential;
use portunus::name::{Authority, ImageReference, RegistryNamespace, Repository};
use portunus::resolve::{Attempt, Operation, Resolver, Session};
use portunus::store::Entry;

use super::error::ExportError;
use super::report::ExportWarning;
use super::request::{ExportRequest, ExportTarget};

/// A login that a build pod needs, and where.
pub(super) struct Needed {
    /// The host that is to see it.
    pub(super) host: Authority,
    /// The repository as it is requested there; `None`: every one.
    pub(super) repository: Option<Repository>,
    /// Whether the host is the registry namespace's own.
    pub(super) is_own: bool,
    pub(super) entry: Entry,
    pub(super) credential: Credential,
    /// Every host that is asked for the same image, as URLs.
    pub(super) beside: Vec<String>,
}

/// What the targets need, each once, in their order.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) needed: Vec<Needed>,
    pub(super) warnings: Vec<ExportWarning>,
    pub(super) anonymous: Vec<String>,
}

/// Asks for each target what a pull and a push of it would be shown.
pub(super) fn gather(
    request: &ExportRequest,
    resolver: &Resolver,
) -> Result<Gathered, ExportError> {
    let mut gathered = Gathered::default();
    for target in &request.targets {
        for operation in [Operation::Pull, Operation::Push] {
            let (reference, is_whole) = match target {
                ExportTarget::Image(reference) => (reference.clone(), false),
                ExportTarget::RegistryNamespace(name) => (any_image(name)?, true),
            };
            let prepared = resolver.prepare(&reference, operation, &request.profile)?;
            let attempts = prepared.plan().attempts.iter();
            let asked: Vec<&Attempt> = attempts.filter(|it| !it.phases.is_empty()).collect();
            for attempt in &asked {
                let found = find(
                    attempt,
                    is_whole,
                    request,
                    prepared.session(),
                    &mut gathered,
                )?;
                let Some((entry, credential, host)) = found else {
                    continue;
                };
                let own = Authority::of_registry_namespace(reference.registry_namespace());
                gathered.add(Needed {
                    is_own: own.as_ref() == Some(&host),
                    repository: attempt.repository.clone().filter(|_| !is_whole),
                    host,
                    entry,
                    credential,
                    beside: asked.iter().map(|it| url(it)).collect(),
                });
            }
        }
    }
    Ok(gathered)
}

/// An image of a registry namespace, where its name does not matter.
fn any_image(name: &RegistryNamespace) -> Result<ImageReference, ExportError> {
    Ok(ImageReference::parse(&format!("{name}/any"))?)
}

/// The first login that the host may see and that is still there.
fn find(
    attempt: &Attempt,
    is_whole: bool,
    request: &ExportRequest,
    session: &Session,
    gathered: &mut Gathered,
) -> Result<Option<(Entry, Credential, Authority)>, ExportError> {
    let candidates = attempt.candidates.iter();
    for candidate in candidates.filter(|it| !is_whole || it.entry.key.repository().is_none()) {
        let permit = match Permit::hand_over(attempt, candidate, &request.trust) {
            Ok(permit) => permit,
            Err(failure) => {
                gathered.leave_out(&candidate.entry, failure.to_string());
                continue;
            }
        };
        if let Some(credential) = permit.reveal(session)?
            && let Some(host) = &attempt.authority
        {
            return Ok(Some((candidate.entry.clone(), credential, host.clone())));
        }
    }
    let url = url(attempt);
    if !gathered.anonymous.contains(&url) {
        gathered.anonymous.push(url);
    }
    Ok(None)
}

impl Gathered {
    fn add(&mut self, needed: Needed) {
        let is_there = |it: &Needed| {
            (&it.host, &it.repository, &it.entry)
                == (&needed.host, &needed.repository, &needed.entry)
        };
        if !self.needed.iter().any(is_there) {
            self.needed.push(needed);
        }
    }

    pub(super) fn leave_out(&mut self, entry: &Entry, reason: impl Into<String>) {
        self.warn(ExportWarning::LeftOut {
            key: entry.key.clone(),
            reason: reason.into(),
        });
    }

    pub(super) fn warn(&mut self, warning: ExportWarning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

fn url(attempt: &Attempt) -> String {
    format!("{}://{}", attempt.host.scheme, attempt.host.host)
}
