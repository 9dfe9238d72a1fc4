//! How is a credential kept as a text?
//!
//! A credential and what was noted when it was stored, as JSON text: what our own file has in its
//! entries, and what stores that keep texts (a keyring) can keep.

use std::time::SystemTime;

use super::entry::{Entry, Provenance};
use super::json::{Document, JsonProblem, Member, Object, RenderedObject, Text, rendered_string};
use crate::credential::{Credential, CredentialKind};
use containerd_hosts::Secret;

/// The text of a credential, secret included.
///
/// ```
/// use portunus::credential::Credential;
/// use portunus::store::{Provenance, record};
///
/// let credential = Credential::password("alice", "hunter2");
/// let text = record::to_text(&credential, &Provenance::default());
/// let (read, _) = record::from_text(text.expose()).expect("what was just written");
/// assert_eq!(read, credential);
/// ```
pub fn to_text(credential: &Credential, provenance: &Provenance) -> Secret {
    let mut value = RenderedObject::default();
    set(&mut value, credential, provenance);
    Secret::new(std::mem::take(&mut *value.text(None, "")))
}

/// The credential of a text from [`to_text`]; `None` where it is none.
pub fn from_text(text: &str) -> Option<(Credential, Provenance)> {
    let document = &Document::new(text);
    let fields = Fields::of(document, &document.only_root().ok()?);
    Some((fields.credential().ok()?, fields.provenance().ok()?))
}

/// The text of a credential without its secret.
pub fn about(credential: &Credential, provenance: &Provenance) -> String {
    let mut value = RenderedObject::default();
    set(&mut value, credential, provenance);
    value.set("secret", None);
    std::mem::take(&mut *value.text(None, ""))
}

/// Writes what a text from [`about`] or [`to_text`] says into an entry. Answers whether it is
/// such a text.
pub fn describe(entry: &mut Entry, text: &str) -> bool {
    let document = &Document::new(text);
    let Ok(object) = document.only_root() else {
        return false;
    };
    Fields::of(document, &object).describe(entry).is_ok()
}

/// Sets what is ours in an entry; other fields of it stay.
pub(crate) fn set(value: &mut RenderedObject, credential: &Credential, provenance: &Provenance) {
    let text_of = |text: Option<&str>| text.map(rendered_string);
    let time_of = |time: Option<SystemTime>| text_of(time.and_then(rfc3339).as_deref());
    value.set("kind", text_of(Some(credential.kind().as_str())));
    value.set("username", text_of(credential.username()));
    value.set("secret", text_of(Some(credential.secret().expose())));
    value.set("stored_by", text_of(provenance.stored_by.as_deref()));
    value.set("stored_at", time_of(provenance.stored_at));
    value.set("verified_at", time_of(provenance.verified_at));
    value.set("realm", text_of(provenance.realm.as_deref()));
    let consent = provenance.plain_http.then(|| "true".to_owned().into());
    value.set("plain_http", consent);
}

/// The fields of an entry, to be read.
pub(crate) struct Fields<'a> {
    document: &'a Document<'a>,
    /// Where the entry starts.
    start: usize,
    /// In the order of [`Field`].
    members: [Option<Member<'a>>; Field::ALL],
}

/// A field of an entry, by its place in [`Fields::members`].
#[derive(Clone, Copy)]
enum Field {
    Kind,
    Username,
    Secret,
    StoredBy,
    StoredAt,
    VerifiedAt,
    Realm,
    PlainHttp,
}

impl Field {
    const ALL: usize = 8;

    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "kind" => Self::Kind,
            "username" => Self::Username,
            "secret" => Self::Secret,
            "stored_by" => Self::StoredBy,
            "stored_at" => Self::StoredAt,
            "verified_at" => Self::VerifiedAt,
            "realm" => Self::Realm,
            "plain_http" => Self::PlainHttp,
            _ => return None,
        })
    }
}

impl<'a> Fields<'a> {
    pub(crate) fn of(document: &'a Document<'a>, object: &Object<'a>) -> Self {
        let place_of = |it: &Member<'_>| Field::named(&it.name()).map(|field| field as usize);
        Self {
            document,
            start: object.place.start,
            members: object.placed(place_of),
        }
    }

    pub(crate) fn credential(&self) -> Result<Credential, JsonProblem> {
        let (kind, username, secret) = self.parts()?;
        let username = username.map(Text::into_string);
        let secret = Secret::new(secret.into_string());
        Ok(match kind {
            CredentialKind::Password => Credential::Password {
                username: username.unwrap_or_default(),
                password: secret,
            },
            CredentialKind::IdentityToken => Credential::IdentityToken {
                username,
                token: secret,
            },
            CredentialKind::RegistryToken => Credential::RegistryToken { token: secret },
        })
    }

    pub(crate) fn provenance(&self) -> Result<Provenance, JsonProblem> {
        let owned = |text: Option<Text<'_>>| text.map(Text::into_string);
        Ok(Provenance {
            stored_by: owned(self.string(Field::StoredBy)?),
            stored_at: self.stored_at()?,
            verified_at: self.verified_at()?,
            realm: owned(self.string(Field::Realm)?),
            plain_http: self.plain_http()?,
        })
    }

    /// Whether there is a credential to be read, and what was noted with it.
    pub(crate) fn check(&self) -> Result<(), JsonProblem> {
        self.parts()?;
        self.string(Field::StoredBy)?;
        self.stored_at()?;
        self.verified_at()?;
        self.string(Field::Realm)?;
        self.plain_http()?;
        Ok(())
    }

    /// What it says without its secret.
    pub(crate) fn describe(&self, entry: &mut Entry) -> Result<(), JsonProblem> {
        let kind = self.kind()?;
        let username = self
            .string(Field::Username)?
            .filter(|_| kind != CredentialKind::RegistryToken);
        let provenance = self.provenance()?;
        entry.kind = Some(kind);
        entry.username = username.map(Text::into_string);
        entry.provenance = provenance;
        Ok(())
    }

    fn parts(&self) -> Result<(CredentialKind, Option<Text<'a>>, Text<'a>), JsonProblem> {
        let missing = |problem| self.document.problem(self.start, problem);
        let kind = self.kind()?;
        let username = self.string(Field::Username)?;
        let secret = self.string(Field::Secret)?;
        let secret = secret.ok_or_else(|| missing("`secret` is missing"))?;
        if kind == CredentialKind::Password && username.is_none() {
            return Err(missing("`username` is missing"));
        }
        Ok((kind, username, secret))
    }

    fn kind(&self) -> Result<CredentialKind, JsonProblem> {
        let kind = self.string(Field::Kind)?;
        let kind = kind.as_deref().and_then(CredentialKind::from_name);
        kind.ok_or_else(|| {
            let problem = "`kind` is not password, identity_token or registry_token";
            self.document.problem(self.start, problem)
        })
    }

    fn plain_http(&self) -> Result<bool, JsonProblem> {
        match self.member(Field::PlainHttp) {
            Some(member) => self.document.boolean(member, "`plain_http`"),
            None => Ok(false),
        }
    }

    fn string(&self, field: Field) -> Result<Option<Text<'a>>, JsonProblem> {
        let string = |member| self.document.string(member, member);
        self.member(field).map_or(Ok(None), string)
    }

    fn stored_at(&self) -> Result<Option<SystemTime>, JsonProblem> {
        let problem = "`stored_at` is not a time like 2026-11-21T10:00:00Z";
        self.time(Field::StoredAt, problem)
    }

    fn verified_at(&self) -> Result<Option<SystemTime>, JsonProblem> {
        let problem = "`verified_at` is not a time like 2026-11-21T10:00:00Z";
        self.time(Field::VerifiedAt, problem)
    }

    fn time(&self, field: Field, problem: &str) -> Result<Option<SystemTime>, JsonProblem> {
        let Some(member) = self.member(field) else {
            return Ok(None);
        };
        let Some(text) = self.document.string(member, problem)? else {
            return Ok(None);
        };
        let time = humantime::parse_rfc3339(&text);
        time.map(Some)
            .map_err(|_| self.document.problem(member.value_place().start, problem))
    }

    fn member(&self, field: Field) -> Option<&Member<'a>> {
        self.members[field as usize].as_ref()
    }
}

/// The time in whole seconds; `None` for one before 1970 or after 9999.
fn rfc3339(time: SystemTime) -> Option<String> {
    use std::fmt::Write;
    let mut text = String::new();
    write!(text, "{}", humantime::format_rfc3339_seconds(time)).ok()?;
    Some(text)
}
