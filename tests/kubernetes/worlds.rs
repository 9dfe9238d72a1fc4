//! What the tests here begin with.

use portunus::hosts::HostsTree;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Operation, Plan, Resolver};
use portunus::store::{Entry, Source};
use portunus_kubernetes::PullSecrets;

/// No secret yet.
pub(crate) fn none() -> PullSecrets {
    PullSecrets::new(Profile::DEFAULT)
}

/// The plan of a pull without any `hosts.toml`, where these secrets are all there is.
pub(crate) fn plan(secrets: &PullSecrets, image: &str) -> Option<Plan> {
    let reference = ImageReference::parse(image).ok()?;
    let resolver = secrets.sources().fold(
        Resolver::new(HostsTree::new(Vec::new())),
        Resolver::with_source,
    );
    let plan = resolver.resolve(&reference, Operation::Pull, &Profile::DEFAULT);
    Some(plan.unwrap())
}

/// The logins that the one host of an image may see, best first: user name and password.
pub(crate) fn logins(secrets: &PullSecrets, image: &str) -> Vec<(String, String)> {
    let attempts = plan(secrets, image).map_or_else(Vec::new, |plan| plan.attempts);
    let candidates = attempts.iter().flat_map(|it| &it.candidates);
    let entries = candidates.map(|candidate| &candidate.entry);
    entries.map(|entry| login(secrets, entry)).collect()
}

fn login(secrets: &PullSecrets, entry: &Entry) -> (String, String) {
    let holds = secrets
        .secrets()
        .iter()
        .find(|secret| secret.list().entries.contains(entry));
    let credential = holds.unwrap().credential(entry).unwrap().unwrap();
    let username = credential.username().unwrap_or_default().to_owned();
    (username, credential.secret().expose().to_owned())
}

/// Everything that is said of the secrets: by the reader, and by a plan.
pub(crate) fn told(secrets: &PullSecrets) -> String {
    let by_plan = plan(secrets, "reg.test/app").unwrap().warnings;
    let all = secrets.problems().iter().chain(&by_plan);
    let lines: Vec<String> = all.map(ToString::to_string).collect();
    assert!(!lines.concat().contains("canary"), "{lines:?}");
    lines.join("\n")
}
