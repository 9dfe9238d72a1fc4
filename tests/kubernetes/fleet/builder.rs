use std::cell::Cell;
use std::time::{Duration, Instant};

use portunus::authorizer::{
    Ask, Authorizer, Ledger, Method, Received, Rules, Sending, Target, Trouble,
};
use portunus::hosts::HostsTree;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Operation, PreparedOperation, Resolver};

use crate::{HOUR, moment_of};

/// How often a builder asks the registry for something.
const EVERY: u64 = 5;
/// What is counted together.
pub(crate) const TOGETHER: u64 = 10;
/// How long the realm's tokens are good.
pub(crate) const LIFETIME: u64 = 5 * 60;

/// A session that pulls for an hour.
struct Builder {
    registry: Authorizer,
    /// Makes its tokens, each another one.
    tokens: Option<u64>,
    asked: Cell<u64>,
}

/// How often a realm is asked by so many builders in each ten seconds of an hour, by one token for
/// all of them or each by tokens of its own.
pub(crate) fn play(builders: u64, each_its_own: bool) -> Vec<u64> {
    let mut asked = vec![0; usize::try_from(HOUR / TOGETHER).unwrap()];
    let operation = pull();
    let start = Instant::now();
    for number in 0..builders {
        let builder = Builder::of(&operation, each_its_own.then_some(number));
        let mut at = moment_of(number);
        while at.as_secs() < HOUR {
            if builder.asks_realm(start + at) {
                asked[usize::try_from(at.as_secs() / TOGETHER).unwrap()] += 1;
            }
            at += Duration::from_secs(EVERY);
        }
    }
    asked
}

fn pull() -> PreparedOperation {
    let image = ImageReference::parse("reg.test/app:v1").unwrap();
    let resolver = Resolver::new(HostsTree::new(Vec::new()));
    resolver
        .prepare(&image, Operation::Pull, &Profile::DEFAULT)
        .unwrap()
}

impl Builder {
    fn of(operation: &PreparedOperation, tokens: Option<u64>) -> Self {
        let ledger = Ledger::new(operation, Rules::default());
        Self {
            registry: ledger.host(&operation.attempts().next().unwrap()),
            tokens,
            asked: Cell::new(0),
        }
    }

    /// Asks the registry, and tells whether its realm was asked for a token before.
    fn asks_realm(&self, now: Instant) -> bool {
        let before = self.asked.get();
        let ask = Ask::new(Method::Head, Target::path("/app/manifests/v1"));
        let mut call = self.registry.call(ask);
        call.drive(|| now, |sending| Ok::<_, Trouble>(self.answer(sending)))
            .unwrap();
        self.asked.get() > before
    }

    fn answer(&self, sending: &Sending) -> Received<()> {
        if sending.url.path() == "/token" {
            self.asked.set(self.asked.get() + 1);
            let name = match self.tokens {
                Some(number) => format!("token-{number}-{}", self.asked.get()),
                None => "the same for all".to_owned(),
            };
            let mut answer = Received::new(200, Vec::new(), ());
            answer.body = format!(r#"{{"token":"{name}","expires_in":{LIFETIME}}}"#).into_bytes();
            return answer;
        }
        if sending.authorization.is_some() {
            return Received::new(200, Vec::new(), ());
        }
        let challenge = concat!(
            r#"Bearer realm="https://reg.test/token",service="reg.test","#,
            r#"scope="repository:app:pull""#
        );
        let challenge = ("www-authenticate".to_owned(), challenge.into());
        Received::new(401, vec![challenge], ())
    }
}
