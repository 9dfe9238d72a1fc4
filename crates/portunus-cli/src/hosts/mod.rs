//! `portunus hosts`: the ordered hosts of a registry namespace.

mod document;
mod listing;

use clap::Args;
use portunus::hosts::{HostsError, Reading, RegistryNamespaceHosts};
use portunus::name::RegistryNamespace;
use serde_json::json;

use crate::bare_host::explain_name;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Print the hosts of a registry namespace, in the order they are asked
#[derive(Debug, Args)]
#[command(after_help = "\
Where containerd would drop a file or a part of it, this is an error (exit code 5).
With --as-containerd the hosts are those that containerd would really use, and an error that
containerd itself raises is printed as the result (exit code 0). Values of headers that may
hold a secret are left out, unless --as-containerd and --json ask for all that containerd sends.")]
pub struct HostsArguments {
    /// The registry part of an image reference: docker.io, reg.test:5000
    #[arg(value_name = "NAMESPACE")]
    registry_namespace: String,
    /// Scheme of the registry namespace's own server, where nothing else says it
    #[arg(long, value_name = "SCHEME")]
    default_scheme: Option<String>,
    /// Print what containerd would use, whatever it drops
    #[arg(long)]
    as_containerd: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &HostsArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let typed = &*arguments.registry_namespace;
    let registry_namespace =
        RegistryNamespace::new(typed).map_err(|error| explain_name(error, "hosts", typed))?;
    context.look_at_hosts_directories();
    let mut directories = context.settings.hosts();
    if let Some(scheme) = &arguments.default_scheme {
        directories = directories.with_default_scheme(scheme);
    }
    let reading = match arguments.as_containerd {
        true => Reading::AS_CONTAINERD,
        false => Reading::STRICT,
    };
    match directories.hosts(&registry_namespace, reading) {
        Ok(hosts) => print(&hosts, arguments, context),
        Err(error) if arguments.as_containerd => {
            print_error(&registry_namespace, &error, arguments, context)
        }
        Err(error) => Err(error.into()),
    }
}

fn print(
    hosts: &RegistryNamespaceHosts,
    arguments: &HostsArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    if arguments.json {
        let program = &context.streams.messages.program;
        let document = document::document(hosts, arguments.as_containerd, program);
        return output::json(&document, context.streams);
    }
    let lines = listing::lines(hosts, context.settings.environment());
    output::result(lines, context.streams)?;
    context.warn_about_findings(&hosts.findings);
    Ok(Exit::Done)
}

fn print_error(
    registry_namespace: &RegistryNamespace,
    error: &HostsError,
    arguments: &HostsArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    if arguments.json {
        let document = json!({
            "version": 1,
            "namespace": registry_namespace.as_str(),
            "error": error.to_string(),
        });
        return output::json(&document, context.streams);
    }
    let text = format!("containerd fails for {registry_namespace}: {error}");
    output::result([text], context.streams)
}
