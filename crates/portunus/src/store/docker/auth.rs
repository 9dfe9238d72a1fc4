use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine};
use zeroize::Zeroizing;

use crate::credential::{Credential, CredentialKind};
use crate::name::cut;
use crate::store::json::{
    Document, JsonProblem, Member, Object, RenderedObject, Text, rendered_string,
};
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
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AuthEntry {
    /// What the account logs in with.
    pub(super) login: Option<Credential>,
    /// A registry token, which may stand beside a login.
    pub(super) registry_token: Option<Credential>,
}

/// Reads an entry of `auths`.
pub(super) fn read(document: &Document<'_>, object: &Object<'_>) -> Result<AuthEntry, JsonProblem> {
    let mut decoder = Decoder::default();
    let parts = parts(document, object, &mut decoder)?;
    let (username, password) = match parts.decoded {
        Some(decoded) => {
            let (username, password) = cut(decoded, b':').unwrap_or_default();
            (Some(username.to_owned()), Secret::new(trimmed(password)))
        }
        None => {
            let password = parts.password.map(Text::into_string).unwrap_or_default();
            (parts.username.map(Text::into_string), Secret::new(password))
        }
    };
    let login = match parts.identity_token {
        Some(token) => Some(Credential::IdentityToken {
            username: username.filter(|username| username != NOBODY),
            token: Secret::new(token.into_string()),
        }),
        None => username.map(|username| Credential::Password { username, password }),
    };
    let token = parts.registry_token.map(Text::into_string);
    Ok(AuthEntry {
        login,
        registry_token: token.map(|token| Credential::RegistryToken {
            token: Secret::new(token),
        }),
    })
}

/// The kind and the account of the credential that an entry holds.
pub(super) fn about(
    document: &Document<'_>,
    object: &Object<'_>,
) -> Result<Option<(CredentialKind, Option<String>)>, JsonProblem> {
    let mut decoder = Decoder::default();
    let parts = parts(document, object, &mut decoder)?;
    let username = match parts.decoded.and_then(|decoded| cut(decoded, b':')) {
        Some((username, _)) => Some(username),
        None => parts.username.as_deref(),
    };
    let username = username.map(str::to_owned);
    Ok(
        match (parts.identity_token, username, parts.registry_token) {
            (Some(_), username, _) => {
                let username = username.filter(|username| username != NOBODY);
                Some((CredentialKind::IdentityToken, username))
            }
            (None, Some(username), _) => Some((CredentialKind::Password, Some(username))),
            (None, None, Some(_)) => Some((CredentialKind::RegistryToken, None)),
            (None, None, None) => None,
        },
    )
}

/// Whether an entry that can be read holds a credential.
pub(super) fn holds_credential(
    document: &Document<'_>,
    object: &Object<'_>,
    decoder: &mut Decoder,
) -> Result<bool, JsonProblem> {
    let parts = parts(document, object, decoder)?;
    let login = [parts.username, parts.identity_token, parts.registry_token];
    Ok(parts.decoded.is_some() || login.iter().any(Option::is_some))
}

/// The fields that hold the credential; empty ones do not count.
struct Parts<'a, 'd> {
    /// `auth`, a user name and a password with a colon between them: instead of the next two.
    decoded: Option<&'d str>,
    username: Option<Text<'a>>,
    password: Option<Text<'a>>,
    identity_token: Option<Text<'a>>,
    registry_token: Option<Text<'a>>,
}

fn parts<'a, 'd>(
    document: &Document<'a>,
    object: &Object<'a>,
    decoder: &'d mut Decoder,
) -> Result<Parts<'a, 'd>, JsonProblem> {
    // In the order of `FIELDS`, whose names are found in any case. To Go's decoder a `null` is no
    // value: what stood there before it stays.
    let place_of =
        |member: &Member<'a>| field_of(&member.name()).filter(|_| !document.is_null(member));
    let [auth, username, password, _, identity_token, registry_token] =
        object.placed::<{ FIELDS.len() }>(place_of);
    let field =
        |member: Option<Member<'a>>, shown: &str| -> Result<Option<Text<'a>>, JsonProblem> {
            let text = member.map_or(Ok(None), |member| document.string(&member, shown))?;
            Ok(text.filter(|text| !text.is_empty()))
        };
    let place = auth.as_ref().map_or(0, |member| member.value_place().start);
    let mut parts = Parts {
        decoded: None,
        username: None,
        password: None,
        identity_token: None,
        registry_token: None,
    };
    match field(auth, "`auth`")? {
        Some(auth) => {
            let decoded = decoder
                .decode(&auth)
                .map_err(|problem| document.problem(place, problem))?;
            parts.decoded = Some(decoded);
        }
        None => {
            parts.username = field(username, "`username`")?;
            parts.password = field(password, "`password`")?;
        }
    }
    parts.identity_token = field(identity_token, "`identitytoken`")?;
    parts.registry_token = field(registry_token, "`registrytoken`")?;
    let whose = [
        &parts.username,
        &parts.identity_token,
        &parts.registry_token,
    ];
    if parts.password.is_some() && whose.iter().all(|it| it.is_none()) {
        let problem = "`password` stands without a `username`";
        return Err(document.problem(object.place.start, problem));
    }
    Ok(parts)
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
    let mut text = entry.text(None, "");
    Ok(Secret::new(std::mem::take(&mut *text)))
}

/// Takes the credential out of an entry; other fields of it stay.
pub(super) fn clear(entry: &mut RenderedObject) {
    entry.retain(|name| !is_field(name));
}

/// Whether a field of an entry holds its credential.
pub(super) fn is_field(name: &str) -> bool {
    field_of(name).is_some()
}

fn field_of(name: &str) -> Option<usize> {
    FIELDS
        .iter()
        .position(|field| name.eq_ignore_ascii_case(field))
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

/// Decodes one after the other in one place, which is wiped on drop.
#[derive(Default)]
pub(super) struct Decoder {
    bytes: Zeroizing<Vec<u8>>,
}

impl Decoder {
    /// The text of `base64(user:password)`, in which there is a colon behind a user name.
    fn decode(&mut self, auth: &str) -> Result<&str, &'static str> {
        let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let decoded = match self.fill(auth) {
            // Go's decoder passes over them.
            Err(_) if auth.as_bytes().iter().any(is_break) => {
                let mut dense = Zeroizing::new(String::with_capacity(auth.len()));
                dense.extend(auth.chars().filter(|c| !matches!(c, '\n' | '\r')));
                self.fill(&dense)
            }
            decoded => decoded,
        };
        decoded.map_err(|_| "`auth` is not base64")?;
        let text = std::str::from_utf8(&self.bytes);
        let text = text.map_err(|_| "`auth` is not UTF-8 text in base64")?;
        match cut(text, b':') {
            None => Err("`auth` has no colon between user name and password"),
            Some(("", _)) => Err("`auth` has no user name"),
            Some(_) => Ok(text),
        }
    }

    fn fill(&mut self, auth: &str) -> Result<(), DecodeError> {
        if self.bytes.capacity() < auth.len() {
            // Not grown, which would leave a copy behind.
            self.bytes = Zeroizing::new(Vec::with_capacity(auth.len()));
        }
        self.bytes.clear();
        BASE64.decode_vec(auth, &mut self.bytes)
    }
}

/// Without the NULs that docker trims off a password.
fn trimmed(password: &str) -> &str {
    password.trim_matches('\0')
}
