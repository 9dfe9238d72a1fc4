use std::path::PathBuf;

use clap::{ArgAction, Args};

use crate::colours::Colours;
use crate::log_format::LogFormat;
use portunus_client::Overrides;

/// Options of every command.
#[derive(Debug, Clone, Default, Args)]
#[non_exhaustive]
#[command(next_help_heading = "Options of every command")]
pub struct GlobalOptions {
    /// Where config.toml and credentials.json are [env: PORTUNUS_CONFIG_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    pub config_dir: Option<PathBuf>,
    /// A hosts directory, like containerd's certs.d; may be repeated [env: PORTUNUS_HOSTS_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    pub hosts_dir: Vec<PathBuf>,
    /// Whose credentials [env: PORTUNUS_PROFILE]
    #[arg(long, global = true, value_name = "PROFILE")]
    pub profile: Option<String>,
    /// Tell what is read, asked and chosen, never a secret; twice for more [env:
    /// PORTUNUS_LOG=info|debug]
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// The same as -vv
    #[arg(long, global = true)]
    pub debug: bool,
    /// When colours are shown: auto, always or never [env: NO_COLOR]
    #[arg(long, global = true, value_name = "WHEN", hide_possible_values = true)]
    pub color: Option<Colours>,
    /// How -v tells it: text or json
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        hide_possible_values = true
    )]
    pub log_format: Option<LogFormat>,
}

impl GlobalOptions {
    /// What of them goes before the environment and `config.toml`.
    pub(crate) fn overrides(&self) -> Overrides {
        let mut overrides = Overrides::default();
        overrides.config_directory.clone_from(&self.config_dir);
        overrides.hosts_directories.clone_from(&self.hosts_dir);
        overrides.profile.clone_from(&self.profile);
        overrides
    }
}
