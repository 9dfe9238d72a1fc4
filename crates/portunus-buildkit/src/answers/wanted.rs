use portunus::token::Scopes;

/// What a token is asked for.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Each repository, with whether it is to be written as well.
    repositories: Vec<(String, bool)>,
}

impl Wanted {
    /// Reads scopes: pulling is part of every build, pushing only of those that `may_push` allows,
    /// and nothing else is. `None`: nothing is left.
    pub(super) fn read(scopes: &[String], may_push: impl Fn(&str) -> bool) -> Option<Self> {
        let scopes = Scopes::parse(&scopes.join(" "));
        let mut repositories = Vec::new();
        for name in scopes.repositories() {
            let asks = |action| !scopes.within(&[name], &[action]).is_empty();
            let writes = asks("push") && may_push(name);
            if asks("pull") || writes {
                repositories.push((name.to_owned(), writes));
            }
        }
        (!repositories.is_empty()).then_some(Self { repositories })
    }

    /// The one that is pushed, where it is one.
    pub(super) fn pushed(&self) -> Option<&str> {
        let mut pushed = self.repositories.iter().filter(|(_, writes)| *writes);
        match (pushed.next(), pushed.next()) {
            (Some((name, _)), None) => Some(name),
            _ => None,
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.repositories.iter().map(|(name, _)| name.as_str())
    }

    pub(super) fn is_several(&self) -> bool {
        self.repositories.len() > 1
    }

    /// The scopes of all of them, or of one.
    pub(super) fn scopes(&self, only: Option<&str>) -> Scopes {
        let wanted = self.repositories.iter();
        let wanted = wanted.filter(|(name, _)| only.is_none_or(|only| only == name));
        let texts = wanted.map(|(name, writes)| {
            let actions = if *writes { "pull,push" } else { "pull" };
            format!("repository:{name}:{actions}")
        });
        Scopes::parse(&texts.collect::<Vec<_>>().join(" "))
    }
}
