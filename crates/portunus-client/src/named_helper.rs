use portunus::store::HelperHosts;

/// A helper that an operator names for some hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedHelper {
    /// Which hosts.
    pub hosts: HelperHosts,
    /// Its name, without `docker-credential-`.
    pub name: String,
}
