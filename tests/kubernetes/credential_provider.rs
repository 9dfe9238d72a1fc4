//! What a kubelet is answered: exactly what it decodes, and only where every host of the plan may
//! see it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use portunus::credential::Credential;
use portunus::hosts::HostsTree;
use portunus::name::Profile;
use portunus::remedy::{Advise, Remedy};
use portunus::resolve::Resolver;
use portunus::store::{DockerConfig, HelperPrograms, MemoryStore, Provenance, SourceName, Store};
use portunus_kubernetes::provider::{
    AccountProfile, PROFILE_ANNOTATION, ProviderConfiguration, ProviderError, ProviderRequest,
    ProviderResponse, ProviderRules, RequestError, ServiceAccount, answer,
};
use serde::Deserialize;
use serde_json::{Value, json};

const NOW: u64 = 1_795_000_000;

/// A node: what is stored on it, and the hosts of `reg.test`.
struct Node {
    store: Arc<MemoryStore>,
    hosts: tempfile::TempDir,
    rules: ProviderRules,
}

impl Node {
    /// With logins, each with its key as user name.
    fn new(keys: &[&str]) -> Self {
        let node = Self {
            store: Arc::new(MemoryStore::new(SourceName::FILE)),
            hosts: tempfile::tempdir().unwrap(),
            rules: ProviderRules::default(),
        };
        for key in keys {
            node.put(key, Credential::password(*key, "canary-1"));
        }
        node
    }

    fn put(&self, key: &str, credential: Credential) {
        let key = key.parse().unwrap();
        self.store
            .put(&key, &credential, &Provenance::default())
            .unwrap();
    }

    fn with_hosts(self, hosts_toml: &str) -> Self {
        let folder = self.hosts.path().join("reg.test");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("hosts.toml"), hosts_toml).unwrap();
        self
    }

    fn resolver(&self) -> Resolver {
        let tree = HostsTree::new(vec![self.hosts.path().to_owned()]);
        Resolver::new(tree).with_source(Arc::clone(&self.store) as _)
    }

    fn ask(&self, request: &Value) -> Result<ProviderResponse, ProviderError> {
        let request = ProviderRequest::read(request.to_string().as_bytes())?;
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
        let answered = answer(&request, &self.resolver(), &self.rules, now);
        if let Err(error) = &answered {
            assert!(!error.to_string().contains("canary"), "{error}");
        }
        answered
    }

    fn answer(&self, image: &str) -> Result<Response, ProviderError> {
        self.ask(&request(image)).map(|it| decode(&it))
    }
}

/// As the kubelet decodes it: strictly.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Response {
    kind: String,
    api_version: String,
    cache_key_type: String,
    cache_duration: String,
    auth: Option<std::collections::BTreeMap<String, Login>>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Login {
    username: String,
    password: String,
}

fn decode(response: &ProviderResponse) -> Response {
    serde_json::from_str(response.to_json().expose()).unwrap()
}

fn request(image: &str) -> Value {
    json!({"kind": "CredentialProviderRequest", "image": image,
        "apiVersion": "credentialprovider.kubelet.k8s.io/v1"})
}

/// The cache's key type and duration, and the one login: its key and its user.
fn summary(response: Response) -> (String, String, Vec<(String, String)>) {
    let auth = response.auth.unwrap_or_default().into_iter();
    let logins = auth.map(|(key, login)| (key, login.username)).collect();
    (response.cache_key_type, response.cache_duration, logins)
}

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

#[support::test]
fn a_login_that_one_host_of_the_plan_may_not_see_is_not_answered() {
    for (keys, hosts) in [
        (&["reg.test"][..], MIRROR.to_owned()),
        (&["mirror.test:5000?ns=reg.test"], MIRROR.to_owned()),
        (
            &["reg.test", "mirror.test:5000?ns=reg.test"],
            MIRROR.to_owned(),
        ),
        (&["reg.test"], MIRROR.replace("https://", "http://")),
        (
            &["reg.test"],
            "server = \"https://upstream.test\"\n[host.\"https://reg.test\"]\n".to_owned(),
        ),
    ] {
        let node = Node::new(keys).with_hosts(&hosts);
        let error = node.answer("reg.test/team/app").unwrap_err();
        let ProviderError::NotForEveryHost { hosts, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(hosts.len(), 1, "{error}");
        let said = error.to_string();
        assert!(said.contains("every host of reg.test"), "{said}");
        assert!(said.contains(&hosts[0].url), "{said}");
        let [Remedy::WriteHosts(entry)] = &error.remedies()[..] else {
            panic!("{:?}", error.remedies());
        };
        assert_eq!(entry.lines(), ["credential_domain = \"reg.test\""]);
        assert!(error.remedies()[0].lowers_security());
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
            matches!(error, ProviderError::NotForEveryHost { .. }),
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
    assert!(
        matches!(error, ProviderError::NotAPassword { .. }),
        "{error}"
    );
}

#[support::test]
fn a_source_of_others_that_fails_is_a_failure_where_nothing_else_is_found() {
    let node = Node::new(&["reg.test"]);
    let file = node.hosts.path().join("config.json");
    std::fs::write(&file, "{\"auths\": 7}").unwrap();
    let docker = Arc::new(DockerConfig::new(&file, HelperPrograms::new([])));
    let resolver = node.resolver().with_source(docker);
    let ask = |image: &str| {
        let request = ProviderRequest::read(request(image).to_string().as_bytes()).unwrap();
        answer(&request, &resolver, &node.rules, SystemTime::UNIX_EPOCH)
    };
    assert!(ask("reg.test/app").unwrap().answered.is_some());
    assert!(matches!(
        ask("other.test/app"),
        Err(ProviderError::Resolve(_))
    ));
}

/// A token of a service account, whose signature nobody looks at here.
fn token(account: &str) -> String {
    let claims = json!({"sub": format!("system:serviceaccount:{account}"), "exp": NOW});
    format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[support::test]
fn a_service_account_has_the_profiles_that_the_operator_gave_it_and_no_other() {
    let mut node = Node::new(&["reg.test", "reg.test?profile=ci", "reg.test?profile=audit"]);
    let ci = ServiceAccount::new("build", "ci");
    for profile in ["ci", "audit"] {
        let profile = Profile::new(profile).unwrap();
        node.rules
            .accounts
            .push(AccountProfile::new(ci.clone(), profile));
    }
    let ask = |account: Option<&str>, chosen: Option<&str>| {
        let mut request = request("reg.test/app");
        if let Some(account) = account {
            request["serviceAccountToken"] = token(account).into();
        }
        if let Some(chosen) = chosen {
            request["serviceAccountAnnotations"] =
                json!({PROFILE_ANNOTATION: chosen, "other": "x"});
        }
        node.ask(&request)
            .map(|it| summary(decode(&it)).2[0].1.clone())
    };
    assert_eq!(ask(Some("build:ci"), None).unwrap(), "reg.test?profile=ci");
    assert_eq!(
        ask(Some("build:ci"), Some("audit")).unwrap(),
        "reg.test?profile=audit"
    );
    assert_eq!(ask(Some("other:ci"), None).unwrap(), "reg.test");
    assert_eq!(ask(None, None).unwrap(), "reg.test");
    for (account, chosen) in [
        (Some("build:ci"), "prod"),
        (Some("other:ci"), "ci"),
        (None, "ci"),
    ] {
        let error = ask(account, Some(chosen)).unwrap_err();
        assert!(matches!(error, ProviderError::Profile { .. }), "{error}");
    }
}

#[support::test]
fn the_configuration_names_what_a_kubelet_can_match() {
    let mut configuration = ProviderConfiguration::new("portunus", "portunus.dev");
    configuration
        .arguments
        .push("credential-provider".to_owned());
    for (registry, is_written) in [
        ("docker.io", true),
        ("reg.test:5000", true),
        ("*.dkr.ecr.*.amazonaws.com", true),
        ("[::1]:5000", false),
        ("re?.test", false),
        ("", false),
    ] {
        assert_eq!(
            configuration.add_registry(registry),
            is_written,
            "{registry}"
        );
    }
    let expected = "\
apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: \"portunus\"
    apiVersion: credentialprovider.kubelet.k8s.io/v1
    args:
      - \"credential-provider\"
    matchImages:
      - \"*.dkr.ecr.*.amazonaws.com\"
      - \"docker.io\"
      - \"reg.test:5000\"
    defaultCacheDuration: 5m0s
    tokenAttributes:
      serviceAccountTokenAudience: \"portunus.dev\"
      cacheType: ServiceAccount
      requireServiceAccount: false
      optionalServiceAccountAnnotationKeys:
        - portunus.dev/profile
---
";
    let yaml = configuration.to_yaml();
    assert!(yaml.starts_with(expected), "{yaml}");
    assert!(yaml.contains("resources: [\"portunus.dev\"]"), "{yaml}");
}
