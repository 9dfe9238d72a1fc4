use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};

use crate::exit::Exit;
use crate::log::LogFormat;
use crate::{check, completion, config_command, hosts, list, login, logout, pull, push, resolve};

/// Which hosts are asked for an image, in which order, and which secret may each of them see.
#[derive(Debug, Parser)]
#[command(name = "portunus", version, max_term_width = 100, after_help = exit_codes())]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The table of exit codes.
fn exit_codes() -> String {
    let lines = Exit::ALL.map(|exit| format!("\n  {}  {}", exit.code(), exit.meaning()));
    format!("Exit codes:{}", lines.concat())
}

/// Options of every command.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Where config.toml and credentials.json are [env: PORTUNUS_CONFIG_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) config_dir: Option<PathBuf>,
    /// A hosts directory, like containerd's certs.d; may be repeated [env: PORTUNUS_HOSTS_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) hosts_dir: Vec<PathBuf>,
    /// Whose credentials [env: PORTUNUS_PROFILE]
    #[arg(long, global = true, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Tell what is read, asked and chosen, never a secret; twice for more [env: PORTUNUS_LOG]
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// The same as -vv
    #[arg(long, global = true)]
    pub(crate) debug: bool,
    /// How -v tells it: text or json
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        hide_possible_values = true
    )]
    pub(crate) log_format: Option<LogFormat>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look for faults in the hosts directories
    Check(check::CheckArguments),
    /// Print a completion script for a shell
    Completion(completion::CompletionArguments),
    /// Print the settings, their defaults and where they come from
    Config(config_command::ConfigArguments),
    /// Print the hosts of a registry namespace, in the order they are asked
    Hosts(hosts::HostsArguments),
    /// List what is stored, never a secret
    List(list::ListArguments),
    /// Log in to a host, or to a mirror for one registry namespace
    Login(login::LoginArguments),
    /// Remove what a login stored
    Logout(logout::LogoutArguments),
    /// Write the manual pages
    Man(completion::ManArguments),
    /// Pull an image through containerd, or into an OCI layout
    Pull(pull::PullArguments),
    /// Push an image from containerd, or from an OCI layout
    Push(push::PushArguments),
    /// Print the plan: which hosts, in which order, with which credential, and why
    Resolve(resolve::ResolveArguments),
}
