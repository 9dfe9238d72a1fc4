use std::collections::BTreeSet;

use portunus::authorizer::Permit;
use portunus::credential::Credential;
use portunus::name::{
    Authority, ImageReference, NameError, Profile, RegistryNamespace, Repository,
};
use portunus::resolve::{Attempt, Candidate, Operation, Resolver, Rule, Session};
use portunus::store::Entry;

use super::error::ExportError;
use super::report::ExportWarning;
use super::request::{ExportRequest, ExportTarget, image_of};

/// Stands for every repository below another. Of two segments, since one is in `library` at Docker
/// Hub.
const ANY: &str = "any/any";

/// A login that a build pod needs, and where.
pub(super) struct Needed {
    /// The host that is to see it.
    pub(super) host: Authority,
    /// As tools write it, which compare its text: of the registry namespace's own host as the image
    /// does, of a mirror as `hosts.toml` does.
    pub(super) host_text: String,
    /// The repository as it is requested there; `None`: every one.
    pub(super) repository: Option<Repository>,
    /// Whether every repository below is meant, too.
    pub(super) is_prefix: bool,
    /// Whether the host is the registry namespace's own.
    pub(super) is_own: bool,
    pub(super) entry: Entry,
    pub(super) credential: Credential,
    /// Every host that is asked for the same image, as URLs.
    pub(super) beside: Vec<String>,
    /// By which targets it is needed, as places in the request.
    pub(super) targets: Vec<usize>,
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
    let mut gathering = Gathering {
        request,
        resolver,
        gathered: Gathered::default(),
        target: 0,
    };
    for (at, target) in request.targets.iter().enumerate() {
        gathering.target = at;
        match target {
            ExportTarget::Image(reference) => gathering.ask(reference, false)?,
            ExportTarget::RegistryNamespace(name) => gathering.ask_whole(name)?,
        }
    }
    Ok(gathering.gathered)
}

struct Gathering<'a> {
    request: &'a ExportRequest,
    resolver: &'a Resolver,
    gathered: Gathered,
    /// Which target is asked for, as its place in the request.
    target: usize,
}

impl Gathering<'_> {
    /// Asks for every repository, and for each for which some login is stored.
    fn ask_whole(&mut self, name: &RegistryNamespace) -> Result<(), ExportError> {
        let every = below(name, None)?;
        let limited = self.limited(&every)?;
        let before = self.gathered.anonymous.len();
        self.ask(&every, true)?;
        if !limited.is_empty() {
            // A host that is asked without a login for the other repositories is not so for all.
            self.gathered.anonymous.truncate(before);
        }
        for repository in &limited {
            self.ask(&below(name, Some(repository))?, true)?;
        }
        Ok(())
    }

    /// The repositories of a registry namespace for which logins are stored, at any of its hosts.
    fn limited(&self, every: &ImageReference) -> Result<BTreeSet<Repository>, ExportError> {
        let mut limited = BTreeSet::new();
        // A mirror can be lent a login of the registry's own host, which may not be asked itself.
        let own = Authority::of_registry_namespace(every.registry_namespace());
        let mut places: Vec<(Authority, String)> =
            Vec::from_iter(own.map(|own| (own, String::new())));
        for operation in [Operation::Pull, Operation::Push] {
            let profile = &self.request.profile;
            let plan = self.resolver.resolve(every, operation, profile)?;
            for attempt in plan {
                let base = attempt.repository.as_ref().and_then(base);
                places.extend(attempt.authority.zip(base.map(str::to_owned)));
            }
        }
        for (host, base) in places {
            let entries = self.resolver.entries(&host)?.into_iter();
            let profiles = [&self.request.profile, &Profile::DEFAULT];
            for entry in entries.filter(|it| profiles.contains(&it.key.profile())) {
                let repository = entry.key.repository().map(Repository::as_str);
                let here = repository.and_then(|it| it.strip_prefix(&*base));
                limited.extend(here.and_then(|it| Repository::new(it).ok()));
            }
        }
        Ok(limited)
    }

    /// `is_prefix`: the image stands for all that is [below](ANY).
    fn ask(&mut self, reference: &ImageReference, is_prefix: bool) -> Result<(), ExportError> {
        for operation in [Operation::Pull, Operation::Push] {
            let profile = &self.request.profile;
            let prepared = self.resolver.prepare(reference, operation, profile)?;
            let attempts = prepared.plan().attempts.iter();
            let asked: Vec<&Attempt> = attempts.filter(|it| !it.phases.is_empty()).collect();
            for attempt in &asked {
                let candidates = attempt.candidates.iter();
                let fitting: Vec<&Candidate> = candidates
                    .filter(|it| !is_prefix || is_for_all_below(it, attempt, reference))
                    .collect();
                let found = self.find(attempt, &fitting, prepared.session())?;
                let Some((candidate, credential, host)) = found else {
                    continue;
                };
                let own = Authority::of_registry_namespace(reference.registry_namespace());
                let is_own = own.as_ref() == Some(&host);
                self.gathered.add(Needed {
                    host_text: match is_own {
                        true => reference.registry_namespace().to_string(),
                        false => attempt.host.host.clone(),
                    },
                    host,
                    repository: match is_prefix {
                        true => limited_to(candidate, attempt),
                        false => attempt.repository.clone(),
                    },
                    is_prefix,
                    is_own,
                    entry: candidate.entry.clone(),
                    credential,
                    beside: asked.iter().map(|it| url(it)).collect(),
                    targets: vec![self.target],
                });
            }
        }
        Ok(())
    }

    /// The first login that the host may see and that is still there.
    fn find<'a>(
        &mut self,
        attempt: &Attempt,
        candidates: &[&'a Candidate],
        session: &Session,
    ) -> Result<Option<(&'a Candidate, Credential, Authority)>, ExportError> {
        for candidate in candidates {
            let permit = match Permit::hand_over(attempt, candidate, &self.request.trust) {
                Ok(permit) => permit,
                Err(failure) => {
                    let told = ExportWarning::left_out(&candidate.entry, failure.to_string());
                    let warnings = &mut self.gathered.warnings;
                    let is_new = !warnings.contains(&told);
                    warnings.extend(is_new.then_some(told));
                    continue;
                }
            };
            if let Some(credential) = permit.reveal(session)?
                && let Some(host) = &attempt.authority
            {
                return Ok(Some((candidate, credential, host.clone())));
            }
        }
        let url = url(attempt);
        if !self.gathered.anonymous.contains(&url) {
            self.gathered.anonymous.push(url);
        }
        Ok(None)
    }
}

/// The image that stands for all below a repository, or in a registry namespace.
fn below(
    name: &RegistryNamespace,
    repository: Option<&Repository>,
) -> Result<ImageReference, NameError> {
    let path = repository.map(|it| format!("{it}/")).unwrap_or_default();
    image_of(name, &format!("{path}{ANY}"))
}

/// What is before [`ANY`] in a repository: nothing, or what ends in a slash.
fn base(repository: &Repository) -> Option<&str> {
    repository.as_str().strip_suffix(ANY)
}

/// Whether a login is for each repository of those that the image stands for.
fn is_for_all_below(candidate: &Candidate, attempt: &Attempt, reference: &ImageReference) -> bool {
    let repository = match &candidate.rule {
        Rule::CredentialDomain(_) => Some(reference.repository()),
        _ => attempt.repository.as_ref(),
    };
    let Some(limit) = candidate.entry.key.repository() else {
        return true;
    };
    let base = repository.and_then(base);
    base.is_some_and(|base| base.starts_with(&format!("{limit}/")))
}

/// To which repositories of its host a login is limited.
fn limited_to(candidate: &Candidate, attempt: &Attempt) -> Option<Repository> {
    let limit = candidate.entry.key.repository()?;
    match &candidate.rule {
        Rule::CredentialDomain(_) => {
            let base = attempt.repository.as_ref().and_then(base)?;
            Repository::new(base.trim_end_matches('/')).ok()
        }
        _ => Some(limit.clone()),
    }
}

impl Gathered {
    fn add(&mut self, needed: Needed) {
        let is_there = |it: &Needed| {
            (&it.host_text, &it.repository, &it.entry)
                == (&needed.host_text, &needed.repository, &needed.entry)
        };
        match self.needed.iter_mut().find(|it| is_there(it)) {
            Some(held) => held.targets.extend(needed.targets),
            None => self.needed.push(needed),
        }
    }
}

fn url(attempt: &Attempt) -> String {
    format!("{}://{}", attempt.host.scheme, attempt.host.host)
}
