use super::subject::{Faults, Subject};
use crate::code::Code;
use crate::fault::Fault;
use crate::file::Unread;
use crate::finding::Severity;

pub(super) fn lint(subject: &Subject<'_>, faults: &mut Faults) {
    for unread in &subject.file.unread {
        faults.push(match unread {
            Unread::Unknown {
                name,
                at,
                nearest,
                table,
            } => (
                Severity::Warning,
                unknown(name, *at, nearest.as_deref(), *table),
            ),
            Unread::Host { at, .. } => (Severity::Error, lost_host(*at)),
        });
    }
    if let Some(at) = subject.file.kills_daemon {
        let message = "containerd up to 2.3 built with its own parser dies of `skip_verify` as a later dotted key of a host";
        faults.push((
            Severity::Error,
            Fault::new(at, Code::KillsDaemon, message)
                .help("write the host as a table: `[host.\"https://…\"]`"),
        ));
    }
}

fn unknown(name: &str, at: usize, nearest: Option<&str>, table: bool) -> Fault {
    let name: String = name.chars().take(40).collect();
    let what = if table { "table" } else { "key" };
    let fault = Fault::new(
        at,
        Code::UnknownKey,
        format!("unknown {what} `{name}`, which containerd ignores"),
    );
    match nearest {
        Some(nearest) => fault.help(format!("did you mean `{nearest}`?")),
        None => fault.help("remove it, or comment it out"),
    }
}

fn lost_host(at: usize) -> Fault {
    let message =
        "containerd does not see this host: only `[host.\"…\"]` headers, in lower case, count";
    Fault::new(at, Code::LostHost, message)
        .help("give the host a table of its own: `[host.\"https://HOST\"]`")
}
