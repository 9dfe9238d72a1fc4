use super::tls_problem::TlsProblem;
use crate::hosts::Host;
use crate::name::{Authority, RegistryNamespace};
use crate::remedy::{HostsKey, Remedy};
use crate::resolve::hosts_entry;

impl TlsProblem {
    /// What to do where there is no TLS connection to a host of a registry namespace; `None`: nothing
    /// on this side would help.
    pub fn remedy(&self, host: &Host, registry_namespace: &RegistryNamespace) -> Option<Remedy> {
        let key = match self {
            Self::NoTls => HostsKey::PlainHttp,
            Self::UnknownAuthority => HostsKey::Authority,
            Self::SelfSigned | Self::SignedAuthority => HostsKey::Certificate,
            Self::ClientCertificateWanted | Self::ClientCertificateRejected => {
                HostsKey::ClientCertificate
            }
            Self::Expired { .. } | Self::NotYetValid { .. } => {
                return Some(Remedy::RenewCertificate(host.host.clone()));
            }
            Self::WrongName { names } if names.is_empty() => {
                return Some(Remedy::NameInCertificate(name(host)));
            }
            Self::WrongName { .. } => return Some(Remedy::OtherName(name(host))),
            _ => return None,
        };
        hosts_entry(host, registry_namespace, key).map(Remedy::from)
    }
}

/// What a certificate names of a host: certificates know no ports, and no brackets.
fn name(host: &Host) -> String {
    let name = match Authority::of_host(&host.scheme, &host.host) {
        Ok(authority) => authority.host().to_owned(),
        Err(_) => host.host.clone(),
    };
    name.trim_matches(['[', ']']).to_owned()
}
