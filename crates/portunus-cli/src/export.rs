//! `portunus export`: a file of logins for a build pod.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use portunus::name::RegistryNamespace;
use portunus_client::error::ClientError;
use portunus_client::export::{export_logins, write_export};
use portunus_kubernetes::export::{
    Export, ExportError, ExportFormat, ExportTarget, SeveralAccounts,
};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::Help;
use crate::{image, output};

/// Write a file of logins for a build pod: no more than its images need
#[derive(Debug, Args)]
#[command(after_help = "\
Of the logins that are stored, the file has those that a pull and a push of these images need, at
their mirrors too, and no others. Name the repositories of caches like images.")]
pub struct ExportArguments {
    /// The images, as docker understands them
    #[arg(required_unless_present = "registry_namespace")]
    image: Vec<String>,
    /// The tool that reads it
    #[arg(long, value_enum)]
    format: Format,
    /// Every repository of this registry namespace, or those that --repository names; may be repeated
    #[arg(long, value_name = "NS")]
    registry_namespace: Vec<String>,
    /// A repository of the registry namespaces; may be repeated
    #[arg(long, value_name = "REPOSITORY", requires = "registry_namespace")]
    repository: Vec<String>,
    /// Write secrets to a terminal
    #[arg(long)]
    force: bool,
    /// The file to write, for its owner alone, or - for standard output; for buildx a folder
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// config.json of docker, buildctl and kaniko
    Docker,
    /// A pull secret, as a manifest
    KubernetesSecret,
    /// auth.json of podman, buildah and skopeo
    ContainersAuth,
    /// A folder to name as BUILDX_CONFIG
    Buildx,
}

impl From<Format> for ExportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Docker => Self::Docker,
            Format::KubernetesSecret => Self::KubernetesSecret,
            Format::ContainersAuth => Self::ContainersAuth,
            Format::Buildx => Self::Buildx,
        }
    }
}

pub(crate) fn run(arguments: &ExportArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    check_output(arguments, context)?;
    let targets = targets(arguments, context)?;
    context.look_at_stores()?;
    let image = targets.iter().find_map(|target| match target {
        ExportTarget::Image(image) => Some(image.to_string()),
        _ => None,
    });
    let exported = export_logins(&context.settings, arguments.format.into(), targets);
    let exported = exported.map_err(|error| explain(error, image.as_deref()))?;
    match arguments.file() {
        Some(path) => {
            let user_id = context.settings.environment().user_id;
            write_export(&exported, path, user_id)?;
        }
        None => {
            for file in &exported.files {
                output::verbatim(file.text.expose(), context.streams)?;
            }
        }
    }
    tell(&exported, context);
    Ok(Exit::Done)
}

impl ExportArguments {
    /// What to write to; `None`: standard output, which `-` stands for everywhere.
    fn file(&self) -> Option<&Path> {
        let output = self.output.as_deref();
        output.filter(|path| *path != Path::new("-"))
    }
}

/// Secrets are not written where they are read over a shoulder, or kept by a terminal.
fn check_output(arguments: &ExportArguments, context: &Context<'_>) -> Result<(), Failure> {
    let refused = |message: &str| Failure::new(Exit::Usage, message);
    match (arguments.file(), arguments.format) {
        (None, Format::Buildx) => {
            Err(refused("buildx reads a folder").help("name one with -o FOLDER"))
        }
        (None, _) if context.streams.terminals.stdout && !arguments.force => {
            let refused = refused("secrets are not written to a terminal");
            Err(refused.help("name a file with -o FILE, or add --force"))
        }
        _ => Ok(()),
    }
}

fn targets(
    arguments: &ExportArguments,
    context: &mut Context<'_>,
) -> Result<Vec<ExportTarget>, Failure> {
    let mut targets = Vec::new();
    for text in &arguments.image {
        targets.push(ExportTarget::Image(image::reference(None, text, context)?));
    }
    for name in &arguments.registry_namespace {
        let name = RegistryNamespace::new(name.clone())?;
        for repository in &arguments.repository {
            targets.push(ExportTarget::repository(&name, repository)?);
        }
        if arguments.repository.is_empty() {
            targets.push(ExportTarget::RegistryNamespace(name));
        }
    }
    Ok(targets)
}

/// With what shows why there is nothing for an image, where one was named, and where several logins
/// have their places.
fn explain(error: ClientError, image: Option<&str>) -> Failure {
    let ways = match &error {
        ClientError::Export(error) => match (&**error, image) {
            (ExportError::Nothing(_), Some(image)) => {
                vec![Help::command(["resolve", "--why", image])]
            }
            (ExportError::Nothing(_), None) => vec!["`{program} list` shows what is stored".into()],
            (ExportError::SeveralAccounts(error), _) => ways_to_hold_all(error),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    ways.into_iter().fold(error.into(), Failure::help)
}

/// Only what succeeds: it was tried.
fn ways_to_hold_all(error: &SeveralAccounts) -> Vec<Help> {
    let named: Vec<String> = Format::value_variants()
        .iter()
        .filter(|it| error.formats.contains(&ExportFormat::from(**it)))
        .filter_map(Format::to_possible_value)
        .map(|it| format!("--format {}", it.get_name()))
        .collect();
    let keep = if named.len() == 1 { "keeps" } else { "keep" };
    let apart = format!("{} {keep} repositories apart", named.join(" and "));
    let alone = "export each image and each registry namespace alone, into a file of its own";
    let apart = (!named.is_empty()).then_some(Help::from(apart));
    let alone = error.is_each_alone.then_some(Help::from(alone));
    apart.into_iter().chain(alone).collect()
}

fn tell(exported: &Export, context: &mut Context<'_>) {
    for entry in &exported.entries {
        let told = format!(
            "{}: the login of `{}`, {}",
            entry.name, entry.key, entry.location
        );
        output::info(&told, context.streams);
    }
    for url in &exported.anonymous {
        output::note(&format!("{url} is asked without a login"), context.streams);
    }
    for warning in &exported.warnings {
        output::warning(&warning.to_string(), None, context.streams);
    }
}
