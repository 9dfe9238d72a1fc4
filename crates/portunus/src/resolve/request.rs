use std::sync::Arc;

use super::attempt::Attempt;
use super::candidate::{Candidate, PassedOver};
use super::credential_domain::CredentialDomain;
use super::gathering::Gathering;
use super::matching::{Verdict, Wanted};
use super::note::Note;
use super::operation::Phase;
use super::repository_at::repository_at;
use super::rule::{Loan, Rule};
use super::scope::Scope;
use super::source_handle::SourceHandle;
use crate::name::{Authority, ImageReference, NameError, Profile, Repository};
use crate::store::Asked;
use containerd_hosts::{Host, Place};

/// What a plan is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) reference: &'a ImageReference,
    /// Its registry namespace, as credential keys have it.
    pub(super) name_in_keys: &'a str,
    pub(super) profile: &'a Profile,
    /// Whether a named profile also sees the entries of the default profile.
    pub(super) inherit: bool,
    /// Whether it tells which credentials were passed over.
    pub(super) explain: bool,
}

/// Whom a `credential_domain` lends a credential of.
struct Lender {
    owner: Authority,
    place: Place,
}

impl Request<'_> {
    /// Judges everything that is stored for a host: its own candidates first, then those that
    /// another host's login lends it.
    pub(super) fn attempt(
        &self,
        host: &Arc<Host>,
        phases: &'static [Phase],
        gathering: &mut Gathering<'_>,
    ) -> Attempt {
        let authority = Authority::of_host(&host.scheme, &host.host);
        let repository = repository_at(host, self.reference.repository());
        let mut notes = notes(host, phases, authority.as_ref().err());
        if repository.is_none() {
            notes.push(Note::NoRepositoryName);
        }
        let authority = authority.ok();
        let judged = authority
            .as_ref()
            .map(|authority| self.own(authority, repository.as_ref(), gathering));
        let Judged {
            mut candidates,
            others,
            passed_over,
        } = judged.unwrap_or_default();
        match self.lender(host) {
            Ok(Some(lender)) => {
                let lent = self.lent(lender, gathering);
                let keys = |candidate: &Candidate| candidate.entry.key.clone();
                let own: Vec<_> = candidates.iter().map(keys).collect();
                candidates.extend(lent.into_iter().filter(|it| !own.contains(&it.entry.key)));
            }
            Ok(None) => {}
            Err(note) => notes.push(note),
        }
        Attempt {
            host: without_headers(host),
            authority,
            phases,
            repository,
            candidates,
            others,
            passed_over,
            notes,
        }
    }

    fn own(
        &self,
        authority: &Authority,
        repository: Option<&Repository>,
        gathering: &mut Gathering<'_>,
    ) -> Judged {
        let rule = |scope| Rule::Stored(Box::new(scope));
        self.judge_entries(&self.wanted(authority, repository), gathering, rule)
    }

    /// Who is passed over there is told at the host that it is stored for.
    fn lent(&self, lender: Lender, gathering: &mut Gathering<'_>) -> Vec<Candidate> {
        let Lender { owner, place } = lender;
        let wanted = self.wanted(&owner, Some(self.reference.repository()));
        let rule = |stored: Scope| {
            Rule::CredentialDomain(Box::new(Loan {
                stored,
                owner: owner.clone(),
                place: place.clone(),
            }))
        };
        self.judge_entries(&wanted, gathering, rule).candidates
    }

    fn lender(&self, host: &Host) -> Result<Option<Lender>, Note> {
        let asked = self.reference.registry_namespace();
        let Some(domain) = CredentialDomain::judge(host, asked) else {
            return Ok(None);
        };
        let place = domain.place;
        if let Some(refusal) = domain.refused {
            return Err(Note::CredentialDomainRefused { place, refusal });
        }
        let owner = Authority::of_registry_namespace(asked);
        Ok(owner.map(|owner| Lender { owner, place }))
    }

    fn wanted<'a>(
        &'a self,
        authority: &'a Authority,
        repository: Option<&'a Repository>,
    ) -> Wanted<'a> {
        Wanted {
            authority,
            registry_namespace: self.reference.registry_namespace(),
            repository,
            profile: self.profile,
            inherit: self.inherit,
        }
    }

    fn judge_entries(
        &self,
        wanted: &Wanted<'_>,
        gathering: &mut Gathering<'_>,
        rule: impl Fn(Scope) -> Rule,
    ) -> Judged {
        let inherited = wanted.inherit && *wanted.profile != Profile::DEFAULT;
        let profiles = [wanted.profile, &Profile::DEFAULT];
        let profiles = &profiles[..1 + usize::from(inherited)];
        let asked = Asked {
            host: wanted.authority,
            registry_namespace: self.name_in_keys,
            repository: wanted.repository,
            profiles,
        };
        let gathered = gathering.entries(&asked);
        let mut judged = Judged {
            others: gathered.others,
            ..Judged::default()
        };
        let mut ranked = Vec::new();
        for (added, source, entry) in gathered.entries {
            match wanted.judge(&entry, added) {
                Verdict::Matches(rank, scope) => {
                    let rule = rule(scope);
                    let candidate = Candidate {
                        entry,
                        rule,
                        source: Some(SourceHandle::of(source)),
                    };
                    ranked.push((rank, candidate));
                }
                Verdict::PassedOver(rule) => {
                    judged.others += 1;
                    if self.explain {
                        judged.passed_over.push(PassedOver { entry, rule });
                    }
                }
            }
        }
        // The sort is stable: equal ranks keep the order of the entries in their source.
        ranked.sort_by(|(a, _), (b, _)| a.cmp(b));
        judged.candidates = ranked.into_iter().map(|(_, it)| it).collect();
        judged
    }
}

/// What was found for a host.
#[derive(Default)]
struct Judged {
    /// The entries that match, best first.
    candidates: Vec<Candidate>,
    /// How many do not.
    others: usize,
    /// Those, where they are to be told.
    passed_over: Vec<PassedOver>,
}

/// Their values may be secrets, and a plan has none.
fn without_headers(host: &Arc<Host>) -> Arc<Host> {
    let mut host = Arc::clone(host);
    if !host.headers.is_empty() {
        Arc::make_mut(&mut host).headers.clear();
    }
    host
}

fn notes(host: &Host, phases: &[Phase], no_host_name: Option<&NameError>) -> Vec<Note> {
    let mut notes: Vec<Note> = no_host_name
        .cloned()
        .map(Note::NoHostName)
        .into_iter()
        .collect();
    if phases.contains(&Phase::Fetch) && !host.capabilities.pull {
        notes.push(Note::FetchedWithoutPull);
    }
    if phases == [Phase::Push] && !host.is_server {
        notes.push(Note::PushToMirror);
    }
    notes
}
