use std::collections::BTreeSet;
use std::time::Duration;

use super::go_duration::go_duration;
use super::request::ApiVersion;
use super::rules::PROFILE_ANNOTATION;

/// How a kubelet is told to ask, and what the cluster must allow for it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProviderConfiguration {
    /// The program's name in the kubelet's `--image-credential-provider-bin-dir`.
    pub program: String,
    /// What it is started with.
    pub arguments: Vec<String>,
    /// The registries whose images it is asked for, as hosts with a port where it is not 443, with
    /// `*` for a label.
    pub registries: BTreeSet<String>,
    /// Whom the tokens of service accounts are made out to: a name of one's own, with which a token
    /// is good for nothing else.
    pub audience: String,
}

impl ProviderConfiguration {
    /// The configuration of a provider of that name.
    pub fn new(program: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            registries: BTreeSet::new(),
            audience: audience.into(),
        }
    }

    /// Adds a registry; `false`: a kubelet has no way to write it, and would not start with it.
    pub fn add_registry(&mut self, registry: &str) -> bool {
        let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_*:".contains(c);
        let is_written = !registry.is_empty() && registry.chars().all(allowed);
        if is_written {
            self.registries.insert(registry.to_owned());
        }
        is_written
    }

    /// The `CredentialProviderConfig`, and behind it the ClusterRole that lets nodes ask for tokens
    /// with the audience, and who has it. (Of several documents a kubelet reads the first.)
    pub fn to_yaml(&self) -> String {
        let registries: String = self.registries.iter().map(|it| list_item(6, it)).collect();
        let arguments: String = self.arguments.iter().map(|it| list_item(6, it)).collect();
        let registries = match registries.is_empty() {
            // Without any a kubelet does not start.
            true => list_item(6, "docker.io"),
            false => registries,
        };
        let arguments = match arguments.is_empty() {
            true => String::new(),
            false => format!("    args:\n{arguments}"),
        };
        let (program, audience) = (quoted(&self.program), quoted(&self.audience));
        let version = ApiVersion::V1.as_str();
        let duration = go_duration(Duration::from_secs(5 * 60));
        format!(
            "apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: {program}
    apiVersion: {version}
{arguments}    matchImages:
{registries}    defaultCacheDuration: {duration}
    tokenAttributes:
      serviceAccountTokenAudience: {audience}
      cacheType: ServiceAccount
      requireServiceAccount: false
      optionalServiceAccountAnnotationKeys:
        - {PROFILE_ANNOTATION}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {program}
rules:
  - apiGroups: [\"\"]
    resources: [{audience}]
    verbs: [\"request-serviceaccounts-token-audience\"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {program}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {program}
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: Group
    name: system:nodes
"
        )
    }
}

fn list_item(indent: usize, text: &str) -> String {
    format!("{:indent$}- {}\n", "", quoted(text))
}

/// As JSON, which is YAML: `*` begins an alias there.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
