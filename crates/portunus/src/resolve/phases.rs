use super::operation::{Operation, Phase};
use crate::name::ImageReference;
use containerd_hosts::Host;

/// What each host is asked for, in the order of the hosts.
///
/// A tag is resolved where `pull` and `resolve` are allowed, a digest where `pull` is
/// (`core/remotes/docker/resolver.go`). containerd's fetch asks every host, whatever its
/// capabilities (`core/remotes/docker/fetcher.go`). A push goes to the first host that allows it
/// (`core/remotes/docker/pusher.go`).
pub(super) fn phases(
    hosts: &[Host],
    reference: &ImageReference,
    operation: Operation,
) -> Vec<Vec<Phase>> {
    let resolves = |host: &Host| {
        let allowed = host.capabilities;
        allowed.pull && (reference.digest().is_some() || allowed.resolve)
    };
    let first_push = hosts.iter().position(|host| host.capabilities.push);
    let of_host = |(at, host): (usize, &Host)| match operation {
        Operation::Push if Some(at) == first_push => vec![Phase::Push],
        Operation::Push => Vec::new(),
        Operation::Resolve if resolves(host) => vec![Phase::Resolve],
        Operation::Resolve => Vec::new(),
        Operation::Pull if resolves(host) => vec![Phase::Resolve, Phase::Fetch],
        Operation::Pull => vec![Phase::Fetch],
    };
    hosts.iter().enumerate().map(of_host).collect()
}
