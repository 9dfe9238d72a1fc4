//! Whose pod a kubelet asks for decides the profile, and how a kubelet is told to say it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portunus::name::Profile;
use portunus_kubernetes::provider::{
    AccountProfile, PROFILE_ANNOTATION, ProviderConfiguration, ProviderError, ServiceAccount,
};
use serde_json::json;

use crate::node::{NOW, Node, decode, request, summary};

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
