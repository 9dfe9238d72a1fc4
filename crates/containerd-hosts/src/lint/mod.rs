//! What a `hosts.toml` says that was hardly meant, though containerd reads it without a word.

mod capabilities;
mod headers;
mod order;
mod requests;
mod server;
mod subject;
mod unread;
mod urls;

use self::subject::Faults;
pub(super) use self::subject::Subject;
use crate::finding::{Finding, Severity};

/// Of one file: a longer list is of no use to anybody.
const MOST_FINDINGS: usize = 500;

/// What can be told of a file that containerd refuses, where only a part of it could be read.
pub(super) fn lint_part(subject: &Subject<'_>) -> Vec<Finding> {
    let mut faults = Faults::new();
    unread::lint(subject, &mut faults);
    urls::lint(subject, &mut faults);
    requests::lint(subject, &mut faults);
    faults.truncate(MOST_FINDINGS);
    faults
        .into_iter()
        .map(|(severity, fault)| subject.text.finding(severity, fault))
        .collect()
}

/// Everything that can be told from the file alone, in the order of places.
pub(super) fn lint(subject: &Subject<'_>) -> Vec<Finding> {
    let mut faults = Faults::new();
    unread::lint(subject, &mut faults);
    urls::lint(subject, &mut faults);
    requests::lint(subject, &mut faults);
    order::lint(subject, &mut faults);
    server::lint(subject, &mut faults);
    capabilities::lint(subject, &mut faults);
    headers::lint(subject, &mut faults);
    faults.sort_by_key(|(severity, fault)| (*severity != Severity::Error, fault.at));
    faults.truncate(MOST_FINDINGS);
    faults.sort_by_key(|(_, fault)| fault.at);
    faults
        .into_iter()
        .map(|(severity, fault)| subject.text.finding(severity, fault))
        .collect()
}
