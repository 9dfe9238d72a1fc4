//! `portunus login`.

mod commands;
mod first;
mod input;
mod insecure_registry;
mod trust;
