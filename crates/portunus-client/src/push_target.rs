use std::sync::Arc;

use portunus::hosts::Host;
use portunus::resolve::{Phase, Plan};

use crate::error::ClientError;

/// The mirror that a push goes to; `None`: it goes to the server. A mirror that says `push` is used;
/// one that can be pushed to only because nobody said otherwise is not, unless the operator `allows`
/// it.
///
/// # Errors
/// Where the mirror has no `capabilities` and is not allowed.
pub fn find_push_mirror(plan: &Plan, allows: bool) -> Result<Option<&Host>, ClientError> {
    let attempts = plan.attempts.iter();
    let mut hosts = attempts.filter(|it| it.phases.contains(&Phase::Push));
    let Some(host) = hosts.next().map(|it| &it.host).filter(|it| !it.is_server) else {
        return Ok(None);
    };
    match host.capabilities.written || allows {
        true => Ok(Some(host)),
        false => Err(ClientError::UnsaidMirror(Arc::clone(host))),
    }
}
