use portunus::remedy::Advise;
use portunus::resolve::{Attempt, Plan};
use portunus_containerd::{
    Answers, Containerd, Observer, PullRequest, PushRequest, TransferError, TransferErrorKind,
    TransferReport, Unpack,
};
use portunus_http::{Choice, ChosenAnswer, Platform};

use crate::client::containerd::LEASE;
use crate::client::containerd::connected::Connected;
use crate::client::containerd::hosts_directory::HostsDirectory;
use crate::client::environment::Environment;
use crate::client::events;
use crate::client::settings::Settings;
use crate::client::transfer::ImageTransfer;
use crate::exit::Exit;
use crate::failure::Failure;

/// Everything that is settled before the daemon is called.
#[derive(Debug)]
pub(crate) struct Prepared {
    connected: Connected,
    hosts: HostsDirectory,
    answers: Answers,
    /// What each host of the plan answered us.
    pub(crate) choices: Vec<Choice>,
}

impl Prepared {
    /// Finds out which credential each host accepts, and renders the hosts for the daemon.
    pub(crate) fn new(
        mut connected: Connected,
        transfer: &ImageTransfer<'_>,
        settings: &Settings<'_>,
    ) -> Result<Self, Failure> {
        let (plan, session) = (transfer.plan, &transfer.session);
        let hosts = HostsDirectory::for_daemon(plan, &connected.daemon, settings)?;
        let wanted = |attempt: &Attempt| may_be_told(plan, attempt);
        let choices = connected.runtime.block_on(async {
            tokio::select! {
                choices = transfer.client.choose_where(plan, session, wanted) => Ok(choices),
                stopped = connected.interrupt.wait_and_fail(plan) => Err(stopped),
            }
        })?;
        events::choices(plan, &choices);
        let answers =
            Answers::from_choices(plan, &choices, session, &settings.trust()).map_err(|error| {
                let failure = Failure::new(Exit::Failed, error.to_string());
                error.remedies().into_iter().fold(failure, Failure::help)
            })?;
        Ok(Self {
            connected,
            hosts,
            answers,
            choices,
        })
    }

    /// The daemon.
    pub(crate) fn daemon(&self) -> &Containerd {
        &self.connected.daemon
    }

    /// What the person should know of it.
    pub(crate) fn warnings(&self) -> impl Iterator<Item = &String> {
        let told = self.choices.iter().flat_map(|choice| &choice.warnings);
        self.hosts.warning.iter().chain(told)
    }

    /// Pulls through the transfer service, the daemon's questions answered as was decided before.
    pub(crate) fn pull(
        &mut self,
        plan: &Plan,
        platform: Option<Platform>,
        unpack: bool,
        observer: &mut dyn Observer,
        environment: &Environment,
    ) -> Result<TransferReport, TransferError> {
        let mut request = PullRequest::new(
            plan.reference.clone(),
            self.connected.containerd_namespace.clone(),
            self.hosts.path(),
            std::mem::take(&mut self.answers),
            (environment.now)() + LEASE,
        );
        request.platforms.extend(platform);
        if !unpack {
            request.unpack = Unpack::No;
        }
        let cancelled = self.connected.interrupt.wait();
        let pulling = self.connected.daemon.pull(request, observer, cancelled);
        self.connected.runtime.block_on(pulling)
    }

    /// Pushes through the transfer service.
    pub(crate) fn push(
        &mut self,
        plan: &Plan,
        observer: &mut dyn Observer,
        environment: &Environment,
    ) -> Result<TransferReport, TransferError> {
        let request = PushRequest::new(
            plan.reference.clone(),
            self.connected.containerd_namespace.clone(),
            self.hosts.path(),
            std::mem::take(&mut self.answers),
            (environment.now)() + LEASE,
        );
        let cancelled = self.connected.interrupt.wait();
        let pushing = self.connected.daemon.push(request, observer, cancelled);
        self.connected.runtime.block_on(pushing)
    }

    /// What each host answers, after a transfer failed: those that were not asked before are asked
    /// now.
    pub(crate) fn ask_others(
        mut self,
        error: &TransferError,
        transfer: &ImageTransfer<'_>,
    ) -> Vec<Choice> {
        if error.kind() == TransferErrorKind::Cancelled {
            return self.choices;
        }
        let (plan, session) = (transfer.plan, &transfer.session);
        let wanted = |attempt: &Attempt| !may_be_told(plan, attempt);
        let others = self.connected.runtime.block_on(async {
            tokio::select! {
                others = transfer.client.choose_where(plan, session, wanted) => others,
                () = self.connected.interrupt.wait() => Vec::new(),
            }
        });
        for (choice, other) in self.choices.iter_mut().zip(others) {
            if choice.answer == ChosenAnswer::NotAsked {
                *choice = other;
            }
        }
        self.choices
    }
}

/// Whether there is a credential for a host, by the text that containerd knows it by. The others
/// are told none whatever they answer, and asking them would cost them a request more than containerd
/// makes.
fn may_be_told(plan: &Plan, attempt: &Attempt) -> bool {
    let host = &attempt.host.host;
    let mut sharing = plan.attempts.iter().filter(|it| it.host.host == *host);
    sharing.any(|it| !it.candidates.is_empty())
}
