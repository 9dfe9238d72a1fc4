use portunus::store::Entry;

/// An entry in words, without its secret.
pub(super) fn describe(entry: &Entry) -> String {
    let username = entry.username.as_deref();
    let username = username.unwrap_or("account not known before it is fetched");
    format!(
        "{username}, key {}, {} {}",
        entry.key, entry.source, entry.location
    )
}
