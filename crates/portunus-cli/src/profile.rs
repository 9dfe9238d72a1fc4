//! `portunus profile`: which accounts are kept apart, and which are in use.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use portunus::name::Profile;
use serde_json::json;

use crate::confirm::confirm_removal;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::output::table::Table;
use crate::output::tilde::tilde;
use portunus_client::Settings;
use portunus_client::docker_builder::make_docker_builder;
use portunus_client::docker_folder::{docker_folder, make_docker_folder};
use portunus_client::profiles::{ProfileReport, list_profiles, remove_profile, use_profile};
use portunus_client::settings::{SettingSource, read_profile};

/// List, choose and remove profiles, and make docker's folders for them
#[derive(Debug, Args)]
#[command(
    disable_help_subcommand = true,
    after_help = "\
A profile is a set of logins that no other profile sees. docker, buildx and Kamal keep accounts
apart only in configuration folders of their own: docker-config makes one, and prints it. Some token
servers refuse what names another's repository, as a builder does that both use: --builder makes one
more."
)]
pub struct ProfileArguments {
    #[command(subcommand)]
    verb: ProfileVerb,
}

#[derive(Debug, Subcommand)]
enum ProfileVerb {
    /// List the profiles
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Have config.toml name a profile, for every command that names none
    Use {
        /// The profile
        name: String,
    },
    /// Remove every login of a profile
    Remove {
        /// The profile
        name: String,
        /// Do not ask before its logins are removed
        #[arg(long)]
        yes: bool,
    },
    /// Make a configuration folder for docker that has the logins of a profile, and print it
    DockerConfig {
        /// The profile
        name: String,
        /// Have buildx make a builder for this profile alone, and use it in that folder
        #[arg(long)]
        builder: bool,
    },
}

pub(crate) fn run(
    arguments: &ProfileArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    match &arguments.verb {
        ProfileVerb::List { json } => list(*json, context),
        ProfileVerb::Use { name } => choose(&read_profile(name)?, context),
        ProfileVerb::Remove { name, yes } => remove(&read_profile(name)?, *yes, context),
        ProfileVerb::DockerConfig { name, builder } => {
            let settings = context.settings.of_profile(&read_profile(name)?);
            docker_config(&settings, *builder, context)
        }
    }
}

fn docker_config(
    settings: &Settings,
    with_builder: bool,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let folder = make_docker_folder(settings)?;
    if with_builder {
        let builder = make_docker_builder(settings, &folder)?;
        let message = format!("builder {builder} is in use there, and starts with the first build");
        output::info(&message, context.streams);
    }
    output::result([folder.display().to_string()], context.streams)
}

fn list(json: bool, context: &mut Context<'_>) -> Result<Exit, Failure> {
    context.look_at_stores()?;
    let profiles = list_profiles(&context.settings)?;
    if json {
        let profiles: Vec<_> = profiles.iter().map(document).collect();
        let document = json!({"version": 1, "profiles": profiles});
        return output::json(&document, context.streams);
    }
    let columns = [
        "PROFILE",
        "IN USE",
        "INHERITS",
        "LOGINS",
        "DIRECTORIES",
        "DOCKER FOLDER",
    ];
    let mut table = Table::new(columns, context.settings.environment());
    let yes = |it: bool| vec![if it { "yes" } else { "-" }.to_owned()];
    let paths = |paths: &[PathBuf]| {
        let paths = paths.iter();
        paths.map(|path| path.display().to_string()).collect()
    };
    for report in profiles {
        table.row_of_lists([
            vec![report.profile.to_string()],
            yes(report.is_active),
            yes(report.inherits),
            vec![report.credentials.to_string()],
            paths(&report.directories),
            paths(report.docker_folder.as_slice()),
        ]);
    }
    output::result(table.lines(), context.streams)
}

fn document(report: &ProfileReport) -> serde_json::Value {
    let folder = report.docker_folder.as_ref();
    let directories = report.directories.iter();
    json!({
        "name": report.profile.to_string(),
        "active": report.is_active,
        "inherit": report.inherits,
        "directories": directories.map(|it| it.to_string_lossy()).collect::<Vec<_>>(),
        "credentials": report.credentials,
        "docker_folder": folder.map(|folder| folder.to_string_lossy()),
    })
}

fn choose(profile: &Profile, context: &mut Context<'_>) -> Result<Exit, Failure> {
    use_profile(&context.settings, profile)?;
    let file = context.settings.config_file().display().to_string();
    let file = tilde(&file, context.settings.environment());
    let message = format!("profile {profile} is named in {file}");
    output::info(&message, context.streams);
    let (what, help) = match context.settings.sources.profile {
        SettingSource::Variable(name) => (name.to_owned(), format!("unset {name}")),
        SettingSource::Directory => (
            "the directory that this was called in".to_owned(),
            format!("take it from the directories of a profile in {file}"),
        ),
        _ => return Ok(Exit::Done),
    };
    let message = format!("{what} names a profile, and goes before that");
    output::warning(&message, Some(help.into()), context.streams);
    Ok(Exit::Done)
}

fn remove(profile: &Profile, yes: bool, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let settings = context.settings.of_profile(profile);
    let folder = docker_folder(&settings).filter(|folder| folder.is_dir());
    let again = ["profile", "remove", &profile.to_string(), "--yes"];
    // The default one is not removed, whoever agrees.
    let is_asked = profile.name().is_some() && !yes;
    if is_asked && !confirm_removal(&settings, folder.as_deref(), &again, context)? {
        return Ok(Exit::Failed);
    }
    let report = remove_profile(&context.settings, profile)?;
    context.warn_about(&report.warnings);
    let removed = report.removed.iter();
    let removed = removed.map(|entry| format!("removed {} from {}", entry.key, entry.location));
    output::result(removed, context.streams)?;
    context.end_with(report.errors)
}
