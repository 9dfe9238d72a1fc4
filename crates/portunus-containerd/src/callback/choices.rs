use portunus::authorizer::{HostFailure, Permit};
use portunus::resolve::{Attempt, Candidate, Plan, Session};
use portunus::token::trust::{Refusal, TrustPolicy};
use portunus_http::{Choice, ChosenAnswer, Outcome, Shown};

use crate::callback::answers::{Answers, AnswersError};
use crate::callback::host_answer::{HeldCredential, HostAnswer};
use crate::callback::no_answer::NoAnswer;
use crate::callback::stored_under::StoredUnder;

impl Answers {
    /// What each host of a plan is told, from what
    /// [`Client::choose`](portunus_http::Client::choose) has found out about it. `choices` are in
    /// the order of the plan, `session` is the one they were made with.
    ///
    /// A host for which nothing is stored need not have been asked: it is told none either way.
    ///
    /// A host that containerd may fall back to plain http for, or whose certificate it does not
    /// verify, gets a credential only where the trust rules let it travel so.
    ///
    /// # Errors
    /// Where two hosts that containerd cannot tell apart have different answers.
    pub fn from_choices(
        plan: &Plan,
        choices: &[Choice],
        session: &Session,
        trust: &TrustPolicy,
    ) -> Result<Self, AnswersError> {
        let mut answers = Self::default();
        for (attempt, choice) in plan.attempts.iter().zip(choices) {
            let answer = decide(attempt, choice, session, trust);
            answers.add(&attempt.host.scheme, &attempt.host.host, answer)?;
        }
        Ok(answers)
    }

    /// What the host of one attempt is told, where it is asked alone.
    ///
    /// # Errors
    /// Where its credential is a registry token.
    pub fn of_host(
        attempt: &Attempt,
        choice: &Choice,
        session: &Session,
        trust: &TrustPolicy,
    ) -> Result<Self, AnswersError> {
        let mut answers = Self::default();
        let answer = decide(attempt, choice, session, trust);
        answers.add(&attempt.host.scheme, &attempt.host.host, answer)?;
        Ok(answers)
    }
}

fn decide(
    attempt: &Attempt,
    choice: &Choice,
    session: &Session,
    trust: &TrustPolicy,
) -> HostAnswer {
    match &choice.answer {
        ChosenAnswer::Credential(candidate) => answer_with(attempt, candidate, session, trust),
        ChosenAnswer::Anonymous | ChosenAnswer::NoChallenge { .. } => {
            HostAnswer::Nothing(NoAnswer::NotNeeded)
        }
        ChosenAnswer::NotAsked if attempt.phases.is_empty() => {
            HostAnswer::Nothing(NoAnswer::NoPart)
        }
        ChosenAnswer::Failed(outcome) => {
            HostAnswer::Nothing(explain_failure(attempt, choice, outcome))
        }
        _ => HostAnswer::Nothing(NoAnswer::NothingStored),
    }
}

fn answer_with(
    attempt: &Attempt,
    candidate: &Candidate,
    session: &Session,
    trust: &TrustPolicy,
) -> HostAnswer {
    let permit = match Permit::hand_over(attempt, candidate, trust) {
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
    match permit.reveal(session) {
        Ok(Some(credential)) => {
            HostAnswer::Credential(HeldCredential::new(credential, StoredUnder::of(candidate)))
        }
        Ok(None) => HostAnswer::Nothing(NoAnswer::NothingStored),
        Err(error) => HostAnswer::Nothing(NoAnswer::Failed {
            reason: error.to_string(),
        }),
    }
}

pub(crate) fn explain_failure(attempt: &Attempt, choice: &Choice, outcome: &Outcome) -> NoAnswer {
    match (outcome, attempt.candidates.first()) {
        (Outcome::NotLoggedIn { .. }, _) => NoAnswer::NothingStored,
        (Outcome::Rejected { .. }, _) => {
            NoAnswer::Rejected(choice.rejected.iter().map(StoredUnder::from).collect())
        }
        (Outcome::Refused(refusal), Some(candidate)) => refuse(candidate, refusal),
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
