//! The services of a session, as a builder calls them.

mod auth;
mod health;

use tonic::service::Routes;

use crate::answers::session::BuildSession;
use crate::proto::health::health_server::HealthServer;
use crate::service::auth::AuthCalls;
use crate::service::health::Healthy;

impl BuildSession {
    /// Everything that it serves, for a tool that carries it to the builder in a session of its own,
    /// together with services of its own.
    pub fn routes(&self) -> Routes {
        Routes::new(AuthCalls::server(self)).add_service(HealthServer::new(Healthy))
    }
}
