use portunus::authorizer::{HostFailure, Permit};
use portunus::resolve::Candidate;
use portunus::token::trust::{Refusal, TrustPolicy};
use portunus_http::{Choices, Chosen, ChosenAnswer, Outcome, Shown};

use crate::callback::answers::{Answers, AnswersError};
use crate::callback::host_answer::{HeldCredential, HostAnswer};
use crate::callback::no_answer::NoAnswer;
use crate::callback::stored_under::StoredUnder;

impl Answers {
    /// What each host of an operation is told, from what
    /// [`Client::choose`](portunus_http::Client::choose) has found out about it.
    ///
    /// A host for which nothing is stored need not have been asked: it is told none either way.
    ///
    /// A host that containerd may fall back to plain http for, or whose certificate it does not
    /// verify, gets a credential only where the trust rules let it travel so.
    ///
    /// # Errors
    /// Where two hosts that containerd cannot tell apart have different answers.
    pub fn from_choices(choices: &Choices<'_>, trust: &TrustPolicy) -> Result<Self, AnswersError> {
        let mut answers = Self::default();
        for chosen in choices.iter() {
            answers.add_chosen(chosen, trust)?;
        }
        Ok(answers)
    }

    /// What one host is told, where it is asked alone.
    ///
    /// # Errors
    /// Where its credential is a registry token.
    pub fn of_host(chosen: Chosen<'_>, trust: &TrustPolicy) -> Result<Self, AnswersError> {
        let mut answers = Self::default();
        answers.add_chosen(chosen, trust)?;
        Ok(answers)
    }

    fn add_chosen(&mut self, chosen: Chosen<'_>, trust: &TrustPolicy) -> Result<(), AnswersError> {
        let host = &chosen.attempt().host;
        self.add(&host.scheme, &host.host, decide(chosen, trust))
    }
}

fn decide(chosen: Chosen<'_>, trust: &TrustPolicy) -> HostAnswer {
    match &chosen.choice().answer {
        ChosenAnswer::Credential(candidate) => answer_with(chosen, candidate, trust),
        ChosenAnswer::Anonymous | ChosenAnswer::NoChallenge { .. } => {
            HostAnswer::Nothing(NoAnswer::NotNeeded)
        }
        ChosenAnswer::NotAsked if chosen.attempt().phases.is_empty() => {
            HostAnswer::Nothing(NoAnswer::NoPart)
        }
        ChosenAnswer::Failed(outcome) => HostAnswer::Nothing(explain_failure(chosen, outcome)),
        _ => HostAnswer::Nothing(NoAnswer::NothingStored),
    }
}

fn answer_with(chosen: Chosen<'_>, candidate: &Candidate, trust: &TrustPolicy) -> HostAnswer {
    let permit = match Permit::hand_over(chosen.attempt(), candidate, trust) {
        Ok(permit) => permit,
        Err(HostFailure::Refused(refusal)) => {
            return HostAnswer::Nothing(refuse(candidate, &refusal));
        }
        Err(failure) => {
            return HostAnswer::Nothing(NoAnswer::Failed {
                reason: failure.to_string(),
            });
        }
    };
    match permit.reveal(chosen.session()) {
        Ok(Some(credential)) => {
            HostAnswer::Credential(HeldCredential::new(credential, StoredUnder::of(candidate)))
        }
        Ok(None) => HostAnswer::Nothing(NoAnswer::NothingStored),
        Err(error) => HostAnswer::Nothing(NoAnswer::Failed {
            reason: error.to_string(),
        }),
    }
}

pub(crate) fn explain_failure(chosen: Chosen<'_>, outcome: &Outcome) -> NoAnswer {
    let candidate = chosen.attempt().candidates.first();
    match (outcome, outcome.refusal(), candidate) {
        (Outcome::Host(HostFailure::NotLoggedIn { .. }), ..) => NoAnswer::NothingStored,
        (Outcome::Host(HostFailure::Rejected { .. }), ..) => {
            let rejected = chosen.choice().rejected.iter();
            NoAnswer::Rejected(rejected.map(StoredUnder::from).collect())
        }
        (_, Some(refusal), Some(candidate)) => refuse(candidate, refusal),
        _ => NoAnswer::Failed {
            reason: outcome.to_string(),
        },
    }
}

fn refuse(candidate: &Candidate, refusal: &Refusal) -> NoAnswer {
    NoAnswer::Refused {
        stored: StoredUnder::of(candidate),
        reason: refusal.message.clone(),
        remedy: refusal.remedy.clone(),
    }
}

impl StoredUnder {
    fn of(candidate: &Candidate) -> Self {
        Self {
            key: candidate.entry.key.clone(),
            location: candidate.entry.location.clone(),
        }
    }
}

impl From<&Shown> for StoredUnder {
    fn from(shown: &Shown) -> Self {
        Self {
            key: shown.key.clone(),
            location: shown.location.clone(),
        }
    }
}
