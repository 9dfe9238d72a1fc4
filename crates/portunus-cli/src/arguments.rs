use clap::{Parser, Subcommand};

use crate::exit::Exit;
use crate::global::Global;
use crate::{
    check, completion, config_command, hosts, list, login, logout, profile, pull, push, resolve,
};

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
    Login(login::arguments::LoginArguments),
    /// Remove what a login stored
    Logout(logout::LogoutArguments),
    /// Write the manual pages
    Man(completion::ManArguments),
    /// List, choose and remove profiles, and make docker's folders for them
    Profile(profile::ProfileArguments),
    /// Pull an image through containerd, or into an OCI layout
    Pull(pull::arguments::PullArguments),
    /// Push an image from containerd, or from an OCI layout
    Push(push::arguments::PushArguments),
    /// Print the plan: which hosts, in which order, with which credential, and why
    Resolve(resolve::ResolveArguments),
    /// Print the version
    Version,
}

#[cfg(test)]
mod tests {
    use crate::exit::Exit;
    use crate::output::tests::shown;

    #[test]
    fn the_help_explains_every_code_once() {
        let help = shown(&["--help"], false, &[]);
        let (_, table) = help.split_once("Exit codes:\n").unwrap();
        let lines: Vec<&str> = table.trim_end().lines().collect();
        assert_eq!(lines.len(), Exit::ALL.len(), "{table}");
        for (code, (exit, line)) in Exit::ALL.into_iter().zip(lines).enumerate() {
            assert_eq!(usize::from(exit.code()), code);
            assert_eq!(line, format!("  {code}  {}", exit.meaning()));
        }
    }
}
