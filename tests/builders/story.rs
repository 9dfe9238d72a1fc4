//! Two accounts at one builder, which is never restarted.

use support::docker_registry::{Auth, DockerRegistry};
use support::http::Request;
use support::programmable_registry::ProgrammableRegistry;
use support::token_server::TokenServer;

use crate::worlds::workshop::{Workshop, accounts};

/// No request for a repository of one carries a token of the other, whatever a layer is to be
/// mounted from.
fn assert_apart(requests: &[Request]) {
    for (user, other) in [("ann", "/v2/proj-b/"), ("ben", "/v2/proj-a/")] {
        let own = format!("-of-{user}");
        let with_token = |it: &&Request| it.bearer().is_some_and(|token| token.ends_with(&own));
        let seen: Vec<&str> = requests
            .iter()
            .filter(with_token)
            .map(|it| it.path.as_str())
            .collect();
        assert!(!seen.is_empty(), "{user}");
        assert!(
            !seen.iter().any(|path| path.starts_with(other)),
            "{user}: {seen:?}"
        );
    }
}

fn tell(registry: &ProgrammableRegistry, workshop: &Workshop) {
    registry.forget_requests();
    let one = workshop.context("one", "the same in both");
    workshop
        .build("ann", "proj-a/app:v1", &one)
        .assert_success();
    workshop
        .build("ben", "proj-b/app:v1", &one)
        .assert_success();
    // The other way round.
    let two = workshop.context("two", "something else");
    workshop
        .build("ben", "proj-b/app:v2", &two)
        .assert_success();
    workshop
        .build("ann", "proj-a/app:v2", &two)
        .assert_success();
    assert_apart(&registry.requests());
    // A new password is used at once, the old one never again.
    registry.set_accounts(&accounts("canary-new"));
    let three = workshop.context("three", "with a new password");
    workshop
        .build("ann", "proj-a/app:v3", &three)
        .assert_code(1);
    workshop.log_in("ann", "canary-new");
    registry.forget_requests();
    workshop
        .build("ann", "proj-a/app:v3", &three)
        .assert_success();
    assert!(!registry.requests_with("canary-new").is_empty());
    assert!(registry.requests_with("canary-ann").is_empty());
    // Where the rights are gone, what was got before does not help.
    let [_, others @ ..] = accounts("canary-new");
    registry.set_accounts(&others);
    let four = workshop.context("four", "without any right");
    workshop.build("ann", "proj-a/app:v4", &four).assert_code(1);
    assert!(registry.manifest("proj-a/app", "v4").is_none());
    workshop
        .build_with(&["--no-token-cache"], "ben", "proj-b/app:v4", &four)
        .assert_success();
}

#[support::test(needs("docker/dockerd", "containerd", "runc", "docker-daemon?"))]
fn two_accounts_share_a_builder_and_a_realm_that_grants_what_it_may() {
    let registry = ProgrammableRegistry::bearer(&accounts("canary-ann"));
    tell(&registry, &Workshop::new(&registry.address(), None));
}

#[support::test(needs("docker/dockerd", "containerd", "runc", "docker-daemon?"))]
fn two_accounts_share_a_builder_and_a_realm_that_refuses_the_whole() {
    let registry = ProgrammableRegistry::settings_bearer(&accounts("canary-ann"));
    let registry = registry.strict().start();
    tell(&registry, &Workshop::new(&registry.address(), None));
}

#[support::test(needs("buildkitd?", "runc", "docker-daemon?"))]
fn two_accounts_share_a_buildkitd() {
    let registry = ProgrammableRegistry::settings_bearer(&accounts("canary-ann"));
    let registry = registry.strict().start();
    tell(&registry, &Workshop::of_buildkitd(&registry.address()));
}

#[support::test(needs(
    "docker-registry",
    "docker/dockerd",
    "containerd",
    "runc",
    "docker-daemon?"
))]
fn two_accounts_share_a_builder_and_a_real_registry() {
    let tokens = TokenServer::settings(&accounts("canary-ann"))
        .strict()
        .start();
    let registry = DockerRegistry::start(&Auth::Tokens(&tokens));
    let workshop = Workshop::new(registry.address(), Some(tokens.realm()));
    let context = workshop.context("one", "the same in both");
    workshop
        .build("ann", "proj-a/app:v1", &context)
        .assert_success();
    workshop
        .build("ben", "proj-b/app:v1", &context)
        .assert_success();
    let asked = |user: &str| {
        let own = format!("identity-token-of-{user}");
        let requests = tokens.requests().into_iter();
        let requests = requests.filter(|it| it.form_values("refresh_token") == [&*own]);
        let scopes = requests.map(|it| it.form_values("scope").join(" "));
        scopes.collect::<Vec<String>>()
    };
    let (of_ann, of_ben) = (asked("ann"), asked("ben"));
    assert!(!of_ann.iter().any(|it| it.contains("proj-b")), "{of_ann:?}");
    // It was refused once, and asked again for what is pushed.
    let both = of_ben.iter().filter(|it| it.contains("proj-a"));
    assert_eq!(both.count(), 1, "{of_ben:?}");
}
