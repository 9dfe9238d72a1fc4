use portunus::credential::Credential;
use portunus::hosts::Host;
use portunus::name::CredentialKey;
use portunus::store::Location;
use portunus_http::{LoginAnswer, Warning};

use crate::error::ClientError;
use crate::http;
use crate::login::host::LoginHost;
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
    pub host: Host,
    /// Where it is kept.
    pub location: Location,
    /// When the host accepted it, and the realm that vouched for it; `None`: it was not asked.
    pub verified: Option<Verified>,
    /// Whether pulls of the registry namespace ask that host: otherwise it will not be used.
    pub is_listed: bool,
    /// What the user should be told about where it is kept.
    pub warnings: Vec<StoringWarning>,
    /// What was told while the host was asked.
    pub notes: Vec<Warning>,
}

/// Logs in with a credential: has the host accept it, unless the request says otherwise, and keeps it
/// where it belongs. Nobody is asked anything.
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
    let login = Login::new(request, &at, settings);
    // What cannot be stored is not shown to a host.
    login.choose_store()?;
    let (credential, verified, notes) = match request.verify {
        true => verify(&login, credential)?,
        false => (credential, None, Vec::new()),
    };
    let stored = login.store(&credential, verified.clone())?;
    Ok(LoginReport {
        key: login.key,
        location: stored.location,
        verified,
        is_listed: at.is_listed,
        warnings: stored.warnings,
        notes,
        host: at.host,
    })
}

/// The credential that is to be kept: an identity token, where the host gave one.
fn verify(
    login: &Login<'_>,
    credential: Credential,
) -> Result<(Credential, Option<Verified>, Vec<Warning>), ClientError> {
    let client = http::client(login.settings)?;
    let answer = http::block_on(login.verify(&credential, &client))?;
    match answer.map_err(Box::new)? {
        LoginAnswer::Accepted {
            realm,
            identity_token,
            warnings,
            ..
        } => {
            let realm = realm.or_else(|| login.trusted_realm.clone());
            let verified = Verified::new((login.settings.environment().now)(), realm);
            let credential = identity_token.unwrap_or(credential);
            Ok((credential, Some(verified), warnings))
        }
        _ => Err(ClientError::OpenHost(login.at.host.host.clone())),
    }
}
