use clap::{Command, Subcommand};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{
    check, config_command, export, hosts, list, login, logout, profile, pull, push, resolve,
};

/// What can be done, with its arguments. Another clap program mounts all of it as a
/// `#[command(subcommand)]` of its own tree, or the arguments of one as a variant of its own enum.
///
/// What a verb takes is put together when it is the one that is typed: whoever looks at the arguments of
/// all calls [`Command::build`] before.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
#[non_exhaustive]
pub enum Verb {
    /// Look for faults in the hosts directories
    Check(check::CheckArguments),
    /// Print the settings, their defaults and where they come from
    Config(config_command::ConfigArguments),
    /// Write a file of logins for a build pod: no more than its images need
    Export(export::ExportArguments),
    /// Print the hosts of a registry namespace, in the order they are asked
    Hosts(hosts::HostsArguments),
    /// List what is stored, never a secret
    List(list::ListArguments),
    /// Log in to a host, or to a mirror for one registry namespace
    Login(login::arguments::LoginArguments),
    /// Remove what a login stored
    Logout(logout::LogoutArguments),
    /// List, choose and remove profiles, and make docker's folders for them
    Profile(profile::ProfileArguments),
    /// Pull an image through containerd, or into an OCI layout
    Pull(pull::PullArguments),
    /// Push an image from containerd, or from an OCI layout
    Push(push::PushArguments),
    /// Print the plan: which hosts, in which order, with which credential, and why
    Resolve(resolve::ResolveArguments),
}

impl Verb {
    /// The name it has where nobody says otherwise.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Check(_) => "check",
            Self::Config(_) => "config",
            Self::Export(_) => "export",
            Self::Hosts(_) => "hosts",
            Self::List(_) => "list",
            Self::Login(_) => "login",
            Self::Logout(_) => "logout",
            Self::Profile(_) => "profile",
            Self::Pull(_) => "pull",
            Self::Push(_) => "push",
            Self::Resolve(_) => "resolve",
        }
    }

    /// Does it, and says how it ended.
    pub(crate) fn run_in(&self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        match self {
            Self::Check(arguments) => check::run(arguments, context),
            Self::Config(arguments) => config_command::run(arguments, context),
            Self::Export(arguments) => export::run(arguments, context),
            Self::Hosts(arguments) => hosts::run(arguments, context),
            Self::List(arguments) => list::run(arguments, context),
            Self::Login(arguments) => login::run(arguments, context),
            Self::Logout(arguments) => logout::run(arguments, context),
            Self::Profile(arguments) => profile::run(arguments, context),
            Self::Pull(arguments) => pull::run(arguments, context),
            Self::Push(arguments) => push::run(arguments, context),
            Self::Resolve(arguments) => resolve::run(arguments, context),
        }
    }

    /// Each by its name, with what it takes.
    pub(crate) fn commands() -> Vec<Command> {
        let verbs = Command::new("verbs").disable_help_flag(true);
        let mut all = Self::augment_subcommands(verbs.disable_help_subcommand(true));
        all.build();
        all.get_subcommands().cloned().collect()
    }
}
