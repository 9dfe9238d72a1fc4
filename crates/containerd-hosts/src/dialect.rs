use std::borrow::Cow;

use crate::code::Code;
use crate::daemon_version::DaemonVersion;
use crate::fault::Fault;
use crate::file::{HostsFile, Located};
use crate::toml::{NewSyntax, RefusedBy};

// How older daemons read a file that the newest accepts.

/// Finds what makes the daemon refuse the file.
pub(crate) fn check(file: &HostsFile<'_>, daemon: DaemonVersion) -> Result<(), Fault> {
    let refuses = |new: &&NewSyntax| match new.refused_by {
        RefusedBy::BeforeToml11 => !daemon.knows_toml_1_1(),
        RefusedBy::GoToml1 => !daemon.lists_headers_only(),
    };
    if let Some(new) = file.new_syntax.iter().find(refuses) {
        let what = new.what;
        return Err(match new.refused_by {
            RefusedBy::BeforeToml11 => {
                let message = format!("{what} is TOML 1.1, which containerd {daemon} refuses");
                Fault::new(new.at, Code::Toml11, message)
                    .help("write it as TOML 1.0: an inline table on one line, without a last comma")
            }
            RefusedBy::GoToml1 => {
                let message = format!("containerd {daemon} cannot read {what}");
                Fault::new(new.at, Code::TomlOf17, message)
                    .help("write it in a plainer way: that daemon ignores the whole file")
            }
        });
    }
    if !daemon.lists_headers_only() && !file.has_host_table {
        let message = format!("containerd {daemon} refuses a file without a host table");
        return Err(Fault::new(0, Code::NoHostTable, message)
            .help("add a `[host.\"https://…\"]` table, with the server as its name if need be"));
    }
    if !daemon.lists_headers_only()
        && let Some(host) = file
            .order
            .iter()
            .find(|host| host.value.contains(['[', ']']))
    {
        let message = format!("containerd {daemon} refuses a bracket in the name of a table");
        return Err(Fault::new(host.at, Code::BracketInTable, message)
            .help("give the host a name in place of the IPv6 address"));
    }
    if !daemon.knows_referrers() {
        let hosts = order(file, daemon).into_iter();
        let settings = hosts.map(|host| file.settings(&host.value));
        for settings in settings.chain([&file.root]) {
            let written = settings.capabilities.as_ref();
            if let Some(at) = written.and_then(|written| written.value.referrers) {
                let message =
                    format!("containerd {daemon} does not know the capability `referrers`");
                return Err(Fault::new(at, Code::UnknownCapability, message)
                    .help("leave it out for this daemon, which ignores the whole file otherwise"));
            }
        }
    }
    Ok(())
}

/// The hosts in the order the daemon tries them.
pub(crate) fn order<'f, 's>(
    file: &'f HostsFile<'s>,
    daemon: DaemonVersion,
) -> Vec<&'f Located<Cow<'s, str>>> {
    if daemon.lists_headers_only() {
        return file.order.iter().collect();
    }
    file.written_hosts()
}
