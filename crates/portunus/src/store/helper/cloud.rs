//! The clouds whose own helpers hand out logins, and the names of their registries.
//!
//! Some of those helpers answer for whatever they are asked: `docker-credential-gcr` gives Google's
//! token for any host, and `docker-credential-acr-env` asks a host for a token whose name only begins
//! as Azure's do.

use crate::name::{Authority, HostPattern};

/// A cloud that has a helper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cloud {
    /// `docker-credential-ecr-login`.
    Amazon,
    /// `docker-credential-gcr` and `docker-credential-gcloud`.
    Google,
    /// `docker-credential-acr-env`.
    Azure,
}

/// Behind the region of a registry in ECR (`ecrPattern` in `ecr-login/api/client.go`).
const ECR_DOMAINS: [&str; 9] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "on.aws",
    "on.amazonwebservices.com.cn",
    "sc2s.sgov.gov",
    "c2s.ic.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
];
const ECR_PUBLIC: [&str; 2] = ["public.ecr.aws", "ecr-public.aws.com"];
/// `docker-credential-gcr`'s `config/const.go`, and Artifact Registry.
const GOOGLE: [&str; 3] = ["gcr.io", "*.gcr.io", "*.pkg.dev"];
/// What `acr-env` takes for Azure's (`registryRegexp`), each to its end, and Microsoft's public one.
const AZURE: [&str; 5] = [
    "*.azurecr.io",
    "*.azurecr.cn",
    "*.azurecr.de",
    "*.azurecr.us",
    "mcr.microsoft.com",
];

impl Cloud {
    /// The cloud whose helper is called so, without `docker-credential-`.
    pub(crate) fn of_helper(name: &str) -> Option<Self> {
        match name {
            "ecr-login" => Some(Self::Amazon),
            "gcr" | "gcloud" => Some(Self::Google),
            "acr-env" => Some(Self::Azure),
            _ => None,
        }
    }

    /// Whether a host is a registry of this cloud.
    pub(crate) fn has(self, host: &Authority) -> bool {
        let any_of = |patterns: &[&str]| {
            let mut patterns = patterns.iter();
            patterns.any(|it| HostPattern::parse(it).is_ok_and(|it| it.covers(host)))
        };
        match self {
            Self::Amazon => is_ecr(host) || any_of(&ECR_PUBLIC),
            Self::Google => any_of(&GOOGLE),
            Self::Azure => any_of(&AZURE),
        }
    }
}

/// ECR's private registries in all their forms, the commonest first, as globs that cover no less.
pub(super) fn ecr_patterns() -> Vec<HostPattern> {
    let services = ["dkr.ecr", "dkr-ecr", "dkr.ecr-fips", "dkr-ecr-fips"];
    let forms = services.iter().flat_map(|service| {
        let domains = ECR_DOMAINS.iter();
        domains.map(move |domain| HostPattern::parse(&format!("*.{service}.*.{domain}")))
    });
    forms.filter_map(Result::ok).collect()
}

/// Whether a host is a private registry in ECR, in any of its forms:
/// `123456789012.dkr.ecr.eu-west-1.amazonaws.com`, with `-fips`, `.dkr-ecr.`, China's.
pub(crate) fn is_ecr(host: &Authority) -> bool {
    let region_and_domain = || {
        let (account, rest) = host.host().split_once(".dkr")?;
        let rest = rest.strip_prefix(['.', '-'])?.strip_prefix("ecr")?;
        let rest = rest.strip_prefix("-fips").unwrap_or(rest);
        let is_account = account.len() == 12 && account.bytes().all(|it| it.is_ascii_digit());
        let (region, domain) = rest.strip_prefix('.')?.split_once('.')?;
        (is_account && !region.is_empty()).then_some(domain)
    };
    host.port() == Authority::DEFAULT_PORT
        && region_and_domain().is_some_and(|domain| ECR_DOMAINS.contains(&domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cloud_has_its_own_registries_and_no_host_that_only_looks_like_one() {
        for (helper, host, has) in [
            (
                "ecr-login",
                "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
                true,
            ),
            (
                "ecr-login",
                "123456789012.dkr.ecr-fips.us-gov-1.amazonaws.com",
                true,
            ),
            (
                "ecr-login",
                "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
                true,
            ),
            ("ecr-login", "123456789012.dkr-ecr.eu-west-1.on.aws", true),
            (
                "ecr-login",
                "123456789012.dkr-ecr-fips.us-east-1.on.aws",
                true,
            ),
            (
                "ecr-login",
                "123456789012.dkr.ecr.us-iso-1.c2s.ic.gov",
                true,
            ),
            ("ecr-login", "public.ecr.aws", true),
            (
                "ecr-login",
                "evil-dkr.ecr.eu.amazonaws.com.attacker.test",
                false,
            ),
            (
                "ecr-login",
                "123456789012.dkr.ecr.eu.amazonaws.com.attacker.test",
                false,
            ),
            (
                "ecr-login",
                "x.123456789012.dkr.ecr.eu.amazonaws.com",
                false,
            ),
            ("ecr-login", "12345678901.dkr.ecr.eu.amazonaws.com", false),
            ("ecr-login", "123456789012.dkr.ecr.amazonaws.com", false),
            ("ecr-login", "123456789012.dkr.ecr.a.b.amazonaws.com", false),
            (
                "ecr-login",
                "123456789012.dkr.ecr.eu.amazonaws.com:5000",
                false,
            ),
            ("gcr", "gcr.io", true),
            ("gcloud", "europe-docker.pkg.dev", true),
            ("gcr", "reg.test", false),
            ("gcr", "gcr.io.attacker.test", false),
            ("acr-env", "x.azurecr.io", true),
            ("acr-env", "x.azurecr.io.attacker.test", false),
        ] {
            let cloud = Cloud::of_helper(helper).unwrap();
            let host = Authority::parse(host).unwrap();
            assert_eq!(cloud.has(&host), has, "{host}");
            let is_covered = ecr_patterns().iter().any(|it| it.covers(&host));
            assert!(is_covered || !is_ecr(&host), "{host}");
        }
        assert_eq!(Cloud::of_helper("pass"), None);
    }
}
