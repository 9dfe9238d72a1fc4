//! The resolver, over real `hosts.toml` files and a store in memory.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::sync::Arc;

use portunus::credential::Credential;
use portunus::hosts::HostsTree;
use portunus::name::{CredentialKey, ImageReference, Profile};
use portunus::resolve::{Operation, Phase, Plan, ResolveError, Resolver};
use portunus::store::{DockerConfig, HelperPrograms, MemoryStore, Provenance, SourceKind, Store};

const TWO_MIRRORS: &str = "\
server = \"https://reg-a.test\"
[host.\"https://mirror.test:5000\"]
capabilities = [\"pull\", \"resolve\"]
[host.\"https://mirror.test:5001/v2/cache\"]
capabilities = [\"pull\"]
override_path = true
";

fn resolver(root: &Path, hosts_toml: &str, keys: &[&str]) -> Resolver {
    let dir = root.join("reg-a.test");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("hosts.toml"), hosts_toml).unwrap();
    let store = MemoryStore::new(SourceKind::File);
    for key in keys {
        let credential = Credential::password(*key, "secret");
        store
            .put(&key.parse().unwrap(), &credential, &Provenance::default())
            .unwrap();
    }
    Resolver::new(HostsTree::new(vec![root.to_owned()])).with_source(Arc::new(store))
}

fn plan(hosts_toml: &str, keys: &[&str], image: &str, operation: Operation) -> Plan {
    let root = tempfile::tempdir().unwrap();
    let reference = ImageReference::parse(image).unwrap();
    resolver(root.path(), hosts_toml, keys)
        .resolve(&reference, operation, &Profile::DEFAULT)
        .unwrap()
}

/// The keys of the candidates, host by host.
fn candidates(plan: &Plan) -> Vec<Vec<String>> {
    let keys = |candidates: &[portunus::resolve::Candidate]| {
        candidates
            .iter()
            .map(|candidate| candidate.entry.key.to_string())
            .collect()
    };
    plan.attempts
        .iter()
        .map(|attempt| keys(&attempt.candidates))
        .collect()
}

#[test]
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
    assert_eq!(
        passed[0].reason,
        "it is stored for registry namespace reg-b.test"
    );
}

#[test]
fn the_most_specific_entry_goes_first() {
    let keys = [
        "*.test",
        "reg-a.test",
        "reg-a.test?path=team",
        "reg-a.test?path=team/app",
        "reg-a.test?path=teamwork",
        "reg-a.test?profile=ci",
    ];
    let plan = plan("", &keys, "reg-a.test/team/app:v1", Operation::Pull);
    let expected: [&[&str]; 1] = [&[
        "reg-a.test?path=team/app",
        "reg-a.test?path=team",
        "reg-a.test",
        "*.test",
    ]];
    assert_eq!(candidates(&plan), expected);
}

#[test]
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
    assert_eq!(plan.attempts[1].repository.as_str(), "cache/team/app");
    assert_eq!(candidates(&plan)[1], ["mirror.test:5001?path=cache/team"]);
}

#[test]
fn a_named_profile_sees_its_own_entries_unless_it_inherits() {
    let root = tempfile::tempdir().unwrap();
    let reference = ImageReference::parse("reg-a.test/app").unwrap();
    let ci = Profile::named("ci").unwrap();
    for (inherit, expected) in [
        (false, vec!["reg-a.test?profile=ci"]),
        (
            true,
            vec!["reg-a.test?profile=ci", "reg-a.test?path=app", "reg-a.test"],
        ),
    ] {
        let keys = ["reg-a.test", "reg-a.test?profile=ci", "reg-a.test?path=app"];
        let resolver = resolver(root.path(), "", &keys).inheriting(inherit);
        let plan = resolver.resolve(&reference, Operation::Pull, &ci).unwrap();
        assert_eq!(candidates(&plan)[0], expected);
    }
}

#[test]
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

#[test]
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

#[test]
fn a_session_fetches_the_secret_of_a_candidate() {
    let root = tempfile::tempdir().unwrap();
    let resolver = resolver(root.path(), "", &["reg-a.test"]);
    let reference = ImageReference::parse("reg-a.test/app").unwrap();
    let plan = resolver
        .resolve(&reference, Operation::Pull, &Profile::DEFAULT)
        .unwrap();
    let credential = resolver
        .session()
        .credential(&plan.attempts[0].candidates[0])
        .unwrap();
    assert_eq!(
        credential,
        Some(Credential::password("reg-a.test", "secret"))
    );
    let key: CredentialKey = "reg-a.test".parse().unwrap();
    assert_eq!(plan.attempts[0].candidates[0].entry.key, key);
}
#[test]
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
    let reason = &plan.attempts[0].candidates[1].reason;
    assert!(reason.contains("trusts (credential_domain)"), "{reason}");
}

#[test]
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

#[test]
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
    assert!(one.session().credential(candidate).unwrap().is_some());
    assert!(other.session().credential(candidate).unwrap().is_none());
}
