//! The accounts of the registries and token servers that are written here.

/// A user, the password, and what it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    user: String,
    password: String,
    registry_namespace: Option<String>,
    repositories: Vec<String>,
    push: bool,
}

impl Account {
    /// An account that may read and write everything in every registry namespace.
    pub fn new(user: &str, password: &str) -> Self {
        Self {
            user: user.to_owned(),
            password: password.to_owned(),
            registry_namespace: None,
            repositories: Vec::new(),
            push: true,
        }
    }

    /// Valid only for requests that say `?ns=` with this registry namespace.
    pub fn in_registry_namespace(mut self, registry_namespace: &str) -> Self {
        self.registry_namespace = Some(registry_namespace.to_owned());
        self
    }

    /// Good for this repository and those below it only. May be said more than once.
    pub fn only(mut self, repository: &str) -> Self {
        self.repositories.push(repository.to_owned());
        self
    }

    /// Not allowed to write.
    pub fn read_only(mut self) -> Self {
        self.push = false;
        self
    }

    /// The user name.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Whether it is the one with this name and password, in this registry namespace.
    pub(crate) fn is(&self, user: &str, password: &str, registry_namespace: Option<&str>) -> bool {
        self.user == user && self.password == password && self.is_known_in(registry_namespace)
    }

    /// Whether it counts where a request says this registry namespace.
    pub(crate) fn is_known_in(&self, registry_namespace: Option<&str>) -> bool {
        self.registry_namespace.is_none()
            || self.registry_namespace.as_deref() == registry_namespace
    }

    /// Whether it may do this (`pull`, `push`, …) with that repository.
    pub(crate) fn may(&self, action: &str, repository: &str) -> bool {
        let covers = |prefix: &String| {
            repository
                .strip_prefix(prefix.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        (self.repositories.is_empty() || self.repositories.iter().any(covers))
            && (self.push || action == "pull")
    }
}
