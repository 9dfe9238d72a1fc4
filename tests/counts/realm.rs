//! A registry that is a function: it hands out a token for each repository.

use std::time::{Duration, Instant};

use portunus::authorizer::{
    Ask, Ledger, Method, Payload, Received, Rules, Sending, Target, Tokens, Trouble,
};
use portunus::hosts::HostsTree;
use portunus::name::Profile;
use portunus::resolve::{Operation, PreparedOperation, Resolver};
use portunus::token::Scopes;

/// What each token is good for.
const LIFETIME: Duration = Duration::from_secs(60);

/// A registry, and the tokens that its client keeps.
pub(crate) struct Realm {
    operation: PreparedOperation,
    tokens: Tokens,
    start: Instant,
}

impl Realm {
    /// One of which no token was asked yet.
    pub(crate) fn new() -> Self {
        let resolver = Resolver::new(HostsTree::new(Vec::new()));
        let image = "reg.test/team/app:v1".parse().unwrap();
        Self {
            operation: resolver
                .prepare(&image, Operation::Pull, &Profile::DEFAULT)
                .unwrap(),
            tokens: Tokens::new(),
            start: Instant::now(),
        }
    }

    /// Lets so many pulls, one a minute, each read another repository: the token of each is over when
    /// the next one comes.
    pub(crate) fn read_each(&self, repositories: u32) {
        for at in 0..repositories {
            assert_eq!(self.read(at, at), 1);
        }
    }

    /// Reads from a repository in that minute; how many tokens had to be asked for.
    pub(crate) fn read(&self, repository: u32, minute: u32) -> u32 {
        let now = self.start + LIFETIME * minute;
        let scopes = Scopes::parse(&format!("repository:team/app-{repository}:pull"));
        let path = format!("/team/app-{repository}/manifests/v1");
        let ask = Ask::new(Method::Get, Target::path(path)).with_scopes(scopes);
        let attempt = self.operation.attempts().next().unwrap();
        let ledger = Ledger::new(&self.operation, Rules::default());
        let ledger = ledger.with_tokens(self.tokens.clone());
        let mut asked = 0;
        let answer = ledger
            .host(&attempt)
            .call(ask)
            .drive(|| now, |sending| answer(sending, &mut asked));
        answer.unwrap();
        asked
    }
}

fn answer(sending: &Sending, asked: &mut u32) -> Result<Received<()>, Trouble> {
    let challenge = r#"Bearer realm="https://reg.test/token",service="reg.test""#;
    let challenge = ("www-authenticate".to_owned(), challenge.into());
    let answer = match (&sending.payload, &sending.authorization) {
        (Payload::Token(_), _) => {
            *asked += 1;
            let token = format!("{}{asked}", "t".repeat(1000));
            let seconds = LIFETIME.as_secs();
            let mut answer = Received::new(200, Vec::new(), ());
            answer.body = format!(r#"{{"token":"{token}","expires_in":{seconds}}}"#).into();
            answer
        }
        (Payload::Callers, None) => Received::new(401, vec![challenge], ()),
        (Payload::Callers, Some(_)) => Received::new(200, Vec::new(), ()),
    };
    Ok(answer)
}
