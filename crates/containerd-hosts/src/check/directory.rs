use std::path::Path;

use super::{finding_of, permissions, versions};
use crate::hosts::credential_domain::CredentialDomain;
use crate::hosts::daemon_version::DaemonVersion;
use crate::hosts::defaults::{Defaults, complete_server};
use crate::hosts::fault::Fault;
use crate::hosts::finding::{Finding, Severity};
use crate::hosts::http_fallback::http_fallbacks;
use crate::hosts::lint::{Subject, lint};
use crate::hosts::load::{Loaded, load};
use crate::hosts::tls_check::check_tls_files;
use crate::name::RegistryNamespace;

/// Everything about one directory, which speaks for the registry namespace of that name.
pub(super) fn check(directory: &Path, name: &str, daemon: Option<DaemonVersion>) -> Vec<Finding> {
    let loaded = match load(directory, daemon.unwrap_or(DaemonVersion::NEWEST)) {
        Err(error) => return vec![finding_of(error)],
        Ok(loaded) => loaded,
    };
    let mut findings = Vec::new();
    for endpoint in &loaded.endpoints {
        findings.extend(check_tls_files(endpoint, loaded.text.as_ref()).map(finding_of));
        findings.extend(permissions::check(
            endpoint,
            loaded.text.as_ref(),
            directory,
        ));
    }
    match (&loaded.text, &loaded.file) {
        (Some(text), Some(Err(fault))) => {
            let mut fault = fault.clone();
            fault
                .message
                .push_str("; containerd ignores the whole file and asks the registry itself");
            findings.push(text.finding(Severity::Error, fault));
        }
        (Some(text), Some(Ok(file))) => {
            let endpoints = &loaded.endpoints;
            findings.extend(lint(&Subject {
                text,
                file,
                endpoints,
                directory,
            }));
            if daemon.is_none() {
                findings.extend(versions::check(text, file, endpoints, directory));
            }
        }
        _ => {}
    }
    findings.extend(credential_domains(directory, name, loaded));
    findings.sort_by_key(|finding| (finding.place.line, finding.place.column));
    findings.dedup();
    findings
}

/// What becomes of each `credential_domain`.
fn credential_domains(directory: &Path, name: &str, mut loaded: Loaded) -> Vec<Finding> {
    let (Some(text), Ok(name)) = (&loaded.text, RegistryNamespace::new(name)) else {
        return Vec::new();
    };
    let defaults = Defaults::default();
    if let Some(server) = loaded.endpoints.last_mut() {
        complete_server(server, name.as_str(), &defaults);
    }
    let fallbacks = http_fallbacks(&mut loaded.endpoints, &defaults);
    let mut findings = Vec::new();
    for (endpoint, http_fallback) in loaded.endpoints.iter().zip(fallbacks) {
        let Some(written) = &endpoint.credential_domain else {
            continue;
        };
        let place = text.place(written.at);
        let judged = CredentialDomain::judge(endpoint, http_fallback, place, &name, directory);
        let Some(judged) = judged else { continue };
        let fault = |code, message| Fault::new(written.at, code, message);
        findings.push(match judged.refused {
            Some(reason) => text.finding(
                Severity::Warning,
                fault(
                    "credential-domain-refused",
                    format!("`credential_domain` is not honoured: {reason}"),
                )
                .help("see `portunus hosts REGISTRY` for what is in effect"),
            ),
            None => text.finding(
                Severity::Note,
                fault(
                    "credential-domain",
                    format!("this host may be sent the credential of {name}"),
                ),
            ),
        });
    }
    findings
}
