use futures_util::future::join_all;
use portunus::authorizer::{Account, Ledger, Method, Shown, Target};
use portunus::remedy::Remedy;
use portunus::resolve::{Attempt, Candidate, Operation, Plan, PreparedAttempt, PreparedOperation};
use portunus::token::Authentication;
use url::Url;

use crate::ask::find::find_manifest;
use crate::outcome::Outcome;
use crate::wire::client::Client;
use crate::wire::remote::Remote;
use crate::wire::request::Request;
use crate::wire::time_limit::within;

/// What a host of a plan wants to be shown, found by asking it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choice {
    /// What to show it.
    pub answer: ChosenAnswer,
    /// What it asked for: `Basic` or `Bearer`.
    pub challenge: Option<&'static str>,
    /// Its realm, as a URL.
    pub realm: Option<String>,
    /// The credentials that were sent to it or to its realm.
    pub shown: Vec<Shown>,
    /// The credentials it did not accept, in the order of the plan. Those that hold the same login as
    /// a rejected one were not sent.
    pub rejected: Vec<Shown>,
    /// What the user should be told: keys that were rejected or refused.
    pub warnings: Vec<String>,
    /// The digest of the manifest that it has, or why it has none to give; `None` where that was
    /// not found out: for a push, and where the host sends on to another place of its own.
    pub manifest: Option<Result<String, Outcome>>,
    /// Where it sent us when it was asked for the manifest.
    pub redirected_to: Option<Url>,
}

/// What to show a host.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChosenAnswer {
    /// This credential: the host accepted it.
    Credential(Box<Candidate>),
    /// Nothing: it hands out tokens to the anonymous, and wants one.
    Anonymous,
    /// Nothing: it asks for nothing.
    #[non_exhaustive]
    NoChallenge {
        /// The status it answered with.
        status: u16,
    },
    /// Nothing, and it will not serve this image.
    Failed(Outcome),
    /// It was not asked: it has no part in the operation, or nobody wanted to know.
    NotAsked,
}

impl Client {
    /// Finds out which candidate each host of a plan accepts, one answer an attempt, in the
    /// order of the plan. Hosts are asked at the same time, each first without and then with one
    /// candidate after the other, until `Timeouts::probe` is over.
    ///
    /// A pull is tried out with the request that containerd begins with, `HEAD` of the
    /// manifest; a push with `GET` of the host's path.
    pub async fn choose(&self, operation: &PreparedOperation) -> Vec<Choice> {
        self.choose_among(operation, |_| true, false).await
    }

    /// The same for those attempts that `wanted` picks out, with two requests at most to each: where
    /// the second one does not tell the digest, it stays unknown. The other hosts are not asked. A host that
    /// several attempts name is asked once, unless the TLS settings of the first kept it from
    /// answering.
    pub async fn choose_where(
        &self,
        operation: &PreparedOperation,
        wanted: impl Fn(&Attempt) -> bool,
    ) -> Vec<Choice> {
        self.choose_among(operation, wanted, true).await
    }

    async fn choose_among(
        &self,
        operation: &PreparedOperation,
        wanted: impl Fn(&Attempt) -> bool,
        sparing: bool,
    ) -> Vec<Choice> {
        let ledger = self.ledger(operation);
        let mut groups: Vec<Vec<(usize, PreparedAttempt<'_>)>> = Vec::new();
        for (at, prepared) in operation.attempts().enumerate() {
            let attempt = prepared.attempt();
            if attempt.phases.is_empty() || !wanted(attempt) {
                continue;
            }
            let alike = |group: &&mut Vec<(_, PreparedAttempt<'_>)>| is_alike(group[0].1, prepared);
            match groups.iter_mut().find(alike) {
                Some(group) => group.push((at, prepared)),
                None => groups.push(vec![(at, prepared)]),
            }
        }
        let asking = groups
            .into_iter()
            .map(|group| self.choose_alike(&ledger, group, sparing));
        let mut choices = vec![Choice::without_asking(); operation.plan().attempts.len()];
        for (at, choice) in join_all(asking).await.into_iter().flatten() {
            choices[at] = choice;
        }
        choices
    }

    /// For attempts that are alike, with their places in the plan.
    async fn choose_alike(
        &self,
        ledger: &Ledger,
        group: Vec<(usize, PreparedAttempt<'_>)>,
        sparing: bool,
    ) -> Vec<(usize, Choice)> {
        let mut found: Vec<(usize, Choice)> = Vec::new();
        // What has answered, with the scheme that it speaks.
        let mut answered: Option<(String, Choice)> = None;
        for (at, prepared) in group {
            let remote = Remote::new(self, ledger.host(&prepared));
            let choice = match &answered {
                Some((name, known)) if *name == remote.name() => Choice {
                    // They were given once.
                    warnings: Vec::new(),
                    ..known.clone()
                },
                _ => {
                    let (plan, attempt) = (prepared.plan(), prepared.attempt());
                    self.choose_at(plan, attempt, &remote, sparing).await
                }
            };
            if !matches!(choice.answer, ChosenAnswer::Failed(_)) {
                answered = Some((remote.name(), choice.clone()));
            }
            found.push((at, choice));
        }
        found
    }

    async fn choose_at(
        &self,
        plan: &Plan,
        attempt: &Attempt,
        remote: &Remote,
        sparing: bool,
    ) -> Choice {
        let asking = async {
            if plan.operation == Operation::Push {
                let scopes = attempt.scopes(&["pull", "push"]);
                let door = Request::to(Method::Get, Target::Door).with_scopes(scopes);
                return Ok((remote.ask(&door).await?.status(), None, None));
            }
            let scopes = attempt.scopes(&["pull"]);
            let found = find_manifest(remote, &plan.reference, scopes, sparing).await?;
            Ok((found.status, found.digest, found.target))
        };
        let asked = within(Some(self.options().timeouts.probe), asking).await;
        let (answered, manifest, redirected_to) = match asked.and_then(|asked| asked) {
            Ok((status, manifest, target)) => (Ok(status), manifest, target),
            Err(outcome) => (Err(outcome), None, None),
        };
        let settled = remote.authorizer.settled();
        let answer = match (answered, settled.account) {
            (Err(outcome), _) => ChosenAnswer::Failed(outcome),
            // Whoever asks in our stead would ask the realm that may not be asked.
            (Ok(_), Account::Permitted(permit)) => match settled.named_realm {
                Some(mut refusal) => {
                    // Who knows of the other place goes himself.
                    refusal.remedy = Some(Box::new(match plan.operation {
                        Operation::Push => Remedy::PushFromLayout,
                        _ => Remedy::PullLocally(Some(Box::new(plan.reference.clone()))),
                    }));
                    ChosenAnswer::Failed(Outcome::Refused(refusal))
                }
                None => ChosenAnswer::Credential(Box::new(permit.candidate().clone())),
            },
            (Ok(_), Account::Anonymous) => ChosenAnswer::Anonymous,
            (Ok(status), Account::Unasked | Account::Nobody) => {
                ChosenAnswer::NoChallenge { status }
            }
        };
        let authentication = settled.authentication.as_ref();
        let realm = authentication.and_then(Authentication::realm);
        let report = remote.authorizer.report();
        let warnings = remote.authorizer.take_warnings();
        Choice {
            answer,
            challenge: authentication.map(Authentication::scheme),
            realm: realm.map(|realm| realm.as_str().to_owned()),
            shown: report.shown,
            rejected: report.rejected,
            warnings: warnings.iter().map(ToString::to_string).collect(),
            manifest,
            redirected_to,
        }
    }
}

impl Choice {
    fn without_asking() -> Self {
        Self {
            answer: ChosenAnswer::NotAsked,
            challenge: None,
            realm: None,
            shown: Vec::new(),
            rejected: Vec::new(),
            warnings: Vec::new(),
            manifest: None,
            redirected_to: None,
        }
    }
}

/// Whether two attempts ask one host for the same, however they get there.
fn is_alike(one: PreparedAttempt<'_>, other: PreparedAttempt<'_>) -> bool {
    let (host, same) = (one.host(), other.host());
    let place = (&host.host, &host.path) == (&same.host, &same.path);
    let candidates = one.attempt().candidates == other.attempt().candidates;
    place && host.headers == same.headers && candidates
}
