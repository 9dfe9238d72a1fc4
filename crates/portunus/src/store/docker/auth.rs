use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::credential::Credential;
use crate::store::json::{Document, JsonProblem, Object, RenderedObject, rendered_string};
use containerd_hosts::Secret;

/// Reads with and without padding, writes with.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The fields of an entry that hold its credential.
const FIELDS: [&str; 6] = [
    "auth",
    "username",
    "password",
    "serveraddress",
    "identitytoken",
    "registrytoken",
];

/// The user name beside an identity token whose account is not known.
const NOBODY: &str = "<token>";

/// What an entry of `auths` holds. docker leaves it empty where a helper has the credential.
#[derive(Debug)]
pub(super) struct AuthEntry {
    /// What the account logs in with.
    pub(super) login: Option<Credential>,
    /// A registry token, which may stand beside a login.
    pub(super) registry_token: Option<Credential>,
}

/// Reads an entry of `auths`.
pub(super) fn read(document: &Document<'_>, object: &Object) -> Result<AuthEntry, JsonProblem> {
    let field = |name: &str| -> Result<Option<Zeroizing<String>>, JsonProblem> {
        let Some(member) = object.named_in_any_case(name).last() else {
            return Ok(None);
        };
        let text = document.string(&member.value_place, &format!("`{name}`"))?;
        Ok(text.map(Zeroizing::new).filter(|text| !text.is_empty()))
    };
    let (username, password) = match field("auth")? {
        Some(auth) => {
            let place = object.named_in_any_case("auth").last();
            let place = place.map_or(object.place.start, |member| member.value_place.start);
            let (username, password) =
                decode(&auth).map_err(|problem| document.problem(place, problem))?;
            (Some(username), password)
        }
        None => {
            let username = field("username")?.map(|text| text.to_string());
            let password = field("password")?.map_or_else(|| Secret::new(""), secret);
            (username, password)
        }
    };
    let login = match field("identitytoken")? {
        Some(token) => Some(Credential::IdentityToken {
            username: username.filter(|username| username != NOBODY),
            token: secret(token),
        }),
        None => username.map(|username| Credential::Password { username, password }),
    };
    let token = field("registrytoken")?.map(secret);
    Ok(AuthEntry {
        login,
        registry_token: token.map(|token| Credential::RegistryToken { token }),
    })
}

/// Sets the credential of an entry as docker writes it; other fields of it stay.
pub(super) fn set(entry: &mut RenderedObject, credential: &Credential) -> Result<(), &'static str> {
    clear(entry);
    let encoded = |username: &str, password: &str| {
        let both = Zeroizing::new([username, ":", password].concat());
        Some(rendered_string(&Zeroizing::new(
            BASE64.encode(both.as_bytes()),
        )))
    };
    match credential {
        Credential::Password { username, password } => {
            check(username, password)?;
            entry.set("auth", encoded(username, password.expose()));
        }
        Credential::IdentityToken { username, token } => {
            let username = username.as_deref().unwrap_or(NOBODY);
            check(username, token)?;
            // containers/image sees an identity token only beside an `auth` that it can decode.
            entry.set("auth", encoded(username, ""));
            entry.set("identitytoken", Some(rendered_string(token.expose())));
        }
        Credential::RegistryToken { token } => {
            entry.set("registrytoken", Some(rendered_string(token.expose())));
        }
    }
    Ok(())
}

/// The text of an entry of `auths` with nothing but a credential, as docker writes it: for files that
/// other programs read.
///
/// # Errors
/// In words, where no such entry can hold it.
pub fn entry_text(credential: &Credential) -> Result<Secret, &'static str> {
    let mut entry = RenderedObject::default();
    set(&mut entry, credential)?;
    Ok(secret(entry.text(None, "")))
}

/// Takes the credential out of an entry; other fields of it stay.
pub(super) fn clear(entry: &mut RenderedObject) {
    entry.retain(|name| !is_field(name));
}

/// Whether a field of an entry holds its credential.
pub(super) fn is_field(name: &str) -> bool {
    FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field))
}

fn check(username: &str, secret: &Secret) -> Result<(), &'static str> {
    if username.is_empty() {
        return Err("a login without a user name cannot be kept there");
    }
    if username.contains(':') {
        return Err("a user name with a colon cannot be kept there");
    }
    if username.contains('\0') || secret.expose().contains('\0') {
        return Err("NUL characters cannot be kept there");
    }
    Ok(())
}

/// Splits `base64(user:password)` at the first colon and trims NULs off the password, as docker.
fn decode(auth: &str) -> Result<(String, Secret), &'static str> {
    let mut dense = Zeroizing::new(String::with_capacity(auth.len()));
    dense.extend(auth.chars().filter(|c| !matches!(c, '\n' | '\r')));
    let bytes = BASE64.decode(dense.as_bytes()).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| "`auth` is not base64")?;
    let text = str::from_utf8(&bytes).map_err(|_| "`auth` is not UTF-8 text in base64")?;
    let (username, password) = text
        .split_once(':')
        .ok_or("`auth` has no colon between user name and password")?;
    if username.is_empty() {
        return Err("`auth` has no user name");
    }
    Ok((
        username.to_owned(),
        Secret::new(password.trim_matches('\0')),
    ))
}

/// Moves the text, so that no copy is left behind.
fn secret(mut text: Zeroizing<String>) -> Secret {
    Secret::new(std::mem::take(&mut *text))
}
