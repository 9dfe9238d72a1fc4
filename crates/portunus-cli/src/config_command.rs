use clap::Args;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Table};

#[derive(Debug, Args)]
pub(crate) struct ConfigArguments {}

/// Prints every key of `config.toml` with its default and its present value.
pub(crate) fn run(_: &ConfigArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let config = &context.config;
    let mut table = Table::new(["KEY", "DEFAULT", "PRESENT", "WHAT IT IS"]);
    let mut row = |key: &str, default: &str, present: String, what: &str| {
        table.row(
            [
                key,
                default,
                if present.is_empty() { "-" } else { &present },
                what,
            ]
            .map(str::to_owned),
        );
    };
    let paths = |paths: &[std::path::PathBuf]| {
        paths
            .iter()
            .map(|path| path.display().to_string())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let realms: Vec<String> = config
        .trust
        .realms
        .iter()
        .map(|(host, realm)| format!("{host}→{realm}"))
        .collect();
    row(
        "store",
        "auto",
        config.store.clone().unwrap_or_default(),
        "where scoped logins are kept",
    );
    row(
        "profile",
        "default",
        config.profile.clone().unwrap_or_default(),
        "whose credentials",
    );
    row(
        "hosts_dirs",
        "certs.d",
        paths(&config.hosts_directories),
        "hosts directories, in order",
    );
    row(
        "trust.plain_http",
        "",
        config.trust.plain_http.join(" "),
        "hosts that may see a secret over http",
    );
    row(
        "trust.realms",
        "",
        realms.join(" "),
        "realms trusted with a host's secret",
    );
    row(
        "profiles.*.inherit",
        "false",
        config.inheriting.join(" "),
        "profiles that also see the default one",
    );
    let text = format!(
        "{}\n{table}\nhosts directories in force: {}\n",
        context.config_file().display(),
        paths(context.hosts_paths()),
    );
    output::result(&text, context.streams)?;
    Ok(Exit::Done)
}
