use clap::Args;
use portunus::secret::Secret;
use portunus::token::trust::Origin;
use url::Url;

/// Log in to a host, or to a mirror for one registry namespace
#[derive(Debug, Args)]
pub struct LoginArguments {
    /// The host, HOST[:PORT]; also HOST[:PORT]?ns=NAMESPACE&path=PREFIX and
    /// endpoint://NAMESPACE/HOST[:PORT]. Without it, Docker Hub
    pub(crate) server: Option<String>,
    /// Log in to that host for this registry namespace only
    #[arg(long, value_name = "NS")]
    pub(crate) registry_namespace: Option<String>,
    /// Log in for repositories under this prefix only, as they are requested at that host
    #[arg(long, value_name = "PREFIX")]
    pub(crate) repository: Option<String>,
    /// The account
    #[arg(short, long, value_name = "USER")]
    pub(crate) username: Option<String>,
    /// The password; others on this machine may see it: prefer --password-stdin
    #[arg(
        short,
        long,
        value_name = "PASS",
        group = "secret",
        requires = "username"
    )]
    pub(crate) password: Option<Secret>,
    /// Read the password from standard input
    #[arg(long, group = "secret", requires = "username")]
    pub(crate) password_stdin: bool,
    /// Read an identity token from standard input
    #[arg(long, group = "secret")]
    pub(crate) identity_token_stdin: bool,
    /// Where to keep it: auto, keyring, keyutils, file, docker or helper:NAME [env: PORTUNUS_STORE]
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<String>,
    /// Log in to each host of the registry namespace in turn
    #[arg(long, conflicts_with = "server", requires = "registry_namespace")]
    pub(crate) all_hosts: bool,
    /// Trust this realm with the secret of this login
    #[arg(long, value_name = "URL", value_parser = realm)]
    pub(crate) trust_realm: Option<String>,
    /// Send the secret over plain http, or with --insecure-registry over TLS that is not verified
    #[arg(long)]
    pub(crate) plain_http: bool,
    /// Do not verify certificates, and allow plain http; a secret stays off both unless the host is
    /// this machine or --plain-http is given
    #[arg(long)]
    pub(crate) insecure_registry: bool,
    /// Store without asking the host
    #[arg(long)]
    pub(crate) no_verify: bool,
}

/// What is no URL would be pinned, and count for nothing.
fn realm(text: &str) -> Result<String, String> {
    let url = Url::parse(text).ok();
    let origin = url.as_ref().and_then(Origin::of);
    match origin {
        Some(_) => Ok(text.to_owned()),
        None => Err("a realm is written as a URL, https://HOST[:PORT]".to_owned()),
    }
}
