use std::fmt;

use containerd_hosts::NameError;

/// A named, isolated set of credentials, so that two accounts on one host never meet. The
/// default profile has no name.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Profile(Option<String>);

impl Profile {
    /// The profile of everybody who names none.
    pub const DEFAULT: Self = Self(None);

    /// A named profile.
    ///
    /// # Errors
    /// Where the name is empty, longer than 64 characters, or holds other characters than
    /// letters, digits, `.`, `_` and `-`.
    pub fn new(name: impl Into<String>) -> Result<Self, NameError> {
        let name = name.into();
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if name.is_empty() || name.len() > 64 || !name.chars().all(allowed) {
            let problem = "a profile is 1 to 64 letters, digits, dots, hyphens and underscores";
            return Err(NameError::new("profile", &name, problem));
        }
        Ok(Self(Some(name)))
    }

    /// The name; `None` for the default profile.
    pub fn name(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name().unwrap_or("default"))
    }
}
