use portunus::store::{Entries, SourceKind};

use crate::client::settings::Settings;
use crate::failure::Failure;

/// What every place holds, by key. A place of others that cannot be read becomes a warning.
pub(crate) fn list(settings: &Settings<'_>) -> Result<Entries, Failure> {
    let stores = settings.stores()?;
    let writable = stores.all().into_iter().map(|store| store.list());
    let mut all = Entries::default();
    for listing in writable.chain(stores.list_read_only()) {
        match listing {
            Ok(listed) => {
                all.warnings.extend(listed.warnings);
                all.entries.extend(listed.entries);
            }
            Err(error) if error.source_kind == SourceKind::File => return Err(error.into()),
            Err(error) => all.warnings.push(error),
        }
    }
    all.entries
        .sort_by(|a, b| (&a.key, a.source).cmp(&(&b.key, b.source)));
    Ok(all)
}
