use super::auths::Auths;
use super::auths_reader::AuthsReader;
use super::dialect::Dialect;
use super::unusable::{Unusable, find_stray};
use crate::store::error::{SourceError, SourceErrorKind};
use crate::store::json::Document;
use crate::store::source_label::SourceLabel;
use containerd_hosts::Secret;

/// What names helpers in docker's format.
const HELPERS: [&str; 2] = ["credsStore", "credHelpers"];

/// Reads a pull secret: its keys as the kubelet does, and of its helpers none is run. `legacy`:
/// the entries stand in its root. That it holds nothing for anybody is a warning.
pub(crate) fn read(label: &SourceLabel, text: Secret, legacy: bool) -> Result<Auths, SourceError> {
    let document = &Document::new(text.expose());
    let root = document
        .root()
        .map_err(|problem| label.error_at(&problem))?;
    let mut reader = AuthsReader::new(label, document, Dialect::Kubelet);
    match legacy {
        true => reader.dockercfg(&root),
        false => reader.sections(&root)?,
    }
    reader.order_globs();
    reader.warn_of_wide_globs();
    if legacy {
        let wrong = root.named_in_any_case("auths");
        reader.pass_over(wrong.map(|member| {
            let problem = "is not read: in this form the entries stand without `auths` around them";
            Unusable::new(member.name_place().start, &member.name(), problem)
        }));
    } else {
        reader.pass_over(find_stray(document, &root));
        let helpers = HELPERS.iter().flat_map(|name| root.named_in_any_case(name));
        let helpers = helpers.filter(|member| !document.is_null(member));
        reader.pass_over(helpers.map(|member| {
            let problem = "is passed over: the helpers of a pull secret are not run here";
            Unusable::new(member.name_place().start, &member.name(), problem)
        }));
    }
    reader.pass_over_empty(|_| false);
    let mut auths = reader.finish(text.clone());
    // docker's file ends there, and a node's decoder refuses it.
    if let Err(mut behind) = document.only_root() {
        behind.problem += ": a node refuses the whole secret for it";
        let refused = label.error_at(&behind);
        auths
            .warnings
            .push(refused.with_kind(SourceErrorKind::Unusable));
    }
    if auths.is_empty() {
        let empty = label.error("it holds no credential for anybody");
        let empty = empty.with_kind(SourceErrorKind::Unusable);
        auths.warnings.insert(0, empty);
    }
    Ok(auths)
}
