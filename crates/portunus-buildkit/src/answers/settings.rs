use std::fmt;
use std::sync::Arc;

use portunus::name::Profile;

use crate::answers::note::BuildNote;

/// What a session is to be like.
#[derive(Clone)]
#[non_exhaustive]
pub struct BuildSettings {
    /// Whose credentials.
    pub profile: Profile,
    /// What the builder shows for it in its lists.
    pub name: String,
    /// Who asks for bearer tokens.
    pub tokens: TokensBy,
    /// Whether a token for a push is asked for that repository alone from the start, so that
    /// nothing tells of other repositories that have the same layers. What could be mounted from
    /// them is uploaded then.
    pub no_mount: bool,
    /// Called with each thing that the user should be told, once.
    pub listener: Option<Listener>,
}

/// Who hears what the user should be told.
pub type Listener = Arc<dyn Fn(&BuildNote) + Send + Sync>;

/// Who asks for bearer tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokensBy {
    /// This side, so that the builder sees no secret that stands behind a token.
    #[default]
    Client,
    /// The builder, which is given user name and password for that, as BuildKit's own client does
    /// with `BUILDKIT_NO_CLIENT_TOKEN`.
    Builder,
}

impl BuildSettings {
    /// A session of a profile in which this side asks for tokens.
    pub fn new(profile: Profile) -> Self {
        Self {
            profile,
            name: "portunus".to_owned(),
            tokens: TokensBy::Client,
            no_mount: false,
            listener: None,
        }
    }
}

impl fmt::Debug for BuildSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            profile,
            name,
            tokens,
            no_mount,
            listener: _,
        } = self;
        f.debug_struct("BuildSettings")
            .field("profile", profile)
            .field("name", name)
            .field("tokens", tokens)
            .field("no_mount", no_mount)
            .finish_non_exhaustive()
    }
}
