//! What a token is asked for: nothing but what the caller needs and the operation is about, however
//! much a host names in its challenge. A realm may serve several registries, and a token for
//! another repository would be good there too.

use super::conversation::Conversation;
use crate::token::{Bearer, Scopes};

/// More of what a host names in its own forms is not passed on.
const MOST_FORMS: usize = 16;

/// What goes beyond reading and, for a push, writing.
const STRONGER: [&str; 2] = ["push", "delete"];

impl Conversation {
    /// What is asked for first: what the request needs, and what the challenge names of the same
    /// repository with actions of the operation.
    pub(super) fn wanted_scopes(&self, bearer: &Bearer, needed: &Scopes) -> Scopes {
        let own = self.own_names(needed);
        let mut wanted = needed.clone();
        wanted.merge(&read_named(bearer).within(&own, &list_allowed(needed)));
        wanted
    }

    /// What is asked for once where that did not suffice: what the host says it misses, as far as
    /// it is about the same repository, or is no scope of a repository at all (`*`). Empty: nothing.
    pub(super) fn missing_scopes(&self, bearer: &Bearer, needed: &Scopes) -> Scopes {
        let allowed = list_allowed(needed);
        let forbidden = STRONGER.into_iter().filter(|it| !allowed.contains(it));
        let forbidden: Vec<&str> = forbidden.collect();
        let missing = read_named(bearer).not_elsewhere(&self.own_names(needed), &forbidden);
        match missing.iter().count() <= MOST_FORMS {
            true => missing,
            false => Scopes::none(),
        }
    }

    /// What a challenge names and is not asked for.
    pub(super) fn left_out(bearer: &Bearer, asked: &Scopes) -> Scopes {
        read_named(bearer).beyond(asked)
    }

    /// The repository as it is requested at the host; a path mirror may name it without its own
    /// prefix.
    fn own_names<'a>(&'a self, needed: &'a Scopes) -> Vec<&'a str> {
        let mut own: Vec<&str> = needed.repositories().collect();
        if let Some((requested, alias)) = &self.alias
            && own.contains(&requested.as_str())
        {
            own.push(alias.as_str());
        }
        own
    }
}

/// Reading is part of each operation.
fn list_allowed(needed: &Scopes) -> Vec<&str> {
    let mut allowed = vec!["pull"];
    allowed.extend(needed.actions());
    allowed
}

fn read_named(bearer: &Bearer) -> Scopes {
    Scopes::parse(&bearer.scopes.join(" "))
}
