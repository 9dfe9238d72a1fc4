use std::path::PathBuf;

use portunus::remedy::Remedy;
use portunus::resolve::{Attempt, Operation, Phase, Plan};
use portunus_containerd::{
    Answers, HostAnswer, NoAnswer, PullRequest, PushRequest, ReportedVersion, StoredUnder,
    TransferError, TransferReport, Turn, Unpack, carries_credential,
};
use portunus_http::{Choices, Chosen, ChosenAnswer, Platform};

use crate::containerd::LEASE;
use crate::containerd::connected::Connected;
use crate::containerd::hosts_directory::{DaemonHosts, directory_of};
use crate::environment::Environment;
use crate::error::ClientError;
use crate::error::daemon::DaemonFailure;
use crate::events;
use crate::observer::{ClientObserver, Told};
use crate::prepared_warning::PreparedWarning;
use crate::settings::Settings;
use crate::transfer::ImageTransfer;

/// Everything that is settled before the daemon is called.
#[derive(Debug)]
pub(crate) struct Prepared<'a> {
    connected: Connected,
    hosts: DaemonHosts,
    handover: Handover,
    /// What the hosts answered us.
    pub(super) asked: Choices<'a>,
    /// What the person should know of it.
    pub(super) warnings: Vec<PreparedWarning>,
}

/// Whom the daemon is sent to.
#[derive(Debug)]
enum Handover {
    /// To one host a transfer.
    Turns(Vec<Turn>),
    /// To the hosts of one directory: the one that is pushed to, or those that the daemon reads
    /// itself.
    Directory { path: PathBuf, answers: Answers },
}

impl<'a> Prepared<'a> {
    /// Finds out which credential each host accepts, and renders the hosts for the daemon.
    pub(super) fn new(
        connected: Connected,
        transfer: &ImageTransfer<'a>,
        settings: &Settings,
        stop: impl Future<Output = ()>,
    ) -> Result<Self, ClientError> {
        let plan = transfer.plan();
        let hosts = DaemonHosts::for_daemon(plan, &connected.daemon, settings)?;
        let alone = matches!(hosts, DaemonHosts::Alone { .. });
        let wanted = |attempt: &Attempt| match (plan.operation, alone) {
            (Operation::Push, _) => !attempt.candidates.is_empty(),
            (_, true) => Turn::needs_asking(plan, attempt),
            (_, false) => shares_login(plan, attempt),
        };
        let choices = connected.runtime.block_on(async {
            tokio::select! {
                choices = transfer.client.choose_where(transfer.operation, wanted) => Ok(choices),
                () = stop => Err(transfer.cancelled()),
            }
        })?;
        events::choices(&choices);
        let handover = Handover::decide(&hosts, &choices, settings)?;
        let mut warnings = warnings(&hosts, &choices);
        warnings.extend(warn_without_ns(plan, connected.daemon.version()));
        Ok(Self {
            connected,
            hosts,
            handover,
            asked: choices,
            warnings,
        })
    }

    /// Pulls through the transfer service, the daemon's questions answered as was decided before.
    pub(super) fn pull(
        self,
        plan: &Plan,
        platform: Option<Platform>,
        unpack: bool,
        observer: &dyn ClientObserver,
        environment: &Environment,
        stop: impl Future<Output = ()>,
    ) -> Result<TransferReport, TransferError> {
        let (reference, expires) = (plan.reference.clone(), (environment.now)() + LEASE);
        let namespace = self.connected.containerd_namespace.clone();
        let mut request = match self.handover {
            Handover::Turns(turns) => PullRequest::in_turns(reference, namespace, turns, expires),
            Handover::Directory { path, answers } => {
                PullRequest::new(reference, namespace, path, answers, expires)
            }
        };
        if let Some(platform) = platform {
            request.platforms = vec![platform];
        }
        if !unpack {
            request.unpack = Unpack::No;
        }
        let mut told = Told(observer);
        let pulling = self.connected.daemon.pull(request, &mut told, stop);
        let result = self.connected.runtime.block_on(pulling);
        // The daemon reads it in every phase.
        drop(self.hosts);
        result
    }

    /// Pushes through the transfer service.
    pub(super) fn push(
        self,
        plan: &Plan,
        observer: &dyn ClientObserver,
        environment: &Environment,
        stop: impl Future<Output = ()>,
    ) -> Result<TransferReport, TransferError> {
        let (path, answers) = match self.handover {
            Handover::Directory { path, answers } => (path, answers),
            Handover::Turns(_) => (PathBuf::new(), Answers::default()),
        };
        let request = PushRequest::new(
            plan.reference.clone(),
            self.connected.containerd_namespace.clone(),
            path,
            answers,
            (environment.now)() + LEASE,
        );
        let mut told = Told(observer);
        let pushing = self.connected.daemon.push(request, &mut told, stop);
        let result = self.connected.runtime.block_on(pushing);
        drop(self.hosts);
        result
    }
}

impl Handover {
    fn decide(
        hosts: &DaemonHosts,
        choices: &Choices<'_>,
        settings: &Settings,
    ) -> Result<Self, ClientError> {
        let (plan, trust) = (choices.plan(), &settings.trust());
        let handover = match (hosts, plan.operation) {
            (DaemonHosts::Alone { folder, .. }, Operation::Push) => {
                let host = push_host(choices)?;
                let path = directory_of(host.position(), folder.path());
                let answers = Answers::of_host(host, trust);
                answers.map(|answers| Self::Directory { path, answers })
            }
            (DaemonHosts::Alone { folder, .. }, _) => {
                let host_dir = |host: Chosen<'_>| directory_of(host.position(), folder.path());
                Turn::list(choices, host_dir, trust).map(Self::Turns)
            }
            (DaemonHosts::Original { directory, .. }, _) => {
                let answers = match asks_one_host(plan) {
                    true => Answers::from_choices(choices, trust),
                    false => Ok(keep_secrets(choices)),
                };
                let path = directory.clone();
                answers.map(|answers| Self::Directory { path, answers })
            }
        };
        Ok(handover.map_err(DaemonFailure::from)?)
    }
}

/// The host that a push goes to.
fn push_host<'a>(choices: &'a Choices<'_>) -> Result<Chosen<'a>, DaemonFailure> {
    let plan = choices.plan();
    let is_pushed_to = |host: &Chosen<'_>| host.attempt().phases.contains(&Phase::Push);
    let found = choices.iter().find(is_pushed_to);
    found.ok_or_else(|| DaemonFailure::NoPushHost(Box::new(plan.reference.clone())))
}

/// Whether a daemon that asks all hosts asks one alone.
fn asks_one_host(plan: &Plan) -> bool {
    let mut asked = plan.attempts.iter().filter(|it| !it.phases.is_empty());
    let first = asked.next().map(|it| (&it.host.scheme, &it.host.host));
    asked.all(|it| Some((&it.host.scheme, &it.host.host)) == first)
}

/// What the hosts are told where the daemon asks all of them in one transfer: it does not say whether
/// it asks for the host itself or because another one redirected there.
fn keep_secrets(choices: &Choices<'_>) -> Answers {
    let mut answers = Answers::default();
    for chosen in choices.iter() {
        let why = match &chosen.choice().answer {
            ChosenAnswer::Credential(candidate) => NoAnswer::Refused {
                stored: StoredUnder::new(
                    candidate.entry.key.clone(),
                    candidate.entry.location.clone(),
                ),
                reason: "containerd reads its own hosts, and another of them may lead it there"
                    .to_owned(),
                remedy: Some(Box::new(Remedy::PullLocally(None))),
            },
            _ => NoAnswer::NothingStored,
        };
        let host = &chosen.attempt().host;
        // Without a credential there is nothing that could be ambiguous.
        let _ = answers.add(&host.scheme, &host.host, HostAnswer::Nothing(why));
    }
    answers
}

fn warnings(hosts: &DaemonHosts, choices: &Choices<'_>) -> Vec<PreparedWarning> {
    let mut warnings = Vec::new();
    match hosts {
        DaemonHosts::Original { directory, why } => warnings.push(PreparedWarning::ReadsItself {
            directory: directory.clone(),
            why,
        }),
        DaemonHosts::Alone { warning, .. } => {
            warnings.extend(warning.clone().map(PreparedWarning::UnusedRuntime));
        }
    }
    for chosen in choices.iter() {
        let (host, choice) = (&chosen.attempt().host, chosen.choice());
        if let (ChosenAnswer::Credential(candidate), Some(target)) =
            (&choice.answer, &choice.redirected_to)
            && carries_credential(host, target)
        {
            warnings.push(PreparedWarning::CarriedAlong {
                host: host.host.clone(),
                to: target.origin().ascii_serialization(),
                key: candidate.entry.key.clone(),
            });
        }
        let told = choice.warnings.iter().cloned();
        warnings.extend(told.map(PreparedWarning::Host));
    }
    warnings
}

/// A daemon below 2.3 sends no `?ns=` on a push.
fn warn_without_ns(plan: &Plan, version: &ReportedVersion) -> Option<PreparedWarning> {
    if plan.operation != Operation::Push || version.sends_ns_on_push() {
        return None;
    }
    let is_namespaced = |attempt: &&Attempt| {
        let mut keys = attempt.candidates.iter().map(|it| &it.entry.key);
        attempt.phases.contains(&Phase::Push)
            && attempt.host.sends_ns
            && keys.any(|key| key.registry_namespace().is_some())
    };
    let attempt = plan.attempts.iter().find(is_namespaced)?;
    Some(PreparedWarning::SendsNoNs {
        daemon: version.as_str().to_owned(),
        host: attempt.host.host.clone(),
        registry_namespace: plan.reference.registry_namespace().clone(),
    })
}

/// Whether there is a credential for a host, by the text that a daemon knows it by that asks all of
/// them. The others are told none whatever they answer.
fn shares_login(plan: &Plan, attempt: &Attempt) -> bool {
    let host = &attempt.host.host;
    let mut sharing = plan.attempts.iter().filter(|it| it.host.host == *host);
    sharing.any(|it| !it.candidates.is_empty())
}
