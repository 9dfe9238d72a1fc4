//! What a kubelet is answered: exactly what it decodes, and only where every host of the plan may
//! see it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use portunus::credential::Credential;
use portunus::name::{Authority, CredentialKey};
use portunus::remedy::{Advise, Remedy};
use portunus::store::{
    DockerConfig, Entries, Entry, HelperPrograms, Provenance, Source, SourceError, SourceName,
    Store,
};
use portunus_kubernetes::provider::{
    ProviderError, ProviderRequest, ProviderResponse, RequestError,
};
use serde_json::Value;

use crate::node::{NOW, Node, decode, request, summary};

fn image(key: &str, user: &str) -> (String, String, Vec<(String, String)>) {
    let logins = vec![(key.to_owned(), user.to_owned())];
    ("Image".to_owned(), "5m0s".to_owned(), logins)
}

fn registry(key: &str, user: &str) -> (String, String, Vec<(String, String)>) {
    let (_, duration, logins) = image(key, user);
    ("Registry".to_owned(), duration, logins)
}

#[support::test]
fn an_answer_is_for_the_registry_only_where_no_login_depends_on_a_repository() {
    let nothing = ("Image".to_owned(), "0s".to_owned(), Vec::new());
    for (keys, asked, expected) in [
        (
            &["reg.test"][..],
            "reg.test/team/app",
            registry("reg.test", "reg.test"),
        ),
        (
            &["reg.test:5000"],
            "reg.test:5000/app",
            registry("reg.test:5000", "reg.test:5000"),
        ),
        (
            &["docker.io"],
            "docker.io/library/nginx",
            registry("docker.io", "docker.io"),
        ),
        (
            &["reg.test", "reg.test?path=team"],
            "reg.test/team/app",
            image("reg.test/team/app", "reg.test?path=team"),
        ),
        (
            &["reg.test", "reg.test?path=team"],
            "reg.test/other",
            image("reg.test/other", "reg.test"),
        ),
        (
            &["reg.test?path=team"],
            "reg.test/teamwork",
            nothing.clone(),
        ),
        (&["other.test"], "reg.test/app", nothing.clone()),
        (&[], "reg.test/app", nothing),
    ] {
        let answered = Node::new(keys).answer(asked).unwrap();
        assert_eq!(summary(answered), expected, "{asked}");
    }
}

#[support::test]
fn each_version_of_the_protocol_is_answered_in_its_own() {
    let node = Node::new(&["reg.test"]);
    for version in ["v1", "v1beta1", "v1alpha1"] {
        let version = format!("credentialprovider.kubelet.k8s.io/{version}");
        let mut request = request("reg.test/app");
        request["apiVersion"] = Value::from(version.as_str());
        let response = decode(&node.ask(&request).unwrap());
        assert_eq!(response.api_version, version);
        assert_eq!(response.kind, "CredentialProviderResponse");
        assert_eq!(response.auth.unwrap()["reg.test"].password, "canary-1");
    }
}

#[support::test]
fn what_is_no_request_is_told_as_what_it_is() {
    let node = Node::new(&[]);
    let changed = |name: &str, value: Value| {
        let mut request = request("reg.test/app");
        request[name] = value;
        request
    };
    for (request, expected) in [
        (changed("kind", "Pod".into()), RequestError::Kind),
        (changed("kind", Value::Null), RequestError::Kind),
        (changed("apiVersion", "v2".into()), RequestError::ApiVersion),
        (changed("image", "".into()), RequestError::NoImage),
        (changed("image", 7.into()), RequestError::NotJson),
        (
            changed("serviceAccountToken", "canary".into()),
            RequestError::Token,
        ),
        (Value::from("x"), RequestError::NotJson),
    ] {
        let error = node.ask(&request).unwrap_err();
        assert_eq!(error, ProviderError::Request(expected));
    }
    assert_eq!(ProviderRequest::read(b" \n"), Err(RequestError::Nothing));
    let large = vec![b' '; 10 << 20];
    assert_eq!(ProviderRequest::read(&large), Err(RequestError::TooLarge));
    let error = node.answer("reg.test/Team:!").unwrap_err();
    assert!(matches!(error, ProviderError::Image(_)), "{error}");
}

const MIRROR: &str =
    "[host.\"https://mirror.test:5000\"]\ncapabilities = [\"pull\", \"resolve\"]\n";

/// Why nothing is answered, and the host that is in the way.
fn withheld(node: &Node) -> (ProviderError, String) {
    let error = node.answer("reg.test/team/app").unwrap_err();
    let ProviderError::NotForEveryHost(withheld) = &error else {
        panic!("{error}");
    };
    let hosts = &withheld.hosts;
    assert_eq!(hosts.len(), 1, "{error}");
    let url = hosts[0].url.clone();
    let said = error.to_string();
    assert!(said.contains("every host of reg.test"), "{said}");
    assert!(said.contains(&url), "{said}");
    (error, url)
}

#[support::test]
fn a_login_that_one_host_of_the_plan_may_not_see_is_not_answered() {
    let own = "server = \"https://upstream.test\"\n[host.\"https://reg.test\"]\n";
    let mirror = "https://mirror.test:5000";
    for (keys, hosts, in_the_way) in [
        (&["reg.test"][..], MIRROR, mirror),
        (
            &["reg.test", "mirror.test:5000?ns=reg.test"],
            MIRROR,
            mirror,
        ),
        (&["reg.test"], own, "https://upstream.test"),
    ] {
        let (error, url) = withheld(&Node::new(keys).with_hosts(hosts));
        assert_eq!(url, in_the_way);
        let [Remedy::WriteHosts(entry)] = &error.remedies()[..] else {
            panic!("{:?}", error.remedies());
        };
        assert_eq!(entry.lines(), ["credential_domain = \"reg.test\""]);
        assert!(error.remedies()[0].lowers_security());
    }
}

#[support::test]
fn what_would_not_help_is_not_advised() {
    // Nobody can be trusted with a mirror's login: the first step is one of the registry itself.
    let node = Node::new(&["mirror.test:5000?ns=reg.test"]).with_hosts(MIRROR);
    let (error, url) = withheld(&node);
    assert_eq!(url, "https://reg.test");
    let [Remedy::LogIn(log_in)] = &error.remedies()[..] else {
        panic!("{:?}", error.remedies());
    };
    assert_eq!(log_in.key.to_string(), "reg.test");
    let domain = |name: &str| format!("{MIRROR}credential_domain = \"{name}\"\n");
    for (hosts, said) in [
        (
            MIRROR.replace("https://", "http://"),
            "not stored for that host",
        ),
        (
            domain("reg.test").replace("https://", "http://"),
            "credential_domain in line 3 is not honoured: the host is reached over plain http",
        ),
        (domain("other.test"), "it is not the registry namespace"),
    ] {
        let (error, _) = withheld(&Node::new(&["reg.test"]).with_hosts(&hosts));
        assert!(error.to_string().contains(said), "{said}: {error}");
        assert_eq!(error.remedies(), []);
    }
    // Others may write the file.
    for (hosts, steps) in [(MIRROR.to_owned(), 2), (domain("reg.test"), 1)] {
        let node = Node::new(&["reg.test"]).with_hosts(&hosts);
        let file = node.hosts.path().join("reg.test/hosts.toml");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
        let (error, _) = withheld(&node);
        let remedies = error.remedies();
        assert_eq!(remedies.len(), steps, "{remedies:?}");
        assert!(matches!(remedies[0], Remedy::KeepOthersOut(_)));
    }
    let node = Node::new(&["reg.test"]).with_hosts_of("_default", MIRROR);
    let (error, _) = withheld(&node);
    let remedies = error.remedies();
    assert!(matches!(remedies[..], [Remedy::Advice(_)]), "{remedies:?}");
}

#[support::test]
fn one_account_that_is_stored_for_each_host_is_answered() {
    let robot = || Credential::password("robot", "canary-1");
    let node = Node::new(&[]).with_hosts(MIRROR);
    node.put("reg.test", robot());
    node.put("mirror.test:5000?ns=reg.test", robot());
    let answered = node.answer("reg.test/team/app").unwrap();
    assert_eq!(summary(answered), registry("reg.test", "robot"));
    let other = Credential::password("robot", "canary-2");
    node.put("mirror.test:5000?ns=reg.test", other);
    withheld(&node);
}

#[support::test]
fn what_another_image_or_the_next_answer_may_get_is_not_kept_for_the_registry() {
    let server = "server = \"https://mirror.test:5000\"\ncredential_domain = \"reg.test\"\n";
    // Whose other logins are not looked at, as it is not asked.
    let node = Node::new(&["reg.test", "reg.test?path=team"]).with_hosts(server);
    let answered = node.answer("reg.test/other").unwrap();
    assert_eq!(summary(answered), image("reg.test/other", "reg.test"));
    // The best has gone since it was listed, and may come back.
    let node = Node::new(&["*.test"]);
    let request = ProviderRequest::read(request("reg.test/app").to_string().as_bytes()).unwrap();
    let resolver = node.resolver().with_source(Arc::new(Gone));
    let now = SystemTime::UNIX_EPOCH;
    let answered = node.provider(resolver).answer(&request, now).unwrap();
    let expected = image("reg.test/app", "*.test");
    assert_eq!(summary(decode(&answered)), expected);
}

/// A source that has taken away what it lists.
#[derive(Debug)]
struct Gone;

impl Source for Gone {
    fn name(&self) -> SourceName {
        SourceName::HELPER
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        let key = CredentialKey::plain(host.clone());
        Ok(vec![Entry::new(key, self.name(), "a test")].into())
    }

    fn credential(&self, _entry: &Entry) -> Result<Option<Credential>, SourceError> {
        Ok(None)
    }
}

#[support::test]
fn a_login_is_answered_under_the_name_that_the_kubelet_looks_for() {
    let node = Node::new(&["reg.test", "reg.test:80", "docker.io", "[::1]:5000"]);
    for (asked, expected) in [
        ("reg.test:443/app", registry("reg.test:443", "reg.test")),
        ("Reg.test/app", registry("Reg.test", "reg.test")),
        ("[::1]:5000/app", registry("[::1]:5000", "[::1]:5000")),
        // No kubelet names these so.
        ("nginx", registry("docker.io", "docker.io")),
        ("reg.test/app:v1", registry("reg.test", "reg.test")),
    ] {
        let answered = node.answer(asked).unwrap();
        assert_eq!(summary(answered), expected, "{asked}");
    }
}

#[support::test]
fn a_login_that_the_operator_trusts_every_host_with_is_answered() {
    let trusted = format!("{MIRROR}credential_domain = \"reg.test\"\n");
    let node = Node::new(&["reg.test", "mirror.test:5000?ns=reg.test"]).with_hosts(&trusted);
    let answered = node.answer("reg.test/team/app").unwrap();
    assert_eq!(summary(answered), registry("reg.test", "reg.test"));
}

#[support::test]
fn a_login_that_would_travel_in_plain_text_is_not_answered() {
    for hosts in ["server = \"http://reg.test:443\"\n", "skip_verify = true\n"] {
        let node = Node::new(&["reg.test"]).with_hosts(hosts);
        let error = node.answer("reg.test/app").unwrap_err();
        assert!(
            matches!(error, ProviderError::NotForEveryHost(_)),
            "{error}"
        );
    }
    let consented = Provenance::default();
    let mut consented = consented;
    consented.plain_http = true;
    let node = Node::new(&[]).with_hosts("server = \"http://reg.test:443\"\n");
    let login = Credential::password("u", "canary-1");
    node.store
        .put(&"reg.test".parse().unwrap(), &login, &consented)
        .unwrap();
    assert_eq!(
        summary(node.answer("reg.test/app").unwrap()),
        registry("reg.test", "u")
    );
}

#[support::test]
fn a_login_that_says_when_it_ends_is_kept_for_half_of_that() {
    let ecr = |at: u64| STANDARD.encode(format!("{{\"version\":\"2\",\"expiration\":{at}}}"));
    let jwt = |at: u64| {
        let claims = URL_SAFE_NO_PAD.encode(format!("{{\"exp\":{at}}}"));
        format!("e30.{claims}.x")
    };
    for (secret, expected) in [
        (ecr(NOW + 43_200), "6h0m0s"),
        (jwt(NOW + 7200), "1h0m0s"),
        (jwt(NOW + 90), "45s"),
        (jwt(NOW - 1), "0s"),
        (ecr(NOW + 400 * 86_400), "12h0m0s"),
        ("multi\nline \"key\" \u{e9}".to_owned(), "5m0s"),
    ] {
        let node = Node::new(&[]);
        node.put("reg.test", Credential::password("AWS", &*secret));
        let answered = node.answer("reg.test/app").unwrap();
        assert_eq!(answered.cache_duration, expected);
        assert_eq!(answered.auth.unwrap()["reg.test"].password, secret);
    }
}

#[support::test]
fn nodes_that_are_answered_in_one_second_do_not_all_ask_again_in_one() {
    let node = Node::new(&[]);
    let token = format!("{{\"version\":\"2\",\"expiration\":{}}}", NOW + 43_200);
    let login = Credential::password("AWS", STANDARD.encode(token));
    node.put("reg.test", login);
    let request = ProviderRequest::read(request("reg.test/app").to_string().as_bytes()).unwrap();
    let kept_for = |milliseconds: u64| {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(NOW * 1000 + milliseconds);
        let answered = node
            .provider(node.resolver())
            .answer(&request, now)
            .unwrap();
        answered.cache_duration.as_secs() / 60
    };
    assert_eq!([0, 250, 500, 999].map(kept_for), [360, 341, 323, 288]);
}

#[support::test]
fn a_token_is_no_password() {
    let node = Node::new(&[]);
    node.put(
        "reg.test",
        Credential::IdentityToken {
            username: Some("u".to_owned()),
            token: "canary-1".into(),
        },
    );
    let error = node.answer("reg.test/app").unwrap_err();
    assert!(matches!(error, ProviderError::NotAPassword(_)), "{error}");
}

/// What a node is answered that has docker's file as well.
fn ask_beside_docker(
    node: &Node,
    file: &Path,
    image: &str,
) -> Result<ProviderResponse, ProviderError> {
    let request = ProviderRequest::read(request(image).to_string().as_bytes()).unwrap();
    let docker = Arc::new(DockerConfig::new(file, HelperPrograms::new([])));
    let resolver = node.resolver().with_source(docker);
    node.provider(resolver)
        .answer(&request, SystemTime::UNIX_EPOCH)
}

#[support::test]
fn a_source_of_others_that_fails_is_a_failure_where_nothing_else_is_found() {
    let node = Node::new(&["reg.test"]);
    let file = node.hosts.path().join("config.json");
    fs::write(&file, "{\"auths\": 7}").unwrap();
    let ask = |image: &str| ask_beside_docker(&node, &file, image);
    assert!(ask("reg.test/app").unwrap().answered.is_some());
    assert!(matches!(
        ask("other.test/app"),
        Err(ProviderError::Resolve(_))
    ));
}

#[support::test]
fn a_broken_entry_is_a_failure_for_those_whose_login_it_may_have_been() {
    let node = Node::new(&[]);
    let file = node.hosts.path().join("config.json");
    fs::write(
        &file,
        "{\"auths\": {\"reg.test\": {\"auth\": \"canary!\"}}}",
    )
    .unwrap();
    let ask = |image: &str| ask_beside_docker(&node, &file, image);
    let error = ask("reg.test/app").unwrap_err().to_string();
    assert!(
        error.contains("`reg.test`: `auth` is not base64"),
        "{error}"
    );
    assert!(!error.contains("canary"), "{error}");
    assert!(ask("other.test/app").unwrap().answered.is_none());
}
