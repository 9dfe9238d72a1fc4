//! What an error of the HTTP library means. Its text may name a URL; ours never does.

use std::error::Error as StdError;
use std::io;

use portunus::authorizer::{TlsProblem, Trouble};

use crate::wire::guarded_resolver::RefusedAddress;
use crate::wire::tls_failure::to_problem;

/// What tokio-rustls says where the other side goes away during the handshake.
const HANDSHAKE_ENDED: &str = "tls handshake eof";

/// Why there is no answer.
pub(crate) fn to_trouble(error: &reqwest::Error) -> Trouble {
    if let Some(refused) = find::<RefusedAddress>(error) {
        return Trouble::Refused(refused.0.clone());
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return match speaks_no_tls(error) {
            true => Trouble::NoTls(TlsProblem::NoTls.to_string()),
            false => Trouble::Tls(Box::new(to_problem(tls))),
        };
    }
    let problem = describe(error);
    match error.is_connect() {
        true if is_not_there(error) => Trouble::NobodyThere(problem),
        false if error.is_timeout() => Trouble::Late(problem),
        is_connect => Trouble::Unreachable {
            problem,
            connected: !is_connect,
        },
    }
}

/// Whether the other side answered TLS with something else. containerd looks for `HTTP/`; the
/// TLS library does not tell what it was.
fn speaks_no_tls(error: &reqwest::Error) -> bool {
    use rustls::{Error, InvalidMessage};
    let found = find::<Error>(error);
    error.is_connect()
        && matches!(
            found,
            Some(Error::InvalidMessage(InvalidMessage::InvalidContentType))
        )
}

/// Whether nobody takes the connection.
fn is_not_there(error: &reqwest::Error) -> bool {
    let refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    error.is_connect() && (error.is_timeout() || find::<io::Error>(error).is_some_and(refused))
}

fn describe(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    if let Some(error) = find::<io::Error>(error) {
        let text = error.to_string();
        if text == HANDSHAKE_ENDED {
            return "the connection was closed before TLS was agreed on".to_owned();
        }
        return match text.strip_prefix("failed to lookup address information: ") {
            Some(_) => "the name cannot be resolved".to_owned(),
            None => text,
        };
    }
    let mut innermost: &dyn StdError = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    match innermost.is::<reqwest::Error>() {
        // Only this type prints a URL.
        true => "the request could not be sent".to_owned(),
        false => innermost.to_string(),
    }
}

/// The first error of that type in the chain, also inside of an I/O error.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut at = Some(error);
    while let Some(error) = at {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        at = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}
