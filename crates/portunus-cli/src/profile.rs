//! `portunus profile`: which accounts are kept apart, and which are in use.

use clap::{Args, Subcommand};
use portunus::name::Profile;
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::Help;
use crate::output;
use crate::output::table::Table;
use crate::output::tilde::tilde;
use portunus_client::docker_folder::make_docker_folder;
use portunus_client::profiles::{ProfileReport, list_profiles, remove_profile, use_profile};
use portunus_client::settings::{SettingSource, read_profile};

/// List, choose and remove profiles, and make docker's folders for them
#[derive(Debug, Args)]
#[command(
    disable_help_subcommand = true,
    after_help = "\
A profile is a set of logins that no other profile sees. docker, buildx and Kamal keep accounts apart
only in configuration folders of their own: docker-config makes one, and prints it."
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
        /// Do not ask for it to be said twice
        #[arg(long)]
        yes: bool,
    },
    /// Make a configuration folder for docker that has the logins of a profile, and print it
    DockerConfig {
        /// The profile
        name: String,
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
        ProfileVerb::DockerConfig { name } => {
            let mut settings = context.settings.clone();
            settings.profile = read_profile(name)?;
            let folder = make_docker_folder(&settings)?;
            output::result([folder.display().to_string()], context.streams)?;
            Ok(Exit::Done)
        }
    }
}

fn list(json: bool, context: &mut Context<'_>) -> Result<Exit, Failure> {
    context.look_at_stores()?;
    let profiles = list_profiles(&context.settings)?;
    if json {
        let profiles: Vec<_> = profiles.iter().map(document).collect();
        output::json(
            &json!({"version": 1, "profiles": profiles}),
            context.streams,
        )?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["PROFILE", "IN USE", "INHERITS", "LOGINS", "DOCKER FOLDER"]);
    for report in profiles {
        let yes = |it: bool| if it { "yes" } else { "-" }.to_owned();
        let folder = report
            .docker_folder
            .map(|folder| folder.display().to_string());
        table.row([
            report.profile.to_string(),
            yes(report.is_active),
            yes(report.inherits),
            report.credentials.to_string(),
            tilde(
                &folder.unwrap_or_else(|| "-".to_owned()),
                context.settings.environment(),
            ),
        ]);
    }
    output::result(table.lines(), context.streams)?;
    Ok(Exit::Done)
}

fn document(report: &ProfileReport) -> serde_json::Value {
    let folder = report.docker_folder.as_ref();
    json!({
        "name": report.profile.to_string(),
        "active": report.is_active,
        "inherit": report.inherits,
        "credentials": report.credentials,
        "docker_folder": folder.map(|folder| folder.to_string_lossy()),
    })
}

fn choose(profile: &Profile, context: &mut Context<'_>) -> Result<Exit, Failure> {
    use_profile(&context.settings, profile)?;
    let file = tilde(
        &context.settings.config_file().display().to_string(),
        context.settings.environment(),
    );
    output::info(
        &format!("profile {profile} is named in {file}"),
        context.streams,
    );
    if let SettingSource::Variable(name) = context.settings.sources.profile {
        let message = format!("{name} names a profile, and goes before the file");
        output::warning(
            &message,
            Some(format!("unset {name}").into()),
            context.streams,
        );
    }
    Ok(Exit::Done)
}

fn remove(profile: &Profile, yes: bool, context: &mut Context<'_>) -> Result<Exit, Failure> {
    if !yes {
        let message = format!("every login of profile {profile} would be removed");
        let again = Help::command(["profile", "remove", &profile.to_string(), "--yes"]);
        return Err(Failure::new(Exit::Usage, message).help(again));
    }
    let report = remove_profile(&context.settings, profile)?;
    context.warn_about(&report.warnings);
    let removed = report.removed.iter();
    let removed = removed.map(|entry| format!("removed {} from {}", entry.key, entry.location));
    output::result(removed, context.streams)?;
    let mut errors = report.errors.into_iter();
    if let Some(error) = errors.next() {
        context.warn_about(&errors.collect::<Vec<_>>());
        return Err(error.into());
    }
    Ok(Exit::Done)
}
