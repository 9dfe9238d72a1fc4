use std::sync::Arc;

use portunus::credential::Credential;
use portunus::hosts::Host;
use portunus::name::CredentialKey;
use portunus::store::Location;
use portunus_http::Warning;

use crate::error::ClientError;
use crate::login::host::LoginHost;
use crate::login::person::{LoginError, Nobody};
use crate::login::request::LoginRequest;
use crate::login::{Login, Verified};
use crate::settings::Settings;
use crate::stores::stored_login::StoringWarning;

/// What became of a login.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LoginReport {
    /// What it is kept under.
    pub key: CredentialKey,
    /// The host that it is for, as `hosts.toml` has it.
    pub host: Arc<Host>,
    /// The account; `None`: it is an identity token that names none.
    pub username: Option<String>,
    /// Where it is kept.
    pub location: Location,
    /// When the host accepted it, and the realm that vouched for it; `None`: it was not asked.
    pub verified: Option<Verified>,
    /// Whether pulls of the registry namespace ask that host: otherwise it will not be used.
    pub is_listed: bool,
    /// What the user should be told about where it is kept.
    pub warnings: Vec<StoringWarning>,
    /// The place that holds another login for the same key and comes first: this one is not used.
    pub preceded_by: Option<String>,
    /// What was told while the host was asked.
    pub notes: Vec<Warning>,
}

/// Logs in with a credential: has the host accept it, unless the request says otherwise, and keeps it
/// where it belongs. Nobody is asked anything; [`Login::carry_out`] asks a person.
///
/// # Errors
/// Where there is no such host, it does not accept the credential or asks for none, or no store takes
/// it. Then nothing is stored.
pub fn log_in(
    request: &LoginRequest,
    credential: Credential,
    settings: &Settings,
) -> Result<LoginReport, ClientError> {
    let at = LoginHost::find(request, settings)?;
    let mut login = Login::new(request, &at, settings);
    let done = login.carry_out(Some(credential), &mut Nobody);
    done.map_err(|error| match error {
        LoginError::Client(error) | LoginError::Person(error) => error,
    })
}
