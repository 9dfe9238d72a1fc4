use std::sync::Arc;

use super::attempt::Attempt;
use super::candidate::{Candidate, PassedOver};
use super::credential_domain::CredentialDomain;
use super::error::ResolveError;
use super::gathering::Gathering;
use super::matching::{Verdict, Wanted};
use super::operation::{Operation, Phase};
use super::phases::phases;
use super::plan::Plan;
use super::prepare_hosts::prepare_hosts;
use super::session::Session;
use crate::name::{Authority, ImageReference, Profile, Repository};
use crate::store::Source;
use containerd_hosts::{Host, HostsTree, Reading};

/// Joins the hosts of a registry namespace with the credentials of some sources.
///
/// ```no_run
/// use std::sync::Arc;
/// use portunus::hosts::HostsTree;
/// use portunus::name::{ImageReference, Profile};
/// use portunus::resolve::{Operation, Resolver};
/// use portunus::store::CredentialsFile;
///
/// let hosts = HostsTree::new(vec!["/etc/containerd/certs.d".into()]);
/// let file = CredentialsFile::new("/home/me/.config/portunus/credentials.json");
/// let resolver = Resolver::new(hosts).with_source(Arc::new(file));
/// let image = ImageReference::parse("reg.test/team/app:v1")?;
/// let plan = resolver.resolve(&image, Operation::Pull, &Profile::DEFAULT)?;
/// for attempt in &plan.attempts {
///     println!("{} {:?}", attempt.host.host, attempt.candidates.first());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Resolver {
    hosts: HostsTree,
    reading: Reading,
    sources: Vec<Arc<dyn Source>>,
    inherit: bool,
}

/// Initialization
impl Resolver {
    /// A resolver without sources: every host is asked anonymously.
    pub fn new(hosts: HostsTree) -> Self {
        Self {
            hosts: prepare_hosts(hosts),
            reading: Reading::default(),
            sources: Vec::new(),
            inherit: false,
        }
    }

    /// Adds a source of credentials.
    #[must_use]
    pub fn with_source(mut self, source: Arc<dyn Source>) -> Self {
        self.sources.push(source);
        self
    }

    /// Reads `hosts.toml` in another way than strictly.
    #[must_use]
    pub fn with_reading(mut self, reading: Reading) -> Self {
        self.reading = reading;
        self
    }

    /// Whether a named profile also sees the entries of the default profile, after its own.
    #[must_use]
    pub fn inheriting(mut self, inherit: bool) -> Self {
        self.inherit = inherit;
        self
    }
}

/// Resolution
impl Resolver {
    /// Which hosts are asked for this image, in which order, and which credential each may see.
    ///
    /// The hosts come in the order of `hosts.toml`, the server last. For each of them every entry
    /// of every source that may concern it is judged: an entry that matches is a candidate, the
    /// most specific first, and one that does not is passed over with the rule that said so. A
    /// host that the operator trusts with the credential of the registry namespace
    /// (`credential_domain`) gets those candidates after its own.
    ///
    /// # Errors
    /// Where the hosts cannot be told, our own file is broken, or a foreign source failed and the
    /// operation is a push.
    pub fn resolve(
        &self,
        reference: &ImageReference,
        operation: Operation,
        profile: &Profile,
    ) -> Result<Plan, ResolveError> {
        let found = self
            .hosts
            .hosts(reference.registry_namespace(), self.reading)?;
        let phases = phases(&found.hosts, reference, operation);
        let mut gathering = Gathering::new(&self.sources);
        let mut attempts = Vec::with_capacity(found.hosts.len());
        for (host, phases) in found.hosts.into_iter().zip(phases) {
            let mut attempt = new_attempt(host, phases, reference);
            self.add_own_candidates(&mut attempt, reference, profile, &mut gathering);
            self.add_trusted_candidates(&mut attempt, reference, profile, &mut gathering);
            attempts.push(attempt);
        }
        let warnings = gathering.finish(operation != Operation::Push)?;
        Ok(Plan {
            reference: reference.clone(),
            operation,
            profile: profile.clone(),
            attempts,
            findings: found.findings,
            warnings,
        })
    }

    /// A session that fetches the secrets of plans made by this resolver.
    pub fn session(&self) -> Session {
        Session::new(self.sources.clone())
    }

    fn add_own_candidates(
        &self,
        attempt: &mut Attempt,
        reference: &ImageReference,
        profile: &Profile,
        gathering: &mut Gathering<'_>,
    ) {
        let Some(authority) = attempt.authority.clone() else {
            return;
        };
        let wanted = Wanted {
            authority: &authority,
            registry_namespace: reference.registry_namespace(),
            repository: &attempt.repository.clone(),
            profile,
            inherit: self.inherit,
        };
        let (candidates, passed_over) = judge_entries(&wanted, gathering, |reason| reason);
        attempt.candidates = candidates;
        attempt.passed_over = passed_over;
    }

    fn add_trusted_candidates(
        &self,
        attempt: &mut Attempt,
        reference: &ImageReference,
        profile: &Profile,
        gathering: &mut Gathering<'_>,
    ) {
        let asked = reference.registry_namespace();
        let Some(domain) = CredentialDomain::judge(&attempt.host, asked) else {
            return;
        };
        let line = domain.place.line;
        if let Some(why) = domain.refused {
            attempt.notes.push(format!(
                "credential_domain in line {line} is not honoured: {why}"
            ));
            return;
        }
        let Some(authority) = Authority::of_registry_namespace(asked) else {
            return;
        };
        let wanted = Wanted {
            authority: &authority,
            registry_namespace: reference.registry_namespace(),
            repository: reference.repository(),
            profile,
            inherit: self.inherit,
        };
        let trusted = |reason| {
            format!("{reason} of {authority}, which line {line} trusts (credential_domain)")
        };
        let (candidates, _) = judge_entries(&wanted, gathering, trusted);
        let known = |candidate: &Candidate| {
            attempt
                .candidates
                .iter()
                .any(|own| own.entry.key == candidate.entry.key)
        };
        let new: Vec<Candidate> = candidates.into_iter().filter(|c| !known(c)).collect();
        attempt.candidates.extend(new);
    }
}

fn new_attempt(host: Host, phases: Vec<Phase>, reference: &ImageReference) -> Attempt {
    let mut notes = Vec::new();
    let authority = match Authority::of_host(&host.scheme, &host.host) {
        Ok(authority) => Some(authority),
        Err(error) => {
            notes.push(format!(
                "no credential can be stored for this host: {}",
                error.problem()
            ));
            None
        }
    };
    if phases.contains(&Phase::Fetch) && !host.capabilities.pull {
        notes.push("without `pull`, yet containerd fetches from it".to_owned());
    }
    if phases == [Phase::Push] && !host.is_server {
        notes.push("the push lands on this mirror".to_owned());
    }
    let repository = repository_at(&host, reference.repository());
    let candidates = Vec::new();
    Attempt {
        host,
        authority,
        phases,
        repository,
        candidates,
        passed_over: Vec::new(),
        notes,
    }
}

/// The repository as the host's registry sees it: what stands behind `/v2/` in the path of a path
/// mirror comes first (distribution specification, "Endpoints").
fn repository_at(host: &Host, repository: &Repository) -> Repository {
    let prefix = host
        .path
        .strip_prefix("/v2/")
        .unwrap_or_default()
        .trim_matches('/');
    match prefix {
        "" => repository.clone(),
        prefix => {
            Repository::new(format!("{prefix}/{repository}")).unwrap_or_else(|_| repository.clone())
        }
    }
}

/// The entries that match, best first, and those that do not.
fn judge_entries(
    wanted: &Wanted<'_>,
    gathering: &mut Gathering<'_>,
    describe: impl Fn(String) -> String,
) -> (Vec<Candidate>, Vec<PassedOver>) {
    let mut ranked = Vec::new();
    let mut passed_over = Vec::new();
    for (source_position, entry) in gathering.entries(wanted.authority) {
        match wanted.judge(&entry) {
            Verdict::Matches(rank) => {
                let reason = describe(wanted.reason(&entry));
                ranked.push((
                    rank,
                    Candidate {
                        entry,
                        reason,
                        source_position,
                    },
                ));
            }
            Verdict::PassedOver(reason) => passed_over.push(PassedOver { entry, reason }),
        }
    }
    // The sort is stable: equal ranks keep the order of the sources and of the entries in them.
    ranked.sort_by(|(a, _), (b, _)| a.cmp(b));
    (
        ranked.into_iter().map(|(_, candidate)| candidate).collect(),
        passed_over,
    )
}
