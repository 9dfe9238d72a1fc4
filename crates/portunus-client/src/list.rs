use portunus::store::Entries;

use crate::error::ClientError;
use crate::settings::Settings;

/// What every place holds, by key. A place of others that cannot be read becomes a warning.
///
/// # Errors
/// Where one of our own cannot be read.
pub fn list(settings: &Settings) -> Result<Entries, ClientError> {
    let mut all = Entries::default();
    for (is_own, listing) in settings.stores()?.list_each() {
        match listing {
            Ok(listed) => {
                all.warnings.extend(listed.warnings);
                all.entries.extend(listed.entries);
            }
            Err(error) if is_own => return Err(error.into()),
            Err(error) => all.warnings.push(error),
        }
    }
    // The sort is stable: equal keys keep the order of the places.
    all.entries.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(all)
}
