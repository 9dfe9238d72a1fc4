use super::auths::Auths;
use super::dialect::Dialect;
use super::unusable::{Unusable, find_stray};
use crate::store::error::{SourceError, SourceErrorKind};
use crate::store::json::Document;
use crate::store::source_label::SourceLabel;

/// What names helpers in docker's format.
const HELPERS: [&str; 2] = ["credsStore", "credHelpers"];

/// Reads a pull secret: its keys as the kubelet does, and of its helpers none is run. `legacy`:
/// the entries stand in its root. That it holds nothing for anybody is a warning.
pub(crate) fn read(label: &SourceLabel, text: &str, legacy: bool) -> Result<Auths, SourceError> {
    let document = &Document::new(text);
    let root = document
        .root()
        .map_err(|problem| label.error_at(&problem))?;
    let mut auths = match legacy {
        true => Auths::read_dockercfg(label, document, &root, Dialect::Kubelet),
        false => Auths::read(label, document, &root, Dialect::Kubelet)?,
    };
    auths.order_globs();
    auths.warn_of_wide_globs(label, document);
    if legacy {
        let wrong = root.named_in_any_case("auths");
        auths.pass_over(wrong.map(|member| {
            let problem = "is not read: in this form the entries stand without `auths` around them";
            Unusable::new(member.name_place.start, &member.name, problem)
        }));
    } else {
        auths.pass_over(find_stray(document, &root));
        let helpers = HELPERS.iter().flat_map(|name| root.named_in_any_case(name));
        let helpers = helpers.filter(|member| !document.is_null(&member.value_place));
        auths.pass_over(helpers.map(|member| {
            let problem = "is passed over: the helpers of a pull secret are not run here";
            Unusable::new(member.name_place.start, &member.name, problem)
        }));
    }
    auths.pass_over_helped(|_| None);
    let is_empty = auths.is_empty();
    let mut auths = auths.with_warnings(label, document);
    if is_empty {
        let empty = label.error("it holds no credential for anybody");
        let empty = empty.with_kind(SourceErrorKind::Unusable);
        auths.warnings.insert(0, empty);
    }
    Ok(auths)
}
