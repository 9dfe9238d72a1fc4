use portunus::name::{Authority, CredentialKey};
use portunus::remedy::{Advise, HostsKey, LogIn, Remedy};
use portunus::resolve::{Attempt, CredentialDomain, DomainRefusal, Note, Plan, hosts_entry};

/// What would let a host see a login for which it is not stored.
///
/// Others may be trusted with the login of the registry namespace itself alone: `is_own`. Without one
/// the first step is to log in there.
pub(super) fn would_allow(attempt: &Attempt, is_own: bool, plan: &Plan) -> Vec<Remedy> {
    if !is_own {
        let owner = Authority::of_registry_namespace(plan.reference.registry_namespace());
        let key = owner.map(CredentialKey::plain);
        let key = key.map(|key| key.with_profile(plan.profile.clone()));
        return key.map(|key| LogIn::new(key).into()).into_iter().collect();
    }
    let written = attempt.notes.iter().find_map(|note| match note {
        Note::CredentialDomainRefused { refusal, .. } => Some(refusal),
        _ => None,
    });
    let entry = || {
        let name = plan.reference.registry_namespace();
        let entry = hosts_entry(&attempt.host, name, HostsKey::CredentialDomain);
        entry.map(Remedy::from).into_iter()
    };
    match (CredentialDomain::obstacle(&attempt.host), written) {
        (Some(DomainRefusal::ForeignWriter(writer)), None) => {
            writer.remedies().into_iter().chain(entry()).collect()
        }
        (Some(DomainRefusal::ForeignWriter(writer)), Some(_)) => writer.remedies(),
        (Some(DomainRefusal::InDefault), _) => vec![Remedy::Advice(
            "give the registry namespace a folder of its own beside `_default`, where its mirrors \
             can be trusted with its login by `credential_domain`",
        )],
        // It is to be changed where it stands, or the host to have TLS: the reason says so.
        (Some(_), _) | (None, Some(_)) => Vec::new(),
        (None, None) => entry().collect(),
    }
}
