use portunus::hosts::{Host, HostsTree, Reading, RegistryNamespaceHosts};
use portunus::name::{Authority, RegistryNamespace};

use super::LoginArguments;
use crate::commands::login_command;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::target::Target;

/// The host that a login contacts, as `hosts.toml` has it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) host: Host,
    pub(super) authority: Authority,
    pub(super) registry_namespace: RegistryNamespace,
    /// Every host of the registry namespace, this one too.
    pub(super) siblings: Vec<Host>,
}

impl Found {
    /// The one host of a login.
    pub(super) fn host(
        target: &Target,
        arguments: &LoginArguments,
        context: &mut Context<'_>,
    ) -> Result<Self, Failure> {
        match &target.registry_namespace {
            Some(registry_namespace) => {
                scoped(target, registry_namespace.clone(), arguments, context)
            }
            None => plain(target, arguments, context),
        }
    }

    /// Every host of the registry namespace, in order.
    pub(super) fn every_host(
        target: &Target,
        arguments: &LoginArguments,
        context: &mut Context<'_>,
    ) -> Result<Vec<Self>, Failure> {
        let registry_namespace = match &target.registry_namespace {
            Some(registry_namespace) => registry_namespace.clone(),
            None => RegistryNamespace::new(&target.host)?,
        };
        let listed = hosts_of(&registry_namespace, arguments, context)?;
        let hosts = listed.hosts.clone();
        let with = |host| Self::new(host, registry_namespace.clone(), &listed, arguments);
        hosts.into_iter().map(with).collect()
    }

    fn new(
        mut host: Host,
        registry_namespace: RegistryNamespace,
        listed: &RegistryNamespaceHosts,
        arguments: &LoginArguments,
    ) -> Result<Self, Failure> {
        if arguments.insecure_registry {
            host.tls_insecure = true;
            host.http_fallback = host.http_fallback.max(1);
        }
        let authority = Authority::of_host(&host.scheme, &host.host)?;
        Ok(Self {
            host,
            authority,
            registry_namespace,
            siblings: listed.hosts.clone(),
        })
    }
}

/// The registry's own host, never its mirrors.
fn plain(
    target: &Target,
    arguments: &LoginArguments,
    context: &mut Context<'_>,
) -> Result<Found, Failure> {
    let registry_namespace = RegistryNamespace::new(&target.host)?;
    let listed = hosts_of(&registry_namespace, arguments, context)?;
    if let Some(host) = listed.hosts.iter().find(|host| target.is(host)) {
        return Found::new(host.clone(), registry_namespace, &listed, arguments);
    }
    let message = format!(
        "a pull of {registry_namespace} does not ask that host, so this login will not be used"
    );
    let scoped = listed
        .hosts
        .iter()
        .map(|host| login_command(&registry_namespace, host, &context.profile));
    output::warning_with(&message, &scoped.collect::<Vec<_>>(), context.streams);
    let host = unlisted(&registry_namespace, arguments)?;
    Found::new(host, registry_namespace, &listed, arguments)
}

/// A host that is listed for the registry namespace.
fn scoped(
    target: &Target,
    registry_namespace: RegistryNamespace,
    arguments: &LoginArguments,
    context: &mut Context<'_>,
) -> Result<Found, Failure> {
    let listed = hosts_of(&registry_namespace, arguments, context)?;
    let mut matching = listed.hosts.iter().filter(|host| target.is(host));
    if let Some(host) = matching.next() {
        return Found::new(host.clone(), registry_namespace, &listed, arguments);
    }
    let message = format!(
        "{} is no host of registry namespace {registry_namespace}",
        target.host
    );
    if arguments.no_verify {
        output::warning(&message, None, context.streams);
        let host = unlisted(&RegistryNamespace::new(&target.host)?, arguments)?;
        return Found::new(host, registry_namespace, &listed, arguments);
    }
    let mut failure = Failure::new(Exit::Usage, message);
    match &listed.dir {
        Some(dir) => failure = failure.detail(format!("{} lists:", dir.display())),
        None => {
            failure = failure.detail("no hosts directory has an entry for it; its only host is:")
        }
    }
    for host in &listed.hosts {
        failure = failure.detail(format!("  {}://{}", host.scheme, host.host));
    }
    let commands = listed
        .hosts
        .iter()
        .map(|host| login_command(&registry_namespace, host, &context.profile));
    Err(commands.fold(failure, Failure::help))
}

fn hosts_of(
    registry_namespace: &RegistryNamespace,
    arguments: &LoginArguments,
    context: &Context<'_>,
) -> Result<RegistryNamespaceHosts, Failure> {
    read(context.hosts(), registry_namespace, arguments)
}

/// The registry's own host, where no `hosts.toml` says anything about it.
fn unlisted(
    registry_namespace: &RegistryNamespace,
    arguments: &LoginArguments,
) -> Result<Host, Failure> {
    let nowhere = HostsTree::new(Vec::new());
    let hosts = read(nowhere, registry_namespace, arguments)?.hosts;
    let none = || Failure::new(Exit::Failed, format!("{registry_namespace} has no host"));
    hosts.into_iter().next_back().ok_or_else(none)
}

fn read(
    directories: HostsTree,
    registry_namespace: &RegistryNamespace,
    arguments: &LoginArguments,
) -> Result<RegistryNamespaceHosts, Failure> {
    // Without verification https comes first, and plain http where there is no TLS.
    let directories = match arguments.plain_http && !arguments.insecure_registry {
        true => directories.with_default_scheme("http"),
        false => directories,
    };
    Ok(directories.hosts(registry_namespace, Reading::default())?)
}
