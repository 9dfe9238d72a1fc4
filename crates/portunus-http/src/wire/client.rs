use std::sync::Arc;

use portunus::authorizer::Route;

use crate::options::Options;
use crate::wire::connection::Connections;

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

    pub(crate) fn connect(&self, route: &Route) -> Result<reqwest::Client, String> {
        self.shared.connections.get(route, &self.shared.options)
    }
}
