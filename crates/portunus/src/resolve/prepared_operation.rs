use std::sync::Arc;

use super::attempt::Attempt;
use super::plan::Plan;
use super::session::Session;
use containerd_hosts::{Host, RegistryNamespaceHosts};

/// A plan that can be carried out: with the session that fetches its secrets, and with the headers
/// of `hosts.toml`, whose values may be secrets.
///
/// Everything that asks hosts is made from it.
#[derive(Debug)]
pub struct PreparedOperation {
    plan: Plan,
    /// Those of the attempts, with everything that is in their files.
    hosts: Arc<RegistryNamespaceHosts>,
    session: Arc<Session>,
}

/// One host of a prepared operation.
#[derive(Debug, Clone, Copy)]
pub struct PreparedAttempt<'a> {
    plan: &'a Plan,
    position: usize,
    attempt: &'a Attempt,
    host: &'a Host,
}

impl PreparedOperation {
    pub(super) fn new(plan: Plan, hosts: Arc<RegistryNamespaceHosts>, session: Session) -> Self {
        Self {
            plan,
            hosts,
            session: Arc::new(session),
        }
    }

    /// The same with the secrets of a session that serves several operations of one resolver.
    #[must_use]
    pub fn within(mut self, session: &Arc<Session>) -> Self {
        self.session = Arc::clone(session);
        self
    }

    /// Which hosts are asked, and what each may be shown.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The plan alone: plain data.
    pub fn into_plan(self) -> Plan {
        self.plan
    }

    /// Fetches its secrets, each at most once.
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// The hosts of the plan, in its order.
    pub fn attempts(&self) -> impl Iterator<Item = PreparedAttempt<'_>> {
        let hosts = self.plan.attempts.iter().zip(&self.hosts.hosts).enumerate();
        hosts.map(|(position, (attempt, host))| PreparedAttempt {
            plan: &self.plan,
            position,
            attempt,
            host,
        })
    }
}

impl<'a> PreparedAttempt<'a> {
    /// The plan that it belongs to.
    pub fn plan(&self) -> &'a Plan {
        self.plan
    }

    /// The place of the attempt in its plan.
    pub fn position(&self) -> usize {
        self.position
    }

    /// What the host is asked for, and what it may be shown.
    pub fn attempt(&self) -> &'a Attempt {
        self.attempt
    }

    /// The host with its headers.
    pub fn host(&self) -> &'a Host {
        self.host
    }
}
