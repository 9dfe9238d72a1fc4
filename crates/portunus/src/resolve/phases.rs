use std::sync::Arc;

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
    hosts: &[Arc<Host>],
    reference: &ImageReference,
    operation: Operation,
) -> impl Iterator<Item = &'static [Phase]> {
    let has_digest = reference.digest().is_some();
    let resolves = move |host: &Host| {
        let allowed = host.capabilities;
        allowed.pull && (has_digest || allowed.resolve)
    };
    let first_push = hosts.iter().position(|host| host.capabilities.push);
    let of_host = move |(at, host): (usize, &Arc<Host>)| -> &[Phase] {
        match operation {
            Operation::Push if Some(at) == first_push => &[Phase::Push],
            Operation::Push => &[],
            Operation::Resolve if resolves(host) => &[Phase::Resolve],
            Operation::Resolve => &[],
            Operation::Pull if resolves(host) => &[Phase::Resolve, Phase::Fetch],
            Operation::Pull => &[Phase::Fetch],
        }
    };
    hosts.iter().enumerate().map(of_host)
}
