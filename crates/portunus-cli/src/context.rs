use portunus::hosts::{Finding, Severity};
use portunus::remedy::Advise;
use portunus::store::{SourceError, SourceErrorKind};
use portunus_client::settings::Config;
use portunus_client::stores::{NamedInVain, StorePlace, VainProblem};
use portunus_client::{
    Environment, Overrides, ResolveRequest, Resolved, Settings, events, resolve,
};

use crate::exit::Exit;
use crate::explain::warnings::{describe_absent, warning_help};
use crate::failure::Failure;
use crate::finding_help::finding_help;
use crate::help::Help;
use crate::output;
use crate::streams::Streams;

/// How many entries that answer for nobody are told about one by one.
const UNUSABLE_TOLD: usize = 20;

/// What every command works with: the settings in force, and the way to the person who runs it.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) settings: Settings,
    pub(crate) streams: &'a mut Streams,
    /// Whether a plan that was made has a host that would be asked without a credential.
    pub(crate) misses_login: bool,
}

impl<'a> Context<'a> {
    /// The settings are read, and what is odd in them is told.
    pub(crate) fn new(
        overrides: &Overrides,
        environment: &Environment,
        streams: &'a mut Streams,
    ) -> Result<Self, Failure> {
        let config = Config::read(&Settings::find_config_file(overrides, environment)?)?;
        for warning in &config.warnings {
            let help = warning_help(warning);
            output::warning(&warning.to_string(), Some(help), streams);
        }
        let settings = Settings::new(overrides, environment, config)?;
        Ok(Self {
            settings,
            streams,
            misses_login: false,
        })
    }

    /// Makes a plan, and tells what it comes with: faults of `hosts.toml` and sources that
    /// failed.
    pub(crate) fn resolve(&mut self, request: &ResolveRequest) -> Result<Resolved, Failure> {
        let program = &mut self.streams.messages.program;
        program.give_pull_secrets(&request.pull_secrets);
        let resolved = resolve(request, &self.settings)?;
        let plan = resolved.plan();
        self.misses_login |= resolved.misses_login();
        self.look_at_stores()?;
        self.look_at_hosts_directories();
        self.warn_about_findings(&plan.findings);
        self.warn_about(resolved.pull_secrets.problems());
        self.warn_about(&plan.warnings);
        for secret in &resolved.unfitting {
            let help = format!("a key has to name one of: {}", secret.wanted.join(", "));
            output::warning(&secret.to_string(), Some(help.into()), self.streams);
        }
        Ok(resolved)
    }

    /// Tells of a hosts directory that was named in vain.
    pub(crate) fn look_at_hosts_directories(&mut self) {
        if let Some(absent) = self.settings.absent_hosts_directory() {
            let help = "name one that exists; without any, each registry is asked itself";
            output::warning(&describe_absent(&absent), Some(help.into()), self.streams);
        }
    }

    /// Why something may be missing, where the program runs under sudo.
    pub(crate) fn note_about_sudo(&self) -> Result<Option<String>, Failure> {
        let user = self.settings.stores()?.sudo_user();
        Ok(user.map(|user| {
            format!("under sudo these are root's logins; those of {user} are found without sudo")
        }))
    }

    /// Tells that root's logins are not the user's.
    pub(crate) fn tell_of_sudo(&mut self) -> Result<(), Failure> {
        if let Some(note) = self.note_about_sudo()? {
            output::info(&note, self.streams);
        }
        Ok(())
    }

    /// The same where a login was missed. A public image needs none, so that a pull hears of it only
    /// where it was turned away.
    pub(crate) fn with_note_about_sudo(&self, failure: Failure) -> Failure {
        match self.note_about_sudo() {
            Ok(Some(note)) if self.misses_login && failure.exit == Exit::NotLoggedIn => {
                failure.detail(note)
            }
            _ => failure,
        }
    }

    /// Tells what was named in vain for this run, and where it was asked for each place that
    /// credentials are looked for in.
    pub(crate) fn look_at_stores(&mut self) -> Result<(), Failure> {
        self.look_at(|_| true)
    }

    /// The same before something is stored, which makes what is absent.
    pub(crate) fn look_at_stores_of_login(&mut self) -> Result<(), Failure> {
        self.look_at(|named| named.problem != VainProblem::Absent)
    }

    fn look_at(&mut self, is_told: impl Fn(&NamedInVain) -> bool) -> Result<(), Failure> {
        let stores = self.settings.stores()?;
        for named in stores.named_in_vain().into_iter().filter(is_told) {
            let help: Vec<Help> = named.remedies().into_iter().map(Help::from).collect();
            output::warning_with(&named.to_string(), &help, self.streams);
        }
        if events::are_told() {
            stores.inventory().iter().for_each(StorePlace::tell);
        }
        Ok(())
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

    /// Ends with the first of what failed, once the others were told.
    pub(crate) fn end_with(&mut self, errors: Vec<SourceError>) -> Result<Exit, Failure> {
        let Some((first, others)) = errors.split_first() else {
            return Ok(Exit::Done);
        };
        self.warn_about(others);
        Err(first.clone().into())
    }

    /// Tells about sources that failed and were passed over, and about entries that answer for
    /// nobody: of these the first alone, unless everything is to be told.
    pub(crate) fn warn_about(&mut self, warnings: &[SourceError]) {
        let most = match events::are_told() {
            true => usize::MAX,
            false => UNUSABLE_TOLD,
        };
        let named = self.settings.stores().map(|stores| stores.named_in_vain());
        let named = named.unwrap_or_default();
        let mut unusable = 0;
        for warning in warnings {
            let location = warning.location.to_string();
            // What is wrong with it was told with the variable that names it.
            let mut told = named.iter().map(|it| it.path.display().to_string());
            if told.any(|path| path == location) {
                continue;
            }
            let is_unusable = warning.kind == SourceErrorKind::Unusable;
            unusable += usize::from(is_unusable);
            if is_unusable && unusable > most {
                continue;
            }
            let help = warning.remedy.as_deref().cloned().map(Help::from);
            output::warning(&warning.to_string(), help, self.streams);
        }
        if unusable > most {
            let more = unusable - most;
            let message = format!("{more} more entries are not used, {unusable} in all");
            output::warning(&message, Some("-v tells each".into()), self.streams);
        }
    }
}
