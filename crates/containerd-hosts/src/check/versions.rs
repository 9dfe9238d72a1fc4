use crate::code::Code;
use std::path::Path;

use crate::daemon_version::DaemonVersion;
use crate::fault::Fault;
use crate::file::{Endpoint, HostsFile, Keys};
use crate::finding::{Finding, Severity};
use crate::load::parse;
use crate::source_file::SourceFile;

/// Where an older daemon reads a file that the newest accepts otherwise. `endpoints` are what the
/// newest reads.
pub(super) fn check(
    text: &SourceFile,
    file: &HostsFile<'_>,
    endpoints: &[Endpoint],
    directory: &Path,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut told = Vec::new();
    for daemon in [
        DaemonVersion::V2_3,
        DaemonVersion::V2_1,
        DaemonVersion::V1_7,
    ] {
        let keys = Keys {
            daemon,
            announced: text.announced(),
        };
        // The oldest is no longer looked after by its makers.
        let severity = match daemon {
            DaemonVersion::V1_7 => Severity::Note,
            _ => Severity::Warning,
        };
        let fault = match parse(text.bytes(), directory, keys) {
            Err(fault) => fault,
            Ok((read, _)) if !is_same(&read, endpoints) => {
                otherwise(file, &read, endpoints, daemon)
            }
            Ok(_) => continue,
        };
        if told.contains(&(fault.code, fault.at)) {
            continue;
        }
        told.push((fault.code, fault.at));
        findings.push(text.finding(
            severity,
            Fault {
                code: Code::MeansOtherwise,
                ..fault
            },
        ));
    }
    findings
}

/// Whether the same is made of the same hosts, whatever made their paths.
fn is_same(one: &[Endpoint], other: &[Endpoint]) -> bool {
    let is_same = |(one, other): (&Endpoint, &Endpoint)| {
        let mut one = one.clone();
        one.overrides_path = other.overrides_path;
        one == *other
    };
    one.len() == other.len() && one.iter().zip(other).all(is_same)
}

/// What the daemon makes of a file that it does not refuse.
fn otherwise(
    file: &HostsFile<'_>,
    read: &[Endpoint],
    endpoints: &[Endpoint],
    daemon: DaemonVersion,
) -> Fault {
    let same_hosts = read.len() == endpoints.len();
    let settings = file.order.iter().map(|host| file.settings(&host.value));
    let timeout = settings
        .chain([&file.root])
        .find_map(|settings| settings.dial_timeout.as_ref());
    if let Some(timeout) = timeout.filter(|_| same_hosts && !daemon.knows_dial_timeout()) {
        let message =
            format!("containerd {daemon} does not know `dial_timeout` and waits 30 seconds");
        return Fault::new(timeout.at, Code::MeansOtherwise, message);
    }
    let at = file.written_hosts().first().map_or(0, |host| host.at);
    let message = if same_hosts {
        format!("containerd {daemon} reads settings of this file otherwise than later ones do")
    } else {
        format!("containerd {daemon} asks other hosts than later ones do")
    };
    Fault::new(at, Code::MeansOtherwise, message).help(
        "give every host one table of its own, `[host.\"https://HOST\"]`, with keys in lower case",
    )
}
