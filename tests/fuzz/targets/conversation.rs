//! A registry and its realm without sockets: what comes of their answers is for the authorizer to
//! say, as in every client of the library.

use std::sync::Arc;
use std::time::Instant;

use portunus::authorizer::{
    Ask, Authorizer, HostFailure, Ledger, Method, Payload, Received, Rules, Sending, Target,
};
use portunus::credential::Credential;
use portunus::hosts::{Host, HostsTree, Reading};
use portunus::name::{CredentialKey, RegistryNamespace};
use portunus::token::Scopes;
use portunus::token::trust::Consent;

/// What a host and its realm answer.
pub(super) struct Answers<'a> {
    /// The `WWW-Authenticate` lines of the host.
    pub(super) challenge: Vec<&'a [u8]>,
    /// The status of whoever else is asked.
    pub(super) status: u16,
    /// And its body.
    pub(super) body: &'a [u8],
}

/// A host, and a login for it.
pub(super) struct Parties {
    host: Arc<Host>,
    name: RegistryNamespace,
    key: CredentialKey,
}

/// The realm that the login trusts.
pub(super) const REALM: &str = "https://auth.test/token";

/// The secret of the login.
pub(super) const CANARY: &str = "canary";

impl Parties {
    pub(super) fn new() -> Self {
        let name = RegistryNamespace::new("reg.test").unwrap();
        let hosts = HostsTree::new(Vec::new()).hosts(&name, Reading::STRICT);
        Self {
            host: hosts.unwrap().hosts.remove(0),
            name,
            key: "reg.test".parse().unwrap(),
        }
    }

    /// Asks with the login. No secret goes to anybody but the host and the realm of the login.
    pub(super) fn log_in(&self, answers: &Answers<'_>) -> Result<(), HostFailure> {
        let mut consent = Consent::none(&self.key);
        consent.pinned_realm = Some(REALM);
        let login = Credential::password("u", CANARY);
        let ledger = Ledger::without_plan(Rules::default());
        let host = ledger.login(&self.host, &self.name, &login, &consent);
        converse(&host, answers, |sending| {
            let shows = sending.permit.is_some() || sending.authorization.is_some();
            let party = ["reg.test", "auth.test"];
            let at_party = sending.url.host_str().is_some_and(|it| party.contains(&it));
            assert!(!shows || at_party, "{sending:?}");
        })
    }

    /// Asks as nobody, who shows nothing to anybody.
    pub(super) fn ask(&self, answers: &Answers<'_>) -> Result<(), HostFailure> {
        let ledger = Ledger::without_plan(Rules::default());
        let host = ledger.stranger(&self.host, &self.name);
        converse(&host, answers, |sending| assert!(sending.permit.is_none()))
    }
}

/// One request, with everything that it leads to.
fn converse(
    host: &Authorizer,
    answers: &Answers<'_>,
    inspect: impl Fn(&Sending),
) -> Result<(), HostFailure> {
    let mut call = host.call(
        Ask::new(Method::Get, Target::Door).with_scopes(Scopes::parse("repository:a/b:pull")),
    );
    call.drive(Instant::now, |sending| {
        inspect(sending);
        let is_asked = matches!(sending.payload, Payload::Callers);
        let (status, challenge) = match (is_asked, &sending.authorization) {
            (true, None) => (401, answers.challenge.as_slice()),
            (true, Some(_)) => (200, &[][..]),
            (false, _) => (answers.status, &[][..]),
        };
        let header = |line: &&[u8]| ("WWW-Authenticate".to_owned(), line.to_vec());
        let mut received = Received::new(status, challenge.iter().map(header).collect(), ());
        let most = sending.reads(status);
        received.body = answers.body[..answers.body.len().min(most + 1)].to_vec();
        Ok(received)
    })
}
