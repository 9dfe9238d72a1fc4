use std::fmt;
use std::sync::Arc;

use portunus::resolve::{Operation, PreparedOperation, ResolveError, Resolver};
use portunus_http::Client;
use zeroize::Zeroizing;

use crate::answers::desk::Desk;
use crate::answers::note::BuildNote;
use crate::answers::open_error::OpenError;
use crate::answers::settings::BuildSettings;
use crate::images::BuildImages;

/// A builder's session: one profile, the images of one build. Clones are the same.
///
/// Secrets are fetched when the builder asks, each at most once; tokens live as long as the session.
/// With the last clone, and the last [`Attached`](crate::Attached), all of it is gone.
#[derive(Clone)]
pub struct BuildSession {
    id: String,
    name: String,
    pub(crate) desk: Arc<Desk>,
}

impl BuildSession {
    /// Makes the plans of all images. Nobody is asked for a secret or called yet. How long tokens
    /// are kept is what `client` was told: at most as long as the session, unless they are shared.
    ///
    /// # Errors
    /// Where there is no plan for an image, or nothing to answer for.
    pub fn open(
        resolver: &Resolver,
        client: Client,
        images: &BuildImages,
        settings: BuildSettings,
    ) -> Result<Self, OpenError> {
        let name = settings.name.clone();
        let printable = name.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
        if name.is_empty() || name.len() > 128 || !printable {
            return Err(OpenError::Name);
        }
        let secrets = Arc::new(resolver.session());
        let prepare = |image, operation| {
            let prepared = resolver.prepare(image, operation, &settings.profile)?;
            Ok::<_, ResolveError>(prepared.within(&secrets))
        };
        let pulls = images
            .pulled()
            .iter()
            .map(|it| prepare(it, Operation::Pull));
        let pushes = images
            .pushed()
            .iter()
            .map(|it| prepare(it, Operation::Push));
        let operations: Vec<PreparedOperation> = pulls.chain(pushes).collect::<Result<_, _>>()?;
        let first = operations.first().ok_or(OpenError::NoImages)?;
        let ledger = client.ledger(first);
        let mut seed = Zeroizing::new([0; 32]);
        let mut id = [0; 16];
        getrandom::fill(&mut *seed).map_err(|_| OpenError::NoRandomness)?;
        getrandom::fill(&mut id).map_err(|_| OpenError::NoRandomness)?;
        let desk = Desk::new(operations, ledger, client, settings, seed);
        let warnings = desk.operations.iter().flat_map(|it| &it.plan().warnings);
        for warning in warnings {
            desk.notes.add(BuildNote::Source(warning.clone()));
        }
        Ok(Self {
            id: id.iter().map(|byte| format!("{byte:02x}")).collect(),
            name,
            desk: Arc::new(desk),
        })
    }

    /// What the builder knows it by: to be sent along with a build.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the builder shows for it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the user should be told so far, each thing once.
    pub fn notes(&self) -> Vec<BuildNote> {
        self.desk.notes.list()
    }
}

impl fmt::Debug for BuildSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildSession")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
