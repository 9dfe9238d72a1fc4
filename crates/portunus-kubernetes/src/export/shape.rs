use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portunus::credential::CredentialKind;
use portunus::name::Repository;
use portunus::resolve::Resolver;
use portunus::secret::Secret;
use portunus::store::{docker_entry_text, docker_key};

use super::error::{ExportError, SeveralAccounts};
use super::folder::folders;
use super::gather::{Gathered, Needed, gather};
use super::report::{Export, ExportWarning, ExportedEntry, ExportedFile};
use super::request::{ExportFormat, ExportRequest};

/// Under which name buildx asks for Docker Hub (`util/dockerutil/dockerconfig`).
pub(super) const DOCKER_HUB: &str = "registry-1.docker.io";

/// The name of the Secret that is written.
const SECRET: &str = "portunus";

/// The logins that a build pod needs for some images and no more, in the shape that its tool reads:
/// what a pull and a push of each would be shown, at mirrors too.
///
/// # Errors
/// Where a host needs several logins and the format has one for each, where there is none at all, or
/// where one cannot be fetched.
pub fn export(request: &ExportRequest, resolver: &Resolver) -> Result<Export, ExportError> {
    let Gathered {
        needed,
        mut warnings,
        anonymous,
    } = gather(request, resolver)?;
    let format = request.format;
    let mut logins = Vec::new();
    for needed in needed {
        let told = match text(format, &needed) {
            Ok(text) => {
                let told = would_show(format, &needed);
                logins.push(Shaped { needed, text });
                told
            }
            Err(reason) => Some(ExportWarning::left_out(&needed.entry, reason)),
        };
        warnings.extend(told.filter(|it| !warnings.contains(it)));
    }
    if let Some(pair) = conflict(format, &logins) {
        return Err(several(request, pair, &logins));
    }
    // Of equal ones under a name the first stays.
    let named = logins.into_iter().rev();
    let entries: BTreeMap<String, Shaped> =
        named.map(|it| (name(format, &it.needed), it)).collect();
    if entries.is_empty() {
        return Err(ExportError::Nothing(warnings));
    }
    let files = match format {
        ExportFormat::Buildx => folders(&entries),
        format => {
            let auths = auths(entries.iter().map(|(name, it)| (&**name, &it.text)));
            let text = match format {
                ExportFormat::KubernetesSecret => manifest(&auths),
                _ => auths,
            };
            let path = PathBuf::new();
            vec![ExportedFile { path, text }]
        }
    };
    let entries = entries.into_iter().map(|(name, it)| ExportedEntry {
        name,
        key: it.needed.entry.key,
        location: it.needed.entry.location,
    });
    Ok(Export {
        files,
        entries: entries.collect(),
        warnings,
        anonymous,
    })
}

/// What becomes of one login.
pub(super) struct Shaped {
    needed: Needed,
    pub(super) text: Secret,
}

/// The entry as the tool reads it; an error: why it would not.
fn text(format: ExportFormat, needed: &Needed) -> Result<Secret, &'static str> {
    let kind = needed.credential.kind();
    match (format, kind) {
        (ExportFormat::KubernetesSecret, _) if !needed.is_own => {
            return Err("a node looks for a login under the name of the image, never of a mirror");
        }
        // What its brackets hold is a class of characters there.
        (ExportFormat::KubernetesSecret, _) if needed.host_text.ends_with(']') => {
            return Err("a node finds none for an IPv6 address without a port");
        }
        (ExportFormat::KubernetesSecret, CredentialKind::IdentityToken)
        | (
            ExportFormat::KubernetesSecret | ExportFormat::ContainersAuth,
            CredentialKind::RegistryToken,
        ) => return Err("the tool reads no such token"),
        _ => {}
    }
    docker_entry_text(&needed.credential)
}

/// Where the tool would show a login that it is not meant for.
fn would_show(format: ExportFormat, needed: &Needed) -> Option<ExportWarning> {
    let key = needed.entry.key.clone();
    if repository(format, needed).is_none() && key.repository().is_some() {
        let host = needed.host.to_string();
        return Some(ExportWarning::WholeHost { key, host });
    }
    let hosts = needed.beside.clone();
    let is_told = format == ExportFormat::KubernetesSecret && hosts.len() > 1;
    is_told.then_some(ExportWarning::EveryHost { key, hosts })
}

/// Two different logins that the tool would find under one name.
fn conflict<'a>(
    format: ExportFormat,
    logins: impl IntoIterator<Item = &'a Shaped>,
) -> Option<[&'a Needed; 2]> {
    let mut named = HashMap::new();
    logins.into_iter().find_map(|Shaped { needed, .. }| {
        let held: &Needed = named.entry(name(format, needed)).or_insert(needed);
        (held.credential != needed.credential).then_some([held, needed])
    })
}

/// That the format cannot hold them all, and in which way they could be held.
fn several(request: &ExportRequest, [one, other]: [&Needed; 2], logins: &[Shaped]) -> ExportError {
    let format = request.format;
    let holds_all = |it: &ExportFormat| {
        let mut needed = logins.iter().map(|it| &it.needed);
        needed.all(|needed| text(*it, needed).is_ok()) && conflict(*it, logins).is_none()
    };
    let formats = [ExportFormat::Buildx, ExportFormat::ContainersAuth].into_iter();
    let holds_each = |target| {
        let of_target = logins.iter();
        let of_target = of_target.filter(|it| it.needed.targets.contains(&target));
        conflict(format, of_target).is_none()
    };
    ExportError::SeveralAccounts(Box::new(SeveralAccounts {
        format,
        name: name(format, other),
        keys: [one, other].map(|it| it.entry.key.clone()).to_vec(),
        formats: formats.filter(holds_all).collect(),
        is_each_alone: (0..request.targets.len()).all(holds_each),
    }))
}

/// What the tool finds a login under.
fn name(format: ExportFormat, needed: &Needed) -> String {
    let host = host(format, needed);
    match repository(format, needed) {
        Some(repository) => format!("{host}/{repository}"),
        None => host,
    }
}

/// What the tool calls the host: all of them compare its text, so that neither port nor case may be
/// another. Docker Hub alone has a name of its own for each.
fn host(format: ExportFormat, needed: &Needed) -> String {
    match (format, needed.host.is_docker_hub()) {
        (_, false) => needed.host_text.clone(),
        (ExportFormat::Docker, true) => docker_key::write_key(&needed.host),
        (ExportFormat::Buildx, true) => DOCKER_HUB.to_owned(),
        (ExportFormat::ContainersAuth | ExportFormat::KubernetesSecret, true) => {
            needed.host.to_string()
        }
    }
}

/// The repository that the tool looks for. A path is written only for tools that end it at a segment,
/// or match it whole: to the others it would be a login for the host, or for nothing.
fn repository(format: ExportFormat, needed: &Needed) -> Option<&Repository> {
    match format {
        ExportFormat::Docker => None,
        ExportFormat::Buildx if needed.is_prefix => None,
        _ => needed.repository.as_ref(),
    }
}

/// Under which key docker's own reading of a file finds it, which buildx leaves that to.
pub(super) fn folder_key(shaped: &Shaped) -> String {
    host(ExportFormat::Docker, &shaped.needed)
}

/// `{"auths": {…}}`.
pub(super) fn auths<'a>(entries: impl Iterator<Item = (&'a str, &'a Secret)>) -> Secret {
    let lines: Vec<(String, &Secret)> = entries
        .map(|(name, text)| (serde_json::Value::from(name).to_string(), text))
        .collect();
    let size = lines
        .iter()
        .map(|(name, text)| name.len() + text.expose().len() + 8);
    // Reserved whole: a text that grows leaves copies of the secrets behind.
    let mut text = String::with_capacity(size.sum::<usize>() + 32);
    text.push_str("{\n  \"auths\": {");
    for (at, (name, entry)) in lines.iter().enumerate() {
        text.push_str(if at > 0 { ",\n    " } else { "\n    " });
        text.extend([name, ": ", entry.expose()]);
    }
    text.push_str("\n  }\n}\n");
    Secret::new(text)
}

fn manifest(auths: &Secret) -> Secret {
    let data = Secret::new(STANDARD.encode(auths.expose()));
    let parts = [
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: ",
        SECRET,
        "\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: ",
        data.expose(),
        "\n",
    ];
    let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    text.extend(parts);
    Secret::new(text)
}
