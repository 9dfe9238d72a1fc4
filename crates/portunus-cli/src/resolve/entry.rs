use portunus::credential::printable_username;
use portunus::store::Entry;

/// An entry in words, without its secret.
pub(super) fn describe(entry: &Entry) -> String {
    let username = match &entry.username {
        Some(username) => printable_username(username),
        None => "account not known before it is fetched".to_owned(),
    };
    format!(
        "{username}, key {}, {} {}",
        entry.key, entry.source, entry.location
    )
}
