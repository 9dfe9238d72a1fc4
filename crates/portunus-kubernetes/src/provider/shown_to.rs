use portunus::authorizer::{HostFailure, Permit};
use portunus::credential::Credential;
use portunus::name::{Authority, CredentialKey};
use portunus::remedy::{Advise, Remedy};
use portunus::resolve::{Attempt, Candidate, Note, Plan, Session};
use portunus::store::Entry;
use portunus::token::trust::TrustPolicy;

use super::allowing::would_allow;
use super::error::Withheld;

/// Where a login may be shown, and where not, of the hosts that a node asks.
///
/// containerd's part of the kubelet's protocol (CRI) has one login for a whole pull: each host of
/// the plan that asks for one is shown it.
pub(super) struct ShownTo<'a> {
    pub(super) permits: Vec<Permit>,
    withheld: Vec<(&'a Attempt, Withheld)>,
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

/// Whether a login is one of the registry namespace's own host, which others may be trusted with.
pub(super) fn is_own(entry: &Entry, plan: &Plan) -> bool {
    let owner = Authority::of_registry_namespace(plan.reference.registry_namespace());
    owner.is_some_and(|owner| entry.key.covers_host(&owner))
}

/// The hosts that are asked for anything.
fn asked(plan: &Plan) -> impl Iterator<Item = &Attempt> {
    let attempts = plan.attempts.iter();
    attempts.filter(|attempt| !attempt.phases.is_empty())
}

impl<'a> ShownTo<'a> {
    pub(super) fn of(entry: &Entry, plan: &'a Plan, trust: &TrustPolicy) -> Self {
        let mut shown = Self {
            permits: Vec::new(),
            withheld: Vec::new(),
        };
        for attempt in asked(plan) {
            let candidate = attempt.candidates.iter().find(|it| it.entry == *entry);
            match permit(attempt, candidate, entry, plan, trust) {
                Ok(permit) => shown.permits.push(permit),
                Err(withheld) => shown.withheld.push((attempt, withheld)),
            }
        }
        shown
    }

    /// The hosts that may not see the credential. One for which the same is stored by a login of its
    /// own is shown nothing new.
    pub(super) fn withheld(
        self,
        credential: Option<&Credential>,
        session: &Session,
        trust: &TrustPolicy,
    ) -> Vec<Withheld> {
        let has_it = |attempt: &Attempt| {
            let mut candidates = attempt.candidates.iter();
            candidates.any(|candidate| {
                let permit = Permit::hand_over(attempt, candidate, trust);
                let held = permit.ok().and_then(|it| it.reveal(session).ok()).flatten();
                held.is_some() && held.as_ref() == credential
            })
        };
        let withheld = self.withheld.into_iter();
        let withheld = withheld.filter(|(attempt, _)| credential.is_none() || !has_it(attempt));
        withheld.map(|(_, withheld)| withheld).collect()
    }
}

fn permit(
    attempt: &Attempt,
    candidate: Option<&Candidate>,
    entry: &Entry,
    plan: &Plan,
    policy: &TrustPolicy,
) -> Result<Permit, Withheld> {
    let host = &attempt.host;
    let url = format!("{}://{}", host.scheme, host.host);
    let Some(candidate) = candidate else {
        let refused = |note: &&Note| matches!(note, Note::CredentialDomainRefused { .. });
        let refused = attempt.notes.iter().find(refused);
        let refused = refused.map(|note| format!("; {note}")).unwrap_or_default();
        return Err(Withheld {
            reason: format!("it is not stored for that host{refused}"),
            remedies: would_allow(attempt, is_own(entry, plan), plan),
            url,
        });
    };
    Permit::hand_over(attempt, candidate, policy).map_err(|failure| Withheld {
        url,
        reason: failure.to_string(),
        remedies: match failure {
            HostFailure::Refused(refusal) => {
                let remedies = refusal.remedies().into_iter();
                remedies.map(|it| at_host(it, attempt, plan)).collect()
            }
            _ => Vec::new(),
        },
    })
}

/// A login that consents to the way to a host is one at that host: consent for whoever lends it the
/// login would be for the way to him.
fn at_host(remedy: Remedy, attempt: &Attempt, plan: &Plan) -> Remedy {
    match (remedy, &attempt.authority) {
        (Remedy::LogIn(mut log_in), Some(host)) if !log_in.key.covers_host(host) => {
            let key = CredentialKey::plain(host.clone());
            let key = key.with_registry_namespace(plan.reference.registry_namespace().clone());
            log_in.key = key.with_profile(plan.profile.clone());
            Remedy::LogIn(log_in)
        }
        (remedy, _) => remedy,
    }
}
