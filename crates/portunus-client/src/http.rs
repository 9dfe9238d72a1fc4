//! How is the HTTP library used? With the options of the settings, and a runtime for each call.

use std::cell::RefCell;
use std::future::Future;

use portunus_http::{Client, Options, Proxies, Roots};
use tokio::runtime::{Builder, Runtime};

use crate::error::ClientError;
use crate::settings::Settings;

/// A client with the settings in force.
///
/// # Errors
/// Where a variable of a proxy is not text.
pub fn client(settings: &Settings) -> Result<Client, ClientError> {
    let mut options = Options::default();
    options.roots = Roots::system();
    let not_text = RefCell::new(None);
    options.proxies = Proxies::from_variables(|name| {
        let text = settings.environment().text(name);
        let text = text.map_err(|error| not_text.replace(Some(error)));
        text.ok().flatten().map(str::to_owned)
    });
    if let Some(error) = not_text.into_inner() {
        return Err(error.into());
    }
    options.trust = settings.trust();
    options.anonymous_fallback = settings.anonymous_fallback;
    Ok(Client::new(options))
}

/// Runs a conversation with registries to its end.
///
/// # Errors
/// Where there can be no runtime.
pub fn block_on<T>(conversation: impl Future<Output = T>) -> Result<T, ClientError> {
    Ok(runtime()?.block_on(conversation))
}

/// A runtime for the conversations of one command.
///
/// # Errors
/// Where the system has none to give.
pub fn runtime() -> Result<Runtime, ClientError> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}
