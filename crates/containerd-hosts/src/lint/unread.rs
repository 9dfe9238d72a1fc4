use super::subject::{Faults, Subject};
use crate::code::Code;
use crate::fault::Fault;
use crate::file::Unread;
use crate::finding::{FindingSubject, Severity};
use crate::secret_header::header_may_hold_secret;

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
                unknown(subject, name, *at, nearest.as_deref(), *table),
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

fn unknown(
    subject: &Subject<'_>,
    name: &str,
    at: usize,
    nearest: Option<&str>,
    table: bool,
) -> Fault {
    let name: String = name.chars().take(40).collect();
    let what = if table { "table" } else { "key" };
    let fault = Fault::new(
        at,
        Code::UnknownKey,
        format!("unknown {what} `{name}`, which containerd ignores"),
    );
    match nearest {
        Some(nearest) => fault.help(format!("did you mean `{nearest}`?")),
        // Commented out it would be there still.
        None if is_of_login(&name) => fault
            .help("take it out, and give the credential to the client that pulls")
            .at_host(host_at(subject, at)),
        None => match of_another_file(&name) {
            Some(help) => fault.help(help),
            None if table && is_cut_name(subject, at) => {
                fault.help("a name with dots wants quotes: `[host.\"https://HOST\"]`")
            }
            None => fault.help("remove it, or comment it out"),
        },
    }
}

/// What is written here in place of a key of another file.
fn of_another_file(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase().replace('-', "_");
    let known: [(&[&str], &str); 6] = [
        (
            &["insecure_skip_verify", "insecure_skip_tls_verify"],
            "containerd calls it `skip_verify`",
        ),
        (
            &["ca_file", "ca_cert", "cacert", "tls_ca_cert"],
            "containerd calls it `ca`",
        ),
        (
            &["cert_file", "key_file", "client_cert", "client_key"],
            "write `client = [[\"CERTIFICATE\", \"KEY\"]]`",
        ),
        (
            &["endpoint", "endpoints", "mirror", "mirrors", "location"],
            "each mirror is a table here: `[host.\"https://MIRROR\"]`",
        ),
        (
            &["plugins", "registry", "config_path", "configs"],
            "that belongs into the configuration of containerd itself; here each mirror is a table: `[host.\"https://MIRROR\"]`",
        ),
        (
            &["rewrite", "rewrites"],
            "containerd rewrites no names: a path belongs into the URL of the host, with `override_path = true`",
        ),
    ];
    let mut known = known.into_iter();
    known.find_map(|(names, help)| names.contains(&name.as_str()).then_some(help))
}

/// Whether the table above is named by no more than a label, as `[host.reg.test]` names `reg`.
fn is_cut_name(subject: &Subject<'_>, at: usize) -> bool {
    match host_at(subject, at) {
        Some(FindingSubject::Host { host, .. }) => !host.contains(['.', ':']),
        _ => false,
    }
}

/// Whether a key says who somebody is, as the settings of other programs do.
fn is_of_login(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let plain = ["user", "username", "login", "pass", "basic", "bearer"];
    plain.contains(&name.as_str()) || header_may_hold_secret(&name)
}

/// The host in whose table an offset is: the server's keys stand before every table.
fn host_at(subject: &Subject<'_>, at: usize) -> Option<FindingSubject> {
    let (mirrors, server) = subject.split();
    let before = mirrors.iter().filter(|mirror| mirror.at <= Some(at));
    let endpoint = before.max_by_key(|mirror| mirror.at).or(server)?;
    endpoint.as_subject()
}

fn lost_host(at: usize) -> Fault {
    let message =
        "containerd does not see this host: only `[host.\"…\"]` headers, in lower case, count";
    Fault::new(at, Code::LostHost, message)
        .help("give the host a table of its own: `[host.\"https://HOST\"]`")
}
