use std::time::SystemTime;

use crate::credential::{Credential, CredentialKind};
use crate::name::CredentialKey;
use crate::secret::Secret;
use crate::store::json::{Document, JsonProblem, Member, Object, RenderedObject, rendered_string};
use crate::store::origin::Origin;
use crate::store::{Entry, Provenance, SourceKind};

/// One entry of the file.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) entry: Entry,
    pub(super) credential: Credential,
}

impl Record {
    /// Reads one member of `credentials`.
    pub(super) fn read(
        origin: &Origin,
        document: Document<'_>,
        member: &Member,
    ) -> Result<Self, JsonProblem> {
        let key: CredentialKey = member.name.parse().map_err(|_| {
            document.problem(member.name_place.start, "the name is not a credential key")
        })?;
        let fields = Fields {
            document,
            object: document.object(&member.value_place, "the entry")?,
        };
        let credential = fields.credential()?;
        let mut entry = Entry::new(key, SourceKind::File, origin.location.clone());
        entry.username = credential.username().map(str::to_owned);
        entry.kind = Some(credential.kind());
        entry.provenance = fields.provenance()?;
        Ok(Self { entry, credential })
    }
}

/// Sets what is ours in an entry; other fields of it stay.
pub(super) fn set(value: &mut RenderedObject, credential: &Credential, provenance: &Provenance) {
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

struct Fields<'a> {
    document: Document<'a>,
    object: Object,
}

impl Fields<'_> {
    fn credential(&self) -> Result<Credential, JsonProblem> {
        let missing = |problem| self.document.problem(self.object.place.start, problem);
        let kind = self.string("kind", "`kind`")?;
        let kind = kind
            .as_deref()
            .and_then(CredentialKind::from_name)
            .ok_or_else(|| missing("`kind` is not password, identity_token or registry_token"))?;
        let username = self.string("username", "`username`")?;
        let secret = self.string("secret", "`secret`")?.map(Secret::new);
        let secret = secret.ok_or_else(|| missing("`secret` is missing"))?;
        Ok(match kind {
            CredentialKind::Password => Credential::Password {
                username: username.ok_or_else(|| missing("`username` is missing"))?,
                password: secret,
            },
            CredentialKind::IdentityToken => Credential::IdentityToken {
                username,
                token: secret,
            },
            CredentialKind::RegistryToken => Credential::RegistryToken { token: secret },
        })
    }

    fn provenance(&self) -> Result<Provenance, JsonProblem> {
        let plain_http = match self.object.named("plain_http").last() {
            Some(member) => self.document.boolean(&member.value_place, "`plain_http`")?,
            None => false,
        };
        Ok(Provenance {
            stored_by: self.string("stored_by", "`stored_by`")?,
            stored_at: self.time(
                "stored_at",
                "`stored_at` is not a time like 2026-11-21T10:00:00Z",
            )?,
            verified_at: self.time(
                "verified_at",
                "`verified_at` is not a time like 2026-11-21T10:00:00Z",
            )?,
            realm: self.string("realm", "`realm`")?,
            plain_http,
        })
    }

    fn string(&self, name: &str, what: &str) -> Result<Option<String>, JsonProblem> {
        match self.object.named(name).last() {
            Some(member) => self.document.string(&member.value_place, what),
            None => Ok(None),
        }
    }

    fn time(&self, name: &str, problem: &str) -> Result<Option<SystemTime>, JsonProblem> {
        let Some(text) = self.string(name, problem)? else {
            return Ok(None);
        };
        let time = humantime::parse_rfc3339(&text);
        let place = self
            .object
            .named(name)
            .last()
            .map(|member| member.value_place.start);
        time.map(Some)
            .map_err(|_| self.document.problem(place.unwrap_or_default(), problem))
    }
}

/// The time in whole seconds; `None` for one before 1970 or after 9999.
fn rfc3339(time: SystemTime) -> Option<String> {
    use std::fmt::Write;
    let mut text = String::new();
    write!(text, "{}", humantime::format_rfc3339_seconds(time)).ok()?;
    Some(text)
}
