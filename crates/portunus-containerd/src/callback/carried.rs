use portunus::hosts::Host;
use url::Url;

/// Whether containerd's client carries what it showed a host along to where the host redirects,
/// without asking: to the same name, whatever the scheme and the port, and to the names below it
/// (`shouldCopyHeaderOnRedirect` in Go's `net/http/client.go`).
pub fn carries_credential(host: &Host, target: &Url) -> bool {
    let own = Url::parse(&format!("{}://{}", host.scheme, host.host)).ok();
    let (Some(own), Some(to)) = (own, target.host_str()) else {
        return false;
    };
    let name = own.host_str().unwrap_or_default();
    let below = to
        .strip_suffix(name)
        .is_some_and(|rest| rest.ends_with('.'));
    (to == name || below) && own.origin() != target.origin()
}

#[cfg(test)]
mod tests {
    use portunus::hosts::{HostsTree, Reading};
    use portunus::name::RegistryNamespace;

    use super::*;

    #[test]
    fn a_credential_goes_along_to_the_same_name_and_below() {
        let name = RegistryNamespace::new("reg.test").unwrap();
        let hosts = HostsTree::new(Vec::new()).hosts(&name, Reading::STRICT);
        let host = &hosts.unwrap().hosts[0];
        for (target, goes_along) in [
            ("https://reg.test/v2/x", false),
            ("https://reg.test:443/v2/x", false),
            ("https://reg.test:8444/v2/x", true),
            ("http://reg.test/v2/x", true),
            ("https://cdn.reg.test/x", true),
            ("https://otherreg.test/x", false),
            ("https://test/x", false),
        ] {
            let target = Url::parse(target).unwrap();
            assert_eq!(carries_credential(host, &target), goes_along, "{target}");
        }
    }
}
