use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::name::Repository;

/// What a token is good for, normalised: one entry a resource, its actions in order.
///
/// A scope is `TYPE:NAME:ACTION[,ACTION]…` ("Token Scope Documentation" of the distribution
/// project); a name may hold colons. `*` includes every action. Text that is no scope is kept as
/// it is.
///
/// ```
/// # use portunus::token::Scopes;
/// let mut scopes = Scopes::parse("repository:team/app:push repository:team/app:pull");
/// scopes.merge(&Scopes::parse("repository:team/app:pull"));
/// assert_eq!(scopes.to_string(), "repository:team/app:pull,push");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scopes {
    /// The actions in order, each once. (A set takes ten times as much for one of them, and a
    /// challenge may name a hundred thousand resources.)
    resources: BTreeMap<String, Vec<String>>,
    others: BTreeSet<String>,
}

const EVERY_ACTION: &str = "*";

impl Scopes {
    /// No scope: what only proves who is asking.
    pub fn none() -> Self {
        Self::default()
    }

    /// Actions on one repository.
    pub fn repository(repository: &Repository, actions: &[&str]) -> Self {
        Self::parse(&format!("repository:{repository}:{}", actions.join(",")))
    }

    /// Reads scopes that are separated by blanks.
    pub fn parse(text: &str) -> Self {
        let mut named: Vec<(&str, &str)> = Vec::new();
        let mut others = BTreeSet::new();
        for scope in text.split_ascii_whitespace() {
            match split(scope) {
                Some(resource_and_actions) => named.push(resource_and_actions),
                None => {
                    others.insert(scope.to_owned());
                }
            }
        }
        named.sort_unstable();
        let of_one = named.chunk_by(|(one, _), (other, _)| one == other);
        let resources = of_one.map(|same| {
            let actions = same.iter().flat_map(|(_, actions)| actions.split(','));
            (same[0].0.to_owned(), in_order(actions))
        });
        Self {
            resources: resources.collect(),
            others,
        }
    }

    /// Adds what `other` reaches.
    pub fn merge(&mut self, other: &Self) {
        for (resource, actions) in &other.resources {
            match self.resources.get_mut(resource) {
                Some(held) => *held = in_order(held.iter().chain(actions).map(String::as_str)),
                None => {
                    self.resources.insert(resource.clone(), actions.clone());
                }
            }
        }
        self.others.extend(other.others.iter().cloned());
    }

    /// Whether everything `other` reaches is reached.
    pub fn cover(&self, other: &Self) -> bool {
        let covers = |(resource, wanted): (&String, &Vec<String>)| {
            let held = self.resources.get(resource);
            held.is_some_and(|held| wanted.iter().all(|action| reaches(held, action)))
        };
        self.others.is_superset(&other.others) && other.resources.iter().all(covers)
    }

    /// What is reached, and not by `other`.
    pub(crate) fn beyond(&self, other: &Self) -> Self {
        let mut beyond = Self {
            resources: BTreeMap::new(),
            others: self.others.difference(&other.others).cloned().collect(),
        };
        for (resource, named) in &self.resources {
            let held = other.resources.get(resource);
            let is_held = |action: &String| held.is_some_and(|held| reaches(held, action));
            let mut more = named.iter().filter(|action| !is_held(action)).peekable();
            if more.peek().is_some() {
                beyond.add(resource, more.map(String::as_str));
            }
        }
        beyond
    }

    /// Whether there is no scope.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.others.is_empty()
    }

    /// The scopes one by one, in order.
    pub fn iter(&self) -> impl Iterator<Item = String> {
        let resources = self.resources.iter().map(|(resource, actions)| {
            let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
            format!("{resource}:{}", actions.join(","))
        });
        resources.chain(self.others.iter().cloned())
    }

    /// The repositories that are named.
    pub fn repositories(&self) -> impl Iterator<Item = &str> {
        let resources = self.resources.keys();
        resources.filter_map(|resource| resource.strip_prefix("repository:"))
    }

    /// The actions that are named, whatever on.
    pub(crate) fn actions(&self) -> impl Iterator<Item = &str> {
        self.resources.values().flatten().map(String::as_str)
    }

    /// What concerns one of these repositories, without any action but these.
    #[must_use]
    pub fn within(&self, repositories: &[&str], actions: &[&str]) -> Self {
        let own = |(resource, _): &(&String, &Vec<String>)| {
            let repository = resource.strip_prefix("repository:");
            repository.is_some_and(|repository| repositories.contains(&repository))
        };
        let mut within = Self::none();
        for (resource, named) in self.resources.iter().filter(own) {
            let named = named.iter().map(String::as_str);
            let mut named = named.filter(|action| actions.contains(action)).peekable();
            if named.peek().is_some() {
                within.add(resource, named);
            }
        }
        within
    }

    /// What concerns one of these repositories in any form, or names no resource at all, but for
    /// certain actions.
    pub(crate) fn not_elsewhere(&self, repositories: &[&str], forbidden: &[&str]) -> Self {
        let mut other = Self {
            resources: BTreeMap::new(),
            others: self.others.clone(),
        };
        for (resource, named) in &self.resources {
            let name = resource.split_once(':').map_or("", |(_, name)| name);
            if !repositories.contains(&name) || !resource.starts_with("repository") {
                continue;
            }
            let named = named.iter().map(String::as_str);
            let mut named = named
                .filter(|action| !forbidden.contains(action))
                .peekable();
            if named.peek().is_some() {
                other.add(resource, named);
            }
        }
        other
    }

    /// Adds a resource that is not there yet.
    fn add<'a>(&mut self, resource: &str, actions: impl Iterator<Item = &'a str>) {
        self.resources
            .insert(resource.to_owned(), in_order(actions));
    }
}

/// Whether actions in order include one.
fn reaches(held: &[String], action: &String) -> bool {
    held.first().is_some_and(|first| first == EVERY_ACTION) || held.binary_search(action).is_ok()
}

/// The actions in order, each once.
fn in_order<'a>(actions: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut actions: Vec<&str> = actions.filter(|action| !action.is_empty()).collect();
    actions.sort_unstable();
    actions.dedup();
    if actions.contains(&EVERY_ACTION) {
        actions = vec![EVERY_ACTION];
    }
    actions.into_iter().map(str::to_owned).collect()
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scopes: Vec<String> = self.iter().collect();
        f.write_str(&scopes.join(" "))
    }
}

/// The resource, and its actions with commas between them.
fn split(scope: &str) -> Option<(&str, &str)> {
    let (resource, actions) = scope.rsplit_once(':')?;
    let (kind, name) = resource.split_once(':')?;
    if kind.is_empty() || name.is_empty() {
        return None;
    }
    Some((resource, actions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_merged_by_grammar() {
        for (one, other, merged) in [
            (
                "repository:a:pull",
                "repository:a:pull",
                "repository:a:pull",
            ),
            (
                "repository:a:pull",
                "repository:a:push,pull",
                "repository:a:pull,push",
            ),
            (
                "repository:b:pull",
                "repository:a:pull",
                "repository:a:pull repository:b:pull",
            ),
            ("repository:a:*", "repository:a:pull", "repository:a:*"),
            (
                "repository:h:5000/a:pull",
                "repository:h:5000/a:push",
                "repository:h:5000/a:pull,push",
            ),
            ("registry:catalog:*", "odd", "registry:catalog:* odd"),
            ("", "  ", ""),
        ] {
            let mut scopes = Scopes::parse(one);
            scopes.merge(&Scopes::parse(other));
            assert_eq!(scopes.to_string(), merged, "{one} + {other}");
            assert!(scopes.cover(&Scopes::parse(one)) && scopes.cover(&Scopes::parse(other)));
        }
    }

    #[test]
    fn what_goes_beyond_is_told_action_by_action() {
        for (named, held, beyond) in [
            ("repository:a:pull", "repository:a:pull", ""),
            (
                "repository:a:pull,push repository:b:pull *",
                "repository:a:pull",
                "repository:a:push repository:b:pull *",
            ),
            ("repository:a:pull,push", "repository:a:*", ""),
            ("repository:a:*", "repository:a:pull", "repository:a:*"),
        ] {
            let found = Scopes::parse(named).beyond(&Scopes::parse(held));
            assert_eq!(found.to_string(), beyond, "{named} - {held}");
        }
    }

    #[test]
    fn a_token_for_pulling_does_not_cover_pushing() {
        let pull = Scopes::parse("repository:a:pull");
        assert!(!pull.cover(&Scopes::parse("repository:a:pull,push")));
        assert!(!pull.cover(&Scopes::parse("repository:b:pull")));
        assert!(pull.cover(&Scopes::none()));
    }
}
