use std::collections::BTreeSet;

use super::carried::{Carried, Logins, carried};
use crate::manifest::Node;

/// What stands in the place of a name that is missing, or is no name.
const UNNAMED: &str = "(without a name)";

/// What the objects of a manifest come to.
#[derive(Default)]
pub(super) struct Objects {
    /// The pull secrets with their names.
    pub(super) secrets: Vec<(String, Logins)>,
    /// What is wrong with objects, with the name of each.
    pub(super) problems: Vec<(String, String)>,
    /// How many objects are something else.
    others: usize,
    /// What they are.
    other_kinds: BTreeSet<String>,
}

impl Objects {
    /// Takes what a document consists of: nothing, an object, or a list of them.
    pub(super) fn take_document(&mut self, root: &Node) {
        match root {
            Node::Null => {}
            Node::Map(_) => self.take(root),
            Node::Text(_) | Node::List(_) => self.no_object(),
        }
    }

    fn take(&mut self, object: &Node) {
        let kind = object.text("kind").unwrap_or_default();
        let version = object.text("apiVersion").unwrap_or_default();
        match (version, kind) {
            ("v1", "List" | "SecretList") => {
                let items = object.get("items").map_or(&[][..], Node::elements);
                items.iter().for_each(|item| self.take_item(kind, item));
            }
            ("v1", "Secret") => self.take_secret(object),
            (_, "Secret" | "List" | "SecretList") => {
                let version = shown(version);
                let problem = format!("its apiVersion is `{version}`; v1 is what is read");
                self.problems.push((name(kind, object), problem));
            }
            (_, "SealedSecret") => {
                let problem = "it is sealed, which only its controller in the cluster can undo: \
                               what is read is the Secret that comes of it";
                self.problems.push((name(kind, object), problem.to_owned()));
            }
            (_, "ExternalSecret" | "ClusterExternalSecret" | "SecretProviderClass") => {
                let problem = "it only says where its secret is kept: what is read is the Secret \
                               that its controller in the cluster makes of it";
                self.problems.push((name(kind, object), problem.to_owned()));
            }
            (_, "") => self.no_object(),
            (_, kind) => self.pass_over(shown(kind)),
        }
    }

    /// In a SecretList the elements need not say what they are.
    fn take_item(&mut self, list: &str, item: &Node) {
        match list == "SecretList" && item.get("kind").is_none() {
            true => self.take_secret(item),
            // Lists in lists are nothing that an API server gives.
            false if item.text("kind").is_some_and(|kind| kind.ends_with("List")) => {
                self.pass_over("a List in a List".to_owned());
            }
            false => self.take(item),
        }
    }

    fn take_secret(&mut self, object: &Node) {
        let name = name("secret", object);
        let Carried { logins, problems } = carried(object);
        if logins.is_none() && problems.is_empty() {
            let kind = object.text("type").unwrap_or("Opaque");
            self.pass_over(format!("Secret of type {}", shown(kind)));
        }
        let problems = problems.into_iter();
        self.problems
            .extend(problems.map(|problem| (name.clone(), problem)));
        self.secrets.extend(logins.map(|logins| (name, logins)));
    }

    fn no_object(&mut self) {
        let problem = "it is no object of Kubernetes: it has no `kind`";
        self.problems
            .push(("a document".to_owned(), problem.to_owned()));
    }

    fn pass_over(&mut self, kind: String) {
        self.others += 1;
        self.other_kinds.insert(kind);
    }

    /// What was passed over, in words.
    pub(super) fn passed_over(&self) -> Option<String> {
        let kinds: Vec<&str> = self
            .other_kinds
            .iter()
            .map(String::as_str)
            .take(5)
            .collect();
        let more = match self.other_kinds.len() > kinds.len() {
            true => ", …",
            false => "",
        };
        (self.others > 0).then(|| {
            format!(
                "passed over, since they hold no logins for pulls: {} ({}{more})",
                self.others,
                kinds.join(", ")
            )
        })
    }
}

/// `secret ci/team-pull`.
fn name(kind: &str, object: &Node) -> String {
    let metadata = object.get("metadata");
    let text = |field| metadata.and_then(|it| it.text(field)).map(shown);
    let name = text("name").unwrap_or_else(|| UNNAMED.to_owned());
    match text("namespace") {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    }
}

/// Names are at most 253 characters.
fn shown(text: &str) -> String {
    text.chars().take(253).collect()
}
