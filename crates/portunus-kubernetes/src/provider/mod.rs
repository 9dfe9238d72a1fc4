//! The kubelet's credential provider protocol (`k8s.io/kubelet/pkg/apis/credentialprovider`): a
//! request in, a response or an error out. Nothing here reads a stream or ends a process.

mod account;
mod allowing;
mod answer;
mod configuration;
mod error;
mod go_duration;
mod request;
mod response;
mod rules;
mod shown_to;

pub use account::ServiceAccount;
pub use answer::CredentialProvider;
pub use configuration::ProviderConfiguration;
pub use error::{NotAPassword, NotForEveryHost, ProviderError, Withheld};
pub use request::{ApiVersion, ProviderRequest, RequestError};
pub use response::{Answered, CacheKeyType, ProviderResponse};
pub use rules::{AccountProfile, PROFILE_ANNOTATION, ProviderRules};
