use std::sync::Arc;

use crate::options::Options;
use crate::outcome::Outcome;
use crate::wire::connection::Connections;
use crate::wire::connection_settings::ConnectionSettings;

/// Talks to registries. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    options: Options,
    connections: Connections,
}

impl Client {
    /// A client that knows of the world what `options` tell it. Nothing is read or opened yet.
    pub fn new(options: Options) -> Self {
        let connections = Connections::new(options.roots.clone());
        Self {
            shared: Arc::new(Shared {
                options,
                connections,
            }),
        }
    }

    /// What it was made with.
    pub fn options(&self) -> &Options {
        &self.shared.options
    }

    pub(crate) fn connect(
        &self,
        settings: &ConnectionSettings,
    ) -> Result<reqwest::Client, Outcome> {
        let made = self.shared.connections.get(settings, &self.shared.options);
        made.map_err(|problem| Outcome::Tls { problem })
    }
}
