use std::collections::HashSet;
use std::path::Path;

use crate::daemon_version::DaemonVersion;
use crate::file::{Endpoint, FileSettings, Located};

/// How a host is named in a rendered file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Name {
    pub(super) url: String,
    pub(super) override_path: bool,
}

/// The plainest name that containerd reads as this host and that is not taken; a host may stand
/// in a file twice. `None` where no URL leads to it.
pub(super) fn name(endpoint: &Endpoint, taken: &mut HashSet<String>) -> Option<Name> {
    let base = format!("{}://{}", endpoint.scheme, escape(&endpoint.host, false));
    let path = escape(&endpoint.path, true);
    let short = path.strip_suffix("/v2").unwrap_or(&path);
    let candidates = [
        (short.to_owned(), false),
        (path.clone(), false),
        (format!("{path}/"), false),
        (path.clone(), true),
    ];
    // A fragment is read over, which makes one more name for a host. The number only grows.
    let ends = [String::new(), format!("#{}", taken.len() + 2)];
    for end in ends {
        for (path, override_path) in &candidates {
            let url = format!("{base}{path}{end}");
            if !taken.contains(&url) && means(&url, *override_path, endpoint) {
                taken.insert(url.clone());
                return Some(Name {
                    url,
                    override_path: *override_path,
                });
            }
        }
    }
    None
}

fn means(url: &str, override_path: bool, endpoint: &Endpoint) -> bool {
    let name = Located {
        value: url.into(),
        at: 0,
    };
    let settings = FileSettings {
        override_path: Some(Located {
            value: override_path,
            at: 0,
        }),
        ..FileSettings::default()
    };
    Endpoint::parse(
        Some(&name),
        &settings,
        Path::new("/"),
        DaemonVersion::NEWEST,
    )
    .is_ok_and(|read| {
        (read.scheme, read.host, read.path)
            == (
                endpoint.scheme.clone(),
                endpoint.host.clone(),
                endpoint.path.clone(),
            )
    })
}

/// Escapes what would end the host or the path.
fn escape(text: &str, in_path: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '%' => escaped.push_str("%25"),
            '?' | '#' if in_path => escaped.push_str(&format!("%{:02X}", u32::from(character))),
            control if control.is_ascii_control() => {
                escaped.push_str(&format!("%{:02X}", u32::from(control)));
            }
            plain => escaped.push(plain),
        }
    }
    escaped
}
