use std::collections::HashMap;

use futures_util::future::join_all;
use portunus::authorizer::{Account, HostFailure, Ledger, Method, Target};
use portunus::remedy::Remedy;
use portunus::resolve::{Attempt, Operation, Plan, PreparedAttempt, PreparedOperation};
use portunus::token::Authentication;

use crate::ask::choice::{Choice, ChosenAnswer};
use crate::ask::choices::Choices;
use crate::ask::find::find_manifest;
use crate::wire::client::Client;
use crate::wire::remote::Remote;
use crate::wire::request::Request;
use crate::wire::time_limit::within;

impl Client {
    /// Finds out which candidate each host of a plan accepts. Hosts are asked at the same time, each first without and then with one
    /// candidate after the other, until `Timeouts::probe` is over.
    ///
    /// A pull is tried out with the request that containerd begins with, `HEAD` of the
    /// manifest; a push with `GET` of the host's path.
    pub async fn choose<'a>(&self, operation: &'a PreparedOperation) -> Choices<'a> {
        self.choose_among(operation, |_| true, false).await
    }

    /// The same for those attempts that `wanted` picks out, with two requests at most to each: where
    /// the second one does not tell the digest, it stays unknown. The other hosts are not asked. A host that
    /// several attempts name is asked once, unless the TLS settings of the first kept it from
    /// answering.
    pub async fn choose_where<'a>(
        &self,
        operation: &'a PreparedOperation,
        wanted: impl Fn(&Attempt) -> bool,
    ) -> Choices<'a> {
        self.choose_among(operation, wanted, true).await
    }

    async fn choose_among<'a>(
        &self,
        operation: &'a PreparedOperation,
        wanted: impl Fn(&Attempt) -> bool,
        sparing: bool,
    ) -> Choices<'a> {
        let ledger = self.ledger(operation);
        let is_asked = |attempt: &Attempt| !attempt.phases.is_empty() && wanted(attempt);
        let (asked, left_out): (Vec<_>, Vec<_>) = operation
            .attempts()
            .partition(|prepared| is_asked(prepared.attempt()));
        let asking = group_alike(asked)
            .into_iter()
            .map(|group| self.choose_alike(&ledger, group, sparing));
        let answered = join_all(asking).await.into_iter().flatten();
        let not_asked = left_out.into_iter();
        let not_asked = not_asked.map(|prepared| (prepared, Choice::without_asking()));
        let mut chosen: Vec<_> = answered.chain(not_asked).collect();
        chosen.sort_by_key(|(prepared, _)| prepared.position());
        Choices::new(operation, chosen)
    }

    /// For attempts that are alike.
    async fn choose_alike<'a>(
        &self,
        ledger: &Ledger,
        group: Vec<PreparedAttempt<'a>>,
        sparing: bool,
    ) -> Vec<(PreparedAttempt<'a>, Choice)> {
        let mut found: Vec<(PreparedAttempt<'a>, Choice)> = Vec::new();
        // What has answered, with the scheme that it speaks.
        let mut answered: Option<(String, Choice)> = None;
        for prepared in group {
            let remote = Remote::new(self, ledger.host(&prepared));
            let choice = match &answered {
                Some((name, known)) if *name == remote.name() => known.again(),
                _ => {
                    let (plan, attempt) = (prepared.plan(), prepared.attempt());
                    self.choose_at(plan, attempt, &remote, sparing).await
                }
            };
            if !matches!(choice.answer, ChosenAnswer::Failed(_)) {
                answered = Some((remote.name(), choice.clone()));
            }
            found.push((prepared, choice));
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
                    ChosenAnswer::Failed(HostFailure::Refused(refusal).into())
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
        Choice {
            answer,
            challenge: authentication.map(Authentication::scheme),
            realm: realm.map(|realm| realm.as_str().to_owned()),
            shown: report.shown,
            rejected: report.rejected,
            warnings: remote.authorizer.take_warnings(),
            manifest,
            redirected_to,
            left_out: remote.authorizer.left_out(),
        }
    }
}

/// The attempts by what they ask for, in the order in which each is asked for first.
fn group_alike(attempts: Vec<PreparedAttempt<'_>>) -> Vec<Vec<PreparedAttempt<'_>>> {
    let mut groups: Vec<Vec<PreparedAttempt<'_>>> = Vec::new();
    let mut by_place: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for prepared in attempts {
        let host = prepared.host();
        let known = by_place.entry((&host.host, &host.path)).or_default();
        match known.iter().find(|at| is_alike(groups[**at][0], prepared)) {
            Some(at) => groups[*at].push(prepared),
            None => {
                known.push(groups.len());
                groups.push(vec![prepared]);
            }
        }
    }
    groups
}

/// Whether two attempts at one place ask one host for the same, however they get there.
fn is_alike(one: PreparedAttempt<'_>, other: PreparedAttempt<'_>) -> bool {
    let (host, same) = (one.host(), other.host());
    let candidates = one.attempt().candidates == other.attempt().candidates;
    host.headers == same.headers && candidates
}
