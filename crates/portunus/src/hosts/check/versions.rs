use std::path::Path;

use crate::hosts::file::{Endpoint, HostsFile};
use crate::hosts::load::endpoints;
use crate::hosts::source_file::SourceFile;
use crate::hosts::{DaemonVersion, DialTimeout, Fault, Finding, Severity, dialect};

/// Where an older daemon reads a file that the newest accepts otherwise.
pub(super) fn check(text: &SourceFile, file: &HostsFile, directory: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut told = Vec::new();
    for daemon in [
        DaemonVersion::V2_3,
        DaemonVersion::V2_1,
        DaemonVersion::V1_7,
    ] {
        // The oldest is no longer looked after by its makers.
        let severity = match daemon {
            DaemonVersion::V1_7 => Severity::Note,
            _ => Severity::Warning,
        };
        let read = dialect::check(file, daemon).and_then(|()| endpoints(file, directory, daemon));
        let fault = match read {
            Err(fault) => Some(fault),
            Ok(hosts) if !daemon.lists_headers_only() => otherwise(file, &hosts, daemon),
            Ok(_) => None,
        };
        let Some(mut fault) = fault else { continue };
        if told.contains(&(fault.code, fault.at)) {
            continue;
        }
        told.push((fault.code, fault.at));
        fault.code = "means-otherwise";
        findings.push(text.finding(severity, fault));
    }
    findings
}

/// What containerd 1.7 makes of a file that it does not refuse.
fn otherwise(file: &HostsFile, hosts: &[Endpoint], daemon: DaemonVersion) -> Option<Fault> {
    if hosts.len() != file.order.len() + 1 {
        let message = format!("containerd {daemon} asks other hosts than later ones do");
        let at = file.written_hosts().first().map_or(0, |host| host.at);
        return Some(
            Fault::new(at, "other-hosts", message)
                .help("give every host one table of its own: `[host.\"https://HOST\"]`"),
        );
    }
    let settings = file.order.iter().map(|host| file.settings(&host.value));
    let timeout = settings
        .chain([file.root.clone()])
        .find_map(|settings| settings.dial_timeout)?;
    debug_assert!(
        hosts
            .iter()
            .all(|host| host.dial_timeout == DialTimeout::Default)
    );
    let message = format!("containerd {daemon} does not know `dial_timeout` and waits 30 seconds");
    Some(Fault::new(timeout.at, "unknown-dial-timeout", message))
}
