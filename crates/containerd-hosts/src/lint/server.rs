use super::requests::is_web_site;
use super::subject::{Faults, Subject};
use crate::code::Code;
use crate::fault::Fault;
use crate::finding::Severity;

pub(super) fn lint(subject: &Subject<'_>, faults: &mut Faults) {
    let (mirrors, _) = subject.split();
    let server = subject.file.server.as_ref();
    match server.filter(|server| !server.value.is_empty()) {
        Some(server) if subject.is_default() => {
            let message = "`server` in `_default` takes the place of every registry's own upstream";
            faults.push((
                Severity::Warning,
                Fault::new(server.at, Code::ServerInDefault, message)
                    .help("leave `server` out here, and name mirrors with `[host.\"https://…\"]`"),
            ));
        }
        Some(_) => {}
        None => {
            // Where another host is to be written for the last, that comes first.
            let last = mirrors.last().filter(|last| !is_web_site(last));
            let first = mirrors.first().and_then(|mirror| mirror.at);
            if let Some(first) = first.filter(|_| last.is_some()) {
                faults.push((Severity::Note, upstream_stays(subject, first)));
            }
            root_settings(subject, faults);
        }
    }
}

fn upstream_stays(subject: &Subject<'_>, at: usize) -> Fault {
    let upstream = subject
        .registry_namespace()
        .unwrap_or_else(|| "each registry".to_owned());
    let last = subject.file.order.last();
    let last = last.map_or("", |host| &*host.value);
    let message = format!("no `server`: {upstream} itself is still asked, after the mirrors");
    let last = if last.contains(['@', '"', '\\']) {
        "https://MIRROR"
    } else {
        last
    };
    Fault::new(at, Code::UpstreamInChain, message).help(format!(
        "to keep it out, write `server = \"{last}\"` before the first table"
    ))
}

/// Settings of the root that containerd drops because there is no server they are for.
fn root_settings(subject: &Subject<'_>, faults: &mut Faults) {
    let root = &subject.file.root;
    let dropped = [
        ("capabilities", root.capabilities.as_ref().map(|set| set.at)),
        (
            "override_path",
            root.override_path.as_ref().map(|set| set.at),
        ),
    ];
    for (key, at) in dropped {
        let Some(at) = at else { continue };
        let message = format!("containerd ignores `{key}` here, since there is no `server`");
        faults.push((
            Severity::Warning,
            Fault::new(at, Code::SettingWithoutServer, message).help(
                "name the server with `server = \"https://…\"`, or move the line into a host table",
            ),
        ));
    }
}
