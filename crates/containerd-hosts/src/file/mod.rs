//! One `hosts.toml`: what is written in it, before any default is applied.

mod any;
mod assign;
mod coerce;
mod decode;
mod endpoint;
mod field;
mod hosts_file;
mod keys;
mod settings;
mod unread;
mod written_capabilities;

pub(super) use endpoint::{ClientFiles, Endpoint, FileReference};
pub(super) use hosts_file::HostsFile;
pub(super) use keys::{Keys, is_setting, lowered};
pub(super) use settings::{FileSettings, Located};
pub(super) use unread::Unread;
