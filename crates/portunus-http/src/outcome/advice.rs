use portunus::authorizer::HostFailure;
use portunus::hosts::Host;
use portunus::remedy::{Advise, Remedy};
use portunus::resolve::{Operation, Plan};

use crate::outcome::Outcome;
use crate::outcome::error::{Error, ErrorKind};
use crate::outcome::report::HostReport;

impl Error {
    /// What to do about it, the best first, each once, where the hosts are those of this plan: what
    /// [`Advise`] knows, the logins that are missing or were rejected, and what to write in
    /// `hosts.toml`.
    pub fn remedies_in(&self, plan: &Plan) -> Vec<Remedy> {
        let logins = plan
            .attempts
            .iter()
            .filter(|attempt| self.hosts.iter().any(|it| wants_login(it, &attempt.host)))
            .map(|attempt| plan.missing_login(&attempt.host));
        let hides = self.hosts.iter().any(hides_perhaps);
        let names = hides.then_some(match plan.operation {
            Operation::Push => Remedy::CheckRepository,
            _ => Remedy::CheckImage,
        });
        let about_tls = self.hosts.iter().filter_map(|report| {
            let mut hosts = plan.attempts.iter().map(|attempt| &attempt.host);
            let host = hosts.find(|host| is_of(report, host))?;
            let problem = report.outcome.tls_problem()?;
            problem.remedy(host, plan.reference.registry_namespace())
        });
        let known = self.remedies().into_iter();
        let mut remedies = Remedy::each_once(known.chain(logins).chain(names).chain(about_tls));
        let may_be_let_in = matches!(
            self.kind,
            ErrorKind::NotLoggedIn | ErrorKind::Rejected | ErrorKind::Trust
        );
        if remedies.is_empty() && may_be_let_in {
            // What each host wants, and takes, is more than the failure tells.
            let push = plan.operation == Operation::Push;
            remedies.push(Remedy::probe(&plan.reference, push));
        }
        remedies
    }
}

fn is_of(report: &HostReport, host: &Host) -> bool {
    report.host == format!("{}://{}", host.scheme, host.host)
}

fn wants_login(report: &HostReport, host: &Host) -> bool {
    let is_wanted = matches!(
        report.outcome,
        Outcome::Host(HostFailure::NotLoggedIn { .. } | HostFailure::Rejected { .. })
    );
    is_wanted && is_of(report, host)
}

/// Whether an account was told that there is no such image.
fn hides_perhaps(report: &HostReport) -> bool {
    report.outcome.is_not_found() && !report.shown.is_empty()
}
