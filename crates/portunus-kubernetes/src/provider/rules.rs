use portunus::name::Profile;
use portunus::token::trust::TrustPolicy;

use super::account::ServiceAccount;
use super::error::ProviderError;
use super::request::ProviderRequest;

/// The annotation of a service account by which it chooses among the profiles that the operator
/// gave it.
pub const PROFILE_ANNOTATION: &str = "portunus.dev/profile";

/// What the operator of a node decided.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ProviderRules {
    /// The profile of every pod whose service account has none.
    pub profile: Profile,
    /// The profiles of service accounts. Of several of one account the first is its own, and it may
    /// choose another by the [annotation](PROFILE_ANNOTATION).
    pub accounts: Vec<AccountProfile>,
    /// What is trusted beyond the rules.
    pub trust: TrustPolicy,
}

/// A profile that a service account may have.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountProfile {
    /// The account.
    pub account: ServiceAccount,
    /// The profile.
    pub profile: Profile,
}

impl AccountProfile {
    /// A profile for an account.
    pub fn new(account: ServiceAccount, profile: Profile) -> Self {
        Self { account, profile }
    }
}

impl ProviderRules {
    /// The profile a request is answered from.
    pub(super) fn profile_for(&self, request: &ProviderRequest) -> Result<Profile, ProviderError> {
        let account = request.service_account.as_ref();
        let given = self.accounts.iter();
        let mut given = given
            .filter(|it| Some(&it.account) == account)
            .map(|it| &it.profile);
        let Some(chosen) = request.annotations.get(PROFILE_ANNOTATION) else {
            return Ok(given.next().unwrap_or(&self.profile).clone());
        };
        let found = given.find(|profile| profile.name() == Some(chosen));
        found.cloned().ok_or_else(|| ProviderError::Profile {
            name: chosen.chars().take(100).collect(),
            account: account.cloned(),
        })
    }
}
