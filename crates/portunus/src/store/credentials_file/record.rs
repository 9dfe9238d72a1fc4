use crate::credential::Credential;
use crate::name::CredentialKey;
use crate::store::entry::Entry;
use crate::store::json::{Document, JsonProblem, Member, MemberPlace};
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
    /// The key of a member of `credentials` that can be read.
    pub(super) fn check(
        document: &Document<'_>,
        member: &Member<'_>,
    ) -> Result<CredentialKey, JsonProblem> {
        let key = member.name().parse().map_err(|_| {
            document.problem(
                member.name_place().start,
                "the name is not a credential key",
            )
        })?;
        Fields::of(document, &document.object(member, "the entry")?).check()?;
        Ok(key)
    }

    /// The key of one that was checked.
    pub(super) fn key(place: &MemberPlace, text: &str) -> Option<CredentialKey> {
        place.name(text).parse().ok()
    }

    /// What one that was checked says without its secret.
    pub(super) fn entry(label: &SourceLabel, place: &MemberPlace, text: &str) -> Option<Entry> {
        let document = &Document::new(place.value(text));
        let key = Self::key(place, text)?;
        let mut entry = Entry::new(key, SourceName::FILE, label.location.clone());
        let fields = Fields::of(document, &document.root().ok()?);
        fields.describe(&mut entry).ok()?;
        Some(entry)
    }

    /// All of one that was checked.
    pub(super) fn read(label: &SourceLabel, place: &MemberPlace, text: &str) -> Option<Self> {
        let document = &Document::new(place.value(text));
        let fields = Fields::of(document, &document.root().ok()?);
        Some(Self {
            entry: Self::entry(label, place, text)?,
            credential: fields.credential().ok()?,
        })
    }
}
