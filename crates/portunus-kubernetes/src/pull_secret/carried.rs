use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portunus::store::PullSecretForm;
use zeroize::Zeroizing;

use crate::manifest::Node;

/// The types of a pull secret, and the key that each has its logins under.
const TYPES: [(&str, &str, PullSecretForm); 2] = [
    (
        "kubernetes.io/dockerconfigjson",
        ".dockerconfigjson",
        PullSecretForm::DockerConfigJson,
    ),
    (
        "kubernetes.io/dockercfg",
        ".dockercfg",
        PullSecretForm::DockerCfg,
    ),
];

/// The keys that look like logins, whatever the type is.
const KEYS: [&str; 3] = [".dockerconfigjson", ".dockercfg", "config.json"];

/// What a Secret carries for pulls.
pub(super) struct Carried {
    /// `None`: nothing that a node reads, and `problems` say why, unless it was never meant to.
    pub(super) logins: Option<Logins>,
    /// What is wrong with it, in words.
    pub(super) problems: Vec<String>,
}

/// The logins of a pull secret.
pub(super) struct Logins {
    pub(super) key: &'static str,
    pub(super) form: PullSecretForm,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

/// Looks for logins where the kubelet does (`pkg/credentialprovider/secrets`): the type decides,
/// and it is read from the key of that type alone.
pub(super) fn carried(secret: &Node) -> Carried {
    let found = secret.text("type").unwrap_or("Opaque");
    let Some((name, key, form)) = TYPES.into_iter().find(|(name, _, _)| *name == found) else {
        return Carried {
            logins: None,
            problems: Vec::from_iter(mistyped(secret, found)),
        };
    };
    let others = KEYS.iter().filter(|it| **it != key);
    let others = others.filter(|it| value(secret, it).is_some());
    let mut problems: Vec<String> = others
        .map(|other| format!("its key `{other}` is not read: its type {name} has `{key}`"))
        .collect();
    let logins = match value(secret, key) {
        None => {
            problems.push(format!(
                "it holds nothing for anybody: it has no key `{key}`, which is what nodes read"
            ));
            None
        }
        Some(Err(problem)) => {
            problems.push(format!("`{key}` {problem}"));
            None
        }
        Some(Ok(bytes)) => Some(Logins { key, form, bytes }),
    };
    Carried { logins, problems }
}

/// The value of a key: what `stringData` says goes before, as the API server puts it into `data`.
fn value(secret: &Node, key: &str) -> Option<Result<Zeroizing<Vec<u8>>, &'static str>> {
    match secret.get("stringData").and_then(|data| data.get(key)) {
        Some(Node::Text(text)) => return Some(Ok(Zeroizing::new(text.as_bytes().to_vec()))),
        Some(Node::List(_) | Node::Map(_)) => return Some(Err("is no text")),
        Some(Node::Null) | None => {}
    }
    match secret.get("data")?.get(key)? {
        Node::Null => None,
        Node::Text(text) => Some(decoded(text)),
        Node::List(_) | Node::Map(_) => Some(Err("is no text")),
    }
}

fn decoded(text: &str) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    let mut dense = Zeroizing::new(Vec::with_capacity(text.len()));
    dense.extend(text.bytes().filter(|byte| !b"\r\n".contains(byte)));
    let bytes = STANDARD.decode(&*dense).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| "is not base64")?;
    let is_json = |bytes: &[u8]| bytes.trim_ascii_start().starts_with(b"{");
    let again = STANDARD.decode(bytes.trim_ascii()).map(Zeroizing::new);
    match again.is_ok_and(|again| is_json(&again)) {
        true => Err("is base64 in base64"),
        false => Ok(bytes),
    }
}

/// What a Secret of another type deserves to be told, where it looks like a pull secret.
fn mistyped(secret: &Node, found: &str) -> Option<String> {
    let key = KEYS.iter().find(|key| value(secret, key).is_some())?;
    let wanted = TYPES.iter().find(|(_, it, _)| it == key);
    let (name, _, _) = wanted.unwrap_or(&TYPES[0]);
    let found: String = found.chars().take(100).collect();
    Some(format!(
        "it holds nothing for anybody: it has `{key}`, but its type is {found}, which no node reads \
         for pulls; that has to be {name} when it is created"
    ))
}
