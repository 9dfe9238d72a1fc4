use portunus::hosts::Host;
use portunus::name::RegistryNamespace;
use portunus_http::TlsProblem;

/// What to do where there is no TLS connection to a host of a registry namespace; `None`: nothing
/// on this side would help.
pub(crate) fn tls_help(
    problem: &TlsProblem,
    host: &Host,
    registry_namespace: &RegistryNamespace,
) -> Option<String> {
    let (file, table) = (file(host, registry_namespace), table(host));
    Some(match problem {
        TlsProblem::NoTls => {
            let entry = http_entry(host, registry_namespace);
            format!("if plain http is meant there, {entry}")
        }
        TlsProblem::UnknownAuthority => {
            format!("write `ca = \"/PATH/OF/ITS/ca.crt\"` in {file}, {table}")
        }
        TlsProblem::SelfSigned | TlsProblem::SignedAuthority => {
            format!("write `ca = \"/PATH/OF/THE/CERTIFICATE\"` in {file}, {table}")
        }
        TlsProblem::ClientCertificateWanted | TlsProblem::ClientCertificateRejected => {
            format!(
                "write `client = [[\"/PATH/client.crt\", \"/PATH/client.key\"]]` in {file}, {table}"
            )
        }
        TlsProblem::Expired { .. } | TlsProblem::NotYetValid { .. } => {
            format!(
                "its operator has to renew the certificate of {}, unless the clock of this machine is wrong",
                host.host
            )
        }
        TlsProblem::WrongName { .. } => {
            format!(
                "ask for it by a name of its certificate, or have {} added to the certificate",
                host.host
            )
        }
        _ => return None,
    })
}

/// What makes pulls ask a host over plain http.
pub(crate) fn http_entry(host: &Host, registry_namespace: &RegistryNamespace) -> String {
    format!(
        "write in {}: `[host.\"http://{}\"]`, and below it `capabilities = [\"pull\", \"resolve\"]`",
        file(host, registry_namespace),
        host.host
    )
}

/// The file that says it of the host, or that would.
fn file(host: &Host, registry_namespace: &RegistryNamespace) -> String {
    match &host.place {
        Some(place) => place.file.display().to_string(),
        None => format!("certs.d/{}/hosts.toml", registry_namespace.as_str()),
    }
}

/// The table of a host in its file.
fn table(host: &Host) -> String {
    let url = format!("{}://{}", host.scheme, host.host);
    match (&host.place, host.is_server) {
        (None, _) => format!("below `server = \"{url}\"`"),
        (Some(_), true) => "before its first table".to_owned(),
        (Some(_), false) => format!("at the table of {url}"),
    }
}
