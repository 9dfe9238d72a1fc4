use portunus::resolve::{Attempt, Plan, PreparedAttempt, PreparedOperation, Session};

use crate::ask::choice::Choice;

/// What the hosts of an operation want to be shown, each found by asking it
/// ([`Client::choose`](crate::Client::choose)).
#[derive(Debug, Clone)]
pub struct Choices<'a> {
    operation: &'a PreparedOperation,
    chosen: Vec<(PreparedAttempt<'a>, Choice)>,
}

/// One host of an operation, and what it wants to be shown.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    operation: &'a PreparedOperation,
    prepared: PreparedAttempt<'a>,
    choice: &'a Choice,
}

impl<'a> Choices<'a> {
    pub(super) fn new(
        operation: &'a PreparedOperation,
        chosen: Vec<(PreparedAttempt<'a>, Choice)>,
    ) -> Self {
        Self { operation, chosen }
    }

    /// Whose hosts were asked.
    pub fn operation(&self) -> &'a PreparedOperation {
        self.operation
    }

    /// Which hosts those are.
    pub fn plan(&self) -> &'a Plan {
        self.operation.plan()
    }

    /// The hosts, in the order of the plan.
    pub fn iter(&self) -> impl Iterator<Item = Chosen<'_>> {
        self.chosen.iter().map(|(prepared, choice)| Chosen {
            operation: self.operation,
            prepared: *prepared,
            choice,
        })
    }
}

impl<'a> Chosen<'a> {
    /// The plan that the host belongs to.
    pub fn plan(&self) -> &'a Plan {
        self.operation.plan()
    }

    /// What fetches the secrets of that plan.
    pub fn session(&self) -> &'a Session {
        self.operation.session()
    }

    /// What the host is asked for, and what it may be shown.
    pub fn attempt(&self) -> &'a Attempt {
        self.prepared.attempt()
    }

    /// The place of the attempt in its plan.
    pub fn position(&self) -> usize {
        self.prepared.position()
    }

    /// What it wants to be shown.
    pub fn choice(&self) -> &'a Choice {
        self.choice
    }
}
