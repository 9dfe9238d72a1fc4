use portunus::credential::Credential;
use portunus::name::RegistryNamespace;
use portunus::resolve::Candidate;
use ring::hmac;

use crate::answers::seat::{Held, Seat};

/// What a session could show at a host, found out when it is first asked about. Holds no secret.
#[derive(Debug, Clone)]
pub(super) struct HostView {
    /// Keyed hashes of every credential, each after the other.
    pub(super) binding: Vec<u8>,
    /// Whether registry namespaces have different logins there.
    pub(super) is_mixed: bool,
    /// Who is meant where no repository is named; `None`: that cannot be told.
    pub(super) account: Option<Meant>,
    pub(super) registry_namespaces: Vec<RegistryNamespace>,
}

/// Whose password a host is shown.
#[derive(Debug, Clone)]
pub(super) enum Meant {
    Nobody,
    /// That of a candidate at one of the seats.
    Stored(usize, Box<Candidate>),
}

impl HostView {
    /// `seats` with what may be shown at each.
    pub(super) fn new(seats: &[(Seat<'_>, Vec<Held<'_>>)], key: &hmac::Key) -> Self {
        let mut binding = Vec::new();
        let mut known: Vec<&Credential> = Vec::new();
        for held in seats.iter().flat_map(|(_, held)| held) {
            if !known.contains(&&held.credential) {
                known.push(&held.credential);
                binding.extend_from_slice(keyed(&held.credential, key).as_ref());
            }
        }
        let best = |held: &'_ [Held<'_>]| held.first().map(|held| held.credential.clone());
        let mut registry_namespaces: Vec<RegistryNamespace> = Vec::new();
        for (seat, _) in seats {
            let of_seat = seat.prepared.plan().reference.registry_namespace();
            if !registry_namespaces.contains(of_seat) {
                registry_namespaces.push(of_seat.clone());
            }
        }
        let first = seats.first().and_then(|(_, held)| best(held));
        let differ = seats.iter().any(|(_, held)| best(held) != first);
        let stored = seats.iter().enumerate().find_map(|(at, (_, held))| {
            let candidate = held.first()?.candidate.clone();
            Some(Meant::Stored(at, Box::new(candidate)))
        });
        Self {
            binding,
            is_mixed: differ && registry_namespaces.len() > 1,
            account: (!differ).then(|| stored.unwrap_or(Meant::Nobody)),
            registry_namespaces,
        }
    }
}

fn keyed(credential: &Credential, key: &hmac::Key) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    let username = credential.username().unwrap_or_default();
    let secret = credential.secret().expose();
    for part in [credential.kind().as_str(), username, secret] {
        context.update(&part.len().to_be_bytes());
        context.update(part.as_bytes());
    }
    context.sign()
}
