//! Which host does a login mean, does it accept the credential, and where is that kept?
//!
//! Nothing is stored before the host was asked and accepted the credential.

mod advice;
pub(crate) mod carry_out;
pub(crate) mod host;
pub(crate) mod log_in;
pub(crate) mod person;
pub(crate) mod request;
pub(crate) mod target;

use std::time::SystemTime;

use portunus::credential::Credential;
use portunus::hosts::Host;
use portunus::name::{Authority, CredentialKey};
use portunus::store::{Location, Provenance};
use portunus::token::trust::Consent;
use portunus_http::{Client, Error, LoginAnswer, LoginCheck};

use crate::docker_folder::unknown_to_builders;
use crate::error::ClientError;
use crate::settings::Settings;
use crate::stores::{ChosenStore, StoredLogin};

pub use host::LoginHost;
pub use log_in::{LoginReport, log_in};
pub use person::{LoginError, LoginEvent, LoginPerson};
pub use request::LoginRequest;
pub use target::{Limits, LoginTarget};

/// A login at one host.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Login<'a> {
    /// What was asked for.
    pub request: &'a LoginRequest,
    /// The host.
    pub at: &'a LoginHost,
    /// What the credential is kept under.
    pub key: CredentialKey,
    /// The realm that may see the secret; it may be trusted only after the host has named it.
    pub trusted_realm: Option<String>,
    /// What the machine is set to.
    pub settings: &'a Settings,
}

/// A credential that is to be checked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Offered {
    /// The credential.
    pub credential: Credential,
    /// Where it is stored already; `None`: it was given just now.
    pub location: Option<Location>,
}

/// That a host accepted the credential.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Verified {
    /// When.
    pub at: SystemTime,
    /// The realm that handed out the token it was accepted with.
    pub realm: Option<String>,
}

/// Initialization
impl<'a> Login<'a> {
    /// The one at this host.
    pub fn new(request: &'a LoginRequest, at: &'a LoginHost, settings: &'a Settings) -> Self {
        Self {
            request,
            at,
            key: request.target.key(at.authority.clone()),
            trusted_realm: request.trusted_realm.clone(),
            settings,
        }
    }
}

impl Offered {
    /// One that was given just now.
    pub fn new(credential: Credential) -> Self {
        Self {
            credential,
            location: None,
        }
    }
}

impl Verified {
    /// At that time, with a token of that realm.
    pub fn new(at: SystemTime, realm: Option<String>) -> Self {
        Self { at, realm }
    }
}

impl Login<'_> {
    /// The store it goes to.
    ///
    /// # Errors
    /// Where the one that is chosen cannot keep it, or is not there.
    pub fn choose_store(&self) -> Result<ChosenStore, ClientError> {
        let consented = self.trusted_realm.is_some() || self.request.plain_http;
        let stores = self.settings.stores()?;
        stores.for_login(&self.key, self.request.store.as_ref(), consented)
    }

    /// What is stored for exactly this key.
    ///
    /// # Errors
    /// Where a source cannot be read.
    pub fn find_stored(&self) -> Result<Option<Offered>, ClientError> {
        for source in self.settings.sources()? {
            let entries = source.entries(&self.at.authority)?.entries;
            if let Some(entry) = entries.iter().find(|entry| entry.key == self.key)
                && let Some(credential) = source.credential(entry)?
            {
                return Ok(Some(Offered {
                    credential,
                    location: Some(entry.location.clone()),
                }));
            }
        }
        Ok(None)
    }

    /// Asks the host whether it accepts a credential.
    ///
    /// # Errors
    /// Where it does not, or cannot be asked.
    pub async fn verify(
        &self,
        credential: &Credential,
        client: &Client,
    ) -> Result<LoginAnswer, Error> {
        let mut consent = Consent::none(&self.key);
        consent.pinned_realm = self.trusted_realm.as_deref();
        consent.plain_http = self.request.plain_http;
        let (host, registry_namespace) = (&self.at.host, &self.at.registry_namespace);
        let mut check = LoginCheck::new(host, registry_namespace, consent, credential);
        check.repository = self.key.repository();
        client.verify(&check).await
    }

    /// The realm that the host names to somebody without a credential.
    pub async fn ask_realm(&self, client: &Client) -> Option<String> {
        let consent = Consent::none(&self.key);
        let (host, registry_namespace) = (&self.at.host, &self.at.registry_namespace);
        client.probe(host, registry_namespace, &consent).await.realm
    }

    /// Stores the credential; `verified`: what is known of it from the host.
    ///
    /// # Errors
    /// Where no store takes it.
    pub fn store(
        &self,
        credential: &Credential,
        verified: Option<Verified>,
    ) -> Result<StoredLogin, ClientError> {
        let mut provenance = Provenance::default();
        provenance.stored_by.clone_from(&self.request.stored_by);
        provenance.stored_at = Some((self.settings.environment().now)());
        provenance.plain_http = self.request.plain_http;
        if let Some(verified) = verified {
            provenance.verified_at = Some(verified.at);
            provenance.realm = verified.realm;
        }
        let store = self.choose_store()?;
        unknown_to_builders(self.settings, || {
            Ok(store.put(&self.key, credential, &provenance)?)
        })
    }

    /// Whether another host of the registry namespace has a login, its own or one that is for the
    /// registry namespace only.
    ///
    /// # Errors
    /// As [`Settings::stores`].
    pub fn is_logged_in_at(&self, host: &Host) -> Result<bool, ClientError> {
        let Ok(authority) = Authority::of_host(&host.scheme, &host.host) else {
            return Ok(false);
        };
        let plain = CredentialKey::plain(authority.clone());
        let scoped = plain
            .clone()
            .with_registry_namespace(self.at.registry_namespace.clone());
        let wanted = [scoped, plain].map(|key| key.with_profile(self.settings.profile.clone()));
        for source in self.settings.sources()? {
            // A source that fails now is told about when it is needed.
            let Ok(entries) = source.entries(&authority) else {
                continue;
            };
            let mut entries = entries.entries.iter();
            if entries.any(|entry| wanted.contains(&entry.key)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
