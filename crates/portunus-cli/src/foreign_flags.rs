use std::ffi::OsString;

/// What is written here in place of a flag of docker, podman, nerdctl, skopeo, ctr or crane.
///
/// Nothing here makes a command less safe than it was typed.
pub(crate) fn foreign_flag(argument: &str, given: &[OsString]) -> Option<&'static str> {
    let name = argument.split('=').next().unwrap_or_default();
    if name.ends_with("tls-verify") {
        let is_off = |word: &&str| word.starts_with(name) && is_false(word);
        let off = given
            .iter()
            .filter_map(|word| word.to_str())
            .any(|it| is_off(&it));
        return Some(match off {
            true => "`{program} login --insecure-registry`, and `skip_verify = true` in hosts.toml",
            false => "leave it out: certificates are verified",
        });
    }
    FLAGS
        .iter()
        .find(|(flag, _)| *flag == name)
        .map(|(_, help)| *help)
}

fn is_false(word: &str) -> bool {
    let value = word
        .split_once('=')
        .map(|(_, value)| value.to_ascii_lowercase());
    value.is_some_and(|value| ["false", "0", "f"].contains(&value.as_str()))
}

const FLAGS: [(&str, &str); 18] = [
    ("--ns", "--registry-namespace"),
    ("--server", "the host stands alone: `{program} login HOST`"),
    ("--get-login", "`{program} list` shows the accounts"),
    ("--creds", "log in first: `{program} login HOST`"),
    ("--src-creds", "log in first: `{program} login HOST`"),
    ("--dest-creds", "log in first: `{program} login HOST`"),
    ("--user", "log in first: `{program} login HOST`"),
    ("--registry-token", "log in first: `{program} login HOST`"),
    (
        "--authfile",
        "set REGISTRY_AUTH_FILE, or give it as `--pull-secret FILE`",
    ),
    (
        "--compat-auth-file",
        "`--store docker` keeps a login where docker finds it",
    ),
    (
        "--cert-dir",
        "`ca` and `client` in hosts.toml name certificates",
    ),
    (
        "--tlscacert",
        "`ca` in hosts.toml names a certificate authority",
    ),
    (
        "--cacert",
        "`ca` in hosts.toml names a certificate authority",
    ),
    (
        "--tlscert",
        "`client` in hosts.toml names a client certificate",
    ),
    (
        "--disable-content-trust",
        "leave it out: signatures are not looked at",
    ),
    (
        "--insecure-policy",
        "leave it out: signatures are not looked at",
    ),
    ("--verbose", "-v"),
    ("--debug", "-vv"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_go_unchecked_only_where_that_was_typed() {
        for (typed, insecure) in [
            ("--tls-verify=false", true),
            ("--tls-verify=0", true),
            ("--dest-tls-verify=False", true),
            ("--tls-verify", false),
            ("--tls-verify=true", false),
        ] {
            let name = typed.split('=').next().unwrap();
            let help = foreign_flag(name, &["portunus".into(), typed.into()]).unwrap();
            assert_eq!(help.contains("--insecure-registry"), insecure, "{typed}");
        }
    }
}
