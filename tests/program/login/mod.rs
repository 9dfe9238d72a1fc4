//! `portunus login`.

mod commands;
mod dying_registry;
mod first;
mod identity_tokens;
mod input;
mod insecure_registry;
mod profiles;
mod realms;
mod reasons;
mod schemes;
mod terminal;
mod trust;
