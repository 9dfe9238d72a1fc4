use super::credential_domain::CredentialDomain;
use containerd_hosts::{CertificateCheck, HostsTree};

/// Has hosts directories read as they are for a plan: with `credential_domain`, for
/// [`CredentialDomain::judge`], and with a look whether each certificate and key can be used.
/// [`Resolver`](super::Resolver) and [`check`](super::check) do so themselves.
pub fn prepare_hosts(directories: HostsTree) -> HostsTree {
    directories
        .with_announced_key(CredentialDomain::KEY)
        .with_certificate_check(CertificateCheck::Usable)
}
