use portunus::hosts::Host;
use portunus::remedy::{Advise, LogIn, Remedy};
use portunus::resolve::missing_login;
use portunus_http::{Error, ErrorKind, TlsProblem};

use crate::login::Login;

impl Login<'_> {
    /// What to do where the host did not accept the login, or could not be reached, the best first.
    pub fn remedies(&self, error: &Error) -> Vec<Remedy> {
        let of_error = error.remedies().into_iter().map(|remedy| match remedy {
            // The next try reaches the host as this one did, without its certificate being verified.
            Remedy::LogIn(log_in) if self.request.insecure_registry => {
                log_in.with_insecure_registry(true).into()
            }
            other => other,
        });
        let problems = error.hosts.iter().filter_map(|it| it.outcome.tls_problem());
        let about_tls = problems.flat_map(|problem| {
            let plain = || LogIn::new(self.key.clone()).with_plain_http(true).into();
            let plain = matches!(problem, TlsProblem::NoTls).then(plain);
            let written = problem.remedy(&self.at.host, &self.at.registry_namespace);
            plain.into_iter().chain(written)
        });
        // Its mirrors may be reached.
        let is_unreachable = error.kind == ErrorKind::Network;
        let mirrors = match is_unreachable && self.key.registry_namespace().is_none() {
            true => self.missing_at_mirrors(),
            false => Vec::new(),
        };
        of_error.chain(about_tls).chain(mirrors).collect()
    }

    /// The logins that its mirrors have not.
    fn missing_at_mirrors(&self) -> Vec<Remedy> {
        let mirrors = self.at.mirrors();
        let missing = mirrors.filter(|host| matches!(self.is_logged_in_at(host), Ok(false)));
        missing.map(|host| self.login_at(host)).collect()
    }

    /// The login at another host of the registry namespace.
    pub fn login_at(&self, host: &Host) -> Remedy {
        missing_login(&self.at.registry_namespace, host, &self.settings.profile)
    }
}
