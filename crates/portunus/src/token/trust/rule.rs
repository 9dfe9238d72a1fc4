use std::fmt;

/// Why a secret may be shown somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TrustRule {
    /// TLS protects it on its way.
    OverTls,
    /// It stays on this machine.
    ThisMachine,
    /// The operator agreed that it travels unprotected.
    UnprotectedByConsent,
    /// The realm is the host itself.
    OwnRealm,
    /// The realm was trusted when the user logged in.
    RealmOfLogin,
    /// The operator trusts the realm with the secrets of this host.
    RealmOfOperator,
    /// The realm is known to belong to the host.
    KnownRealm,
    /// The realm has the host's name on another port.
    OtherPort,
    /// The realm is in the domain of the host's owner.
    OwnersDomain,
    /// Nothing secret is shown.
    NothingSecret,
}

impl TrustRule {
    /// The name, which does not change: `over-tls`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OverTls => "over-tls",
            Self::ThisMachine => "this-machine",
            Self::UnprotectedByConsent => "unprotected-by-consent",
            Self::OwnRealm => "own-realm",
            Self::RealmOfLogin => "realm-of-login",
            Self::RealmOfOperator => "realm-of-operator",
            Self::KnownRealm => "known-realm",
            Self::OtherPort => "other-port",
            Self::OwnersDomain => "owners-domain",
            Self::NothingSecret => "nothing-secret",
        }
    }
}

impl fmt::Display for TrustRule {
    /// In words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OverTls => "over TLS",
            Self::ThisMachine => "stays on this machine",
            Self::UnprotectedByConsent => "unprotected, as the operator agreed",
            Self::OwnRealm => "the realm is the host itself",
            Self::RealmOfLogin => "the realm was trusted at login",
            Self::RealmOfOperator => "the operator trusts the realm with this host's secrets",
            Self::KnownRealm => "the realm is known to belong to the host",
            Self::OtherPort => "the realm has the host's name on another port",
            Self::OwnersDomain => "the realm is in the domain of the host's owner",
            Self::NothingSecret => "nothing secret",
        })
    }
}
