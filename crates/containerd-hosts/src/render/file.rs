use std::collections::HashSet;
use std::path::Path;

use zeroize::Zeroizing;

use super::toml_text::{array, quote};
use super::url::{Name, name};
use crate::daemon_version::DaemonVersion;
use crate::dial_timeout::DialTimeout;
use crate::file::{ClientFiles, Endpoint, FileReference};

/// The text of a `hosts.toml` with these hosts, server last. `has_server`: whether the server is
/// named, rather than being the registry namespace's own upstream.
pub(super) fn text(
    endpoints: &[Endpoint],
    has_server: bool,
    daemon: DaemonVersion,
) -> Result<Zeroizing<String>, &'static str> {
    let mut text = Text {
        lines: Zeroizing::new(String::new()),
        daemon,
    };
    let Some((server, mirrors)) = endpoints.split_last() else {
        return Ok(text.lines);
    };
    let mut taken = HashSet::new();
    if has_server {
        let named = name(server, &mut HashSet::new()).ok_or("no URL leads to the server")?;
        text.line("server", &quote(&named.url));
        text.capabilities(server)?;
        text.settings(server, &named)?;
    } else {
        text.settings(
            server,
            &Name {
                url: String::new(),
                override_path: false,
            },
        )?;
    }
    text.headers("header", server);
    // Without a host table containerd 1.7 refuses the file: it asks the server twice instead.
    let only_server = mirrors.is_empty() && !daemon.lists_headers_only();
    for mirror in mirrors.iter().chain(only_server.then_some(server)) {
        let named = name(mirror, &mut taken).ok_or("no URL leads to a host")?;
        let table = format!("host.{}", *quote(&named.url));
        text.lines.push_str(&format!("\n[{table}]\n"));
        text.capabilities(mirror)?;
        text.settings(mirror, &named)?;
        text.headers(&format!("{table}.header"), mirror);
    }
    Ok(text.lines)
}

struct Text {
    lines: Zeroizing<String>,
    daemon: DaemonVersion,
}

impl Text {
    fn line(&mut self, key: &str, value: &str) {
        for part in [key, " = ", value, "\n"] {
            self.lines.push_str(part);
        }
    }

    fn capabilities(&mut self, endpoint: &Endpoint) -> Result<(), &'static str> {
        if !endpoint.capabilities.written {
            return Ok(());
        }
        let mut known = endpoint.capabilities;
        known.referrers &= self.daemon.knows_referrers();
        let names = known.names();
        if names.is_empty() {
            // An empty list would mean every capability.
            return Err("a host has only capabilities that this version does not know");
        }
        self.line("capabilities", &array(names));
        Ok(())
    }

    fn settings(&mut self, endpoint: &Endpoint, named: &Name) -> Result<(), &'static str> {
        if named.override_path {
            self.line("override_path", "true");
        }
        if let Some(skip) = endpoint.skip_verify {
            self.line("skip_verify", if skip { "true" } else { "false" });
        }
        if let Some(ca) = &endpoint.ca {
            let paths: Vec<&str> = ca.iter().map(path).collect::<Result<_, _>>()?;
            self.line("ca", &array(paths));
        }
        if let Some(client) = &endpoint.client {
            let pairs: Vec<String> = client.iter().map(pair).collect::<Result<_, _>>()?;
            self.line("client", &format!("[{}]", pairs.join(", ")));
        }
        if let Some(timeout) =
            timeout(endpoint.dial_timeout).filter(|_| self.daemon.knows_dial_timeout())
        {
            self.line("dial_timeout", &quote(&timeout));
        }
        if let Some(proxy) = &endpoint.proxy {
            self.line("proxy", &quote(proxy.expose()));
        }
        Ok(())
    }

    fn headers(&mut self, table: &str, endpoint: &Endpoint) {
        if endpoint.headers.is_empty() {
            return;
        }
        self.lines.push_str(&format!("\n[{table}]\n"));
        for (name, values) in &endpoint.headers {
            let value = match values.as_slice() {
                [value] => quote(value.expose()),
                values => array(values.iter().map(|value| value.expose())),
            };
            self.line(&quote(&name.value), &value);
        }
    }
}

fn pair((certificate, key): &ClientFiles) -> Result<String, &'static str> {
    let certificate = path(certificate)?;
    Ok(match key {
        None => quote(certificate).to_string(),
        Some(key) => array([certificate, path(key)?]).to_string(),
    })
}

fn path(file: &FileReference) -> Result<&str, &'static str> {
    let path: &Path = &file.path;
    path.to_str()
        .ok_or("the path of a certificate or key is not UTF-8")
}

fn timeout(timeout: DialTimeout) -> Option<String> {
    match timeout {
        DialTimeout::Default => None,
        DialTimeout::Unlimited => Some("0".to_owned()),
        DialTimeout::After(time) if time.subsec_nanos() == 0 => {
            Some(format!("{}s", time.as_secs()))
        }
        DialTimeout::After(time) => Some(format!("{}ns", time.as_nanos())),
        DialTimeout::Never(nanoseconds) => Some(format!("{nanoseconds}ns")),
    }
}
