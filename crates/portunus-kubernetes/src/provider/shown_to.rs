use portunus::authorizer::{HostFailure, Permit};
use portunus::hosts::Host;
use portunus::name::Origin;
use portunus::remedy::{Advise, HostsEntry, HostsKey, Remedy};
use portunus::resolve::{Attempt, Candidate, Plan};
use portunus::store::Entry;
use portunus::token::trust::TrustPolicy;
use url::Url;

use super::error::Withheld;

/// Where a login may be shown, and where not, of the hosts that a node asks.
///
/// containerd's part of the kubelet's protocol (CRI) has one login for a whole pull: each host of
/// the plan that asks for one is shown it.
pub(super) struct ShownTo {
    pub(super) permits: Vec<Permit>,
    pub(super) withheld: Vec<Withheld>,
}

/// The logins that some host of a plan may see, each once, in the order of the plan.
pub(super) fn entries(plan: &Plan) -> Vec<&Entry> {
    let mut entries: Vec<&Entry> = Vec::new();
    for candidate in asked(plan).flat_map(|it| &it.candidates) {
        if !entries.contains(&&candidate.entry) {
            entries.push(&candidate.entry);
        }
    }
    entries
}

/// The hosts that are asked for anything.
fn asked(plan: &Plan) -> impl Iterator<Item = &Attempt> {
    let attempts = plan.attempts.iter();
    attempts.filter(|attempt| !attempt.phases.is_empty())
}

impl ShownTo {
    pub(super) fn of(entry: &Entry, plan: &Plan, trust: &TrustPolicy) -> Self {
        let mut shown = Self {
            permits: Vec::new(),
            withheld: Vec::new(),
        };
        for attempt in asked(plan) {
            let candidate = attempt.candidates.iter().find(|it| it.entry == *entry);
            match permit(attempt, candidate, plan, trust) {
                Ok(permit) => shown.permits.push(permit),
                Err(withheld) => shown.withheld.push(withheld),
            }
        }
        shown
    }
}

fn permit(
    attempt: &Attempt,
    candidate: Option<&Candidate>,
    plan: &Plan,
    policy: &TrustPolicy,
) -> Result<Permit, Withheld> {
    let host = &attempt.host;
    let url = format!("{}://{}", host.scheme, host.host);
    let Some(candidate) = candidate else {
        return Err(Withheld {
            reason: "it is not stored for that host".to_owned(),
            remedies: trust(host, &url, plan).into_iter().collect(),
            url,
        });
    };
    Permit::hand_over(attempt, candidate, policy).map_err(|failure| Withheld {
        url,
        reason: failure.to_string(),
        remedies: match failure {
            HostFailure::Refused(refusal) => refusal.remedies(),
            _ => Vec::new(),
        },
    })
}

/// What would let a host see the login of the registry namespace.
fn trust(host: &Host, url: &str, plan: &Plan) -> Option<Remedy> {
    let origin = Origin::of(&Url::parse(url).ok()?)?;
    let registry_namespace = plan.reference.registry_namespace().clone();
    let entry = HostsEntry::new(registry_namespace, origin, HostsKey::CredentialDomain);
    let entry = match &host.place {
        Some(place) => entry.in_file(&*place.file, host.is_server),
        None => entry,
    };
    Some(entry.into())
}
