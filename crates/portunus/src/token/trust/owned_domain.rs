use super::shared_suffixes::is_below_shared_suffix;
use crate::name::Origin;

/// The part of an origin's name that one owner has: by the public suffix list where that knows the
/// suffix, elsewhere the parent domain, if it has two labels. `None` below a suffix that many
/// share.
pub(super) fn owned_domain(origin: &Origin) -> Option<&str> {
    let name = origin.dns_name()?;
    if is_below_shared_suffix(name) {
        return None;
    }
    let known = psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.is_known());
    match known {
        true => psl::domain_str(name),
        false => {
            let (_, parent) = name.split_once('.')?;
            parent.contains('.').then_some(parent)
        }
    }
}
