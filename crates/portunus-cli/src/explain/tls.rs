use portunus::hosts::Host;
use portunus::name::{Authority, RegistryNamespace};
use portunus::remedy::{HostsKey, Remedy};
use portunus::resolve::hosts_entry;
use portunus_http::TlsProblem;

use crate::help::Help;

/// What to do where there is no TLS connection to a host of a registry namespace; `None`: nothing
/// on this side would help.
pub(crate) fn tls_help(
    problem: &TlsProblem,
    host: &Host,
    registry_namespace: &RegistryNamespace,
) -> Option<Help> {
    let write = |key| hosts_entry(host, registry_namespace, key).map(Remedy::from);
    Some(match problem {
        TlsProblem::NoTls => {
            Help::from(write(HostsKey::PlainHttp)?).behind("if plain http is meant there, ")
        }
        TlsProblem::UnknownAuthority => write(HostsKey::Authority)?.into(),
        TlsProblem::SelfSigned | TlsProblem::SignedAuthority => write(HostsKey::Certificate)?.into(),
        TlsProblem::ClientCertificateWanted | TlsProblem::ClientCertificateRejected => {
            write(HostsKey::ClientCertificate)?.into()
        }
        TlsProblem::Expired { .. } | TlsProblem::NotYetValid { .. } => format!(
            "its operator has to renew the certificate of {}, unless the clock of this machine is wrong",
            host.host
        )
        .into(),
        TlsProblem::WrongName { names } if names.is_empty() => format!(
            "its operator has to make a certificate that names {} in its subjectAltName",
            name(host)
        )
        .into(),
        TlsProblem::WrongName { .. } => format!(
            "ask for it by a name of its certificate, or have {} added to the certificate",
            name(host)
        )
        .into(),
        _ => return None,
    })
}

/// What a certificate names of a host: certificates know no ports, and no brackets.
fn name(host: &Host) -> String {
    let name = match Authority::of_host(&host.scheme, &host.host) {
        Ok(authority) => authority.host().to_owned(),
        Err(_) => host.host.clone(),
    };
    name.trim_matches(['[', ']']).to_owned()
}
