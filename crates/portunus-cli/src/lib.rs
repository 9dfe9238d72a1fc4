//! How does a program of one's own get `login`, `resolve` and `pull`?
//!
//! This is the program `portunus`, whole or verb by verb. [`run`] is all of it under another name.
//! Another clap program mounts a [`Verb`], or the arguments of one, in its own tree of commands,
//! beside its own options:
//!
//! ```
//! use clap::{CommandFactory, Parser, Subcommand};
//! use portunus_cli::{
//!     Environment, GlobalOptions, LoginArguments, Program, Streams, Verb,
//! };
//!
//! #[derive(Parser)]
//! #[command(name = "mytool", version = "3.1")]
//! struct MyTool {
//!     #[command(subcommand)]
//!     command: MyCommand,
//! }
//!
//! #[derive(Subcommand)]
//! enum MyCommand {
//!     Login(LoginArguments),
//!     /// All about registries
//!     #[command(subcommand)]
//!     Registry(Verb),
//! }
//!
//! # fn main() -> Result<(), clap::Error> {
//! let tree = MyTool::command();
//! let program = Program::of(&tree);
//! let arguments = MyTool::try_parse_from(["mytool", "registry", "list"])?;
//! let verb = match arguments.command {
//!     MyCommand::Login(arguments) => Verb::Login(arguments),
//!     MyCommand::Registry(verb) => verb,
//! };
//! let mut streams = Streams::of_this_process();
//! streams.stdout = Box::new(std::io::sink());
//! # streams.stderr = Box::new(std::io::sink());
//! let environment = Environment::new([("HOME".into(), "/nonexistent".into())]);
//! verb.run(&program, &GlobalOptions::default(), &environment, &mut streams);
//! # Ok(())
//! # }
//! ```
//!
//! Environment and streams are handed over, so that the other program decides what they are. What
//! the verbs do without a terminal is in [`portunus_client`].

mod arguments;
mod bare_host;
mod check;
mod colours;
mod completion;
mod config_command;
mod confirm;
mod context;
mod credential_helper;
mod credential_provider;
#[cfg(feature = "containerd")]
mod daemon;
mod each_once;
mod examples;
mod exit;
mod explain;
mod export;
mod failure;
mod finding_help;
mod foreign_commands;
mod foreign_flags;
mod global;
mod help;
mod hosts;
mod image;
#[cfg(feature = "containerd")]
mod interrupt;
mod list;
mod log;
mod log_format;
mod login;
mod logout;
mod messages;
mod misuse;
mod mounted;
mod output;
mod profile;
mod program;
mod progress;
mod pull;
mod pull_secrets;
mod push;
mod resolve;
mod running;
mod shell_word;
mod streams;
mod usage;
mod verb;
mod version;
mod waiting;

pub use check::CheckArguments;
pub use colours::Colours;
pub use config_command::ConfigArguments;
pub use exit::Exit;
pub use export::ExportArguments;
pub use global::GlobalOptions;
pub use hosts::HostsArguments;
pub use list::ListArguments;
pub use log_format::LogFormat;
pub use login::arguments::LoginArguments;
pub use logout::LogoutArguments;
pub use portunus_client::{Environment, NotText};
pub use profile::ProfileArguments;
pub use program::Program;
pub use pull::PullArguments;
pub use push::PushArguments;
pub use resolve::ResolveArguments;
pub use running::{run, run_as};
pub use streams::{Prompt, Streams, Terminals};
pub use verb::Verb;
