use super::allowed::Allowed;
use super::failure::HostFailure;
use super::obtained::Obtained;
use super::report::Report;
use super::scheme::Scheme;
use super::shown::Shown;
use crate::credential::Credential;
use crate::reason::Reason;
use crate::token::trust::AddressClass;
use crate::token::{Authentication, Scopes, Token};

/// What is known of a host so far, and who is asking there.
#[derive(Debug)]
pub(super) struct State {
    pub(super) scheme: Scheme,
    /// Before every path, without a `/` at its end. A door may be found somewhere else.
    pub(super) path: String,
    pub(super) address_class: Option<AddressClass>,
    /// Counts changes, so that a late answer to an old credential changes nothing.
    pub(super) generation: u64,
    pub(super) authentication: Option<Authentication>,
    /// The candidate that is looked at next.
    pub(super) next: usize,
    pub(super) in_use: Option<InUse>,
    pub(super) report: Report,
    /// A fresh token that a preliminary request was refused with.
    pub(super) refused_token: Option<Token>,
    /// What the host or its realm said to what it refused last.
    pub(super) said: Option<Reason>,
    /// Whether it takes Basic where its realm is none.
    pub(super) offers_basic: bool,
    pub(super) lacking: Option<HostFailure>,
    pub(super) refused: Option<HostFailure>,
    pub(super) failed: Option<HostFailure>,
    pub(super) identity_token: Option<Credential>,
    /// What its challenges name, and it is not asked for.
    pub(super) left_out: Scopes,
}

/// Who is asking; without a candidate: nobody in particular.
#[derive(Debug, Clone)]
pub(super) struct InUse {
    pub(super) candidate: Option<usize>,
    pub(super) shown: Option<Shown>,
    /// That host and realm may see it.
    pub(super) allowed: Allowed,
    /// For these scopes the host found the token too narrow, and those are asked for instead.
    pub(super) widened: Vec<(Scopes, Scopes)>,
}

impl State {
    /// Whether another token of the same kind may do better.
    pub(super) fn may_be_stale(&self, sent: Option<&Obtained>) -> bool {
        sent.is_some_and(|sent| sent.kept && self.refused_token.as_ref() != Some(&sent.token))
    }

    pub(super) fn not_logged_in(&self) -> HostFailure {
        let reason = self.said.clone();
        HostFailure::NotLoggedIn { reason }
    }

    /// It wants to be answered, by schemes that nobody here knows where it names any.
    pub(super) fn unanswerable(schemes: Vec<String>, reason: Option<Reason>) -> HostFailure {
        HostFailure::Unanswerable { schemes, reason }
    }

    pub(super) fn rejected(&self) -> HostFailure {
        let reason = self.said.clone();
        HostFailure::Rejected { reason }
    }
}

impl InUse {
    /// What is asked for where a request needs `scopes`, after the host found that too narrow.
    pub(super) fn widened(&self, scopes: &Scopes) -> Option<&Scopes> {
        let mut widened = self.widened.iter();
        let found = widened.find(|(before, _)| before == scopes);
        found.map(|(_, needed)| needed)
    }
}
