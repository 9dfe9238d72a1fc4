use std::collections::BTreeMap;

use serde::Deserialize;

use super::account::ServiceAccount;

/// The largest request that is read, in bytes: the largest token and a thousand annotations are a
/// tenth of it.
const LARGEST: usize = 1024 * 1024;

/// What a kubelet asks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderRequest {
    /// The version of the protocol, which the response repeats.
    pub api_version: ApiVersion,
    /// The image, with neither tag nor digest: `docker.io/library/nginx`.
    pub image: String,
    /// For whose pod; `None`: the kubelet does not say.
    pub service_account: Option<ServiceAccount>,
    /// The annotations of the service account that the kubelet was told to pass on.
    pub annotations: BTreeMap<String, String>,
}

/// A version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiVersion {
    /// `credentialprovider.kubelet.k8s.io/v1`.
    V1,
    /// `credentialprovider.kubelet.k8s.io/v1beta1`.
    V1Beta1,
    /// `credentialprovider.kubelet.k8s.io/v1alpha1`.
    V1Alpha1,
}

/// Why a request is none. Holds no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// Nothing came.
    #[error("there is no request: a kubelet writes one to standard input")]
    Nothing,
    /// More than any kubelet writes.
    #[error("the request is larger than 1 MiB")]
    TooLarge,
    /// Not the JSON that it should be.
    #[error("the request is not a CredentialProviderRequest in JSON")]
    NotJson,
    /// Another kind of object.
    #[error("the request is of another kind than CredentialProviderRequest")]
    Kind,
    /// A version that is not known here.
    #[error(
        "the request has an apiVersion that is not known: known are v1, v1beta1 and v1alpha1 of \
         credentialprovider.kubelet.k8s.io"
    )]
    ApiVersion,
    /// A request without an image.
    #[error("the request names no image")]
    NoImage,
    /// A token that does not say whose it is.
    #[error("the service account's token does not say whose it is")]
    Token,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    kind: Option<String>,
    api_version: Option<String>,
    image: Option<String>,
    service_account_token: Option<String>,
    service_account_annotations: Option<BTreeMap<String, String>>,
}

impl ProviderRequest {
    /// Reads a request. Fields that are not known are passed over.
    ///
    /// # Errors
    /// Where it is none.
    pub fn read(bytes: &[u8]) -> Result<Self, RequestError> {
        if bytes.len() > LARGEST {
            return Err(RequestError::TooLarge);
        }
        if bytes.trim_ascii().is_empty() {
            return Err(RequestError::Nothing);
        }
        let fields: Fields = serde_json::from_slice(bytes).map_err(|_| RequestError::NotJson)?;
        if fields.kind.as_deref() != Some("CredentialProviderRequest") {
            return Err(RequestError::Kind);
        }
        let api_version = fields
            .api_version
            .as_deref()
            .and_then(ApiVersion::from_text);
        let token = fields.service_account_token.filter(|it| !it.is_empty());
        let service_account = match token.map(zeroize::Zeroizing::new) {
            Some(token) => Some(ServiceAccount::of_token(&token).ok_or(RequestError::Token)?),
            None => None,
        };
        Ok(Self {
            api_version: api_version.ok_or(RequestError::ApiVersion)?,
            image: fields
                .image
                .filter(|image| !image.is_empty())
                .ok_or(RequestError::NoImage)?,
            service_account,
            annotations: fields.service_account_annotations.unwrap_or_default(),
        })
    }

    /// How many bytes are enough to tell that a request is too large.
    pub const fn most_to_read() -> usize {
        LARGEST + 1
    }
}

impl ApiVersion {
    const ALL: [Self; 3] = [Self::V1, Self::V1Beta1, Self::V1Alpha1];

    /// The version in requests, responses and configurations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "credentialprovider.kubelet.k8s.io/v1",
            Self::V1Beta1 => "credentialprovider.kubelet.k8s.io/v1beta1",
            Self::V1Alpha1 => "credentialprovider.kubelet.k8s.io/v1alpha1",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}
