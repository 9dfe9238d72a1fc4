use crate::credential::Credential;
use crate::name::CredentialKey;
use crate::store::entry::Entry;
use crate::store::json::{Document, JsonProblem, Member};
use crate::store::record::Fields;
use crate::store::source_label::SourceLabel;
use crate::store::source_name::SourceName;

/// One entry of the file.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) entry: Entry,
    pub(super) credential: Credential,
}

impl Record {
    /// Reads one member of `credentials`.
    pub(super) fn read(
        label: &SourceLabel,
        document: &Document<'_>,
        member: &Member,
    ) -> Result<Self, JsonProblem> {
        let key: CredentialKey = member.name.parse().map_err(|_| {
            document.problem(member.name_place.start, "the name is not a credential key")
        })?;
        let fields = Fields::of(document, document.object(&member.value_place, "the entry")?);
        let credential = fields.credential()?;
        let mut entry = Entry::new(key, SourceName::FILE, label.location.clone());
        entry.username = credential.username().map(str::to_owned);
        entry.kind = Some(credential.kind());
        entry.provenance = fields.provenance()?;
        Ok(Self { entry, credential })
    }
}
