use url::Url;

use super::pairs::RealmPair;
use super::policy::{Consent, TrustPolicy};
use super::refusal::{Refusal, RefusalKind};
use super::rule::TrustRule;
use crate::name::{Authority, CredentialKey, Origin};
use crate::remedy::Advise;

fn origin(url: &str) -> Origin {
    Origin::of(&Url::parse(url).unwrap()).unwrap()
}

fn judge(
    policy: &TrustPolicy,
    host: &str,
    realm: &str,
    adjust: impl FnOnce(&mut Consent<'_>),
) -> Result<TrustRule, RefusalKind> {
    let key = CredentialKey::plain(origin(host).authority().unwrap());
    let mut consent = Consent::none(&key);
    adjust(&mut consent);
    let realm = Url::parse(realm).unwrap();
    let judged = policy.realm_may_see(&origin(host), &realm, &consent);
    judged.map_err(|refusal| refusal.kind)
}

/// The challenges of the registries people log in to first, and which of them ask for a flag.
#[test]
fn first_logins_pass_or_ask() {
    let policy = TrustPolicy::default();
    for (host, realm, passes) in [
        // Docker Hub.
        (
            "https://registry-1.docker.io",
            "https://auth.docker.io/token",
            true,
        ),
        // GHCR, and LinuxServer's front of it.
        ("https://ghcr.io", "https://ghcr.io/token", true),
        ("https://lscr.io", "https://ghcr.io/token", true),
        // GitLab.com, and self-hosted on other names and ports.
        (
            "https://registry.gitlab.com",
            "https://gitlab.com/jwt/auth",
            true,
        ),
        (
            "https://registry.corp.test",
            "https://gitlab.corp.test/jwt/auth",
            true,
        ),
        (
            "https://gitlab.corp.test:5050",
            "https://gitlab.corp.test/jwt/auth",
            true,
        ),
        (
            "https://registry.corp.test",
            "https://gitlab.other.test/jwt/auth",
            false,
        ),
        // Quay, Harbor, Google, Azure, Artifactory, Elastic.
        ("https://quay.io", "https://quay.io/v2/auth", true),
        (
            "https://harbor.corp.test",
            "https://harbor.corp.test/service/token",
            true,
        ),
        (
            "https://europe-docker.pkg.dev",
            "https://europe-docker.pkg.dev/v2/token",
            true,
        ),
        ("https://gcr.io", "https://gcr.io/v2/token", true),
        (
            "https://corp.azurecr.io",
            "https://corp.azurecr.io/oauth2/token",
            true,
        ),
        (
            "https://art.test",
            "https://art.test:443/artifactory/api/docker/x/v2/token",
            true,
        ),
        (
            "https://docker.elastic.co",
            "https://docker-auth.elastic.co/auth",
            true,
        ),
        // Neighbours on a shared domain are strangers to each other.
        ("https://a.github.io", "https://b.github.io/token", false),
        ("https://one.co.uk", "https://two.co.uk/token", false),
        // Token confusion: another registry's realm.
        ("https://evil.test", "https://auth.docker.io/token", false),
        ("https://evil.test", "https://ghcr.io/token", false),
        (
            "https://registry-1.docker.io:8443",
            "https://ghcr.io/token",
            false,
        ),
        // Look-alikes.
        (
            "https://reg.test",
            "https://reg.test.evil.test/token",
            false,
        ),
        ("https://reg.test", "https://evilreg.test/token", false),
        // A step down to plain http.
        ("https://reg.test", "http://reg.test/token", false),
        ("https://reg.test", "http://auth.reg.test/token", false),
        // Addresses have no domain; another port is another party.
        ("https://192.0.2.1", "https://192.0.2.1:8443/token", false),
        ("https://192.0.2.1", "https://192.0.2.2/token", false),
        // On this machine, plain http is fine, another port is not.
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000/token", true),
        (
            "http://127.0.0.1:5000",
            "http://127.0.0.1:5001/token",
            false,
        ),
        ("http://[::1]:5000", "http://[::1]:5000/token", true),
        // Elsewhere it is not.
        ("http://reg.test:5000", "http://reg.test:5000/token", false),
    ] {
        let judged = judge(&policy, host, realm, |_| {});
        assert_eq!(judged.is_ok(), passes, "{host} -> {realm}: {judged:?}");
    }
}

#[test]
fn a_pinned_realm_is_the_only_foreign_one() {
    let policy = TrustPolicy::default();
    let pinned = "https://sso.corp.test/token";
    for (realm, expected) in [
        ("https://sso.corp.test/other/path?x=1", Ok(())),
        ("https://reg.test/token", Ok(())),
        (
            "https://sso.corp.test:8443/token",
            Err(RefusalKind::ChangedRealm),
        ),
        (
            "https://auth.reg.test/token",
            Err(RefusalKind::ChangedRealm),
        ),
        ("http://sso.corp.test/token", Err(RefusalKind::ChangedRealm)),
    ] {
        let judged = judge(&policy, "https://reg.test", realm, |consent| {
            consent.pinned_realm = Some(pinned);
        });
        assert_eq!(judged.map(drop), expected, "{realm}");
    }
}

#[test]
fn operators_trust_pairs_and_plain_http_apart() {
    let mut policy = TrustPolicy::default();
    let authority = |text| Authority::parse(text).unwrap();
    policy.realms.push(RealmPair::new(
        authority("reg.test"),
        authority("http://sso.test"),
    ));
    let plain = judge(&policy, "https://reg.test", "http://sso.test/token", |_| {});
    assert_eq!(plain, Err(RefusalKind::PlainHttp));
    policy.plain_http.push(authority("http://sso.test"));
    assert!(judge(&policy, "https://reg.test", "http://sso.test/token", |_| {}).is_ok());
    let other = judge(
        &policy,
        "https://other.test",
        "http://sso.test/token",
        |_| {},
    );
    assert_eq!(other, Err(RefusalKind::ForeignRealm));
    let own = judge(
        &policy,
        "http://reg.test",
        "http://reg.test/token",
        |consent| {
            consent.plain_http = true;
        },
    );
    assert!(own.is_ok());
}

/// The token that the realm gives for a secret goes back to the host.
#[test]
fn a_trusted_realm_does_not_make_up_for_a_host_without_tls() {
    let authority = |text| Authority::parse(text).unwrap();
    let mut trusting = TrustPolicy::default();
    let pair = RealmPair::new(authority("http://reg.test"), authority("sso.test"));
    trusting.realms.push(pair);
    let mut agreed = trusting.clone();
    agreed.plain_http.push(authority("http://reg.test"));
    let (none, pin) = (None, Some("https://sso.test/token"));
    let refused = Err(RefusalKind::PlainHttp);
    for (policy, pinned, plain_http, expected) in [
        (&trusting, none, false, refused),
        (&trusting, pin, false, refused),
        (&TrustPolicy::default(), pin, false, refused),
        (&TrustPolicy::default(), pin, true, Ok(())),
        (&trusting, none, true, Ok(())),
        (&agreed, none, false, Ok(())),
    ] {
        let realm = "https://sso.test/token";
        let judged = judge(policy, "http://reg.test", realm, |consent| {
            consent.pinned_realm = pinned;
            consent.plain_http = plain_http;
        });
        assert_eq!(
            judged.map(drop),
            expected,
            "{policy:?} {pinned:?} {plain_http}"
        );
    }
}

/// Trust would change nothing about it: no command is named.
#[test]
fn a_realm_at_an_address_that_nobody_may_be_sent_to_is_refused_whoever_trusts_it() {
    let policy = TrustPolicy::default();
    for (host, realm, refused) in [
        ("https://reg.test", "https://[fe80::1]/token", true),
        ("https://reg.test", "https://169.254.169.254/token", true),
        ("http://127.0.0.1:5000", "https://169.254.169.254/t", true),
        ("https://93.184.216.34", "https://10.0.0.1/token", true),
        ("https://10.0.0.2", "https://10.0.0.1/token", false),
        ("https://reg.test", "https://10.0.0.1/token", false),
        // What the operator wrote is not where a registry sends us.
        ("https://169.254.7.7", "https://169.254.7.7/token", false),
    ] {
        let key = CredentialKey::plain(origin(host).authority().unwrap());
        let mut consent = Consent::none(&key);
        let url = Url::parse(realm).unwrap();
        for pinned in [Some(realm), None] {
            consent.pinned_realm = pinned;
            let judged = policy.realm_may_see(&origin(host), &url, &consent);
            let kind = judged.as_ref().err().map(|refusal| refusal.kind);
            let of_address = kind == Some(RefusalKind::Address);
            assert_eq!(of_address, refused, "{host} -> {realm}: {judged:?}");
            let remedy = judged.err().and_then(|refusal| refusal.remedy);
            assert!(!refused || remedy.is_none(), "{remedy:?}");
        }
    }
}

#[test]
fn a_realm_with_user_information_is_refused() {
    let policy = TrustPolicy::default();
    let judged = judge(
        &policy,
        "https://reg.test",
        "https://u:p@reg.test/token",
        |_| {},
    );
    assert_eq!(judged, Err(RefusalKind::UserInformation));
    let url = Url::parse("https://u:p@reg.test/token").unwrap();
    assert!(
        policy
            .realm_may_be_asked(&origin("https://reg.test"), &url)
            .is_err()
    );
}

#[test]
fn anybody_may_be_asked_anonymously_over_tls() {
    let policy = TrustPolicy::default();
    for (host, realm, fine) in [
        ("https://reg.test", "https://elsewhere.test/token", true),
        ("https://reg.test", "http://elsewhere.test/token", false),
        ("http://reg.test", "http://elsewhere.test/token", true),
        ("https://reg.test", "http://127.0.0.1/token", true),
    ] {
        let url = Url::parse(realm).unwrap();
        let judged = policy.realm_may_be_asked(&origin(host), &url);
        assert_eq!(judged.is_ok(), fine, "{host} -> {realm}");
    }
}

/// The words of the command that would allow it.
fn command(refusal: &Refusal) -> Vec<String> {
    let remedies = refusal.remedies();
    let [remedy] = &remedies[..] else {
        panic!("{remedies:?}");
    };
    assert!(remedy.lowers_security(), "{remedy:?}");
    remedy.arguments().unwrap()
}

#[test]
fn a_refusal_has_the_login_that_would_allow_it() {
    let policy = TrustPolicy::default();
    let host = origin("https://mirror.test:5000");
    for (key, realm, expected) in [
        (
            "mirror.test:5000?ns=docker.io&path=team&profile=ci",
            "https://sso.test/token?x=1",
            &[
                "login",
                "--profile",
                "ci",
                "--registry-namespace",
                "docker.io",
                "--repository",
                "team",
                "mirror.test:5000",
                "--trust-realm",
                "https://sso.test",
            ][..],
        ),
        // A server chooses what stands here: at most one word of the command.
        (
            "mirror.test:5000",
            "https://auth.evil.test/$(id)/t;reboot",
            &[
                "login",
                "mirror.test:5000",
                "--trust-realm",
                "https://auth.evil.test",
            ],
        ),
        (
            "mirror.test:5000?ns=a;reboot",
            "https://$(id)&.evil.test:8443/token",
            &[
                "login",
                "--registry-namespace",
                "a;reboot",
                "mirror.test:5000",
                "--trust-realm",
                "https://$(id)&.evil.test:8443",
            ],
        ),
    ] {
        let key: CredentialKey = key.parse().unwrap();
        let realm = Url::parse(realm).unwrap();
        let refusal = policy
            .realm_may_see(&host, &realm, &Consent::none(&key))
            .unwrap_err();
        assert_eq!(command(&refusal), expected);
        assert!(
            refusal.message.contains("https://mirror.test:5000"),
            "{refusal}"
        );
    }
    let key: CredentialKey = "reg.test:5000".parse().unwrap();
    let plain = policy.host_may_see(&origin("http://reg.test:5000"), &Consent::none(&key));
    assert_eq!(
        command(&plain.unwrap_err()),
        ["login", "reg.test:5000", "--plain-http"]
    );
}

#[test]
fn what_was_agreed_to_before_stands_in_the_login_as_well() {
    let policy = TrustPolicy::default();
    let key: CredentialKey = "reg.test:5000".parse().unwrap();
    let http = origin("http://reg.test:5000");
    let realm = Url::parse("https://sso.test/token").unwrap();
    let both = [
        "login",
        "reg.test:5000",
        "--trust-realm",
        "https://sso.test",
        "--plain-http",
    ];
    let mut consent = Consent::none(&key);
    consent.pinned_realm = Some("https://sso.test/token");
    let plain = policy.realm_may_see(&http, &realm, &consent).unwrap_err();
    assert_eq!(command(&plain), both);
    let mut consent = Consent::none(&key);
    consent.plain_http = true;
    let foreign = policy.realm_may_see(&http, &realm, &consent).unwrap_err();
    assert_eq!(command(&foreign), both);
}
