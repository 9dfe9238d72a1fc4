//! The program as the credential provider of a kubelet.
//!
//! A kubelet reads standard output as one response, and puts standard error into its log where the
//! program fails. It waits for whoever holds these streams, so that an answer has to come in time
//! whatever helpers do.

use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use portunus_client::kubernetes::configure_kubelet;
use portunus_client::settings::SettingSource;
use portunus_client::{ClientError, Settings};
use portunus_kubernetes::provider::{ProviderError, ProviderRequest};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// How long whoever asks and credential helpers may take, all together. A kubelet waits a minute, and
/// the pull with it.
const PATIENCE: Duration = Duration::from_secs(17);

#[derive(Debug, Args)]
#[command(after_help = "\
A kubelet starts this itself, with the configuration that --print-config writes, and asks on
standard input. A login is answered only where every host of the image may see it, since a node
shows it to each of them. The exit code is 1 where there may be a login and it is not answered;
standard error then says why, which the kubelet logs.

Examples:
  {program} credential-provider --print-config > /etc/kubernetes/credential-provider.yaml")]
pub(crate) struct CredentialProviderArguments {
    /// Write the kubelet's configuration for the registry namespaces known here, and the role that it
    /// needs
    #[arg(long)]
    print_config: bool,
}

pub(crate) fn run(
    arguments: &CredentialProviderArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    if arguments.print_config {
        return print_configuration(context);
    }
    let deadline = Instant::now() + PATIENCE;
    let mut settings = context.settings.clone();
    settings.helper_deadline = Some(deadline);
    let input = std::mem::replace(&mut context.streams.stdin, Box::new(io::empty()));
    let (sender, asked) = mpsc::sync_channel(1);
    // A thread, because somebody may hold the other end open and say nothing.
    thread::spawn(move || sender.send(read_request(input)));
    let provider = settings.credential_provider()?;
    let left = deadline.saturating_duration_since(Instant::now());
    let request = asked.recv_timeout(left).map_err(|_| {
        let message = format!("there is no request within {} s", PATIENCE.as_secs());
        Failure::new(Exit::Failed, message).whole()
    })??;
    let now = (settings.environment().now)();
    let answered = provider.answer(&request, now).map_err(Box::new)?;
    output::verbatim(answered.to_json().expose(), context.streams)
}

fn read_request(input: impl Read) -> Result<ProviderRequest, ClientError> {
    let mut request = Vec::with_capacity(64 * 1024);
    let most = ProviderRequest::most_to_read() as u64;
    input.take(most).read_to_end(&mut request)?;
    let read = ProviderRequest::read(&request).map_err(ProviderError::from);
    Ok(read.map_err(Box::new)?)
}

fn print_configuration(context: &mut Context<'_>) -> Result<Exit, Failure> {
    let program = context.streams.messages.program.name().to_owned();
    let configured = configure_kubelet(&context.settings, &program)?;
    let mut configuration = configured.configuration;
    configuration.arguments = arguments(&context.settings);
    context.warn_about(&configured.unlisted);
    for name in configured.unmatched {
        let message = format!("{name} is left out: a kubelet has no way to match it");
        let help = "log in under a name that has neither brackets nor `?`";
        output::warning(&message, Some(help.into()), context.streams);
    }
    output::result(configuration.to_yaml().lines(), context.streams)
}

/// A kubelet has another environment than whoever asks, and another directory: it is told what was
/// decided by either.
fn arguments(settings: &Settings) -> Vec<String> {
    let is_here = |source| !matches!(source, SettingSource::Default | SettingSource::File);
    let absolute = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        path.to_string_lossy().into_owned()
    };
    let config = settings.config_file();
    let config = config.parent().unwrap_or(&config);
    let mut arguments = vec!["--config-dir".to_owned(), absolute(config)];
    if is_here(settings.sources.hosts_directories) {
        for directory in &settings.hosts_directories {
            arguments.extend(["--hosts-dir".to_owned(), absolute(directory)]);
        }
    }
    if let Some(name) = settings.profile.name()
        && is_here(settings.sources.profile)
    {
        arguments.extend(["--profile".to_owned(), name.to_owned()]);
    }
    arguments.push("credential-provider".to_owned());
    arguments
}
