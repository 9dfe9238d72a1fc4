//! The resolver, over real `hosts.toml` files and a store in memory.

use std::sync::Arc;

use portunus::authorizer::Permit;
use portunus::credential::Credential;
use portunus::name::{CredentialKey, ImageReference, Profile};
use portunus::resolve::{Note, Operation, Phase, ResolveError, Resolver, Upstream};
use portunus::store::{DockerConfig, HelperPrograms};
use portunus::token::Scopes;
use portunus::token::trust::TrustPolicy;
use serde_json::json;

use crate::worlds::{TWO_MIRRORS, candidates, plan, resolver};

#[support::test]
fn each_host_sees_only_what_was_stored_for_it() {
    let keys = [
        "mirror.test:5000?ns=reg-a.test",
        "mirror.test:5000?ns=reg-b.test",
        "mirror.test:5000",
        "reg-a.test",
        "reg-b.test",
    ];
    let plan = plan(
        TWO_MIRRORS,
        &keys,
        "reg-a.test/team/app:v1",
        Operation::Pull,
    );
    let expected: [&[&str]; 3] = [
        &["mirror.test:5000?ns=reg-a.test", "mirror.test:5000"],
        &[],
        &["reg-a.test"],
    ];
    assert_eq!(candidates(&plan), expected);
    let passed = &plan.attempts[0].passed_over;
    assert_eq!(passed.len(), 1);
    assert_eq!(passed[0].rule.as_str(), "other-registry-namespace");
    assert_eq!(
        passed[0].rule.to_string(),
        "it is stored for registry namespace reg-b.test"
    );
}

#[support::test]
fn a_path_mirror_is_matched_by_the_repository_as_it_is_requested_there() {
    let keys = [
        "mirror.test:5001?path=cache/team",
        "mirror.test:5001?path=team",
    ];
    let plan = plan(
        TWO_MIRRORS,
        &keys,
        "reg-a.test/team/app:v1",
        Operation::Pull,
    );
    let requested = plan.attempts[1].repository.as_ref().unwrap();
    assert_eq!(requested.as_str(), "cache/team/app");
    assert_eq!(candidates(&plan)[1], ["mirror.test:5001?path=cache/team"]);
}

#[support::test]
fn no_scoped_login_matches_where_the_prefix_of_a_path_mirror_is_no_valid_name() {
    for path in ["Team", "%41"] {
        let hosts = format!(
            "[host.\"https://mirror.test/v2/{path}\"]\ncapabilities = [\"pull\"]\noverride_path = true\n"
        );
        let keys = ["mirror.test?path=library", "mirror.test"];
        let image = "reg-a.test/library/alpine:v1";
        let attempt = plan(&hosts, &keys, image, Operation::Pull)
            .attempts
            .remove(0);
        assert_eq!(attempt.repository, None, "{path}");
        let offered = attempt.candidates.iter();
        let offered: Vec<_> = offered.map(|it| it.entry.key.to_string()).collect();
        assert_eq!(offered, ["mirror.test"], "{path}");
        assert_eq!(attempt.passed_over[0].rule.as_str(), "other-repository");
        assert_eq!(attempt.notes, [Note::NoRepositoryName]);
        assert_eq!(attempt.scopes(&["pull"]), Scopes::default());
    }
}

#[support::test]
fn a_serialised_plan_has_names_of_rules_that_stay_and_no_header() {
    let hosts = "\
server = \"https://reg-a.test\"
[host.\"https://mirror.test\"]
capabilities = [\"pull\"]
[host.\"https://mirror.test\".header]
x-team = \"canary\"
";
    let keys = ["mirror.test?ns=reg-a.test", "mirror.test?ns=reg-b.test"];
    let plan = plan(hosts, &keys, "reg-a.test/app:v1", Operation::Pull);
    let document = serde_json::to_value(&plan).unwrap();
    let mirror = &document["attempts"][0];
    assert_eq!(mirror["phases"], json!(["fetch"]));
    assert_eq!(mirror["candidates"][0]["rule"], "host");
    let reason = "stored for this host and registry namespace reg-a.test";
    assert_eq!(mirror["candidates"][0]["reason"], reason);
    assert_eq!(mirror["passed_over"][0]["rule"], "other-registry-namespace");
    assert_eq!(mirror["place"]["line"], 2);
    assert!(!document.to_string().contains("canary"), "{document}");
}

#[support::test]
fn a_plan_prints_a_line_for_each_host() {
    let plan = plan(
        TWO_MIRRORS,
        &["mirror.test:5000?ns=reg-a.test"],
        "reg-a.test/app:v1",
        Operation::Pull,
    );
    let printed = plan.to_string();
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(
        lines[..2],
        [
            "pull reg-a.test/app:v1 (profile default)",
            "  https://mirror.test:5000: resolve, fetch; mirror.test:5000?ns=reg-a.test, stored \
             for this host and registry namespace reg-a.test",
        ]
    );
    assert_eq!(lines.len(), 1 + plan.into_iter().len());
}

#[support::test]
fn phases_follow_the_capabilities() {
    let digest = format!("reg-a.test/app@sha256:{}", "0".repeat(64));
    let (resolve, fetch, push) = (Phase::Resolve, Phase::Fetch, Phase::Push);
    let cases: [(&str, Operation, [Vec<Phase>; 3]); 4] = [
        (
            "reg-a.test/app:v1",
            Operation::Pull,
            [vec![resolve, fetch], vec![fetch], vec![resolve, fetch]],
        ),
        (
            &digest,
            Operation::Pull,
            [
                vec![resolve, fetch],
                vec![resolve, fetch],
                vec![resolve, fetch],
            ],
        ),
        (
            "reg-a.test/app:v1",
            Operation::Resolve,
            [vec![resolve], vec![], vec![resolve]],
        ),
        (
            "reg-a.test/app:v1",
            Operation::Push,
            [vec![], vec![], vec![push]],
        ),
    ];
    for (image, operation, expected) in cases {
        let plan = plan(TWO_MIRRORS, &[], image, operation);
        let phases: Vec<_> = plan
            .attempts
            .into_iter()
            .map(|attempt| attempt.phases)
            .collect();
        assert_eq!(phases, expected, "{operation} {image}");
    }
}

#[support::test]
fn a_broken_hosts_toml_stops_with_its_place() {
    let root = tempfile::tempdir().unwrap();
    let broken = "[host.\"https://mirror.test\"]\ncapabilities = [\"pul\"]\n";
    let reference = ImageReference::parse("reg-a.test/app").unwrap();
    let error = resolver(root.path(), broken, &[])
        .resolve(&reference, Operation::Pull, &Profile::DEFAULT)
        .unwrap_err();
    assert!(matches!(error, ResolveError::Hosts(_)));
    assert!(error.to_string().contains("hosts.toml:2:"), "{error}");
}

#[support::test]
fn a_session_fetches_the_secret_of_a_candidate() {
    let root = tempfile::tempdir().unwrap();
    let resolver = resolver(root.path(), "", &["reg-a.test"]);
    let reference = ImageReference::parse("reg-a.test/app").unwrap();
    let plan = resolver
        .resolve(&reference, Operation::Pull, &Profile::DEFAULT)
        .unwrap();
    let attempt = &plan.attempts[0];
    let candidate = &attempt.candidates[0];
    let permit = Permit::hand_over(attempt, candidate, &TrustPolicy::default()).unwrap();
    let credential = permit.reveal(&resolver.session()).unwrap();
    assert_eq!(
        credential,
        Some(Credential::password("reg-a.test", "secret"))
    );
    let key: CredentialKey = "reg-a.test".parse().unwrap();
    assert_eq!(plan.attempts[0].candidates[0].entry.key, key);
}

#[support::test]
fn the_upstream_secret_reaches_a_mirror_only_where_the_operator_said_so() {
    let trusting = "\
server = \"https://reg-a.test\"
[host.\"https://mirror.test\"]
capabilities = [\"pull\"]
credential_domain = \"reg-a.test\"
[host.\"https://other.test\"]
capabilities = [\"pull\"]
";

    let keys = ["reg-a.test", "mirror.test"];

    let plan = plan(trusting, &keys, "reg-a.test/app:v1", Operation::Pull);

    let expected: [&[&str]; 3] = [&["mirror.test", "reg-a.test"], &[], &["reg-a.test"]];

    assert_eq!(candidates(&plan), expected);

    let reason = plan.attempts[0].candidates[1].rule.to_string();

    assert!(reason.contains("trusts (credential_domain)"), "{reason}");
}

#[support::test]
fn the_same_inputs_give_the_same_plan() {
    let root = tempfile::tempdir().unwrap();
    let logins = root.path().join("config.json");
    let auths = [
        "reg-a.test",
        "https://reg-a.test/v1/",
        "REG-A.test",
        "reg-a.test:443",
    ];
    let auths = auths.map(|key| format!("\"{key}\": {{\"auth\": \"dTpw\"}}"));
    std::fs::write(&logins, format!("{{\"auths\": {{{}}}}}", auths.join(","))).unwrap();
    let hosts: Vec<String> = (0..50)
        .map(|number| format!("[host.\"https://m{}.test\"]\n", number * 7 % 50))
        .collect();
    let image = ImageReference::parse("reg-a.test/team/app:v1").unwrap();
    let keys: Vec<String> = (0..50).map(|number| format!("m{number}.test")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let plan = || {
        let docker = DockerConfig::new(&logins, HelperPrograms::new([]));
        resolver(root.path(), &hosts.concat(), &keys)
            .with_source(Arc::new(docker))
            .resolve(&image, Operation::Pull, &Profile::DEFAULT)
            .unwrap()
    };
    let first = plan();
    let order: Vec<&str> = first.attempts.iter().map(|it| &*it.host.host).collect();
    assert_eq!(order[..3], ["m0.test", "m7.test", "m14.test"]);
    assert_eq!(candidates(&first)[50], ["reg-a.test"]);
    for _ in 0..20 {
        assert_eq!(plan(), first);
    }
}

#[support::test]
fn two_resolvers_share_nothing() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let one = resolver(one.path(), TWO_MIRRORS, &["reg-a.test"]);
    let other = resolver(other.path(), "", &["reg-a.test?profile=ci"]);
    let image = ImageReference::parse("reg-a.test/team/app:v1").unwrap();
    let plan = |resolver: &Resolver| {
        let plan = resolver.resolve(&image, Operation::Pull, &Profile::DEFAULT);
        plan.unwrap()
    };
    assert_eq!(
        candidates(&plan(&one)),
        [vec![], vec![], vec!["reg-a.test".to_owned()]]
    );
    assert_eq!(candidates(&plan(&other)), [Vec::<String>::new()]);
    let attempt = &plan(&one).attempts[2];
    let candidate = &attempt.candidates[0];
    let permit = Permit::hand_over(attempt, candidate, &TrustPolicy::default()).unwrap();
    assert!(permit.reveal(&one.session()).unwrap().is_some());
    assert!(permit.reveal(&other.session()).unwrap().is_none());
}

#[support::test]
fn a_plan_tells_which_login_a_host_misses_and_what_becomes_of_the_last() {
    for (operation, last) in [
        (Operation::Pull, Upstream::Named(1)),
        (Operation::Push, Upstream::PushedTo),
    ] {
        let plan = plan(TWO_MIRRORS, &[], "reg-a.test/team/app:v1", operation);
        let told: Vec<_> = plan.attempts.iter().map(|it| plan.upstream(it)).collect();
        assert_eq!(told, [None, None, Some(last)]);
        let login = plan.missing_login(&plan.attempts[0].host).arguments();
        let words = [
            "login",
            "--registry-namespace",
            "reg-a.test",
            "mirror.test:5000",
        ];
        assert_eq!(login, Some(words.map(str::to_owned).to_vec()));
    }
}
