use super::subject::{Faults, Subject};
use crate::code::Code;
use crate::dial_timeout::DialTimeout;
use crate::fault::Fault;
use crate::finding::Severity;

pub(super) fn lint(subject: &Subject<'_>, faults: &mut Faults) {
    let (mirrors, _) = subject.split();
    for mirror in mirrors {
        let Some(at) = mirror.at else { continue };
        let capabilities = mirror.capabilities;
        if !capabilities.written {
            let message =
                "no `capabilities`: this mirror is asked for everything, and gets pushes, too";
            faults.push((
                Severity::Warning,
                Fault::new(at, Code::NoCapabilities, message)
                    .help("write `capabilities = [\"pull\", \"resolve\"]`"),
            ));
        } else if capabilities.push && !capabilities.pull && !capabilities.resolve {
            let message = "for `push` only, yet containerd fetches from this host as well";
            faults.push((
                Severity::Warning,
                Fault::new(at, Code::PushOnlyHost, message)
                    .help("make it the `server`, or add `pull` if it may serve content"),
            ));
        }
    }
    for endpoint in subject.endpoints {
        if let (DialTimeout::Never(_), Some(at)) = (endpoint.dial_timeout, endpoint.at) {
            let message = "a `dial_timeout` below zero: no connection to this host is ever made";
            faults.push((
                Severity::Warning,
                Fault::new(at, Code::NegativeDialTimeout, message)
                    .help("write a time such as `3s`"),
            ));
        }
    }
    no_push(subject, faults);
}

fn no_push(subject: &Subject<'_>, faults: &mut Faults) {
    if subject
        .endpoints
        .iter()
        .any(|endpoint| endpoint.capabilities.push || endpoint.host.is_empty())
    {
        return;
    }
    if let Some(at) = subject.endpoints.last().and_then(|server| server.at) {
        let message = "no host takes pushes";
        faults.push((
            Severity::Note,
            Fault::new(at, Code::NoPushHost, message)
                .help("add `push` to the capabilities of the host that takes them"),
        ));
    }
}
