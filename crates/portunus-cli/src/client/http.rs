//! How the HTTP library is used: its options and its runtime.

use std::cell::RefCell;
use std::future::Future;

use portunus_http::{Client, Options, Proxies, Roots};
use tokio::runtime::{Builder, Runtime};

use crate::client::settings::Settings;
use crate::failure::Failure;

/// A client with the settings in force.
pub(crate) fn client(settings: &Settings<'_>) -> Result<Client, Failure> {
    let mut options = Options::default();
    options.roots = Roots::system();
    let not_text = RefCell::new(None);
    options.proxies = Proxies::from_variables(|name| {
        let text = settings.environment.text(name);
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
pub(crate) fn block_on<T>(conversation: impl Future<Output = T>) -> Result<T, Failure> {
    Ok(runtime()?.block_on(conversation))
}

/// A runtime for the conversations of one command.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}
