use crate::name::Repository;
use containerd_hosts::Host;

/// The repository as the host's registry sees it: what stands behind `/v2/` in the path of a path
/// mirror comes first (distribution specification, "Endpoints"). `None` where that is no valid
/// name: it is requested all the same, and no stored prefix can speak of it.
pub(super) fn repository_at(host: &Host, repository: &Repository) -> Option<Repository> {
    let path = host.path.strip_prefix("/v2/").unwrap_or_default();
    match path.trim_matches('/') {
        "" => Some(repository.clone()),
        prefix => Repository::new(format!("{prefix}/{repository}")).ok(),
    }
}
