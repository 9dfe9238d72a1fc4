use std::ffi::OsString;

/// What is written here in place of a flag of docker, podman, nerdctl, skopeo, ctr or crane.
///
/// `verb` is what it was given to, and `takes` says whether that takes a flag of ours. Nothing here
/// makes a command less safe than it was typed.
pub(crate) fn foreign_flag(
    argument: &str,
    verb: &str,
    takes: impl Fn(&str) -> bool,
    given: &[OsString],
) -> Option<&'static str> {
    let name = argument.split('=').next().unwrap_or_default();
    if name.ends_with("tls-verify") {
        let is_off = |word: &&str| word.starts_with(name) && is_false(word);
        let off = given
            .iter()
            .filter_map(|word| word.to_str())
            .any(|it| is_off(&it));
        return Some(match (off, verb) {
            (false, _) => "leave it out: certificates are verified",
            (true, "login") => {
                "`{program} login --insecure-registry`, and `skip_verify = true` in hosts.toml"
            }
            (true, _) => UNVERIFIED,
        });
    }
    if name == "--authfile" && takes("pull-secret") {
        return Some("set REGISTRY_AUTH_FILE, or give it as `--pull-secret FILE`");
    }
    let is_meant = |(flags, verbs, _): &&ForeignFlag| {
        flags.contains(&name) && (verbs.is_empty() || verbs.contains(&verb))
    };
    FLAGS.iter().find(is_meant).map(|(_, _, help)| *help)
}

fn is_false(word: &str) -> bool {
    let value = word
        .split_once('=')
        .map(|(_, value)| value.to_ascii_lowercase());
    value.is_some_and(|value| ["false", "0", "f"].contains(&value.as_str()))
}

/// Its spellings, the verbs that it is given to (none: any), and what to do here.
type ForeignFlag = (
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
);

/// What asks hosts about an image.
const ASKING: &[&str] = &["pull", "push", "resolve"];
const LOG_IN: &str = "log in first: `{program} login HOST`";
const UNVERIFIED: &str = "hosts.toml says it of each host: `skip_verify = true`";
const AUTHORITY: &str = "`ca` in hosts.toml names a certificate authority";
const CLIENT: &str = "`client` in hosts.toml names a client certificate and its key";
const UNSIGNED: &str = "leave it out: signatures are not looked at";

/// Those of one verb stand before those of any.
const FLAGS: &[ForeignFlag] = &[
    (&["--ns"], &["login", "logout"], "--registry-namespace"),
    (&["--ns"], &["pull", "push"], "-n CONTAINERD_NAMESPACE"),
    (
        &["--server"],
        &["login"],
        "the host stands alone: `{program} login HOST`",
    ),
    (
        &["--get-login"],
        &["login"],
        "`{program} list` shows the accounts",
    ),
    (
        &["--creds", "--user"],
        &["login"],
        "-u USER --password-stdin",
    ),
    (
        &["-e", "--email"],
        &["login"],
        "leave it out: no registry asks for it",
    ),
    (
        &[
            "--creds",
            "--src-creds",
            "--dest-creds",
            "--user",
            "-u",
            "--username",
        ],
        ASKING,
        LOG_IN,
    ),
    (
        &["-p", "--password", "--password-stdin", "--registry-token"],
        ASKING,
        LOG_IN,
    ),
    (
        &["--authfile", "--compat-auth-file"],
        &["login"],
        "`--store docker` keeps a login where docker and podman find it",
    ),
    (
        &["--authfile", "--compat-auth-file"],
        &["logout"],
        "that file is podman's: `podman logout` removes what is in it",
    ),
    (
        &["--authfile", "--compat-auth-file"],
        &[],
        "set REGISTRY_AUTH_FILE",
    ),
    (
        &["--cert-dir", "--src-cert-dir", "--dest-cert-dir"],
        &[],
        "`ca` and `client` in hosts.toml name certificates",
    ),
    (
        &[
            "--tlscacert",
            "--cacert",
            "--ca-file",
            "--ca-cert",
            "--tls-ca-cert",
        ],
        &[],
        AUTHORITY,
    ),
    (
        &[
            "--tlscert",
            "--tlskey",
            "--cert",
            "--key",
            "--cert-file",
            "--key-file",
        ],
        &[],
        CLIENT,
    ),
    (
        &["--plain-http"],
        ASKING,
        "hosts.toml says it of each host: `[host.\"http://HOST\"]`",
    ),
    (
        &[
            "--insecure-skip-verify",
            "--skip-verify",
            "--skip-tls",
            "--insecure-skip-tls-verify",
            "-k",
        ],
        &["login"],
        "--insecure-registry",
    ),
    (
        &[
            "--insecure",
            "--insecure-registry",
            "--insecure-skip-verify",
            "--skip-verify",
            "-k",
        ],
        ASKING,
        UNVERIFIED,
    ),
    (
        &[
            "--disable-content-trust",
            "--insecure-policy",
            "--signature-policy",
            "--verify",
        ],
        &[],
        UNSIGNED,
    ),
    (
        &["-q", "--quiet"],
        &["pull", "push"],
        "`--progress none` shows no progress",
    ),
    (&["-q", "--quiet"], &["list"], "`--json` is for scripts"),
    (
        &["-q", "--quiet", "-s", "--silent"],
        &[],
        "leave it out: what is no result goes to standard error",
    ),
    (
        &["-a", "--all-tags"],
        &["pull", "push"],
        "leave it out, and name each tag in a command of its own",
    ),
    (
        &["--policy", "--pull", "--missing"],
        &["pull"],
        "leave it out: what is there already is not fetched again",
    ),
    (
        &[
            "--arch",
            "--os",
            "--variant",
            "--override-arch",
            "--override-os",
        ],
        &["pull"],
        "--platform OS/ARCH[/VARIANT]",
    ),
    (
        &["--all-platforms", "-A"],
        &["pull"],
        "`--platform` names one: pull each in a command of its own",
    ),
    (
        &["--platform", "--arch", "--os", "--variant"],
        &["resolve"],
        "leave it out: the plan is the same for every platform",
    ),
    (&["-a"], &["logout"], "--all"),
    (&["-y", "-f", "--force"], &["logout"], "--yes, with --all"),
    (
        &["-a", "--all"],
        &["list"],
        "leave it out: every profile is listed",
    ),
    (
        &["--format", "-o", "--output"],
        &["list", "hosts", "check", "resolve", "config", "version"],
        "`--json` prints JSON",
    ),
    (
        &["--format", "--dest-compress", "--compression-format"],
        &["push"],
        "leave it out: an image is pushed as it is",
    ),
    (
        &[
            "-D",
            "--trace",
            "--http-dump",
            "--http-trace",
            "--dump-http",
            "--debug-http",
        ],
        &[],
        "--debug",
    ),
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
            let given = ["portunus".into(), typed.into()];
            let help = foreign_flag(name, "login", |_| false, &given).unwrap();
            assert_eq!(help.contains("--insecure-registry"), insecure, "{typed}");
        }
    }
}
