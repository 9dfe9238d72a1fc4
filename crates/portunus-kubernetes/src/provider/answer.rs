use std::time::{Duration, SystemTime};

use portunus::credential::Credential;
use portunus::name::{Authority, ImageReference};
use portunus::resolve::{Candidate, Operation, Plan, Resolver, Rule, Session};
use portunus::store::{Entry, SourceError};

use super::error::{NotAPassword, NotForEveryHost, ProviderError};
use super::request::ProviderRequest;
use super::response::{Answered, CacheKeyType, ProviderResponse};
use super::rules::ProviderRules;
use super::shown_to::{ShownTo, entries, is_own};

/// How long a login may be kept that does not say when it ends.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(5 * 60);
/// By which part of its time an answer may be given up earlier.
const EARLIER: f64 = 0.2;
/// The longest that any is kept.
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);

/// Answers kubelets from what is stored.
///
/// ```
/// use portunus::hosts::HostsTree;
/// use portunus::resolve::Resolver;
/// use portunus_kubernetes::provider::{CredentialProvider, ProviderRequest, ProviderRules};
///
/// let resolver = Resolver::new(HostsTree::new(Vec::new()));
/// let provider = CredentialProvider::new(resolver, ProviderRules::default());
/// let request = br#"{
///     "kind": "CredentialProviderRequest",
///     "apiVersion": "credentialprovider.kubelet.k8s.io/v1",
///     "image": "reg.test/team/app:v1"
/// }"#;
/// let request = ProviderRequest::read(request)?;
/// let response = provider.answer(&request, std::time::SystemTime::now())?;
/// assert!(response.answered.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct CredentialProvider {
    resolver: Resolver,
    rules: ProviderRules,
}

impl CredentialProvider {
    /// A provider of what the sources of a resolver hold, by the operator's rules.
    pub fn new(resolver: Resolver, rules: ProviderRules) -> Self {
        Self {
            // Whether another image may get another answer, what is passed over tells.
            resolver: resolver.explaining(true),
            rules,
        }
    }

    /// The best login that every host of the plan may see, since a node shows it to each of them
    /// that asks.
    ///
    /// An absent login is an empty answer, which nobody keeps. The answer is for the whole registry
    /// only where no login of its hosts depends on a repository.
    ///
    /// # Errors
    /// Where there may be a login and it cannot be answered: the image is none, a source fails, the
    /// hosts of the plan may not all see it, it is no password.
    pub fn answer(
        &self,
        request: &ProviderRequest,
        now: SystemTime,
    ) -> Result<ProviderResponse, ProviderError> {
        let profile = self.rules.profile_for(request)?;
        let reference = ImageReference::parse(&request.image)?;
        let prepared = self
            .resolver
            .prepare(&reference, Operation::Pull, &profile)?;
        let plan = prepared.plan();
        let mut refused = None::<(bool, ProviderError)>;
        let mut is_settled = plan.warnings.is_empty();
        for entry in entries(plan) {
            match try_entry(entry, plan, &self.rules, prepared.session()) {
                Ok(Some(credential)) => {
                    let key = auth_key(plan, is_settled);
                    return Ok(found(request, key, entry, credential, now));
                }
                Ok(None) => is_settled = false,
                // The reason why the best is not answered is the one to tell: of the logins of the
                // registry namespace itself, where there is one, since others can be trusted with it.
                Err(error) => {
                    is_settled &= !matches!(error, ProviderError::Source(_));
                    let is_own = is_own(entry, plan);
                    if refused.as_ref().is_none_or(|(own, _)| !own && is_own) {
                        refused = Some((is_own, error));
                    }
                }
            }
        }
        if let Some((_, error)) = refused {
            return Err(error);
        }
        // It may have been the login that is asked for.
        let broken = plan.warnings.iter().find(|it| is_about(it, plan));
        if let Some(broken) = broken {
            return Err(broken.clone().into());
        }
        // A source of others that fails is warned of on a pull and no more, and may have had a login.
        if !plan.warnings.is_empty() {
            self.resolver
                .resolve(&reference, Operation::Push, &profile)?;
        }
        Ok(ProviderResponse {
            api_version: request.api_version,
            cache_key_type: CacheKeyType::Image,
            cache_duration: Duration::ZERO,
            answered: None,
        })
    }
}

/// Whether an entry that cannot be read would be one for a host of the plan.
fn is_about(problem: &SourceError, plan: &Plan) -> bool {
    let name = plan.reference.registry_namespace();
    let mut hosts = plan.attempts.iter().filter_map(|it| it.authority.as_ref());
    problem.entry.as_ref().is_some_and(|key| {
        let is_of_name = key.registry_namespace().is_none_or(|it| it == name);
        is_of_name && hosts.any(|host| key.covers_host(host))
    })
}

/// The credential of an entry that may be answered; `None`: its source has it no more.
fn try_entry(
    entry: &Entry,
    plan: &Plan,
    rules: &ProviderRules,
    session: &Session,
) -> Result<Option<Credential>, ProviderError> {
    let shown_to = ShownTo::of(entry, plan, &rules.trust);
    // A helper is asked only where some host may see what it has.
    let credential: Result<_, SourceError> = match shown_to.permits.first() {
        Some(permit) => permit.reveal(session),
        None => Ok(None),
    };
    let is_there = credential.as_ref().is_ok_and(Option::is_some);
    let may_be_there = is_there || shown_to.permits.is_empty();
    let found = credential.as_ref().ok().and_then(Option::as_ref);
    let withheld = shown_to.withheld(found, session, &rules.trust);
    if !withheld.is_empty() && may_be_there {
        return Err(ProviderError::NotForEveryHost(Box::new(NotForEveryHost {
            key: entry.key.clone(),
            location: entry.location.clone(),
            registry_namespace: plan.reference.registry_namespace().clone(),
            hosts: withheld,
        })));
    }
    match credential? {
        Some(Credential::Password { username, .. }) if username.is_empty() => {
            Err(not_a_password(entry))
        }
        Some(Credential::IdentityToken { .. } | Credential::RegistryToken { .. }) => {
            Err(not_a_password(entry))
        }
        password => Ok(password),
    }
}

fn not_a_password(entry: &Entry) -> ProviderError {
    ProviderError::NotAPassword(Box::new(NotAPassword {
        key: entry.key.clone(),
        location: entry.location.clone(),
    }))
}

fn found(
    request: &ProviderRequest,
    (cache_key_type, auth_key): (CacheKeyType, String),
    entry: &Entry,
    credential: Credential,
    now: SystemTime,
) -> ProviderResponse {
    ProviderResponse {
        api_version: request.api_version,
        cache_key_type,
        cache_duration: lifetime(&credential, now),
        answered: Some(Answered {
            auth_key,
            credential,
            key: entry.key.clone(),
            location: entry.location.clone(),
        }),
    }
}

/// What a kubelet is to find the login under, and for what else it may use it: for the whole registry
/// only where no other image may get another login. `is_settled`: nothing better was looked for in
/// vain, which may be there the next time.
fn auth_key(plan: &Plan, is_settled: bool) -> (CacheKeyType, String) {
    let reference = &plan.reference;
    let registry = reference.registry_namespace().as_str();
    match is_settled && !depends_on_repository(plan) {
        true => (CacheKeyType::Registry, registry.to_owned()),
        false => {
            let image = format!("{registry}/{}", reference.repository());
            (CacheKeyType::Image, image)
        }
    }
}

/// Whether another image of the same hosts may get another answer.
fn depends_on_repository(plan: &Plan) -> bool {
    let is_asked = |owner: &Authority| {
        let mut attempts = plan.attempts.iter();
        attempts.any(|it| it.authority.as_ref() == Some(owner))
    };
    plan.attempts.iter().any(|attempt| {
        let candidates = attempt.candidates.iter().map(|it| &it.entry);
        let passed_over = attempt.passed_over.iter().map(|it| &it.entry);
        let mut entries = candidates.chain(passed_over);
        // What is passed over of a login that is lent is told at its owner, which may not be asked.
        let is_lent = |candidate: &Candidate| match &candidate.rule {
            Rule::CredentialDomain(loan) => !is_asked(&loan.owner),
            _ => false,
        };
        entries.any(|entry| entry.key.repository().is_some())
            || attempt.candidates.iter().any(is_lent)
    })
}

/// Half of what is left, as the providers of clouds do: a pull that begins at its end still has the
/// other half. Up to a fifth less, by the fraction of the second in which it is asked: nodes that are
/// answered in one minute do not all ask again in one.
fn lifetime(credential: &Credential, now: SystemTime) -> Duration {
    let Some(ends) = credential.expires_at() else {
        return UNKNOWN_LIFETIME;
    };
    let left = ends.duration_since(now).unwrap_or_default();
    let half = (left / 2).min(LONGEST);
    let fraction = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    half.mul_f64(1.0 - EARLIER * f64::from(fraction.subsec_nanos()) / 1e9)
}
