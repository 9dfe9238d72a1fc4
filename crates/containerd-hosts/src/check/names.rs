use crate::code::Code;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::Path;

use super::whole::report_whole;
use crate::finding::{Finding, Severity};
use crate::registry_namespace::RegistryNamespace;
use crate::{go, lookup};

/// The registry namespace that a directory speaks for, by its name.
pub(super) fn registry_namespace(directory: &Path) -> String {
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    lookup::registry_namespace_of(&name)
}

/// Whether an image reference can lead to the directory.
pub(super) fn check(directory: &Path, name: &str) -> Option<Finding> {
    if name == lookup::DEFAULT_DIRECTORY {
        return None;
    }
    let (reason, help) = match holds_range(directory, name) {
        true => range(),
        false => unreachable(name)?,
    };
    let message = format!("no image reference leads to this directory: {reason}");
    let code = Code::UnreachableDirectory;
    Some(report_whole(directory, Severity::Warning, code, message).with_help(help))
}

/// A directory of a later root that an earlier one stands before.
pub(super) fn report_shadowed(directory: &Path, first: &Path) -> Finding {
    let message = format!(
        "never read: {} speaks for this registry namespace",
        first.display()
    );
    report_whole(
        directory,
        Severity::Warning,
        Code::ShadowedDirectory,
        message,
    )
    .with_help("keep one of the two")
}

fn unreachable(name: &str) -> Option<(&'static str, String)> {
    let rename = |to: &str| format!("rename it to `{to}`");
    if matches!(name, "index.docker.io" | "registry-1.docker.io") {
        let reason = "references to it are understood as docker.io";
        return Some((reason, rename("docker.io")));
    }
    if is_range(name) {
        return Some(range());
    }
    if matches!(name, "http:" | "https:") {
        let help = "move what is in it one directory up: a directory is named after the host alone";
        return Some(("it is the scheme of a URL", help.to_owned()));
    }
    if is_meant_for_all(name) {
        let reason = "the directory for all registries has another name";
        return Some((reason, rename(lookup::DEFAULT_DIRECTORY)));
    }
    if let Some((host, port)) = name.rsplit_once('_') {
        let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let help = if is_port {
            rename(&format!("{host}_{port}_"))
        } else {
            rename("HOST_PORT_")
        };
        return Some((
            "an underscore stands for the colon before and the end after a port",
            help,
        ));
    }
    if name.starts_with('*') {
        let help = "make a directory for each host, or rename it to `_default`, which is for all registries";
        return Some((
            "names of many hosts are not known to containerd",
            help.to_owned(),
        ));
    }
    if name.parse::<Ipv6Addr>().is_ok() {
        let reason = "references have an IPv6 address in brackets";
        return Some((reason, rename(&format!("[{name}]"))));
    }
    if !has_host_characters(name) {
        return Some((
            "it has characters that no host name has",
            rename("HOST_PORT_"),
        ));
    }
    if !has_numeric_port(name) {
        return Some(("its port is not a number", rename("HOST_PORT_")));
    }
    if !has_possible_port(name) {
        let help = "name it after the port that the registry is asked at, from 1 to 65535";
        return Some(("there is no such port", help.to_owned()));
    }
    if let Some(whole) = name.strip_suffix('.') {
        return Some(("the hosts of references end in no dot", rename(whole)));
    }
    if !has_possible_labels(name) {
        let help = "name it after the host, as references have it".to_owned();
        return Some(("no host is named so", help));
    }
    let is_host = name.contains(['.', ':'])
        || name == "localhost"
        || name.contains(|c: char| c.is_ascii_uppercase());
    if !is_host {
        let help = "a registry has a dot, a port or the name `localhost`".to_owned();
        return Some((
            "it would be taken for a part of the repository on docker.io",
            help,
        ));
    }
    None
}

/// `_Default`, `default` or `*`: what is for all registries lies in `_default`.
fn is_meant_for_all(name: &str) -> bool {
    let bare = name.trim_matches('_').to_ascii_lowercase();
    matches!(bare.as_str(), "default" | "*")
}

/// `192.168.0.0:24`, which the directory `192.168.0.0_24_` stands for: an address without the bits
/// of a host, and how many bits it has.
fn is_range(name: &str) -> bool {
    let Some((address, bits)) = name.rsplit_once([':', '_']) else {
        return false;
    };
    match (address.parse::<Ipv4Addr>(), bits.parse::<u32>()) {
        (Ok(address), Ok(bits @ 1..32)) => u32::from(address).trailing_zeros() >= 32 - bits,
        _ => false,
    }
}

/// Whether the directory holds another that is named like the bits of a range: `192.168.0.0/24`.
fn holds_range(directory: &Path, name: &str) -> bool {
    let Ok(address) = name.parse::<Ipv4Addr>() else {
        return false;
    };
    let bits = u32::from(address).trailing_zeros().min(31);
    (32 - bits..32).any(|bits| directory.join(bits.to_string()).is_dir())
}

fn range() -> (&'static str, String) {
    let help = "make a directory for each host, or put what is for all of them into `_default`";
    let reason = "it is named like a range of addresses, which containerd does not know";
    (reason, help.to_owned())
}

/// Whether a registry could have that name, as far as its letters tell.
pub(crate) fn names_a_host(name: &str) -> bool {
    has_host_characters(name) && has_numeric_port(name)
}

fn has_host_characters(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    name.chars().all(allowed)
}

fn has_numeric_port(name: &str) -> bool {
    go::port(name).bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether its port can be asked, where it has one.
fn has_possible_port(name: &str) -> bool {
    let port = go::port(name);
    match port.is_empty() {
        true => !name.ends_with(':'),
        false => port.parse::<u16>().is_ok_and(|port| port > 0),
    }
}

/// Whether the name before the port is one, as the grammar of references has it
/// (distribution/reference `regexp.go`): letters and digits, and hyphens between them.
fn has_possible_labels(name: &str) -> bool {
    if let Some(address) = name.strip_prefix('[') {
        let address = address.split(']').next().unwrap_or_default();
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let host = name.split(':').next().unwrap_or_default();
    let is_label = |label: &str| {
        let ends = [label.bytes().next(), label.bytes().next_back()];
        let is_end = |byte: &Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        ends.iter().all(is_end) && !label.contains(['[', ']'])
    };
    host.split('.').all(is_label)
}

/// Whether the name has several colons outside of brackets, as an IPv6 address without them.
pub(super) fn has_bare_colons(registry_namespace: &RegistryNamespace) -> bool {
    let text = registry_namespace.as_str();
    !text.starts_with('[') && text.matches(':').count() > 1
}

/// Go reads such a host since 1.26 as no host at all, so that the upstream is asked by daemons
/// built with an older one only.
pub(super) fn report_bare_colons(root: &Path, registry_namespace: &RegistryNamespace) -> Finding {
    let message = format!(
        "`{registry_namespace}` has several colons: containerd up to 2.1 asks it as its own upstream, later ones cannot"
    );
    report_whole(root, Severity::Warning, Code::MeansOtherwise, message)
        .with_help("write an IPv6 address in brackets")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_that_no_reference_reaches_are_told() {
        for (name, reachable) in [
            ("docker.io", true),
            ("reg.test:5000", true),
            ("localhost", true),
            ("[::1]:5000", true),
            ("Registry", true),
            ("index.docker.io", false),
            ("reg.test_5000", false),
            ("registry", false),
            ("reg test", false),
            ("reg.test:http", false),
            ("192.168.0.0:24", false),
            ("10.0.0.0:8", false),
            ("registry-1.docker.io", false),
            ("https:", false),
            ("reg.test.", false),
            ("reg..test", false),
            ("-reg.test", false),
            ("::1", false),
            ("[::1]", true),
            ("[reg.test]", false),
            ("reg.test:99999", false),
            ("reg.test:0", false),
            ("reg.test:", false),
            ("reg.test:65535", true),
            ("a-b.test", true),
            ("*.test", false),
            ("192.168.0.5:24", true),
            ("192.168.0.0:5000", true),
        ] {
            assert_eq!(unreachable(name).is_none(), reachable, "{name}");
        }
    }

    #[test]
    fn the_directory_for_all_registries_is_found_again() {
        for name in ["_Default", "default", "_default_", "DEFAULT", "*"] {
            let (_, help) = unreachable(name).unwrap();
            assert_eq!(help, "rename it to `_default`", "{name}");
        }
    }
}
