use portunus::hosts::{Finding, Severity};
use portunus::name::ImageReference;
use portunus::resolve::{Operation, PreparedOperation, Resolver};
use portunus::store::SourceError;

use crate::client::environment::Environment;
use crate::client::events;
use crate::client::settings::Settings;
use crate::client::settings::overrides::Overrides;
use crate::failure::Failure;
use crate::finding_help::finding_help;
use crate::help::Help;
use crate::output;
use crate::streams::Streams;

/// What every command works with: the settings in force, and the way to the person who runs it.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) settings: Settings<'a>,
    pub(crate) streams: &'a mut Streams,
    /// Whether a plan that was made has a host that would be asked without a credential.
    pub(crate) misses_login: bool,
}

impl<'a> Context<'a> {
    /// The settings are read, and what is odd in them is told.
    pub(crate) fn new(
        overrides: &Overrides,
        environment: &'a Environment,
        streams: &'a mut Streams,
    ) -> Result<Self, Failure> {
        let settings = Settings::read(overrides, environment, |warning| {
            output::warning(&warning.message, Some(warning.help.clone()), streams);
        })?;
        Ok(Self {
            settings,
            streams,
            misses_login: false,
        })
    }

    /// Makes a plan, and tells what it comes with: faults of `hosts.toml` and sources that
    /// failed.
    pub(crate) fn prepare(
        &mut self,
        resolver: &Resolver,
        reference: &ImageReference,
        operation: Operation,
    ) -> Result<PreparedOperation, Failure> {
        let prepared = resolver.prepare(reference, operation, &self.settings.profile)?;
        let plan = prepared.plan();
        let mut asked = plan.attempts.iter().filter(|it| !it.phases.is_empty());
        self.misses_login |= asked.any(|attempt| attempt.candidates.is_empty());
        events::plan(plan);
        if let Some(absent) = self.settings.absent_hosts_directory() {
            let help = "name one that exists; without any, each registry is asked itself";
            output::warning(&absent, Some(help.into()), self.streams);
        }
        self.warn_about_findings(&plan.findings);
        self.warn_about(&plan.warnings);
        Ok(prepared)
    }

    /// Tells about faults of `hosts.toml`, those that are good to know left out.
    pub(crate) fn warn_about_findings(&mut self, findings: &[Finding]) {
        for finding in findings {
            if finding.severity == Severity::Note {
                continue;
            }
            let message = format!("{}: {}", finding.place, finding.message);
            output::warning(&message, finding_help(finding), self.streams);
        }
    }

    /// Tells about sources that failed and were passed over.
    pub(crate) fn warn_about(&mut self, warnings: &[SourceError]) {
        for warning in warnings {
            let help = warning.remedy.as_deref().cloned().map(Help::from);
            output::warning(&warning.to_string(), help, self.streams);
        }
    }
}
